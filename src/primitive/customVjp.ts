// customVjp: a program with a reverse-mode rule of its own, a forward half that returns residuals and a backward half that takes them.
// customTangent: the linear map between the halves, known only by its transpose.
// Floor 2: transforms its programs with the transforms it is handed.
import { TransformError } from '../error.ts';
import { hasTangent, range, type Aval } from '../ir/aval.ts';
import { avalsOf, removeDead, type Jaxpr } from '../ir/jaxpr.ts';
import type { LinearInput, Mask, NestedRules, Primitive, ProgramTransforms, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf, zerosLike, type TensorHandle } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { mul } from './arithmetic.ts';
import { constantLike, reduceSum } from './broadcast.ts';
import { expectBodyInputs, filled, present, spread } from './call.ts';
import { refuseCaptured } from './captured.ts';
import { at, pure } from './define.ts';

export type CustomVjpParams = {
  readonly name: string;
  /** captured values, arguments -> results. */
  readonly jaxpr: Jaxpr;
  /** captured values, arguments, the results where `usesResults` -> results, residuals. */
  readonly forward: Jaxpr;
  /** captured values, residuals, cotangents of the float results -> cotangents of the float arguments. */
  readonly backward: Jaxpr;
  readonly numConsts: number;
  /** Whether the forward half calls the function itself at its own arguments: what it gets there are the results of this equation, rule included. */
  readonly usesResults: boolean;
};

export const customVjpP: Primitive<CustomVjpParams> = {
  name: 'customVjp',
  properties: { ...pure, expands: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: customVjpRules(),
  linear: {
    transpose: (cts, inputs, p) => transposeCustom(cts, inputs, p),
    /** The sample is linear. */
    linearIn: n => [range(n)],
  },
  lowering: { kind: 'program' },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const triple = (x: AnyTensor): AnyTensor => mul(x, constantLike(3, x));
    const { jaxpr } = stage('customVjp', [aval], xs => xs.map(triple));
    return { operands: [{ aval }], params: { name: 'sample', jaxpr, forward: jaxpr, backward: jaxpr, numConsts: 0, usesResults: false } };
  },
  ulp: 0.5,
};

const forwardMode = (name: string): TransformError =>
  new TransformError('forward-mode', `customVjp: ${name} has a reverse-mode rule only; jvp, linearize and jacfwd need customJvp, or use grad, vjp, jacrev`);
const floatInputs = ({ jaxpr, numConsts }: CustomVjpParams): readonly number[] => jaxpr.inputs.flatMap((v, i) => i >= numConsts && hasTangent(v.aval) ? [i] : []);
const isFloatOutput = ({ jaxpr }: CustomVjpParams): Mask => jaxpr.outputs.map(o => hasTangent(o.aval));

/** A function, because the rules bind the primitive that holds them. */
function customVjpRules(): NestedRules<CustomVjpParams> {
  return {
    kind: 'nested',
    jvp(_x, t, p) {
      refuseCaptured('customVjp', p, t);
      throw forwardMode(p.name);
    },
    linearize(x, t, p) {
      refuseCaptured('customVjp', p, t);
      const n = p.jaxpr.outputs.length;
      const c = p.numConsts;
      const out = runForward(x, p);
      const known = [...x.slice(0, c), ...out.slice(n)];
      const active = floatInputs(p).map(i => t[i] !== null);
      // Cotangents of arguments that carry no tangent are never computed.
      const backward = removeDead({ ...p.backward, outputs: p.backward.outputs.filter((_, i) => active[i] === true) });
      const tangents = bind(customTangentP, [...known, ...present(t)], { name: p.name, known: known.length, backward });
      return { primals: out.slice(0, n), tangents: spread(tangents, isFloatOutput(p)) };
    },
    batch(x, batched, p, size, transforms) {
      const all = p.jaxpr.outputs.map(() => true);
      const over = transforms.batch(p.forward, size, [...batched, ...p.usesResults ? all : []], p.forward.outputs.map((_, i) => i < all.length));
      const c = p.numConsts;
      const known = [...batched.slice(0, c), ...over.outBatched.slice(all.length)];
      const params: CustomVjpParams = {
        ...p, jaxpr: transforms.batch(p.jaxpr, size, batched, all).jaxpr,
        forward: over.jaxpr,
        backward: batchBackward(p.backward, known, floatInputs(p).map(i => batched[i] === true), size, transforms),
      };
      // Every result is batched: what comes back for a shared one could not be told apart by example.
      return { outputs: bind(customVjpP, x, params), batched: all };
    },
  };
}

/** Results, residuals. */
const runForward = (x: readonly AnyTensor[], p: CustomVjpParams): readonly TensorHandle[] =>
  evalJaxpr(p.forward, [...x, ...p.usesResults ? bind(customVjpP, x, p) : []].map(v => handleOf(v)));

/** A backward half for `size` examples at once: arguments that the examples share get the sum of their cotangents. */
function batchBackward(backward: Jaxpr, known: Mask, shared: Mask, size: number, transforms: ProgramTransforms): Jaxpr {
  const mask = backward.inputs.map((_, i) => i >= known.length || known[i] === true);
  const { jaxpr } = transforms.batch(backward, size, mask, backward.outputs.map(() => true));
  return stage('vmap', avalsOf(jaxpr.inputs), args => evalJaxpr(jaxpr, args).map((ct, i) => shared[i] === true ? ct : reduceSum(ct, [0]))).jaxpr;
}

/** A linear function: its residuals do not depend on what it is linear in, so they may be computed at zero. */
function transposeCustom(cts: readonly TangentOf[], inputs: readonly LinearInput[], p: CustomVjpParams): readonly TangentOf[] {
  const n = p.jaxpr.outputs.length;
  const c = p.numConsts;
  const captured = inputs.slice(0, c).flatMap(v => v.known ?? []);
  if (captured.length < c) throw new TransformError('not-linear', `customVjp: ${p.name} captures a value in which it was to be transposed; pass it as an argument`);
  const out = runForward(inputs.map(v => v.known ?? zerosLike(v.aval)), p);
  const floats = isFloatOutput(p);
  const given = filled(cts, avalsOf(p.jaxpr.outputs)).filter((_, i) => floats[i] === true);
  const back = evalJaxpr(p.backward, [...captured, ...out.slice(n), ...given].map(v => handleOf(v)));
  const places = floatInputs(p);
  return inputs.map((_, i) => back[places.indexOf(i)] ?? null);
}

type CustomTangentParams = {
  readonly name: string;
  /** Inputs before the tangents. */
  readonly known: number;
  /** known values, cotangents of the outputs -> cotangents of the tangents. */
  readonly backward: Jaxpr;
};
const resultAvals = ({ known, backward }: CustomTangentParams): readonly Aval[] => avalsOf(backward.inputs.slice(known));

/** known values, tangents -> tangents of the results. It is transposed away before anything runs; run forwards, it has no meaning. */
const customTangentP: Primitive<CustomTangentParams> = {
  name: 'customTangent',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, p) {
    expectBodyInputs([...inputs.slice(0, p.known), ...resultAvals(p)], p.backward, p.name);
    return resultAvals(p);
  },
  evaluate(_inputs, p) { throw forwardMode(p.name); },
  rules: customTangentRules(),
  linear: {
    transpose(cts, inputs, p) {
      const known = inputs.slice(0, p.known).flatMap(v => v.known ?? []);
      if (known.length < p.known) throw new TransformError('not-linear', `customVjp: the residuals of ${p.name} were to be transposed; the rule is linear in the cotangents alone`);
      const back = evalJaxpr(p.backward, [...known, ...filled(cts, resultAvals(p))].map(v => handleOf(v)));
      return inputs.map((_, i) => i < p.known ? null : at(back, i - p.known));
    },
    linearIn: (n, { known }) => [range(n).filter(i => i >= known)],
  },
  lowering: { kind: 'host', never: p => forwardMode(p.name) },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const { jaxpr } = stage('customTangent', [aval, aval], ([r, ct]) => r === undefined || ct === undefined ? [] : [mul(r, ct)]);
    return { operands: [{ aval }, { aval }], params: { name: 'sample', known: 1, backward: jaxpr } };
  },
  ulp: 0,
};

/** A function, because the rules bind the primitive that holds them. */
function customTangentRules(): NestedRules<CustomTangentParams> {
  return {
    kind: 'nested',
    jvp(_x, _t, p) { throw forwardMode(p.name); },
    /** Linear in the tangents; what the derivative of the rule in its residuals is, only its transpose could say. */
    linearize(x, t, p) {
      if (t.slice(0, p.known).some(v => v !== null)) throw forwardMode(p.name);
      const missing = x.slice(p.known).map(v => ({ shape: v.shape, dtype: v.dtype }));
      return { primals: bind(customTangentP, x, p), tangents: bind(customTangentP, [...x.slice(0, p.known), ...filled(t.slice(p.known), missing)], p) };
    },
    batch(x, batched, p, size, transforms) {
      const backward = batchBackward(p.backward, batched.slice(0, p.known), batched.slice(p.known), size, transforms);
      return { outputs: bind(customTangentP, x, { ...p, backward }), batched: resultAvals(p).map(() => true) };
    },
  };
}
