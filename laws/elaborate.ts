// Random programs: raw choices elaborated by a total function, so that every shrink is again well typed. Each step applies a primitive, by
// its record's sample fitted to values that exist, or nests a transform around the steps after it.
// Knows records and transforms; knows no law and no primitive's meaning.
import { isFloat, type DType } from '../src/dtype/dtype.ts';
import { hasTangent, range, sizeOf, type Aval } from '../src/ir/aval.ts';
import { removeDead } from '../src/ir/jaxpr.ts';
import type { NDArray, Primitive, SampleOperand } from '../src/ir/primitive.ts';
import { reduceSum } from '../src/primitive/broadcast.ts';
import { psum } from '../src/primitive/collective.ts';
import { composite } from '../src/primitive/composite.ts';
import { sub } from '../src/primitive/arithmetic.ts';
import type { TensorHandle } from '../src/trace/handle.ts';
import { stage } from '../src/trace/scope.ts';
import { applicationOf } from './application.ts';
import { sliceAt, valuesIn } from './array.ts';
import { Choices } from './draw.ts';
import { flow, flowKinds, type FlowKind, type Steps } from './flow.ts';
import { applyAll, fit, splat, type Value } from './known.ts';
import { Point, refusesMode } from './point.ts';
import { Random } from './random.ts';
import { asHandle, grad, jit, jvp, leavesOf, linearize, onReference, vjp, vmap, type TensorFunction } from './untyped.ts';

/** One line of a random program: what to do, two references to earlier values counted backwards, and a seed for the rest. */
export interface Step { readonly op: number; readonly a: number; readonly b: number; readonly k: number }
export interface ProgramChoices { readonly inputs: readonly number[]; readonly steps: readonly Step[]; readonly seed: number }

/** Raw numbers that follow from a step's `k`; none, which are the simplest choices, from 0. */
const rawOf = (k: number): number[] => {
  if (k === 0) return [];
  const random = new Random(k);
  return range(24).map(() => random.int(0, 999));
};
/** Shapes and dims are mostly those of values that exist. */
class FittingChoices extends Choices {
  readonly #near: readonly Value[];
  constructor(raw: readonly number[], near: readonly Value[]) {
    super(raw, 'f64');
    this.#near = near;
  }
  override shape(maxRank = 3): number[] {
    const n = this.natural();
    const fitting = this.#near.filter(v => v.x.shape.length <= maxRank);
    return n % 5 < 4 && fitting.length > 0 ? [...fitting[Math.floor(n / 5) % fitting.length]?.x.shape ?? []] : super.shape(maxRank);
  }
  override dim(): number {
    const n = this.natural();
    const dims = this.#near[0]?.x.shape ?? [];
    return n % 2 === 0 && dims.length > 0 ? Math.min(5, dims[Math.floor(n / 2) % dims.length] ?? 2) : super.dim();
  }
}

const transformKinds = ['jit', 'vmap', 'grad', 'jvp', 'composite', 'vjp', 'linearize', 'psum'] as const;
type TransformKind = typeof transformKinds[number];
const nestings: readonly (TransformKind | FlowKind)[] = [...flowKinds, ...transformKinds];
const isFlow = (kind: TransformKind | FlowKind): kind is FlowKind => flowKinds.some(k => k === kind);

class Builder {
  readonly #primitives: readonly Primitive[];
  readonly #steps: readonly Step[];
  #next = 0;
  /** Whether what is being built may have an effect: not where vmap would run it for examples that do not ask for it. */
  #effects = true;
  constructor(primitives: readonly Primitive[], steps: readonly Step[]) {
    this.#primitives = primitives;
    this.#steps = steps;
  }

  /** Takes up to `count` steps, each of which adds to the values. */
  build(env: Value[], count: number): void {
    for (let i = 0; i < count; i++) {
      const step = this.#steps[this.#next++];
      if (step === undefined) return;
      const op = step.op % (this.#primitives.length + 3 * nestings.length);
      const primitive = this.#primitives[op];
      if (primitive !== undefined) this.#apply(primitive, step, env);
      else this.#around(nestings[op % nestings.length] ?? 'jit', step, env);
      // Programs stay small enough to run many times.
      env.splice(0, env.length, ...env.filter(v => sizeOf(v.x.shape) <= 256));
    }
  }

  /** The value referred to by a backward index, of the wanted dtype if there is one. */
  #refer(env: readonly Value[], back: number, dtype: DType): Value | undefined {
    const n = env.length;
    const own = (i: number): Value | undefined => env[n - 1 - (back + i) % n];
    return range(n).map(own).find(v => v?.x.dtype === dtype) ?? own(0);
  }

  #apply(primitive: Primitive, { a, b, k }: Step, env: Value[]): void {
    const first = this.#refer(env, a, 'f64');
    const second = this.#refer(env, b, 'f64');
    const draw = new FittingChoices(rawOf(k), [first, second].filter(v => v !== undefined));
    const sample = primitive.sample(draw);
    const operands = sample.operands.map((o, i) => this.#operand(o, i === 0 ? a : b + i - 1, draw, env));
    // A float read as bits is no function that finite differences could follow.
    if (primitive.lowering.kind === 'scalar' && primitive.lowering.op === 'bitcast' && operands.some(v => isFloat(v.x.dtype))) return;
    for (const y of applyAll(primitive, operands, sample.params)) if (y.value === null || y.value.data.every(Number.isFinite)) env.push(y);
  }
  /** An earlier value made to fit, or now and then a literal. */
  #operand({ aval, domain }: SampleOperand, back: number, draw: Choices, env: readonly Value[]): Value {
    const earlier = this.#refer(env, back, aval.dtype);
    if (earlier === undefined || draw.int(0, 11) === 11) {
      const value = valuesIn({ shape: [], dtype: aval.dtype }, domain, new Random(draw.natural())).data[0] ?? 0;
      return splat(value, aval);
    }
    return fit(earlier, aval, domain, draw.natural());
  }

  #around(kind: TransformKind | FlowKind, step: Step, env: Value[]): void {
    const arg = this.#refer(env, step.a, 'f64');
    if (arg === undefined || (kind === 'tap' && !this.#effects)) return;
    try {
      const results = isFlow(kind) ? this.#flow(kind, arg, step, env) : this.#transform(kind, arg, step, env);
      env.push(...results.map(x => ({ x, value: null })));
    } catch (error) {
      // What was recorded before the refusal is dead code.
      if (!refusesMode(error)) throw error;
    }
  }
  #flow(kind: FlowKind, arg: Value, { b, k }: Step, env: readonly Value[]): readonly TensorHandle[] {
    let after = this.#next;
    const around = [...env];
    const steps = (effects: boolean): Steps => {
      let start: number | null = null;
      return (given, open) => {
        this.#next = start ??= after;
        const scope: Value[] = [...open ? around : [], ...given.map(x => ({ x, value: null }))];
        const before = this.#effects;
        this.#effects = before && effects;
        try { this.build(scope, 1 + b % 3); } finally { this.#effects = before; }
        after = Math.max(after, this.#next);
        return scope;
      };
    };
    try { return flow(kind, { arg, env: around, k, steps }); } finally { this.#next = after; }
  }

  #transform(kind: TransformKind, arg: Value, { b, k }: Step, env: readonly Value[]): readonly TensorHandle[] {
    const count = 1 + b % 3;
    const { x } = arg;
    const isMap = kind === 'vmap' || kind === 'psum';
    const mapped = isMap ? x.shape.findIndex((n, i) => n > 0 && i >= k % Math.max(1, x.shape.length)) : -1;
    if (isMap && mapped < 0) return [];
    const inner = mapped >= 0 && arg.value !== null ? sliceAt(arg.value, mapped, 0) : arg.value;
    const start = this.#next;
    // The body sees its argument and, unless it is a composite, everything outside. However often it runs, it takes the same steps.
    const body: TensorFunction = y => {
      if (y === undefined) return [];
      const scope: Value[] = [...kind === 'composite' ? [] : env, { x: y, value: inner }];
      this.#next = start;
      this.build(scope, count);
      return scope.at(-1)?.x ?? y;
    };
    return transformed(kind, body, x, mapped, k);
  }
}

/** The results of a transform of a function of one tensor, applied to that tensor. */
function transformed(kind: TransformKind, f: TensorFunction, x: TensorHandle, axis: number, k: number): readonly TensorHandle[] {
  const scalar: TensorFunction = y => {
    const [r] = leavesOf(f(...y === undefined ? [] : [y]));
    const z = r !== undefined && hasTangent(r.aval) ? r : y;
    return z === undefined ? [] : asHandle(reduceSum(z, range(z.shape.length)));
  };
  switch (kind) {
    case 'jit': return leavesOf(jit(f)(x));
    case 'vmap': return leavesOf(vmap(f, { inAxes: axis })(x));
    case 'psum': return leavesOf(vmap((...ys) => leavesOf(f(...ys)).map(y => asHandle(y.dtype === 'bool' ? y : sub(y, psum(y, 'mapped')))), { inAxes: axis, axisName: 'mapped' })(x));
    case 'composite': return composite('sample', {}, [x], ys => leavesOf(f(...ys.map(asHandle)))).map(y => asHandle(y));
    case 'grad': return isFloat(x.dtype) ? leavesOf(grad(k % 3 === 0 ? jit(scalar) : scalar)(x)) : [];
    case 'jvp': return isFloat(x.dtype) ? leavesOf(jvp(f, [x], [x])) : [];
    case 'linearize': {
      if (!isFloat(x.dtype)) return [];
      const [y, push] = linearize(f, x);
      return [...leavesOf(y), ...leavesOf(push(x))];
    }
    case 'vjp': {
      if (!isFloat(x.dtype)) return [];
      const [y, pull] = vjp(f, x);
      const [r] = leavesOf(y);
      return r === undefined || !isFloat(r.dtype) ? [] : leavesOf(pull(r));
    }
    default: return kind satisfies never;
  }
}

/** Operations for random programs: those without effects that run anywhere, and that have both modes of differentiation. */
export function ordinary(primitives: readonly Primitive[]): readonly Primitive[] {
  return primitives.filter(p => {
    if (p.properties.effect !== 'none' || p.properties.namedAxis || p.lowering.kind === 'host') return false;
    const { point } = applicationOf(p, []);
    if (!point.differentiable) return true;
    // One that fails otherwise is for the laws to report.
    try { return point.jvp.outActive.length > 0 && point.vjp.outActive.length > 0; } catch (error) { return !refusesMode(error); }
  });
}

const inputDTypes: readonly [DType, ...DType[]] = ['f64', 'f64', 'i32', 'f64', 'bool', 'u32'];

/**
 * A random program at a point: one to three inputs, then one line a step, nested bodies included; the results are the last value, the
 * last float, and sometimes an input or a literal passed through.
 */
export function programAt(primitives: readonly Primitive[], { inputs: raw, steps, seed }: ProgramChoices): Point {
  const draw = new Choices(raw);
  const avals = range(1 + draw.int(0, 2)).map((i): Aval => ({ dtype: i === 0 ? 'f64' : draw.pick(inputDTypes), shape: draw.shape(3) }));
  const random = new Random(seed);
  const inputs: NDArray[] = avals.map(a => valuesIn(a, undefined, random));
  const { jaxpr } = onReference(() => stage('program', avals, args => {
    const env: Value[] = args.map((x, i) => ({ x, value: inputs[i] ?? null }));
    const builder = new Builder(primitives, steps);
    builder.build(env, steps.length);
    const last = env.at(-1);
    const float = env.filter(v => v.x.dtype === 'f64').at(-1);
    const more = [draw.int(0, 4) === 4 ? env[0] : undefined, draw.int(0, 6) === 6 ? splat(0.5, { shape: [2], dtype: 'f64' }) : undefined];
    const outputs = [...new Set([last, float])].filter(v => v !== undefined);
    return [...outputs, ...more.filter(v => v !== undefined)].map(v => v.x);
  }, { numbers: 'literals' }));
  const floats = avals.map(hasTangent);
  const one = draw.int(0, 2 * avals.length);
  // Sometimes one float stands still.
  const active = floats.map((f, i) => f && i !== one);
  return new Point({ jaxpr: removeDead(jaxpr), inputs, active: active.includes(true) ? active : floats });
}
