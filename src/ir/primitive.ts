// The language: programs, and the records of the primitives that their equations name. The two are one recursive definition.
// Rules are methods, so that `Primitive<P>` is a `Primitive` for every P and an equation needs no casts. `src/primitive` fills the records.
import type { DType, HostArray } from '../dtype/dtype.ts';
import type { Aval } from './aval.ts';
import type { AnyTensor } from './tensor.ts';

export class Var {
  /** Scratch number, meaningful only within one pass (hashing, compiling, checking). */
  slot = -1;
  readonly aval: Aval;
  constructor(aval: Aval) { this.aval = aval; }
}
/** A scalar splat over a shape: zeros, ones and numbers are literals and never own memory. */
export interface Lit { readonly value: number; readonly aval: Aval }
export type Atom = Var | Lit;

/** Where an equation came from: both fields are outside the structural hash and inherited by derived equations. */
export interface Origin {
  /** Operation path such as `mlp/dense_1`, from `scope(name, f)`. */
  readonly path: string;
  /** The user's line, formatted lazily; null where none was captured. */
  readonly source: Source | null;
}
export interface Source { readonly line: string }

export interface Eqn {
  readonly primitive: Primitive;
  readonly params: Params;
  readonly inputs: readonly Atom[];
  readonly outputs: readonly Var[];
  readonly origin: Origin;
}
/**
 * Equations over variables in A-normal form. A jaxpr has inputs and no constants: what a function closed over is its first `numConsts`
 * inputs, and the values to put there travel beside it.
 */
export interface Jaxpr {
  readonly numConsts: number;
  readonly inputs: readonly Var[];
  readonly eqns: readonly Eqn[];
  readonly outputs: readonly Atom[];
}

export const noOrigin: Origin = { path: '', source: null };

/** Parameters of equations are data, never functions, so that every equation can be printed, hashed and stored. */
export type Param = number | string | boolean | null | Jaxpr | readonly Param[] | { readonly [key: string]: Param };
export interface Params { readonly [name: string]: Param }
export type NoParams = Record<never, never>;

/** `ordered` effects happen in program order; `unordered` ones happen once each; no pass drops or duplicates either. */
export type Effect = 'none' | 'unordered' | 'ordered';

/** A value on the host: what reference rules read and write. In wide mode every float lives in a Float64Array. */
export interface NDArray { readonly shape: readonly number[]; readonly dtype: DType; readonly data: HostArray }
/** Runs a nested body on host values; `watch` sees its equations. */
export type RunBody = (body: Jaxpr, inputs: readonly NDArray[], watch?: Watch) => readonly NDArray[];
/** Looks on while the reference runs a program. */
export interface Watch {
  /** After each equation, with its values. */
  after(eqn: Eqn, inputs: readonly NDArray[], outputs: readonly NDArray[]): void;
  /** Before each run of a body of an equation: what looks on inside, null for nobody. */
  enter(eqn: Eqn, body: Jaxpr): Watch | null;
}

/** A tangent or cotangent; `null` is the symbolic zero, and the only tangent an integer, boolean or key can have. */
export type TangentOf = AnyTensor | null;
/** An input of an equation that is being transposed: a known value (`zero`: 0 whatever the inputs), or (`known` is null) the aval of a linear one. */
export interface LinearInput { readonly known: AnyTensor | null; readonly aval: Aval; readonly zero?: boolean }
export type Mask = readonly boolean[];

export interface Dual { readonly primals: readonly AnyTensor[]; readonly tangents: readonly TangentOf[] }
/** Results of a batched equation; where `batched` is true the batch axis comes first. */
export interface Batched { readonly outputs: readonly AnyTensor[]; readonly batched: Mask }

/** The transforms of programs, handed to the rules of primitives that hold programs: those rules live below the transforms. */
export interface ProgramTransforms {
  /** inputs, then tangents of the active inputs -> outputs, then tangents of the active outputs. `force` makes outputs active. */
  jvp(body: Jaxpr, active: Mask, force?: Mask): { readonly jaxpr: Jaxpr; readonly outActive: Mask };
  /** `forward`: inputs -> outputs, residuals. `linear`: residuals, active tangents -> active output tangents. */
  linearize(body: Jaxpr, active: Mask, force?: Mask): { readonly forward: Jaxpr; readonly linear: Jaxpr; readonly residuals: number; readonly outActive: Mask };
  /** Of a program linear in the masked inputs: the other inputs, then cotangents of the outputs -> cotangents of the masked inputs. `zeros`: inputs that are known to be 0. */
  transpose(body: Jaxpr, linear: Mask, zeros?: Mask): Jaxpr;
  /** Every batched value carries its batch axis first. `force` makes outputs batched. */
  batch(body: Jaxpr, size: number, batched: Mask, force?: Mask): { readonly jaxpr: Jaxpr; readonly outBatched: Mask };
  /** The name of the axis that `batch` is mapping over at the moment, or null. */
  readonly axisName: string | null;
}

/** Derivative and batching rules of one operation. */
export interface FlatRules<P extends Params> {
  readonly kind: 'flat';
  /** Tangents of the outputs only: the primal is the primitive itself, so "the jvp's primal is f" holds by construction. */
  jvp(primals: readonly AnyTensor[], tangents: readonly TangentOf[], params: P, outputs: readonly AnyTensor[]): readonly TangentOf[];
  /** At least one input is batched; batched inputs carry the batch axis first. */
  batch(inputs: readonly AnyTensor[], batched: Mask, params: P, size: number): Batched;
}
/** Derivative and batching rules of an operation that holds programs. */
export interface NestedRules<P extends Params> {
  readonly kind: 'nested';
  jvp(primals: readonly AnyTensor[], tangents: readonly TangentOf[], params: P, transforms: ProgramTransforms): Dual;
  /** As jvp, but primals and tangents live in different scopes, and no equation may mix them. */
  linearize(primals: readonly AnyTensor[], tangents: readonly TangentOf[], params: P, transforms: ProgramTransforms): Dual;
  batch(inputs: readonly AnyTensor[], batched: Mask, params: P, size: number, transforms: ProgramTransforms): Batched;
  /** The equation with the first violation inside as a further result. Absent: `checked` expands it, or refuses it where something inside may be violated. */
  check?(inputs: readonly AnyTensor[], params: P, checks: Checks): Checked;
}

/** A use of a primitive that has a result but no meaning: an index outside, a division of integers by zero. Data, so that it is found on every backend. */
export interface Violation {
  /** What is wrong, with `{}` for the value at fault: `index {} is outside 0..4`. */
  readonly what: string;
  /** True where it is, of any shape. */
  readonly found: AnyTensor;
  /** The value at fault, an integer of the same shape. */
  readonly value: AnyTensor;
}
export interface Checked { readonly outputs: readonly AnyTensor[]; readonly violation: AnyTensor }
/** The transform behind `checked`, handed to the rules of primitives that hold programs. A violation is an i32 vector. */
export interface Checks {
  /** inputs -> outputs, then the first violation inside. `loop` names the loop whose steps the body is, null where it runs once. */
  body(body: Jaxpr, loop: string | null): Jaxpr;
  /** No violation. */
  none(): AnyTensor;
  /** The earlier one, or, where that is none, the later one. */
  first(earlier: AnyTensor, later: AnyTensor): AnyTensor;
  /** A violation inside the body of a loop, with the step (i32) at which it happened. */
  atStep(violation: AnyTensor, step: AnyTensor): AnyTensor;
}

/** Cotangents of the linear inputs (entries for known inputs are ignored). At least one input is linear, one cotangent is not null. */
export interface TransposeRule<P extends Params> {
  transpose(cotangents: readonly TangentOf[], inputs: readonly LinearInput[], params: P, transforms: ProgramTransforms): readonly TangentOf[];
  /** The sets of inputs it is linear in, one at a time: the laws transpose each. `[[0], [1]]` for mul, `[[0, 1]]` for add. */
  linearIn(inputCount: number, params: P): readonly (readonly number[])[];
}

/** What passes, fusion and backends may ask. */
export interface Properties {
  readonly effect: Effect;
  /** Each output element depends on the input elements at the same index alone. */
  readonly elementwise: boolean;
  /** Cheap enough to compute again instead of storing: elementwise, views, broadcasts, iota. */
  readonly cheap: boolean;
  /** Splats in give a splat of the same value out (views): literals pass through without an equation. */
  readonly splat: boolean;
  /** Zeros in all linear inputs give zeros. */
  readonly zeroPreserving: boolean;
  readonly commutative: boolean;
  /** A call of a transformed function: outside stages its results are computed together, and it forces the calls it depends on. */
  readonly call: boolean;
  /** The `jaxpr` parameter is what it computes and may be expanded in place. */
  readonly expands: boolean;
  /** Runs its bodies any number of times. */
  readonly loop: boolean;
  /** No pass merges, moves or removes anything through it. */
  readonly barrier: boolean;
  /** Depends on the mapped axis that its `axisName` parameter names: its batching rule is asked even if no input is batched. */
  readonly namedAxis: boolean;
}

/** A scalar instruction: a row in the scalar tables of the emitters. */
export type ScalarOp =
  | 'neg' | 'abs' | 'sign' | 'floor' | 'ceil' | 'round' | 'exp' | 'expm1' | 'log' | 'log1p' | 'sqrt' | 'rsqrt' | 'sin' | 'cos' | 'tanh'
  | 'logistic' | 'erf' | 'erfinv' | 'isFinite' | 'integerPow' | 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'pow' | 'max' | 'min'
  | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'and' | 'or' | 'xor' | 'not' | 'select' | 'clamp' | 'convert' | 'bitcast'
  | 'shiftLeft' | 'shiftRightLogical' | 'shiftRightArithmetic' | 'populationCount' | 'clz' | 'nextAfter' | 'reducePrecision'
  | 'cbrt' | 'tan' | 'asin' | 'acos' | 'atan' | 'atan2' | 'sinh' | 'cosh' | 'asinh' | 'acosh' | 'atanh' | 'sinc' | 'xlogy' | 'xlog1py'
  | 'erfc' | 'lgamma' | 'digamma' | 'polygamma' | 'zeta' | 'igamma' | 'igammac' | 'gammaDensity' | 'betainc' | 'betaDensity'
  | 'besselI0e' | 'besselI1e' | 'besselIe';
/** Arithmetic on index expressions, which the compiler implements symbolically. */
export interface IndexMath<I> {
  constant(n: number): I;
  add(a: I, b: I): I;
  scale(a: I, k: number): I;
  /** [floor(a / n), a mod n], for n > 0. */
  divMod(a: I, n: number): readonly [quotient: I, remainder: I];
  /** The row-major position of an index, and the index at a position. */
  linear(shape: readonly number[], index: readonly I[]): I;
  delinear(shape: readonly number[], position: I): readonly I[];
}
/** lo <= index < hi. */
export interface Guard<I> { readonly index: I; readonly lo: number; readonly hi: number }
/** Builds the scalar expression of one element of a result from elements of the operands. */
export interface ElementBuilder<I, N> {
  readonly math: IndexMath<I>;
  /** The i-th operand's element at an index; `exists` says where there is one, where that is not everywhere and no `guarded` around it says so. */
  operand(i: number, index: readonly I[], exists?: readonly Guard<I>[]): N;
  /** `inside` where all guards hold, else `outside`; operands are asked for inside only at places that exist. */
  guarded(guards: readonly Guard<I>[], inside: () => N, outside: () => N): N;
  /** An index as a number of the result's dtype, or of another. */
  position(i: I, dtype?: DType): N;
  /** The integer that the i-th operand has at an index, the nearest in lo..hi, as an index. */
  loaded(i: number, index: readonly I[], lo: number, hi: number): I;
  /** A number of the result's dtype, or of another. */
  constant(value: number, dtype?: DType): N;
  /** A scalar instruction on operands of dtype `from`; its result has that dtype, or another. */
  scalar(op: ScalarOp, args: readonly N[], from: DType, to?: DType): N;
}
/** Where an element goes: dropped where a guard does not hold. */
export interface Place<I> { readonly index: readonly I[]; readonly guards: readonly Guard<I>[] }
/** One loop of a contraction: how far a step moves in each operand and in the result, in elements; 0 where it does not. */
export interface ContractionLoop { readonly extent: number; readonly lhs: number; readonly rhs: number; readonly out: number }
/** Control flow as a backend sees it. Operands stand in the order in which they are named here. */
export type ControlStructure =
  /** Captured values, carry, xs (one slice a step) -> carry, ys (stacked). The body maps the same, sliced, to carry, y. */
  | { readonly kind: 'counted'; readonly body: Jaxpr; readonly consts: number; readonly carry: number; readonly length: number; readonly reverse: boolean }
  /** Captured values of the condition, of the body, carry -> carry. */
  | { readonly kind: 'conditional'; readonly test: Jaxpr; readonly body: Jaxpr; readonly testConsts: number; readonly bodyConsts: number }
  /** An i32 index, clamped, then the operands of every branch -> the results of the chosen one. */
  | { readonly kind: 'branch'; readonly branches: readonly Jaxpr[] };
export type MonoidName = 'add' | 'mul' | 'max' | 'min';
/** `logAddExp`: log(exp(running) + exp(x)). `affine`: a * running + b, of two operands. */
export type RecurrenceStep = MonoidName | 'logAddExp' | 'affine';
/** How a backend that has no kernel of its own for the primitive obtains one. */
export type Lowering<P extends Params = Params> =
  /** One scalar instruction over the operands' elements at the same index. */
  | { readonly kind: 'scalar'; readonly op: ScalarOp }
  /**
   * The expression of the element of a result at an index. Views, which move, repeat, mask or count elements, are free to compute again;
   * `cost` (in additions) says what else costs.
   */
  | { readonly kind: 'element'; element<I, N>(b: ElementBuilder<I, N>, index: readonly I[], params: P, inputs: readonly Aval[], result: number): N; cost?(params: P): number }
  /**
   * The first operand, changed: each element of operand `updates`, in row-major order, goes to a place of its own, where it replaces what
   * is there or is combined with it.
   */
  | { readonly kind: 'update'; readonly updates: number; readonly combine: MonoidName | null; place<I, N>(b: ElementBuilder<I, N>, index: readonly I[], params: P, inputs: readonly Aval[]): Place<I> }
  /** Folds the axes of one operand by a monoid. */
  | { readonly kind: 'reduction'; readonly monoid: MonoidName; axes(params: P): readonly number[] }
  /** A running value along one axis: the first is the last operand's own, each later one a step from that before and the operands' elements. */
  | { readonly kind: 'recurrence'; readonly step: RecurrenceStep; along(params: P): { readonly axis: number; readonly reverse: boolean } }
  /** The first operand in ascending order along an axis, and the others in the order that this gives. */
  | { readonly kind: 'sort'; axis(params: P): number }
  /** Its results are its operands. */
  | { readonly kind: 'identity' }
  /** The program of other equations that means the same, up to `ulp`. */
  | { readonly kind: 'decomposition'; program(params: P, inputs: readonly Aval[]): Jaxpr }
  /**
   * out = sum of lhs * rhs over nested loops, those that do not move in the result being summed over; or, where operands must be
   * prepared first (padded), the program that does so.
   */
  | { readonly kind: 'contraction'; contract(params: P, inputs: readonly Aval[], output: Aval): readonly ContractionLoop[] | Jaxpr }
  /** The program in its parameter `jaxpr`, once: it may be expanded in place. */
  | { readonly kind: 'program' }
  /** Programs that run several times, or one of several: what their operands and results are. */
  | { readonly kind: 'control'; structure(params: P): ControlStructure }
  /**
   * A host function, on the reference backend alone. Two kinds run where the host is far away, too: `looks`, of one that only looks at
   * operands, and `watch`, of one that looks on while the program in its parameter `jaxpr` runs (`steps`: the steps of the loops around, outermost first).
   * `never`: why it runs nowhere, of one that is only there to be transformed away.
   */
  | { readonly kind: 'host'; readonly looks?: Looks<P>; watch?(params: P, steps: readonly string[]): Watch; never?(params: P): Error };
/**
 * The host looks at some operands, from the first on, by default at all; the results are operands: the one numbered `passes` and those after it.
 * `turns`: those of the loops around, outermost first, where the backend counts them.
 */
export interface Looks<P extends Params = Params> {
  readonly sees?: number;
  readonly passes: number;
  look(operands: readonly NDArray[], params: P, turns: readonly number[]): void;
}

/** Choices for a random sample. The laws implement it over a list of raw numbers, so that every shrink is a sample again. */
export interface Draw {
  /** An integer in lo..hi, both included; shrinks towards lo. */
  int(lo: number, hi: number): number;
  pick<A>(xs: readonly [A, ...A[]]): A;
  bool(): boolean;
  /** A shape of rank at most `maxRank` (default 3) whose dims are mostly small, with 0, 1 and equal ones among them. */
  shape(maxRank?: number): number[];
  /** A dim: 0..5, weighted towards 1 to 3. */
  dim(): number;
  /** The dtype in which this run judges derivatives (f64 for finite differences, f32 elsewhere). */
  float(): DType;
  integer(): DType;
}
/** Values of an operand: floats uniformly in one of the intervals, integers in lo..hi. */
export interface Domain { readonly intervals: readonly (readonly [lo: number, hi: number])[] }
export interface SampleOperand { readonly aval: Aval; readonly domain?: Domain }
export interface Sample<P extends Params> { readonly operands: readonly SampleOperand[]; readonly params: P }

/** Exact rewrites, true for every value, NaN and infinities included. Passes ask for them. */
export interface Algebra<P extends Params> {
  /** `operand` may be dropped where it is a splat of `value`: the result is the other operand, to the bit. */
  readonly identities?: readonly { readonly operand: 0 | 1; readonly value: number }[];
  /** Applied twice it is the identity. */
  readonly involution?: true;
  /** Of one input: `outer` after `inner` is one application with these params. */
  compose?(outer: P, inner: P): P;
  /** Of one input: nothing changes. */
  isIdentity?(params: P, input: Aval): boolean;
  /** The result's axis i is the operand's axis `permutation[i]`. */
  permutation?(params: P): readonly number[];
  /** The params that take operand `i` before it was permuted (its axis k was axis `permutation[k]`), or null where the result would differ. */
  absorb?(params: P, i: number, permutation: readonly number[]): P | null;
}

export interface Primitive<P extends Params = Params> {
  readonly name: string;
  readonly properties: Properties;
  /** The shape and dtype rule: avals of the outputs, or a one-line error. */
  type(inputs: readonly Aval[], params: P): readonly Aval[];
  /** The meaning: writes the outputs, which arrive zero-filled. Float outputs round when stored (in wide mode they do not). */
  evaluate(inputs: readonly NDArray[], params: P, outputs: readonly NDArray[], run: RunBody): void;
  readonly rules: FlatRules<P> | NestedRules<P>;
  /** Null where it is linear in nothing. */
  readonly linear: TransposeRule<P> | null;
  readonly lowering: Lowering<P>;
  /** A random well-typed application, from which the laws and the random programs are built. */
  sample(draw: Draw): Sample<P>;
  readonly algebra?: Algebra<P>;
  /** How equal elements share the derivative: absent, equally; `ordered`, their places decide, as in a stable sort. */
  readonly ties?: 'ordered';
  /** How its use can be violated, for `checked`; absent or empty where it cannot. */
  violations?(inputs: readonly AnyTensor[], params: P): readonly Violation[];
  /** Arithmetic operations of one use, a multiply-add counted as two; `of` counts those of a nested program. Absent: one for each element of an elementwise operation, else those of the first program inside, else none. */
  flops?(inputs: readonly Aval[], params: P, outputs: readonly Aval[], of: (body: Jaxpr) => number): number;
  /** Largest error of a float32 backend in units in the last place of the exact result, per element of work. */
  readonly ulp: number;
}
