// Passes keep meaning, typing and their level's spec, are idempotent, and do what they are for.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { Aval } from '../../src/ir/aval.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { optimise, passes } from '../../src/pass/passes.ts';
import { add, div, mul, neg, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { softmax } from '../../src/primitive/composites.ts';
import { at } from '../../src/primitive/define.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { exp } from '../../src/primitive/exponential.ts';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { evalJaxpr, stage } from '../../src/trace/scope.ts';
import { vjpJaxpr } from '../../src/transform/differentiate.ts';

installBackend(referenceBackend);
const matrix: Aval = { shape: [2, 3], dtype: 'f64' };
const program = (avals: readonly Aval[], f: (...xs: AnyTensor[]) => readonly AnyTensor[]): Jaxpr => stage('test', avals, xs => f(...xs)).jaxpr;
const values = (avals: readonly Aval[]): NDArray[] => avals.map((a, k) => {
  const n = a.shape.reduce((p, d) => p * d, 1);
  return { ...a, data: Float64Array.from({ length: n }, (_, i) => i === 0 ? -0 : i === 1 ? NaN : i === 2 ? -Infinity : Math.sin(3 * i + k)) };
});
const names = (j: Jaxpr): string[] => j.eqns.map(e => e.primitive.name);
/** Every pass is checked on the way, and the result must be the same to the bit. */
function optimised(avals: readonly Aval[], j: Jaxpr): Jaxpr {
  const want = evaluateJaxpr(j, values(avals));
  let now = j;
  for (const pass of passes) {
    const after = pass.run(now);
    checkJaxpr(after, pass.name);
    if (pass.spec !== null) expect(pass.spec.holds(after), `${pass.name}: ${pass.spec.says}`).toBe(true);
    expect(printJaxpr(pass.run(after)), `${pass.name} is idempotent`).toBe(printJaxpr(after));
    evaluateJaxpr(after, values(avals)).forEach((y, i) => expect([...y.data], `${pass.name}, result ${i}`).toEqual([...at(want, i).data]));
    now = after;
  }
  expect(printJaxpr(optimise(j))).toBe(printJaxpr(now));
  return now;
}

describe('passes', () => {
  it('drop identity elements that are exact, and no others', () => {
    const exact = program([matrix], x => [sub(div(mul(constantLike(1, x), mul(x, constantLike(1, x))), constantLike(1, x)), constantLike(0, x))]);
    expect(names(optimised([matrix], exact))).toEqual([]);
    // -0 + 0 is 0, 0 * NaN is NaN: neither may go.
    const inexact = program([matrix], x => [add(x, constantLike(0, x)), mul(x, constantLike(0, x)), sub(constantLike(0, x), x)]);
    expect(names(optimised([matrix], inexact))).toEqual(['add', 'mul', 'sub']);
  });
  it('undo involutions and compose views', () => {
    const j = program([matrix], x => [neg(neg(x)), transpose(transpose(x, [1, 0]), [1, 0]), reshape(reshape(x, [3, 2]), [6]), transpose(reshape(reshape(x, [6]), [2, 3]), [1, 0])]);
    expect(names(optimised([matrix], j))).toEqual(['transpose', 'reshape']);
  });
  it('absorb a transposed operand into a product, unless its free axes would change places', () => {
    const b: Aval = { shape: [4, 3], dtype: 'f64' };
    const dims = { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] };
    const j = program([matrix, b], (x, y) => [dotGeneral(x, transpose(y, [1, 0]), dims)]);
    expect(names(optimised([matrix, b], j))).toEqual(['dotGeneral']);
    const cube: Aval = { shape: [4, 5, 3], dtype: 'f64' };
    const stuck = program([matrix, cube], (x, y) => [dotGeneral(x, transpose(y, [2, 1, 0]), dims)]);
    expect(names(optimised([matrix, cube], stuck))).toEqual(['transpose', 'dotGeneral']);
    const batched = program([cube, cube], (x, y) => [dotGeneral(transpose(x, [1, 0, 2]), y, { lhsContract: [2], rhsContract: [2], lhsBatch: [1], rhsBatch: [0] })]);
    expect(names(optimised([cube, cube], batched))).toEqual(['dotGeneral']);
  });
  it('fold splats, rounding as the dtype does', () => {
    const half: Aval = { shape: [3], dtype: 'f16' };
    const j = program([half], x => [add(x, broadcastInDim(div(constant(1, [], 'f16'), constant(3, [], 'f16')), [3], []))]);
    const folded = optimised([half], j);
    const literals = folded.eqns.flatMap(e => e.inputs.flatMap(a => 'value' in a ? [a.value] : []));
    expect(literals).toEqual([0.333251953125]);
  });
  it('compute common subexpressions once, but not across a barrier', () => {
    const j = program([matrix], x => [add(exp(x), exp(x)), exp(at(optimizationBarrier([x]), 0))]);
    expect(names(optimised([matrix], j))).toEqual(['exp', 'add', 'optimizationBarrier', 'exp']);
  });
  it('expand composites and clean what reverse mode leaves', () => {
    const j = program([matrix], x => [reduceSum(mul(softmax(x), exp(x)), [0, 1])]);
    const { jaxpr } = vjpJaxpr(program([matrix], x => [at(evalJaxpr(j, [handleOf(mul(x, constantLike(1, x)))]), 0)]), [true]);
    const avals = [matrix, { shape: [], dtype: 'f64' as const }];
    const before = passes[0]?.run(jaxpr).eqns.length ?? 0;
    expect(optimised(avals, jaxpr).eqns.length).toBeLessThan(before);
  });
});
