// composite: a call with a name, attributes and a meaning. Its decomposing program is the default lowering and the fallback of
// every transform; a forward/backward pair, itself composite, keeps the structure through reverse mode.
// Floor 2: transforms its body with the transforms it is handed.
import { CotangentError } from '../error.ts';
import { hasTangent, range, sameAval, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, type Jaxpr } from '../ir/jaxpr.ts';
import type { Mask, NestedRules, Param, Primitive, ProgramTransforms } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { bind, evalJaxpr, stage, type Closed } from '../trace/scope.ts';
import { mul, sub } from './arithmetic.ts';
import { addBatchAxis, broadcastInDim, constantLike, reduceSum } from './broadcast.ts';
import { activeOf, expectBodyInputs, filled, present, resultsAt, spread, zerosOf } from './call.ts';
import { at, pure } from './define.ts';

/**
 * Attributes are data: part of the structure, printed and stored. Axes in them count from the end, so that batching, which adds a
 * leading axis, leaves the name and its attributes true.
 */
export type Attributes = { readonly [name: string]: Param };
type CompositeParams = {
  readonly name: string;
  readonly attributes: Attributes;
  readonly jaxpr: Jaxpr;
  /** inputs -> outputs, residuals; null where reverse mode differentiates the decomposition. */
  readonly forward: Jaxpr | null;
  /** residuals, cotangents of the outputs -> cotangents of the inputs that are floats. */
  readonly backward: Jaxpr | null;
};

export const compositeP: Primitive<CompositeParams> = {
  name: 'composite',
  // A composite expands to its decomposition where a backend has no kernel for its name.
  properties: { ...pure, expands: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: compositeRules(),
  linear: {
    transpose(cts, x, { name, attributes, jaxpr }, transforms) {
      const mask = x.map(v => v.known === null);
      const t = transforms.transpose(resultsAt(jaxpr, activeOf(cts)), mask, zerosOf(x));
      const inputs = [...x.flatMap(v => v.known ?? []), ...present(cts)];
      return spread(bind(compositeP, inputs, { name: `${name}.transpose`, attributes, jaxpr: t, forward: null, backward: null }), mask);
    },
    linearIn: n => [Array.from({ length: n }, (_, i) => i)],
  },
  lowering: { kind: 'program' },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const { jaxpr } = stage('composite', [aval], ([x]) => x === undefined ? [] : [mul(x, constantLike(2, x))]);
    return { operands: [{ aval }], params: { name: 'sample', attributes: {}, jaxpr, forward: null, backward: null } };
  },
  ulp: 0,
};

/** A function, because the rules bind the primitive that holds them. */
function compositeRules(): NestedRules<CompositeParams> {
  return {
    kind: 'nested',
    /** Forward mode differentiates the decomposition: its jvp is a composite of the derived name. */
    jvp(x, t, { name, attributes, jaxpr }, transforms) {
      const d = transforms.jvp(jaxpr, activeOf(t));
      const n = jaxpr.outputs.length;
      const out = bind(compositeP, [...x, ...present(t)], { name: `${name}.jvp`, attributes, jaxpr: d.jaxpr, forward: null, backward: null });
      return { primals: out.slice(0, n), tangents: spread(out.slice(n), d.outActive) };
    },
    linearize(x, t, { name, attributes, jaxpr, forward, backward }, transforms) {
      const n = jaxpr.outputs.length;
      if (forward === null || backward === null) {
        const l = transforms.linearize(jaxpr, activeOf(t));
        const out = bind(compositeP, x, { name: `${name}.forward`, attributes, jaxpr: l.forward, forward: null, backward: null });
        const tangents = bind(compositeP, [...out.slice(n), ...present(t)], { name: `${name}.tangent`, attributes, jaxpr: l.linear, forward: null, backward: null });
        return { primals: out.slice(0, n), tangents: spread(tangents, l.outActive) };
      }
      const active = activeOf(t);
      const outs = bind(compositeP, x, { name: `${name}.forward`, attributes, jaxpr: forward, forward: null, backward: null });
      const floats = active.filter((_, i) => hasTangent(at(forward.inputs, i).aval));
      // The tangent half is the transpose of the backward program, so that transposing it gives the backward program back.
      const residuals = outs.slice(n);
      const pull = selectOutputs(backward, floats);
      const push = transforms.transpose(pull, pull.inputs.map((_, i) => i >= residuals.length));
      const tangents = bind(linearCompositeP, [...residuals, ...present(t)], {
        name, attributes, residuals: residuals.length, jaxpr: push, transposed: pull, active: range(floats.length).filter(i => floats[i] === true), pulls: false,
      });
      return { primals: outs.slice(0, n), tangents };
    },
    batch(x, batched, params, size, transforms) {
      const { name, attributes, jaxpr } = params;
      const all = jaxpr.outputs.map(() => true);
      const b = transforms.batch(jaxpr, size, batched, all);
      return {
        outputs: bind(compositeP, x, { name, attributes, jaxpr: b.jaxpr, ...batchPair(params, batched, size, transforms) }),
        batched: all,
      };
    },
  };
}

/** Only the outputs at which the mask is true. */
const selectOutputs = (j: Jaxpr, mask: Mask): Jaxpr => ({ ...j, outputs: j.outputs.filter((_, i) => mask[i] === true) });

/**
 * Batched forward and backward programs. The backward program gives every example its own cotangents; an input that is the same for
 * all examples gets their sum.
 */
function batchPair({ name, forward, backward }: CompositeParams, batched: Mask, size: number, transforms: ProgramTransforms): { forward: Jaxpr | null; backward: Jaxpr | null } {
  if (forward === null || backward === null) return { forward: null, backward: null };
  const each = transforms.batch(backward, size, backward.inputs.map(() => true), backward.outputs.map(() => true)).jaxpr;
  const floats = batched.filter((_, i) => hasTangent(at(forward.inputs, i).aval));
  return {
    forward: transforms.batch(forward, size, batched, forward.outputs.map(() => true)).jaxpr,
    backward: floats.every(b => b) ? each
      : stage(name, avalsOf(each.inputs), args => evalJaxpr(each, args).map((ct, i) => floats[i] === true ? ct : reduceSum(ct, [0]))).jaxpr,
  };
}

type LinearCompositeParams = {
  readonly name: string;
  readonly attributes: Attributes;
  readonly residuals: number;
  readonly jaxpr: Jaxpr;
  readonly transposed: Jaxpr;
  /** The inputs of the composite, counted among those that are floats, that have tangents; and whether it gives their cotangents. */
  readonly active: readonly number[];
  readonly pulls: boolean;
};
/** A linear map that knows both of its directions: residuals, tangents -> tangents by `jaxpr`; residuals, cotangents -> cotangents by `transposed`. */
export const linearCompositeP: Primitive<LinearCompositeParams> = {
  name: 'linearComposite',
  properties: { ...pure, expands: true, zeroPreserving: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: {
    kind: 'nested',
    jvp(x, t, { name, attributes, jaxpr }, transforms) { return decomposed.jvp(x, t, decomposition(name, attributes, jaxpr), transforms); },
    linearize(x, t, { name, attributes, jaxpr }, transforms) { return decomposed.linearize(x, t, decomposition(name, attributes, jaxpr), transforms); },
    batch(x, batched, p, size, transforms) {
      const n = p.residuals;
      const mask = batched.map((b, i) => b || i >= n);
      const jaxpr = transforms.batch(p.jaxpr, size, mask, p.jaxpr.outputs.map(() => true)).jaxpr;
      const transposed = transforms.batch(p.transposed, size, p.transposed.inputs.map((_, i) => i >= n || mask[i] === true), p.transposed.outputs.map(() => true)).jaxpr;
      const inputs = x.map((v, i) => mask[i] === true && batched[i] !== true ? addBatchAxis(v, size) : v);
      return { outputs: bind(linearCompositeP, inputs, { ...p, jaxpr, transposed }), batched: jaxpr.outputs.map(() => true) };
    },
  },
  linear: {
    transpose(cts, x, { name, attributes, residuals, jaxpr, transposed, active, pulls }) {
      const known = x.slice(0, residuals).flatMap(v => v.known ?? []);
      const back = bind(linearCompositeP, [...known, ...filled(cts, avalsOf(jaxpr.outputs))], { name, attributes, residuals, active, pulls: !pulls, jaxpr: transposed, transposed: jaxpr });
      return x.map((_, i) => i < residuals ? null : back[i - residuals] ?? null);
    },
    linearIn: (n, { residuals }) => [Array.from({ length: n - residuals }, (_, i) => i + residuals)],
  },
  lowering: { kind: 'program' },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const twice = { ...aval, shape: [2, ...aval.shape] };
    const { jaxpr } = stage('linearComposite', [aval, aval, aval], ([r, x, y]) => r === undefined || x === undefined || y === undefined ? []
      : [broadcastInDim(mul(r, x), twice.shape, range(aval.shape.length).map(i => i + 1)), sub(y, x)]);
    const { jaxpr: transposed } = stage('linearComposite', [aval, twice, aval], ([r, u, v]) => r === undefined || u === undefined || v === undefined ? []
      : [sub(mul(r, reduceSum(u, [0])), v), v]);
    return { operands: [{ aval }, { aval }, { aval }], params: { name: 'sample', attributes: {}, residuals: 1, active: [0, 1], pulls: false, jaxpr, transposed } };
  },
  ulp: 0,
};
const decomposed = compositeRules();
const decomposition = (name: string, attributes: Attributes, jaxpr: Jaxpr): CompositeParams => ({ name: `${name}.tangent`, attributes, jaxpr, forward: null, backward: null });

/**
 * Records `f` as one named operation whose meaning is the program that `f` stages. `pair` states reverse mode by hand: `forward` returns
 * outputs, then residuals; `backward` takes residuals, then cotangents of the outputs, must be linear in the cotangents, and returns
 * a cotangent for each float input.
 */
export interface CompositePair {
  readonly forward: (inputs: readonly AnyTensor[]) => readonly AnyTensor[];
  readonly backward: (residualsAndCotangents: readonly AnyTensor[]) => readonly AnyTensor[];
}
export function composite(name: string, attributes: Attributes, inputs: readonly AnyTensor[], f: (inputs: readonly AnyTensor[]) => readonly AnyTensor[], pair?: CompositePair): readonly AnyTensor[] {
  const avals = inputs.map(avalOf);
  const { jaxpr } = stageBody(name, avals, f);
  const forward = pair === undefined ? null : stageBody(name, avals, pair.forward).jaxpr;
  const outs = avalsOf(jaxpr.outputs);
  const backward = pair === undefined || forward === null ? null : stageBody(name, [...avalsOf(forward.outputs).slice(outs.length), ...outs], pair.backward).jaxpr;
  if (forward !== null && backward !== null) {
    expectResults(name, 'forward', avalsOf(forward.outputs), outs, 'where the body gives');
    expectResults(name, 'backward', avalsOf(backward.outputs), avals.filter(hasTangent), 'for an input');
  }
  return bind(compositeP, inputs, { name, attributes, jaxpr, forward, backward });
}
function expectResults(name: string, half: string, got: readonly Aval[], want: readonly Aval[], why: string): void {
  want.forEach((w, i) => {
    const g = got[i];
    if (g === undefined || !sameAval(g, w)) throw new CotangentError('jaxpr', `${name}: ${half} gives ${g === undefined ? 'nothing' : showAval(g)} ${why} ${showAval(w)}`);
  });
}
function stageBody(name: string, avals: readonly Aval[], f: (inputs: readonly AnyTensor[]) => readonly AnyTensor[]): Closed {
  const closed = stage(name, avals, args => f(args), { numbers: 'literals' });
  if (closed.consts.length > 0) throw new CotangentError('capture', `${name}: the body of a composite may not capture tensors; pass them as inputs`);
  return closed;
}
