// Functions that the host computes lane by lane: of float64 lanes, and of the few arguments that the polynomials do not reach.
// Floor 5: their names and how they are called; the backend has the functions.
import type { ScalarOp } from '../../ir/primitive.ts';
import type { Lanes, Value, Vector, Wide } from './lanes.ts';
import { Type } from './module.ts';
import { wide } from './wide.ts';

/** Functions of one float64, or of two. */
export const hostFunctions = [
  'exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tanh', 'logistic', 'erf', 'erfinv', 'pow', 'rem',
  'cbrt', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh', 'xlogy', 'xlog1py', 'erfc', 'lgamma', 'digamma',
  'igammac', 'besselI0e', 'besselI1e',
] as const satisfies readonly ScalarOp[];
export type HostFunction = (typeof hostFunctions)[number];
export const isHostFunction = (op: ScalarOp): op is HostFunction => hostFunctions.some(h => h === op);

export interface ScalarContext {
  readonly lanes: Lanes;
  /** The index of the imported function (x, y, number of the host function) -> f64. */
  readonly hostMath: number;
}
/** Pushes the result for the operands on the stack; a function of one is given a second. */
function callHost({ lanes: { f }, hostMath }: ScalarContext, op: HostFunction, operands: number): void {
  if (operands === 1) f.f64(0);
  f.i32(hostFunctions.indexOf(op)).call(hostMath);
}

/** Each float32 lane is widened, given to the host's function, and rounded once. */
export function byHost(c: ScalarContext, op: HostFunction, args: readonly Vector[]): Vector {
  const { f } = c.lanes;
  const held = args.map(() => f.local(Type.f32));
  return c.lanes.eachLane(args, 'f32', () => {
    for (const h of [...held].reverse()) f.set(h);
    for (const h of held) f.get(h).bytes(0xbb);
    callHost(c, op, args.length);
    f.bytes(0xb6);
  });
}
/** The same on float64 lanes. */
export function byHostWide(c: ScalarContext, op: HostFunction, args: readonly Value[]): Wide {
  const half = (of: (w: Wide) => Vector): Vector => c.lanes.eachLane(args.map(a => of(wide(a))), 'f64', () => callHost(c, op, args.length));
  return { lo: half(w => w.lo), hi: half(w => w.hi) };
}
