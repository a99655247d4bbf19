// definePrimitive: primitives of users. What a record needs and the user did not state is derived from a decomposition into existing
// primitives: it is staged once per signature and transformed with the transforms that are handed to the rules. Floor 2.
import { CotangentError, TransformError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range, sameAval, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, isJaxpr, type Jaxpr } from '../ir/jaxpr.ts';
import type { Batched, Draw, Dual, LinearInput, Mask, NDArray, NestedRules, Param, Params, Primitive, ProgramTransforms, SampleOperand, TangentOf, TransposeRule } from '../ir/primitive.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf, handleOf, isTensor, type TensorHandle } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { activeOf, callRules, callTranspose, expectBodyInputs, present, spread } from './call.ts';
import { constantLike } from './broadcast.ts';
import { concatenate } from './concatenate.ts';
import { at, pure } from './define.ts';
import { registerPrimitive } from './index.ts';
import { reshape } from './reshape.ts';
import { sliceAxis } from './slice.ts';

/** Tensors, then at most one plain object of parameters. */
type Signature = (...args: never[]) => AnyTensor | readonly AnyTensor[];
type Differentiable = Tensor<Shape, Float>;

/** What every primitive of a user states, and what it may state. Each rule has the meaning of the field of that name of a built-in record. */
export interface UserPrimitive<P extends Params> {
  /** Stands in printed programs; must not be taken. */
  readonly name: string;
  /** A random well-typed application, from which the laws prove the rules. */
  sample(draw: Draw): { readonly operands: readonly SampleOperand[]; readonly params?: P };
  /** Largest error of a float32 backend in units in the last place; default 4. */
  readonly ulp?: number;
  /** Tangents of the results, null where they are zero; by default the primitive of the tangents where it is linear in all that moves, else those of the decomposition. */
  jvp?(primals: readonly Differentiable[], tangents: readonly (Differentiable | null)[], params: P, outputs: readonly Differentiable[]): readonly (AnyTensor | null)[];
  /** Cotangents of the linear inputs; by default those of the decomposition. */
  transpose?(cotangents: readonly (Differentiable | null)[], inputs: readonly LinearInput[], params: P): readonly (AnyTensor | null)[];
  /** The sets of inputs it is linear in; default none. */
  linearIn?(inputCount: number, params: P): readonly (readonly number[])[];
  /** Batched inputs carry the batch axis first; by default the batched decomposition, or one example after another. */
  batch?(inputs: readonly AnyTensor[], batched: Mask, params: P, size: number): Batched;
}
/** A primitive whose meaning is a function of existing ones. */
export interface Decomposed<F extends Signature, P extends Params> extends UserPrimitive<P> {
  /** The meaning, and the lowering on every backend. Its type is the type of `call`. It may not capture tensors. */
  readonly decomposition: F;
  /** A host function that the reference backend runs instead. */
  evaluate?(inputs: readonly NDArray[], params: P, outputs: readonly NDArray[]): void;
}
/** A primitive whose meaning is a host function, on the reference backend alone. */
export interface Hosted<P extends Params> extends UserPrimitive<P> {
  readonly decomposition?: undefined;
  /** Shapes and dtypes of the results. */
  type(inputs: readonly Aval[], params: P): readonly Aval[];
  /** Writes the results, which arrive zero-filled. */
  evaluate(inputs: readonly NDArray[], params: P, outputs: readonly NDArray[]): void;
}
/** The record, and the function that applies it. */
export interface Defined<F> { readonly primitive: Primitive; readonly call: F }

/**
 * Adds an operation to the language: a record like that of the built-in ones, which grad, vmap, jit and every backend understand. Derivatives,
 * batching and lowering follow from the decomposition; rules that are stated take their place, and the laws test them against it.
 *
 * @returns the record, and `call`: tensors, then at most one plain object of parameters.
 * @throws `value` where the name is taken, `capture` where the decomposition captures tensors.
 * @example
 * import { definePrimitive, grad, np, tensor, type Float, type Scalar, type Shape, type Tensor } from 'cotangent';
 * const { call: cube } = definePrimitive({
 *   name: 'cube',
 *   decomposition: <S extends Shape, D extends Float>(x: Tensor<S, D>) => np.multiply(np.multiply(x, x), x),
 *   sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }] }),
 * });
 * cube(tensor([1, 2])); // -> [1, 8]
 * grad((x: Scalar) => cube(x))(tensor(2)); // -> 12
 */
export function definePrimitive<F extends Signature, P extends Params = Params>(spec: Decomposed<F, P>): Defined<F>;
export function definePrimitive<F extends Signature, P extends Params = Params>(spec: Hosted<P>): Defined<F>;
export function definePrimitive(spec: Decomposed<Signature, Params> | Hosted<Params>): Defined<Signature> {
  optionsOf('definePrimitive', spec, { decomposition: 'any', evaluate: 'function', name: 'text', sample: 'function', ulp: 'number', jvp: 'function', transpose: 'function', linearIn: 'function', batch: 'function', type: 'function' });
  const { name } = spec;
  if (name === '') throw new CotangentError('value', 'definePrimitive: the name is empty');
  const { primitive, complete } = spec.decomposition === undefined ? hosted(spec) : decomposed(spec);
  registerPrimitive(primitive);
  const call = (...args: readonly unknown[]): unknown => {
    const last = args.at(-1);
    const params = isTensor(last) || last === undefined ? {} : paramsOf(last, name);
    const tensors = (params === last ? args.slice(0, -1) : args).map(x => handleOf(x as AnyTensor, name));
    const { params: completed, single } = complete(tensors.map(avalOf), params);
    const out = bind(primitive, tensors, completed);
    return single ? at(out, 0) : out;
  };
  // The decomposition states the signature, or the user does; what it returns has been checked against the type rule.
  return { primitive, call: call as Signature };
}
function paramsOf(x: unknown, name: string): Params {
  if (typeof x !== 'object' || x === null || Object.getPrototypeOf(x) !== Object.prototype || 'jaxpr' in x) {
    throw new CotangentError('static', `${name}: takes tensors, then at most one plain object of parameters (not named jaxpr)`);
  }
  return x as Params;
}

/** A record, and what its parameters are for operands of the given avals. */
interface Made {
  readonly primitive: Primitive;
  readonly complete: (avals: readonly Aval[], params: Params) => { readonly params: Params; readonly single: boolean };
}

// ---- by decomposition: the staged program travels as the `jaxpr` parameter ---------------------------------------------

interface Body extends Params { readonly jaxpr: Jaxpr }
/** Derived programs are recorded as what they are: only the primitive itself has its name. */
const again = (inputs: readonly AnyTensor[], _params: Body, jaxpr: Jaxpr): readonly TensorHandle[] => evalJaxpr(jaxpr, inputs.map(x => handleOf(x)));
const derived = callRules<Body>(again);
const derivedTranspose = callTranspose<Body>(again);

function decomposed(spec: Decomposed<Signature, Params>): Made {
  const { name } = spec;
  const staged = new Map<string, { readonly jaxpr: Jaxpr; readonly single: boolean }>();
  const bodyFor = (avals: readonly Aval[], params: Params): { readonly jaxpr: Jaxpr; readonly single: boolean } => {
    const key = `${avals.map(showAval).join()} ${JSON.stringify(params, (_, value: unknown) => typeof value === 'number' ? `#${Object.is(value, -0) ? '-0' : value}` : value)}`;
    const known = holdsProgram(params) ? undefined : staged.get(key);
    if (known !== undefined) return known;
    const body = stageBody(name, spec.decomposition, avals, params);
    if (staged.size >= 256) staged.clear();
    staged.set(key, body);
    return body;
  };
  const bodyOf = (params: Params): Jaxpr => {
    const { jaxpr } = params;
    if (isJaxpr(jaxpr)) return jaxpr;
    throw new CotangentError('jaxpr', `${name}: the equation has lost its decomposition; apply the function that definePrimitive returned`);
  };
  const primitive: Primitive = {
    name,
    properties: { ...pure, expands: spec.evaluate === undefined },
    type(inputs, params) {
      const body = bodyOf(params);
      expectBodyInputs(inputs, body, name);
      return avalsOf(body.outputs);
    },
    evaluate(inputs, params, outputs, run) {
      if (spec.evaluate !== undefined) spec.evaluate(inputs, params, outputs);
      else run(bodyOf(params), inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
    },
    rules: rulesOf(() => primitive, spec, {
      kind: 'nested',
      jvp: (x, t, params, transforms) => derived.jvp(x, t, { ...params, jaxpr: bodyOf(params) }, transforms),
      linearize: (x, t, params, transforms) => derived.linearize(x, t, { ...params, jaxpr: bodyOf(params) }, transforms),
      batch: (x, batched, params, size, transforms) => derived.batch(x, batched, { ...params, jaxpr: bodyOf(params) }, size, transforms),
    }),
    linear: {
      transpose: (cts, x, params, transforms) => spec.transpose === undefined
        ? derivedTranspose.transpose(cts, x, { ...params, jaxpr: bodyOf(params) }, transforms) : transposed(spec, cts, x, params),
      linearIn: (n, params) => spec.linearIn?.(n, params) ?? [],
    },
    // Compilers expand it in either case; the reference, which has the user's function, does not.
    lowering: spec.evaluate === undefined ? { kind: 'program' } : { kind: 'decomposition', program: bodyOf },
    sample(draw) {
      const { operands, params = {} } = spec.sample(draw);
      return { operands, params: { ...params, jaxpr: bodyFor(operands.map(o => o.aval), params).jaxpr } };
    },
    ulp: spec.ulp ?? 4,
  };
  return {
    primitive,
    complete(avals, params) {
      const { jaxpr, single } = bodyFor(avals, params);
      return { params: { ...params, jaxpr }, single };
    },
  };
}
const holdsProgram = (p: Param): boolean => isJaxpr(p) || (typeof p === 'object' && p !== null && Object.values(p).some(holdsProgram));

function stageBody(name: string, f: Signature, avals: readonly Aval[], params: Params): { readonly jaxpr: Jaxpr; readonly single: boolean } {
  let single = true;
  const { jaxpr, consts } = stage(name, avals, args => {
    const given: readonly unknown[] = Object.keys(params).length === 0 ? args : [...args, params];
    const out = f(...(given as never[]));
    if (isTensor(out)) return [out];
    single = false;
    return (out as readonly AnyTensor[]).map(x => handleOf(x, name));
  }, { numbers: 'literals' });
  if (consts.length > 0) throw new CotangentError('capture', `${name}: the decomposition captures ${showAval(at(consts, 0).aval)}; pass it as an operand`);
  return { jaxpr, single };
}

// ---- by a host function ------------------------------------------------------------------------------------------------

function hosted(spec: Hosted<Params>): Made {
  const { name } = spec;
  const refused = (): Dual => { throw new TransformError('not-differentiable', `${name}: has no derivative; give definePrimitive a jvp or a decomposition`); };
  const transpose: TransposeRule<Params> = {
    transpose: (cts, x, params) => transposed(spec, cts, x, params),
    linearIn: (n, params) => spec.linearIn?.(n, params) ?? [],
  };
  const primitive: Primitive = {
    name,
    properties: pure,
    type: (inputs, params) => spec.type(inputs, params),
    evaluate(inputs, params, outputs) { spec.evaluate(inputs, params, outputs); },
    rules: rulesOf(() => primitive, spec, {
      kind: 'nested', jvp: refused, linearize: refused,
      batch: (x, batched, params, size) => oneByOne(primitive, x, batched, params, size),
    }),
    linear: spec.transpose === undefined ? null : transpose,
    lowering: { kind: 'host' },
    sample(draw) {
      const { operands, params = {} } = spec.sample(draw);
      return { operands, params };
    },
    ulp: spec.ulp ?? 4,
  };
  return { primitive, complete: (avals, params) => ({ params, single: spec.type(avals, params).length === 1 }) };
}

/** Examples one after another: what a batch of a host function means when nothing else is said. */
function oneByOne(primitive: Primitive, x: readonly AnyTensor[], batched: Mask, params: Params, size: number): Batched {
  const example = (i: number): readonly AnyTensor[] => x.map((v, k) => batched[k] === true ? reshape(sliceAxis(v, 0, i, i + 1), v.shape.slice(1)) : v);
  const examples = range(size).map(i => bind(primitive, example(i), params));
  const [first] = examples;
  if (first === undefined) throw new TransformError('not-differentiable', `${primitive.name}: a batch of no examples needs a batch rule or a decomposition`);
  return {
    outputs: first.map((_, k) => concatenate(examples.map(out => { const y = at(out, k); return reshape(y, [1, ...y.shape]); }), 0)),
    batched: first.map(() => true),
  };
}

// ---- the rules that a user states --------------------------------------------------------------------------------------

/** The user's rules where there are any, else the derived ones. */
function rulesOf(primitive: () => Primitive, spec: UserPrimitive<Params>, otherwise: NestedRules<Params>): NestedRules<Params> {
  const dual = (x: readonly AnyTensor[], t: readonly TangentOf[], params: Params, transforms: ProgramTransforms, rule: 'jvp' | 'linearize'): Dual => {
    const n = x.length;
    if (spec.jvp === undefined) {
      // What is linear in all that moves is its own tangent, so that the transpose that is stated is the one that is used.
      const moved = range(n).filter(i => t[i] !== null && t[i] !== undefined);
      const linear = (spec.linearIn?.(n, params) ?? []).find(set => moved.every(i => set.includes(i)));
      if (linear === undefined || moved.length === 0) return otherwise[rule](x, t, params, transforms);
      const along = x.map((v, i) => linear.includes(i) ? t[i] ?? constantLike(0, v) : v);
      return { primals: bind(primitive(), x, params), tangents: bind(primitive(), along, params) };
    }
    const primals = bind(primitive(), x, params);
    const tangents = recorded(spec.name, [...x, ...t, ...primals], all =>
      spec.jvp?.(differentiable(values(all.slice(0, n))), differentiable(all.slice(n, 2 * n)), params, differentiable(values(all.slice(2 * n)))) ?? []);
    tangents.forEach((tangent, i) => { expectTangent(spec.name, tangent, at(primals, i).aval); });
    return { primals, tangents };
  };
  return {
    kind: 'nested',
    jvp: (x, t, params, transforms) => dual(x, t, params, transforms, 'jvp'),
    linearize: (x, t, params, transforms) => dual(x, t, params, transforms, 'linearize'),
    batch(x, batched, params, size, transforms) {
      if (spec.batch === undefined) return otherwise.batch(x, batched, params, size, transforms);
      let mask: Mask = [];
      const outputs = recorded(spec.name, x, all => {
        const result = spec.batch?.(values(all), batched, params, size);
        mask = result?.batched ?? [];
        return result?.outputs ?? [];
      });
      return { outputs: values(outputs), batched: mask };
    },
  };
}
/** The transpose rule that the user states. */
function transposed(spec: UserPrimitive<Params>, cts: readonly TangentOf[], x: readonly LinearInput[], params: Params): readonly TangentOf[] {
  const n = cts.length;
  return recorded(spec.name, [...cts, ...x.map(v => v.known)], all =>
    spec.transpose?.(differentiable(all.slice(0, n)), x.map((v, i) => ({ known: all[n + i] ?? null, aval: v.aval })), params) ?? []);
}

/**
 * Runs a rule of the user's on tracers of its own, where numbers are part of the program, and records what it did on the values. The rule
 * may read nothing else.
 */
function recorded(name: string, given: readonly TangentOf[], rule: (given: readonly TangentOf[]) => readonly TangentOf[]): readonly TangentOf[] {
  const mask = activeOf(given);
  const inputs = present(given).map(x => handleOf(x, name));
  let outMask: Mask = [];
  const { jaxpr, consts } = stage(name, inputs.map(x => x.aval), args => {
    const out = rule(spread(args, mask));
    outMask = activeOf(out);
    return present(out);
  }, { numbers: 'literals' });
  if (consts.length > 0) throw new CotangentError('capture', `${name}: a rule captures ${showAval(at(consts, 0).aval)}; it may read its arguments only`);
  return spread(evalJaxpr(jaxpr, inputs), outMask);
}
const values = (xs: readonly TangentOf[]): readonly AnyTensor[] => xs.filter(x => x !== null);
/** Tangents are floats, and what a rule reads beside them is meant to be: an operand of integers it reads as it is. */
const differentiable = <T extends AnyTensor | null>(xs: readonly T[]): readonly (T extends AnyTensor ? Differentiable : Differentiable | null)[] => xs as never;
function expectTangent(name: string, tangent: TangentOf, value: Aval): void {
  if (tangent === null) return;
  const got = avalOf(tangent);
  if (!sameAval(got, value)) throw new TransformError('not-differentiable', `${name}: its jvp rule gives a tangent ${showAval(got)} for a result ${showAval(value)}`);
}
