// What customJvp and customVjp share: arguments that are differentiated or pass through, results that must be the function's own, and
// calls of the function inside its own rule. Floor 3.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { hasTangent, sameShape, showAval, type Aval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import { customEndP } from '../primitive/customEnd.ts';
import { at } from '../primitive/define.ts';
import { zerosLike, type TensorHandle } from '../trace/handle.ts';
import { bind } from '../trace/scope.ts';
import { structureKey, unflatten, type Structure } from '../tree/tree.ts';
import { readArguments, type Arguments } from './arguments.ts';
import { flattenTensors, stageFunction, type AnyFunction, type Staged } from './staging.ts';
import type { Tangent } from './types.ts';

export type Positions = readonly number[];
type Contains<N extends Positions, I> = I extends `${N[number]}` ? true : false;
/** Tangents of the arguments; null at the listed positions. */
export type TangentsExcept<A extends readonly unknown[], N extends Positions> = { [I in keyof A]: Contains<N, I> extends true ? null : Tangent<A[I]> };
/** The arguments at the listed positions, in their own order. */
export type Listed<A extends readonly unknown[], N extends Positions, Seen extends readonly unknown[] = []> =
  A extends readonly [infer H, ...infer R] ? Contains<N, `${Seen['length']}`> extends true ? [H, ...Listed<R, N, [...Seen, 0]>] : Listed<R, N, [...Seen, 0]> : [];
/** The arguments at all other positions. */
export type Unlisted<A extends readonly unknown[], N extends Positions, Seen extends readonly unknown[] = []> =
  A extends readonly [infer H, ...infer R] ? Contains<N, `${Seen['length']}`> extends true ? Unlisted<R, N, [...Seen, 0]> : [H, ...Unlisted<R, N, [...Seen, 0]>] : [];

export interface CustomOptions {
  /** Positions of arguments that are not differentiated: they may be anything, a number, a string, a function. */
  readonly nondiff?: readonly number[];
}

type Call = (...args: readonly unknown[]) => unknown;
// The rules take what their types say; the arguments were rebuilt from the structure of what the caller passed.
export const callable = (f: AnyFunction): Call => f as Call;
export const arrayOf = (...children: Structure[]): Structure => ({ kind: 'array', children });

/** One call of a custom function: its arguments, parted, and the program of the function at them. */
export interface CustomCall {
  readonly name: string;
  readonly diff: Arguments;
  readonly nondiff: readonly unknown[];
  readonly primal: Staged;
  /** All arguments, the differentiable ones replaced; the others as given, or null. */
  readonly merge: (diff: readonly unknown[], others?: null) => readonly unknown[];
}
export function readCall(what: string, f: AnyFunction, args: readonly unknown[], positions: Positions): CustomCall {
  const wrong = positions.find(n => !Number.isInteger(n) || n < 0 || n >= args.length);
  if (wrong !== undefined) throw new CotangentError('value', `${what}: nondiff ${wrong} is out of range for ${args.length} arguments`);
  const diff = readArguments(args.filter((_, i) => !positions.includes(i)), what);
  const merge: CustomCall['merge'] = (values, others) => {
    let next = 0;
    return args.map((a, i) => positions.includes(i) ? others === null ? null : a : values[next++]);
  };
  const primal = stageFunction(what, (...xs: readonly unknown[]) => callable(f)(...merge(xs)), diff.structure, diff.avals);
  return { name: f.name || 'the function', diff, nondiff: args.filter((_, i) => positions.includes(i)), primal, merge };
}

/** The tree of tangents: null where a leaf has none. */
export function tangentStructure(structure: Structure, avals: readonly Aval[]): Structure {
  let next = 0;
  const visit = (s: Structure): Structure => {
    switch (s.kind) {
      case 'leaf': return hasTangent(at(avals, next++)) ? s : { kind: 'null' };
      case 'null': return s;
      case 'array': return { kind: 'array', children: s.children.map(visit) };
      case 'object': return { kind: 'object', keys: s.keys, children: s.children.map(visit) };
      default: return s satisfies never;
    }
  };
  return visit(structure);
}
/** The tangents of float leaves; null becomes zeros. */
export const demanded = (tangents: readonly (TensorHandle | null)[], avals: readonly Aval[]): TensorHandle[] =>
  avals.flatMap((a, i) => hasTangent(a) ? [tangents[i] ?? zerosLike(a)] : []);

/** The leaves of a rule's first result, which must be of the function's own tree and types. */
export function sameResult(what: string, y: unknown, f: Staged): readonly TensorHandle[] {
  const { leaves, structure } = flattenTensors(y, what);
  if (structureKey(structure) !== structureKey(f.out)) throw new CotangentError('tree', `${what} returns the tree ${structureKey(structure)}, the function ${structureKey(f.out)}; they must be equal`);
  leaves.forEach((x, i) => {
    const want = at(f.jaxpr.outputs, i).aval;
    if (!sameShape(x.aval.shape, want.shape)) throw new ShapeError(`${what} returns ${showAval(x.aval)} as result ${i}, the function ${showAval(want)}; they must be equal`);
    if (x.dtype !== want.dtype) throw new DTypeError(`${what} returns ${showAval(x.aval)} as result ${i}, the function ${showAval(want)}; they must be equal (use astype)`);
  });
  return leaves;
}
export function pairOf(what: string, second: string, result: unknown): readonly [unknown, unknown] {
  if (!Array.isArray(result) || result.length !== 2) throw new CotangentError('tree', `${what} must return [y, ${second}]`);
  const pair: readonly unknown[] = result;
  return [pair[0], pair[1]];
}

// ---- calls of a function inside its own rule

/** Rules that are being staged, innermost last. */
const open: { readonly key: object; readonly own: OwnResult | null }[] = [];
interface OwnResult { readonly args: readonly unknown[]; readonly y: unknown }
/** Orders of derivatives that a rule which calls its function at other arguments has: each takes one more staging. */
const deepest = 3;

/** Stages a rule of the custom function `key`. A call of it at exactly the arguments `own.args` gives `own.y`. */
export function insideRule<R>(key: object, own: OwnResult | null, stageRule: () => R): R {
  open.push({ key, own });
  try { return stageRule(); } finally { open.pop(); }
}
/** What a call of the custom function gives without a rule of its own, because it stands in one: undefined for all others. */
export function callInsideRule(key: object, what: string, f: AnyFunction, args: readonly unknown[], positions: Positions): { readonly y: unknown } | undefined {
  const around = open.filter(o => o.key === key);
  const own = around.at(-1)?.own ?? null;
  if (own !== null && sameArguments(own.args, args)) return { y: own.y };
  if (around.length < deepest) return undefined;
  const { name, diff, primal: { jaxpr, consts, out } } = readCall(what, f, args, positions);
  return { y: unflatten(out, bind(customEndP, [...consts, ...diff.leaves], { name, jaxpr })) };
}
function sameArguments(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    const other: readonly unknown[] = b;
    return a.length === b.length && a.every((x, i) => sameArguments(x, other[i]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(k => sameArguments(a[k], b[k]));
}
const isRecord = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype;

/** Drops the last `count` inputs of a program unless one of them is used. */
export function withoutUnused(j: Jaxpr, count: number): { readonly jaxpr: Jaxpr; readonly used: boolean } {
  const last = new Set<unknown>(j.inputs.slice(j.inputs.length - count));
  const used = j.outputs.some(o => last.has(o)) || j.eqns.some(e => e.inputs.some(a => last.has(a)));
  return used ? { jaxpr: j, used } : { jaxpr: { ...j, inputs: j.inputs.slice(0, j.inputs.length - count) }, used };
}
