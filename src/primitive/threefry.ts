// threefry2x32 and randomBits: counter-based random bits, equal to JAX's to the bit.
// Floor 2. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), 20 rounds.
import { DTypeError, ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { showAval, showShape, sizeOf } from '../ir/aval.ts';
import type { Domain, ElementBuilder, NoParams, Primitive, ScalarOp } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind, bind1 } from '../trace/scope.ts';
import { expectShape } from './axes.ts';
import { alignBatch } from './broadcast.ts';
import { at, expectCount, expectSame, noParams, operand, pure } from './define.ts';

const words: Domain = { intervals: [[0, 2 ** 32 - 1]] };
const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** The key schedule's parity constant, from the digits of pi that Skein took. */
const parity = 0x1bd11bda;

/** Encrypts the counter (x0, x1) under the key (k0, k1); writes both words of the result to `out` at `i` and `j`. */
function encrypt(k0: number, k1: number, x0: number, x1: number, out0: { [i: number]: number }, out1: { [i: number]: number } | null, i: number): void {
  const k2 = parity ^ k0 ^ k1;
  let a = (x0 + k0) | 0;
  let b = (x1 + k1) | 0;
  for (let group = 0; group < 5; group++) {
    const first = (group & 1) * 4;
    for (let r = first; r < first + 4; r++) {
      const turn = rotations[r] ?? 0;
      a = (a + b) | 0;
      b = ((b << turn) | (b >>> (32 - turn))) ^ a;
    }
    // Subkeys rotate through k1, k2, k0.
    const next = (group + 1) % 3;
    a = (a + (next === 0 ? k0 : next === 1 ? k1 : k2)) | 0;
    b = (b + (next === 0 ? k1 : next === 1 ? k2 : k0) + group + 1) | 0;
  }
  if (out1 === null) { out0[i] = (a ^ b) >>> 0; return; }
  out0[i] = a >>> 0;
  out1[i] = b >>> 0;
}

/** The same as an expression of u32 elements: both words. */
function encrypted<I, N>(b: ElementBuilder<I, N>, k0: N, k1: N, x0: N, x1: N): readonly [N, N] {
  const op = (name: ScalarOp, ...args: readonly N[]): N => b.scalar(name, args, 'u32');
  const word = (n: number): N => b.constant(n, 'u32');
  const keys = [k0, k1, op('xor', op('xor', k0, k1), word(parity))] as const;
  let [x, y] = [op('add', x0, k0), op('add', x1, k1)];
  for (let group = 0; group < 5; group++) {
    const first = (group & 1) * 4;
    for (const turn of rotations.slice(first, first + 4)) {
      x = op('add', x, y);
      y = op('xor', op('or', op('shiftLeft', y, word(turn)), op('shiftRightLogical', y, word(32 - turn))), x);
    }
    const next = (group + 1) % 3;
    x = op('add', x, keys[next] ?? k0);
    y = op('add', op('add', y, keys[(next + 1) % 3] ?? k0), word(group + 1));
  }
  return [x, y];
}
/** In additions: five groups of four rounds of five instructions. */
const cost = (): number => 110;

/** Elementwise: keys and counters (four u32 arrays of one shape) to two words of random bits. */
export const threefry2x32P: Primitive<NoParams> = {
  name: 'threefry2x32',
  properties: { ...pure, elementwise: true },
  type(inputs) {
    expectCount(inputs, 4, 'threefry2x32');
    const first = operand(inputs, 0, 'threefry2x32');
    for (const x of inputs) {
      expectSame(first, x, 'threefry2x32');
      if (x.dtype !== 'u32') throw new DTypeError(`threefry2x32: takes u32 keys and counters, got ${showAval(x)} (use astype)`);
    }
    return [first, first];
  },
  evaluate(inputs, _params, outputs) {
    const [k0, k1, x0, x1] = [at(inputs, 0).data, at(inputs, 1).data, at(inputs, 2).data, at(inputs, 3).data];
    const [out0, out1] = [at(outputs, 0).data, at(outputs, 1).data];
    for (let i = 0; i < out0.length; i++) encrypt(k0[i] ?? 0, k1[i] ?? 0, x0[i] ?? 0, x1[i] ?? 0, out0, out1, i);
  },
  rules: {
    kind: 'flat',
    jvp: () => [null, null],
    batch: (x, batched, _params, size) => ({ outputs: bind(threefry2x32P, alignBatch(x, batched, size), noParams), batched: [true, true] }),
  },
  linear: null,
  lowering: {
    kind: 'element', cost,
    element(b, index, _params, _inputs, result) {
      const [x, y] = encrypted(b, b.operand(0, index), b.operand(1, index), b.operand(2, index), b.operand(3, index));
      return result === 0 ? x : y;
    },
  },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: 'u32' } as const;
    return { operands: [0, 1, 2, 3].map(() => ({ aval, domain: words })), params: noParams };
  },
  ulp: 0,
};

type RandomBitsParams = { readonly shape: readonly number[]; readonly dtype: DType };

/**
 * Random bits of the given shape for each key: element i is the xor of both words of threefry2x32(key, (high(i), low(i))), as JAX's
 * partitionable form has it, so that a part can be drawn alone. Keys are u32[..., 2]; the result's shape is `[...keys, ...shape]`.
 * `u8` keeps the low bits.
 */
export const randomBitsP: Primitive<RandomBitsParams> = {
  name: 'randomBits',
  properties: pure,
  type(inputs, { shape, dtype }) {
    expectCount(inputs, 1, 'randomBits');
    const key = operand(inputs, 0, 'randomBits');
    expectShape(shape, 'randomBits');
    if (key.dtype !== 'u32') throw new DTypeError(`randomBits: a key has dtype u32, got ${showAval(key)}; make one with random.key(seed)`);
    if (key.shape.at(-1) !== 2) throw new ShapeError(`randomBits: a key has two words in its last axis, got ${showShape(key.shape)}; make one with random.key(seed)`);
    if (dtype !== 'u32' && dtype !== 'u8') throw new DTypeError(`randomBits: bits come as u32 or u8, not ${dtype}; use bitcast or astype on them`);
    return [{ shape: [...key.shape.slice(0, -1), ...shape], dtype }];
  },
  evaluate(inputs, { shape }, outputs) {
    const keys = at(inputs, 0).data;
    const out = at(outputs, 0).data;
    const n = sizeOf(shape);
    for (let k = 0; k < keys.length / 2; k++) {
      const [k0, k1] = [keys[2 * k] ?? 0, keys[2 * k + 1] ?? 0];
      const part = out.subarray(k * n, (k + 1) * n);
      for (let i = 0; i < n; i++) encrypt(k0, k1, Math.floor(i / 2 ** 32), i, part, null, i);
    }
  },
  rules: {
    kind: 'flat',
    jvp: () => [null],
    batch: ([key], _batched, params) => ({ outputs: key === undefined ? [] : [bind1(randomBitsP, [key], params)], batched: [true] }),
  },
  linear: null,
  lowering: {
    kind: 'element', cost,
    element(b, index, { shape, dtype }) {
      const key = index.slice(0, index.length - shape.length);
      const [k0, k1] = [0, 1].map(word => b.operand(0, [...key, b.math.constant(word)]));
      if (k0 === undefined || k1 === undefined) return b.constant(0);
      // Positions past 2^32 have no memory here: the high word of the counter is 0.
      const [x, y] = encrypted(b, k0, k1, b.constant(0, 'u32'), b.position(b.math.linear(shape, index.slice(key.length)), 'u32'));
      const bits = b.scalar('xor', [x, y], 'u32');
      return dtype === 'u32' ? bits : b.scalar('convert', [bits], 'u32', dtype);
    },
  },
  sample(draw) {
    const keys = draw.bool() ? [] : [draw.dim()];
    return { operands: [{ aval: { shape: [...keys, 2], dtype: 'u32' }, domain: words }], params: { shape: draw.shape(2), dtype: draw.pick(['u32', 'u8']) } };
  },
  ulp: 0,
};

/** Both words of the encrypted counters. */
export function threefry2x32(key0: AnyTensor, key1: AnyTensor, count0: AnyTensor, count1: AnyTensor): readonly [AnyTensor, AnyTensor] {
  const out = bind(threefry2x32P, [key0, key1, count0, count1], noParams);
  return [at(out, 0), at(out, 1)];
}
export const randomBits = (key: AnyTensor, shape: readonly number[], dtype: 'u32' | 'u8' = 'u32'): AnyTensor => bind1(randomBitsP, [key], { shape, dtype });
