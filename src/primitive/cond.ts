// cond: one of several programs over the same operands, chosen by an integer index. A batched index selects among all results.
// Floor 2: transforms its branches with the transforms it is handed.
import { CotangentError, DTypeError, ShapeError, TransformError } from '../error.ts';
import { hasTangent, range, sameAval, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, effectOfJaxpr, Var, type Atom, type Jaxpr } from '../ir/jaxpr.ts';
import type { LinearInput, Mask, NestedRules, Primitive, ProgramTransforms, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, handleOf, literal, zerosLike, type TensorHandle } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { mul } from './arithmetic.ts';
import { addBatchAxis, broadcastInDim, constantLike } from './broadcast.ts';
import { activeOf, expectBodyInputs, present, resultsAt, spread, zerosOf } from './call.ts';
import { eq } from './comparison.ts';
import { at, pure } from './define.ts';
import { clamp, select } from './select.ts';

/** `linear`: how many of the last operands the branches are known to be linear in; absent for none. */
type CondParams = { readonly branches: readonly Jaxpr[]; readonly linear?: number };

const or = (a: Mask, b: Mask): Mask => a.map((x, i) => x || b[i] === true);
const anyOf = (masks: readonly Mask[]): Mask => masks.reduce(or);

/** index (i32 scalar, clamped to the branches), operands -> the outputs of the chosen branch. XLA's Case. */
export const condP: Primitive<CondParams> = {
  name: 'cond',
  properties: pure,
  type([index, ...operands], { branches }) {
    const first = at(branches, 0);
    if (index === undefined || index.shape.length > 0 || index.dtype !== 'i32') throw new DTypeError(`cond: the index is an i32 scalar, got ${index === undefined ? 'nothing' : showAval(index)}`);
    branches.forEach((b, k) => {
      expectBodyInputs(operands, b, `cond, branch ${k}`);
      expectSameResults(avalsOf(first.outputs), avalsOf(b.outputs), k);
    });
    return avalsOf(first.outputs);
  },
  evaluate([index, ...operands], { branches }, outputs, run) {
    const k = Math.min(Math.max(index?.data[0] ?? 0, 0), branches.length - 1);
    run(at(branches, k), operands).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: condRules(),
  linear: {
    transpose: (cts, inputs, { branches }, transforms) => transposeCond(cts, inputs, branches, transforms),
    linearIn: n => [range(n).filter(i => i > 0)],
  },
  lowering: { kind: 'control', structure: ({ branches }) => ({ kind: 'branch', branches }) },
  sample(draw) {
    const aval: Aval = { shape: draw.shape(2), dtype: draw.float() };
    const branches = [2, 3].map(c => stage('cond', [aval], ([x]) => x === undefined ? [] : [mul(x, constantLike(c, x))]).jaxpr);
    return { operands: [{ aval: { shape: [], dtype: 'i32' }, domain: { intervals: [[0, 1]] } }, { aval }], params: { branches } };
  },
  ulp: 0,
};
function expectSameResults(want: readonly Aval[], got: readonly Aval[], k: number): void {
  if (want.length !== got.length) throw new CotangentError('tree', `cond: branch 0 returns ${want.length} tensors, branch ${k} returns ${got.length}`);
  want.forEach((a, i) => {
    const b = at(got, i);
    if (!sameAval(a, b)) throw new ShapeError(`cond: result ${i} is ${showAval(a)} in branch 0 and ${showAval(b)} in branch ${k}; branches must agree`);
  });
}

/** A function, because the rules bind the primitive that holds them. */
function condRules(): NestedRules<CondParams> {
  return {
    kind: 'nested',
    jvp([index, ...x], [, ...t], { branches }, transforms) {
      const active = activeOf(t);
      const mask = anyOf(branches.map(b => transforms.jvp(b, active).outActive));
      const n = at(branches, 0).outputs.length;
      const out = bind(condP, [...known(index), ...x, ...present(t)], { branches: branches.map(b => transforms.jvp(b, active, mask).jaxpr) });
      return { primals: out.slice(0, n), tangents: spread(out.slice(n), mask) };
    },
    /** Each branch leaves zeros in the places of the other branches' residuals. */
    linearize([index, ...x], [, ...t], { branches }, transforms) {
      const active = activeOf(t);
      const mask = anyOf(branches.map(b => transforms.linearize(b, active).outActive));
      const n = at(branches, 0).outputs.length;
      const halves = branches.map(b => transforms.linearize(b, active, mask));
      const place = <A>(mine: number, own: readonly A[], other: (a: Aval) => A): A[] => halves.flatMap((h, k) => k === mine ? own : h.forward.outputs.slice(n).map(r => other(r.aval)));
      const forward = halves.map((h, k): Jaxpr => ({ ...h.forward, outputs: [...h.forward.outputs.slice(0, n), ...place<Atom>(k, h.forward.outputs.slice(n), a => ({ value: 0, aval: a }))] }));
      const linear = halves.map((h, k): Jaxpr => ({ ...h.linear, numConsts: 0, inputs: [...place(k, h.linear.inputs.slice(0, h.residuals), a => new Var(a)), ...h.linear.inputs.slice(h.residuals)] }));
      const out = bind(condP, [...known(index), ...x], { branches: forward });
      const tangents = present(t);
      return { primals: out.slice(0, n), tangents: spread(bind(condP, [...known(index), ...out.slice(n), ...tangents], { branches: linear, linear: tangents.length }), mask) };
    },
    batch([index, ...x], [indexBatched, ...batched], { branches, ...rest }, size, transforms) {
      if (indexBatched !== true) {
        const mask = anyOf(branches.map(b => transforms.batch(b, size, batched).outBatched));
        return { outputs: bind(condP, [...known(index), ...x], { branches: branches.map(b => transforms.batch(b, size, batched, mask).jaxpr), ...rest }), batched: mask };
      }
      // A batched index has no single answer: all branches run, and each example selects its own. Effects cannot be selected.
      if (branches.some(b => effectOfJaxpr(b) !== 'none')) throw new TransformError('effect', 'cond: under vmap with a batched predicate both branches run, and a branch with an effect (tap, debugPrint) may not; move it out of the branches, or leave the predicate unbatched');
      const all = at(branches, 0).outputs.map(() => true);
      const lanes = x.map((v, i) => handleOf(batched[i] === true ? v : addBatchAxis(v, size)));
      // A branch that is not taken has zeros for residuals, which it may divide by: what it is linear in is 0 there, so that no NaN comes
      // out of it, and none comes back through it once this is transposed.
      const chosen = at(known(index), 0);
      const linearFrom = x.length - (rest.linear ?? 0);
      const own = (k: number): readonly TensorHandle[] => lanes.map((v, i) => i < linearFrom ? v : handleOf(select(isBranch(chosen, k, branches.length, v.shape), v, zerosLike(v.aval))));
      const results = branches.map((b, k) => evalJaxpr(transforms.batch(b, size, b.inputs.map(() => true), all).jaxpr, own(k)));
      return { outputs: at(branches, 0).outputs.map((_, i) => chooseByIndex(chosen, results.map(r => at(r, i)))), batched: all };
    },
    check(x, { branches }, checks) {
      const n = at(branches, 0).outputs.length;
      const out = bind(condP, x, { branches: branches.map(b => checks.body(b, null)) });
      return { outputs: out.slice(0, n), violation: at(out, n) };
    },
  };
}
const known = (x: AnyTensor | undefined): readonly AnyTensor[] => x === undefined ? [] : [x];

/** Whether each example takes branch `k`, shaped as its values: index [n], shape [n, ...]. */
function isBranch(index: AnyTensor, k: number, count: number, shape: readonly number[]): AnyTensor {
  const i = avalOf(index);
  return broadcastInDim(eq(clamp(literal(0, i), index, literal(count - 1, i)), literal(k, i)), shape, [0]);
}
/** For each example the result of its own branch: index [n], results [n, ...]. */
const chooseByIndex = (index: AnyTensor, results: readonly AnyTensor[]): AnyTensor =>
  results.reduce((chosen, y, k) => k === 0 ? y : select(isBranch(index, k, results.length, y.shape), y, chosen));

function transposeCond(cts: readonly TangentOf[], [index, ...x]: readonly LinearInput[], branches: readonly Jaxpr[], transforms: ProgramTransforms): readonly TangentOf[] {
  const mask = x.map(v => v.known === null);
  const transposed = branches.map(b => transforms.transpose(resultsAt(b, activeOf(cts)), mask, zerosOf(x)));
  const operands = [...known(index?.known ?? undefined), ...x.flatMap(v => v.known ?? []), ...present(cts)];
  return [null, ...spread(bind(condP, operands, { branches: transposed, linear: present(cts).length }), mask.map((m, i) => m && hasTangent(at(x, i).aval)))];
}
