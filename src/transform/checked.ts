// checked: indices outside and divisions of integers by zero found as data, and thrown at the read. Floor 3.
// From jaxprs to jaxprs: a program gets its first violation as a further result, so that it passes through every other transform.
import { MemoryError } from '../error.ts';
import { isFloat } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import { avalsOf, bodiesOf, type Eqn, type Jaxpr, type Var } from '../ir/jaxpr.ts';
import type { Checked, Checks, Violation } from '../ir/primitive.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { argmax } from '../primitive/argmax.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { ne } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { at, noParams } from '../primitive/define.ts';
import { gather } from '../primitive/gather.ts';
import { and, not } from '../primitive/logical.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { firstStepSlot, noViolation, siteNumber, throwViolationP, violationText } from '../primitive/violation.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf, literal, type TensorHandle } from '../trace/handle.ts';
import { bind, evalJaxpr, inheritOrigin, lookup, stage } from '../trace/scope.ts';
import { unflatten } from '../tree/tree.ts';
import { closed, ofRules } from './differentiate.ts';
import { underlying } from './jit.ts';
import { applyJaxpr, avalsOfTensors, flattenTensors, stageFunction, type AnyFunction } from './staging.ts';

export interface CheckedOptions {
  /** Operations that make a NaN none of whose operands has one are violations, too. */
  readonly nan?: boolean;
  /** Return `[result, violation]` instead of throwing when the result is read: see {@link describeViolation}. */
  readonly data?: boolean;
}
/** The first violation of a program, zeros where there is none. An i32 vector; under vmap one for each example. */
export type ViolationTensor = Tensor<readonly number[], 'i32'>;

/**
 * `f` with every index that is looked up and every division of integers watched, as data: reading a result throws the first violation
 * (an index outside its axis, a division by zero) and names the operation, the value, the line and the step of a loop. It may be
 * transformed like any function: under vmap each example has its own, under grad derivatives throw, too. `mode: 'clip'` asks for what
 * it gets and is no violation.
 *
 * @param options `nan`: also what makes a NaN. `data`: `[result, violation]` and no throwing, for who wants to decide.
 * @throws `violation` at the read.
 * @example
 * import { checked, np, tensor } from 'cotangent';
 * const xs = tensor([10, 20, 30]);
 * const at = checked((i: ReturnType<typeof tensor<1, 'i32'>>) => np.take(xs, i));
 * at(tensor(1, 'i32')); // -> 20
 * at(tensor(7, 'i32')).itemSync(); // throws index 7 is outside 0..2
 */
export function checked<F extends AnyFunction>(f: F, options?: { readonly nan?: boolean; readonly data?: false }): F;
export function checked<A extends readonly unknown[], R>(f: (...args: A) => R, options: { readonly nan?: boolean; readonly data: true }): (...args: A) => [result: R, violation: ViolationTensor];
export function checked(f: AnyFunction, options: CheckedOptions = {}): (...args: readonly unknown[]) => unknown {
  const { nan = false, data = false } = optionsOf('checked', options, { nan: 'flag', data: 'flag' });
  return (...args) => {
    const { leaves, structure } = flattenTensors(args, 'checked');
    const { jaxpr, consts, out } = stageFunction('checked', underlying(f), structure, avalsOfTensors(leaves), { sources: true });
    const context: Context = { nan, width: firstStepSlot + loopDepth(jaxpr), loops: [] };
    const inputs = [...consts, ...leaves];
    const safe = !mayViolate(jaxpr, nan);
    const results = applyJaxpr('checked', safe ? jaxpr : checkBody(jaxpr, context), inputs);
    const values = results.slice(0, jaxpr.outputs.length);
    const violation = results[values.length] ?? noViolation(context.width);
    if (data) return [unflatten(out, values), violation];
    return unflatten(out, safe ? values : bind(throwViolationP, [violation, ...values], noParams));
  };
}

/**
 * What a violation that `checked(f, { data: true })` returned says, or null where all was well. Of a batch, the first.
 *
 * @example
 * import { checked, describeViolation, np, tensor } from 'cotangent';
 * const at = checked((xs: ReturnType<typeof tensor<[1, 2]>>, i: ReturnType<typeof tensor<5, 'i32'>>) => np.take(xs, i), { data: true });
 * const [, violation] = at(tensor([1, 2]), tensor(5, 'i32'));
 * (await describeViolation(violation))?.endsWith('index 5 is outside 0..1'); // -> true
 */
export async function describeViolation(violation: ViolationTensor): Promise<string | null> {
  return violationText(await violation.data(), violation.shape.at(-1) ?? 1);
}

interface Context {
  readonly nan: boolean;
  /** The length of a violation. */
  readonly width: number;
  /** The loops around the program, outermost first. */
  readonly loops: readonly string[];
}

/** inputs -> outputs, then the first violation. */
function checkBody(j: Jaxpr, context: Context): Jaxpr {
  const checks = checksIn(context);
  return closed(stage('checked', avalsOf(j.inputs), args => {
    const env = new Map<Var, TensorHandle>();
    j.inputs.forEach((v, i) => env.set(v, at(args, i)));
    const read = lookup(env);
    let first = checks.none();
    const before = inheritOrigin(null);
    try {
      for (const e of j.eqns) {
        inheritOrigin(e.origin);
        const { outputs, violation } = checkEqn(e, e.inputs.map(read), context, checks);
        e.outputs.forEach((v, i) => env.set(v, handleOf(at(outputs, i))));
        if (violation !== null) first = checks.first(first, violation);
      }
    } finally { inheritOrigin(before); }
    return [...j.outputs.map(read), first];
  }, ofRules).jaxpr, 'checked');
}

function checkEqn(e: Eqn, x: readonly TensorHandle[], context: Context, checks: Checks): { readonly outputs: readonly AnyTensor[]; readonly violation: AnyTensor | null } {
  const { primitive, params } = e;
  if (primitive.rules.kind === 'nested' && bodiesOf(params).length > 0) {
    return bodiesOf(params).some(b => mayViolate(b, context.nan)) ? checkNested(e, x, checks) : { outputs: bind(primitive, x, params), violation: null };
  }
  const outputs = bind(primitive, x, params);
  const found = [...primitive.violations?.(x, params) ?? [], ...context.nan ? madeNaN(x, outputs) : []]
    .flatMap(v => sizeOf(v.found.shape) === 0 ? [] : [located(v, e, context)]);
  return { outputs, violation: found.length === 0 ? null : found.reduce((a, b) => checks.first(a, b)) };
}
function checkNested({ primitive, params }: Eqn, x: readonly TensorHandle[], checks: Checks): Checked {
  if (primitive.rules.kind === 'nested' && primitive.rules.check !== undefined) return primitive.rules.check(x, params, checks);
  const [body] = bodiesOf(params);
  if (!primitive.properties.expands || body === undefined) throw new MemoryError('unsupported', `checked: ${primitive.name} has no rule for violations inside its program; check what is inside instead`);
  const out = evalJaxpr(checks.body(body, null), x);
  return { outputs: out.slice(0, -1), violation: at(out, out.length - 1) };
}

/** A float result has a NaN, and no operand has one. */
function madeNaN(x: readonly TensorHandle[], outputs: readonly TensorHandle[]): Violation[] {
  const isNaN = (v: TensorHandle): AnyTensor => anyOf(ne(v, v));
  const floats = (list: readonly TensorHandle[]): TensorHandle[] => list.filter(v => isFloat(v.dtype) && sizeOf(v.shape) > 0);
  const clean = floats(x).map(v => not(isNaN(v)));
  return floats(outputs).map(y => ({ what: 'makes a NaN', found: clean.reduce<AnyTensor>(and, isNaN(y)), value: literal(0, { shape: [], dtype: 'i32' }) }));
}
const anyOf = (x: AnyTensor): AnyTensor => reduceMax(x, range(x.shape.length));

/** A violation as data: that of the first element at fault. */
function located(v: Violation, e: Eqn, { width, loops }: Context): AnyTensor {
  const n = sizeOf(v.found.shape);
  const recorded = [e.origin.path, e.origin.source?.line].filter(Boolean).join(' at ');
  const site = siteNumber({ primitive: e.primitive.name, what: v.what, loops, recorded });
  const flat = (x: AnyTensor): AnyTensor => reshape(x, [n]);
  const found = flat(v.found);
  const index = argmax(convert(found, 'i32'), 0);
  const value = v.value.shape.length === 0 ? v.value : gather(flat(v.value), index, { axis: 0, mode: 'clip' });
  const filled = concatenate([constantLike(site, column(index)), column(convert(value, 'i32')), literal(0, { shape: [width - firstStepSlot], dtype: 'i32' })], 0);
  return select(broadcastInDim(anyOf(found), [width], []), filled, noViolation(width));
}
const column = (x: AnyTensor): AnyTensor => reshape(x, [1]);
/** Whether a violation is one, for each of its numbers. */
function isOne(violation: AnyTensor): AnyTensor {
  const site = reshape(sliceAxis(violation, 0, 0, 1), []);
  return broadcastInDim(ne(site, constantLike(0, site)), violation.shape, []);
}

function checksIn(context: Context): Checks {
  const { width, loops } = context;
  return {
    body: (body, loop) => checkBody(body, loop === null ? context : { ...context, loops: [...loops, loop] }),
    none: () => noViolation(width),
    first: (earlier, later) => select(isOne(earlier), earlier, later),
    atStep(violation, step) {
      const slot = firstStepSlot + loops.length;
      const parts = [sliceAxis(violation, 0, 0, slot), column(step), sliceAxis(violation, 0, slot + 1, width)];
      return select(isOne(violation), concatenate(parts, 0), violation);
    },
  };
}

/** How many loops of a program stand inside one another. */
const loopDepth = (j: Jaxpr): number => Math.max(0, ...j.eqns.map(e => (e.primitive.properties.loop ? 1 : 0) + Math.max(0, ...bodiesOf(e.params).map(loopDepth))));

/** Whether anything in a program can be violated: what cannot is left as it is. */
function mayViolate(j: Jaxpr, nan: boolean): boolean {
  return j.eqns.some(e => {
    const bodies = bodiesOf(e.params);
    if (bodies.length > 0) return bodies.some(b => mayViolate(b, nan));
    if (nan && e.outputs.some(v => isFloat(v.aval.dtype))) return true;
    const { primitive, params } = e;
    return primitive.violations !== undefined
      && stage('checked', avalsOf(e.inputs), x => (primitive.violations?.(x, params) ?? []).map(v => v.found)).jaxpr.outputs.length > 0;
  });
}
