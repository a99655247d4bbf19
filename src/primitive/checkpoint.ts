// checkpoint: a program whose residuals are computed again in the backward pass instead of being stored. Griewank, Walther, "Revolve", 2000.
// rematTangent: the linear half of a checkpointed program, which computes its residuals again wherever it runs.
// Floor 2: transforms its programs with the transforms it is handed.
import { range } from '../ir/aval.ts';
import { avalsOf, Var, type Jaxpr } from '../ir/jaxpr.ts';
import type { LinearInput, NestedRules, Primitive, ProgramTransforms, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { optimizationBarrier } from './barrier.ts';
import { activeOf, expectBodyInputs, present, resultsAt, spread, zerosOf } from './call.ts';
import { at, pure } from './define.ts';
import { sin } from './exponential.ts';
import { mul } from './arithmetic.ts';
import { rematerialise, type CheckpointPolicy } from './rematerialise.ts';

export type CheckpointParams = { readonly name: string; readonly jaxpr: Jaxpr; readonly policy: CheckpointPolicy };

export const checkpointP: Primitive<CheckpointParams> = {
  name: 'checkpoint',
  properties: { ...pure, expands: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: checkpointRules(),
  linear: {
    transpose(cts, x, { name, jaxpr, policy }, transforms) {
      const mask = x.map(v => v.known === null);
      const t = transforms.transpose(resultsAt(jaxpr, activeOf(cts)), mask, zerosOf(x));
      return spread(bind(checkpointP, [...x.flatMap(v => v.known ?? []), ...present(cts)], { name, jaxpr: t, policy }), mask);
    },
    /** The sample is linear in its second input. */
    linearIn: () => [[1]],
  },
  lowering: { kind: 'program' },
  sample: draw => {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const { jaxpr } = stage('checkpoint', [aval, aval], ([x, y]) => x === undefined || y === undefined ? [] : [mul(sin(sin(x)), y)]);
    return { operands: [{ aval }, { aval }], params: { name: 'sample', jaxpr, policy: 'nothing' } };
  },
  ulp: 16,
};

/** A function, because the rules bind the primitive that holds them. */
function checkpointRules(): NestedRules<CheckpointParams> {
  return {
    kind: 'nested',
    /** Checkpointed again, so that reverse mode of forward mode stores no more. */
    jvp(x, t, { name, jaxpr, policy }, transforms) {
      const d = transforms.jvp(jaxpr, activeOf(t));
      const n = jaxpr.outputs.length;
      const out = bind(checkpointP, [...x, ...present(t)], { name, jaxpr: d.jaxpr, policy });
      return { primals: out.slice(0, n), tangents: spread(out.slice(n), d.outActive) };
    },
    linearize(x, t, { name, jaxpr, policy }, transforms) {
      const l = transforms.linearize(jaxpr, activeOf(t));
      const n = jaxpr.outputs.length;
      const values = x.map(v => handleOf(v));
      const tangents = present(t).map(v => handleOf(v));
      if (policy === 'everything') {
        const out = evalJaxpr(l.forward, values);
        return { primals: out.slice(0, n), tangents: spread(evalJaxpr(l.linear, [...out.slice(n), ...tangents]), l.outActive) };
      }
      const plan = rematerialise(l.forward, n, policy);
      const out = evalJaxpr(plan.forward, values);
      const known = [...plan.inputs.map(i => at(values, i)), ...out.slice(n)];
      // Where nothing is left to compute again, no barrier is needed.
      const linear = plan.recompute.eqns.length === 0
        ? evalJaxpr(l.linear, [...evalJaxpr(plan.recompute, known), ...tangents])
        : bind(rematTangentP, [...known, ...tangents], rematParams(name, plan.recompute, l.linear, policy));
      return { primals: out.slice(0, n), tangents: spread(linear, l.outActive) };
    },
    batch(x, batched, { name, jaxpr, policy }, size, transforms) {
      const b = transforms.batch(jaxpr, size, batched);
      return { outputs: bind(checkpointP, x, { name, jaxpr: b.jaxpr, policy }), batched: b.outBatched };
    },
  };
}
const checkpointed = checkpointRules();

type RematParams = {
  readonly name: string;
  /** The meaning: a barrier around all inputs, then `recompute`, then `linear`. */
  readonly jaxpr: Jaxpr;
  /** known values -> residuals. */
  readonly recompute: Jaxpr;
  /** residuals, tangents -> tangents of the results. */
  readonly linear: Jaxpr;
  readonly policy: CheckpointPolicy;
};
/** The barrier ties the known values to the tangents: nothing can be computed again before those are there, nor be merged with the forward pass. */
function rematParams(name: string, recompute: Jaxpr, linear: Jaxpr, policy: CheckpointPolicy): RematParams {
  const known = recompute.inputs.length;
  const tangents = linear.inputs.slice(recompute.outputs.length);
  const { jaxpr } = stage('checkpoint', avalsOf([...recompute.inputs, ...tangents]), args => {
    const tied = optimizationBarrier(args).map(v => handleOf(v));
    return evalJaxpr(linear, [...evalJaxpr(recompute, tied.slice(0, known)), ...tied.slice(known)]);
  });
  return { name, jaxpr, recompute, linear, policy };
}

/** known values, tangents -> tangents of the results. Transposed, it is another one over the same known values. */
export const rematTangentP: Primitive<RematParams> = {
  name: 'rematTangent',
  properties: { ...pure, zeroPreserving: true, expands: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: {
    kind: 'nested',
    jvp: (x, t, { name, jaxpr, policy }, transforms) => checkpointed.jvp(x, t, { name, jaxpr, policy }, transforms),
    linearize: (x, t, { name, jaxpr, policy }, transforms) => checkpointed.linearize(x, t, { name, jaxpr, policy }, transforms),
    batch(x, batched, { name, recompute, linear, policy }, size, transforms) {
      const known = recompute.inputs.length;
      const r = transforms.batch(recompute, size, batched.slice(0, known));
      const l = transforms.batch(linear, size, [...r.outBatched, ...batched.slice(known)]);
      return { outputs: bind(rematTangentP, x, rematParams(name, r.jaxpr, l.jaxpr, policy)), batched: l.outBatched };
    },
  },
  linear: {
    transpose: (cts, inputs, p, transforms) => transposeRemat(cts, inputs, p, transforms),
    linearIn: (n, { recompute }) => [range(n).filter(i => i >= recompute.inputs.length)],
  },
  lowering: { kind: 'program' },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const recompute = stage('checkpoint', [aval], xs => xs.map(x => sin(sin(x)))).jaxpr;
    const linear = stage('checkpoint', [aval, aval], ([r, t]) => r === undefined || t === undefined ? [] : [mul(r, t)]).jaxpr;
    return { operands: [{ aval }, { aval }], params: rematParams('sample', recompute, linear, 'nothing') };
  },
  ulp: 16,
};

function transposeRemat(cts: readonly TangentOf[], inputs: readonly LinearInput[], p: RematParams, transforms: ProgramTransforms): readonly TangentOf[] {
  const known = p.recompute.inputs.length;
  const residuals = p.recompute.outputs.length;
  const mask = inputs.slice(known).map(v => v.known === null);
  // A tangent that is known is one more residual, which passes through.
  const through = p.linear.inputs.slice(residuals).filter((_, i) => mask[i] !== true).map(v => new Var(v.aval));
  const recompute: Jaxpr = { ...p.recompute, inputs: [...p.recompute.inputs, ...through], outputs: [...p.recompute.outputs, ...through] };
  const linear = transforms.transpose(resultsAt(p.linear, activeOf(cts)), [...p.recompute.outputs.map(() => false), ...mask]);
  const values: readonly AnyTensor[] = [...inputs.flatMap(v => v.known ?? []), ...present(cts)];
  return [...range(known).map(() => null), ...spread(bind(rematTangentP, values, rematParams(p.name, recompute, linear, p.policy)), mask)];
}
