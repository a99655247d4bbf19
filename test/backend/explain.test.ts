import { describe, expect, it } from 'vitest';
import { explain, lax, np, setBackend, tensor, zeros, type Tensor } from '../../src/index.ts';

const lines = (text: string, start: string): readonly string[] => text.split('\n').filter(l => l.trimStart().startsWith(start));

describe('explain', () => {
  const layer = (x: Tensor<[8, 12]>, w: Tensor<[12, 16]>): Tensor<[8, 16]> => np.tanh(np.add(np.matmul(x, w), 1));

  it('prints the program after each pass, the kernels with flops and bytes, and the memory', () => {
    const text = explain((x: Tensor<[8, 12]>, w: Tensor<[12, 16]>) => np.sum(np.multiply(layer(x, w), 5)))(zeros([8, 12]), zeros([12, 16]));
    expect(lines(text, 'after ').map(l => l.replace(/:.*/, ''))).toEqual(['after inline', 'after prepare', 'after fold', 'after algebra', 'after common subexpressions', 'after dead code']);
    // A product: two operations for each of 8 x 16 x 12 pairs; its operands and its result are read and written once.
    expect(lines(text, 'product')).toEqual([expect.stringContaining(`(${2 * 8 * 16 * 12} flops, ${4 * (8 * 12 + 12 * 16 + 8 * 16)} bytes)`)]);
    // One kernel for all that follows: +1, tanh, times 5, and the sum, for each of 128 elements.
    expect(lines(text, 'lanes')).toEqual([expect.stringContaining(`${4 * 128} flops, ${4 * (128 + 1)} bytes)`)]);
    expect(lines(text, 'host equations')).toEqual(['host equations: none']);
    expect(lines(text, 'memory')).toEqual([expect.stringMatching(/^memory: an arena of \d+ bytes for 1 temporaries of 512 bytes, 0 in place/)]);
  });
  it('names what the host computes, and looks into loops', () => {
    const text = explain((x: Tensor<[3]>) => lax.scan((c: Tensor<[3]>, _: null) => [np.add(np.sinc(c), 1), null], x, null, { length: 7 }))(tensor([1, 2, 3]));
    expect(lines(text, 'host equations')).toEqual(['host equations: sinc']);
    expect(lines(text, 'control').length).toBe(1);
    expect(lines(text, '7 turns of')[0]).toContain('{ lambda');
    expect(lines(text, 'host    ')[0]).toContain('sinc');
  });
  it('shows the program alone on the reference, which has no kernels', async () => {
    await setBackend('reference');
    try {
      const text = explain(layer)(zeros([8, 12]), zeros([12, 16]));
      expect([lines(text, 'after inline').length, lines(text, 'product').length]).toEqual([1, 0]);
    } finally { await setBackend('wasm'); }
  });
});
