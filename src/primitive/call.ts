// call: a named program used as one operation. What jit and the transforms of concrete tensors record.
// Floor 2: transforms its body with the transforms it is handed.
import { CotangentError } from '../error.ts';
import { hasTangent, sameAval, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, type Jaxpr } from '../ir/jaxpr.ts';
import type { LinearInput, Mask, NestedRules, Params, Primitive, TangentOf, TransposeRule } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { zerosLike, type TensorHandle } from '../trace/handle.ts';
import { bind, stage } from '../trace/scope.ts';
import { mul, sub } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { at, pure } from './define.ts';

type CallParams = { readonly name: string; readonly jaxpr: Jaxpr };

export const activeOf = (ts: readonly TangentOf[]): boolean[] => ts.map(t => t !== null);
export const present = (ts: readonly TangentOf[]): AnyTensor[] => ts.filter(t => t !== null);
/** Puts the values back at the places where the mask is true, null elsewhere. */
export function spread<A>(values: readonly A[], mask: Mask): (A | null)[] {
  let i = 0;
  return mask.map(m => m ? values[i++] ?? null : null);
}
/** Symbolic zeros made values, where a program's signature demands one. */
export const filled = <T extends AnyTensor>(ts: readonly (T | null)[], avals: readonly Aval[]): (T | TensorHandle)[] => ts.map((t, i) => t ?? zerosLike(at(avals, i)));

/** A body's inputs must be what the equation passes. */
export function expectBodyInputs(inputs: readonly Aval[], body: Jaxpr, name: string): void {
  if (inputs.length !== body.inputs.length) throw new CotangentError('jaxpr', `${name}: the program takes ${body.inputs.length} inputs, ${inputs.length} given`);
  inputs.forEach((a, i) => {
    const want = at(body.inputs, i).aval;
    if (!sameAval(a, want)) throw new CotangentError('jaxpr', `${name}: input ${i} is ${showAval(a)}, the program takes ${showAval(want)}`);
  });
}

/** Records the operation again on another program. */
type Again<P> = (inputs: readonly AnyTensor[], params: P, jaxpr: Jaxpr) => readonly TensorHandle[];
/** Rules of an operation whose `jaxpr` parameter is what it computes: its transform is the same operation on the transformed program. */
export function callRules<P extends { readonly jaxpr: Jaxpr }>(again: Again<P>): NestedRules<P & Params> {
  return {
    kind: 'nested',
    jvp(x, t, p, transforms) {
      const d = transforms.jvp(p.jaxpr, activeOf(t));
      const n = p.jaxpr.outputs.length;
      const out = again([...x, ...present(t)], p, d.jaxpr);
      return { primals: out.slice(0, n), tangents: spread(out.slice(n), d.outActive) };
    },
    linearize(x, t, p, transforms) {
      const l = transforms.linearize(p.jaxpr, activeOf(t));
      const n = p.jaxpr.outputs.length;
      const out = again(x, p, l.forward);
      const tangents = again([...out.slice(n), ...present(t)], p, l.linear);
      return { primals: out.slice(0, n), tangents: spread(tangents, l.outActive) };
    },
    batch(x, batched, p, size, transforms) {
      const b = transforms.batch(p.jaxpr, size, batched);
      return { outputs: again(x, p, b.jaxpr), batched: b.outBatched };
    },
    check(x, p, checks) {
      const n = p.jaxpr.outputs.length;
      const out = again(x, p, checks.body(p.jaxpr, null));
      return { outputs: out.slice(0, n), violation: at(out, n) };
    },
  };
}
/** Which operands are known to be zero whatever the inputs: a sum with one is linear. */
export const zerosOf = (x: readonly LinearInput[]): Mask => x.map(v => v.zero === true);
/** The body without the results that have no cotangent: zeros given to its transpose would be known values there, and a sum with one is affine. */
export const resultsAt = (body: Jaxpr, mask: Mask): Jaxpr => ({ ...body, outputs: body.outputs.filter((_, i) => mask[i] === true) });
export function callTranspose<P extends { readonly jaxpr: Jaxpr }>(again: Again<P>): TransposeRule<P & Params> {
  return {
    transpose(cts, x, p, transforms) {
      const mask = x.map(v => v.known === null);
      const t = transforms.transpose(resultsAt(p.jaxpr, activeOf(cts)), mask, zerosOf(x));
      const known = x.flatMap(v => v.known ?? []);
      return spread(again([...known, ...present(cts)], p, t), mask);
    },
    /** The sample's body is linear in all of its floating point inputs. */
    linearIn: (n, { jaxpr }) => [Array.from({ length: n }, (_, i) => i).filter(i => hasTangent(at(jaxpr.inputs, i).aval))],
  };
}

const callAgain: Again<CallParams> = (inputs, { name }, jaxpr) => bind(callP, inputs, { name, jaxpr });
export const callP: Primitive<CallParams> = {
  name: 'call',
  properties: { ...pure, call: true, expands: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: callRules(callAgain),
  linear: callTranspose(callAgain),
  lowering: { kind: 'program' },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const count = { shape: aval.shape, dtype: 'i32' as const };
    const counts = draw.bool();
    // Results that depend on all, on one and on none of the inputs that may carry tangents or batch axes.
    const { jaxpr } = stage('sample', [count, aval, aval], ([k, x, y]) => k === undefined || x === undefined || y === undefined ? []
      : [...counts ? [k] : [], mul(x, constantLike(3, x)), sub(y, mul(x, constantLike(2, x)))]);
    return { operands: [{ aval: count }, { aval }, { aval }], params: { name: 'sample', jaxpr } };
  },
  ulp: 0,
};
/** x -> 3 x */
export const sampleBody = (aval: Aval): Jaxpr => stage('sample', [aval], ([x]) => x === undefined ? [] : [mul(x, constantLike(3, x))]).jaxpr;
