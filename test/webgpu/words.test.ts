// Words to the bit: every pair of the integers that instructions treat apart, of each width; signs of zero; numbers that programs name.
import { afterAll, describe, expect, it } from 'vitest';
import { allocate, dtypeInfo, type DType } from '../../src/dtype/dtype.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { add, div, mul, sub } from '../../src/primitive/arithmetic.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { eq, gt, le, lt } from '../../src/primitive/comparison.ts';
import { convert } from '../../src/primitive/convert.ts';
import { noParams } from '../../src/primitive/define.ts';
import { max } from '../../src/primitive/extremum.ts';
import { primitives } from '../../src/primitive/index.ts';
import { xor } from '../../src/primitive/logical.ts';
import { select } from '../../src/primitive/select.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { expectBitsOfReference, softwareBackend } from './harness.ts';

const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });

const integers = ['i32', 'u32', 'i8', 'u8'] as const satisfies readonly DType[];
function edges(d: (typeof integers)[number]): readonly number[] {
  const { min, max } = dtypeInfo[d];
  return [...new Set([min, min + 1, -128, -7, -2, -1, 0, 1, 2, 3, 7, 8, 31, 32, 33, 100, 127, 128, 255, max - 1, max].filter(n => n >= min && n <= max))];
}
const filled = (d: DType, xs: readonly number[]): NDArray => { const data = allocate(d, xs.length); xs.forEach((x, i) => { data[i] = x; }); return { shape: [xs.length], dtype: d, data }; };
const named = (name: string): (typeof primitives)[number] => primitives.find(p => p.name === name) ?? expect.fail(`there is no ${name}`);
async function expectBits(name: string, operands: readonly NDArray[]): Promise<void> {
  const { jaxpr } = stage(name, operands, xs => bind(named(name), xs, noParams));
  await expectBitsOfReference(backend, jaxpr, operands);
}
describe.each(integers)('%s', d => {
  const all = edges(d);
  const pairs = [filled(d, all.flatMap(a => all.map(() => a))), filled(d, all.flatMap(() => all))] as const;
  it.each(['add', 'sub', 'mul', 'div', 'rem', 'max', 'min', 'and', 'or', 'xor', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'shiftLeft', 'shiftRightLogical', 'shiftRightArithmetic'])('%s of every pair', async name => { await expectBits(name, pairs); });
  it.each(['neg', 'abs', 'sign', 'not', 'clz', 'populationCount'])('%s', async name => { await expectBits(name, [filled(d, all)]); });
  it('what overflows wraps before anything is made of it', async () => {
    const { jaxpr } = stage('wraps', pairs, ([a = expect.fail('no operand'), b = expect.fail('no operand')]) => [lt(add(a, b), a), div(mul(a, b), b), gt(sub(a, b), a)]);
    await expectBitsOfReference(backend, jaxpr, pairs);
  });
  it('to and from bools', async () => {
    const { jaxpr } = stage('bools', [filled(d, all), filled(d, [...all].reverse())], xs => { const [a = expect.fail('no operand'), b = expect.fail('no operand')] = xs.map(x => convert(x, 'bool')); return [a, lt(a, b), le(a, b), xor(a, b), convert(a, 'i32')]; });
    await expectBitsOfReference(backend, jaxpr, [filled(d, all), filled(d, [...all].reverse())]);
  });
});
describe('f32', () => {
  const signs = filled('f32', [0, -0, 1, -1, Infinity, -Infinity, 2 ** -126, -(2 ** -126), 3.4028234663852886e38]);
  it.each(['neg', 'abs', 'sign', 'floor', 'ceil', 'round'])('%s keeps and changes signs of zero', async name => { await expectBits(name, [signs]); });
  // Which zero is the greatest of two is left open.
  it.each([0, -0, Infinity, -Infinity, 2 ** -126, -2147483648, 16777217])('the number %s, named by a program', async n => {
    const { jaxpr } = stage('named', [signs], ([x = expect.fail('no operand')]) => { const c = constantLike(n, x); return [mul(x, c), mul(c, x), add(x, c), sub(c, x), sub(x, c), div(x, c), div(c, x), select(gt(x, constantLike(0, x)), c, x), ...n === 0 ? [] : [max(x, c)], select(eq(x, c), x, c)]; });
    await expectBitsOfReference(backend, jaxpr, [signs]);
  });
});
