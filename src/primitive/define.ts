// What records have in common: default properties, batching aids, and the sums and zeros that derivative rules need.
// Floor 2: knows no primitive by name.
import { DTypeError, ShapeError } from '../error.ts';
import { dtypeInfo, type DType } from '../dtype/dtype.ts';
import { sameShape, showAval, type Aval } from '../ir/aval.ts';
import type { LinearInput, Mask, NoParams, Properties } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';

export const noParams: NoParams = {};

/** Pure, not cheap, nothing else: what a record that says nothing gets. */
export const pure: Properties = { effect: 'none', elementwise: false, cheap: false, splat: false, zeroPreserving: false, commutative: false, call: false, expands: false, loop: false, barrier: false, namedAxis: false };
/** Moves or repeats elements. */
export const view: Properties = { ...pure, cheap: true, splat: true, zeroPreserving: true };

/** The i-th operand's aval, or an error that names the operation and how many it takes. */
export function operand(inputs: readonly Aval[], i: number, name: string): Aval {
  const a = inputs[i];
  if (a === undefined) throw new ShapeError(`${name}: operand ${i} is missing, ${inputs.length} given`);
  return a;
}
export function expectCount(inputs: readonly Aval[], n: number, name: string): void {
  if (inputs.length !== n) throw new ShapeError(`${name}: takes ${n} operand${n === 1 ? '' : 's'}, ${inputs.length} given`);
}

/** The classes of dtypes that operations accept. */
export type Accepts = 'float' | 'number' | 'integer' | 'integer or bool' | 'bool' | 'signed' | 'any';
export function accepts(which: Accepts, d: DType): boolean {
  const { kind, signed } = dtypeInfo[d];
  switch (which) {
    case 'float': return kind === 'float';
    case 'number': return kind !== 'bool';
    case 'integer': return kind === 'int';
    case 'integer or bool': return kind !== 'float';
    case 'bool': return kind === 'bool';
    case 'signed': return kind !== 'bool' && signed;
    case 'any': return true;
    default: return which satisfies never;
  }
}
export function expectDType(a: Aval, which: Accepts, name: string): void {
  if (!accepts(which, a.dtype)) throw new DTypeError(`${name}: takes ${which === 'integer or bool' ? 'integers or bools' : `${which} dtypes`}, got ${showAval(a)} (use astype)`);
}
/** Primitives never broadcast: operands have one shape and one dtype. */
export function expectSame(a: Aval, b: Aval, name: string): void {
  if (!sameShape(a.shape, b.shape)) throw new ShapeError(`${name}: shapes differ, ${showAval(a)} vs ${showAval(b)}; primitives do not broadcast (use np)`);
  if (a.dtype !== b.dtype) throw new DTypeError(`${name}: dtypes differ: ${a.dtype} vs ${b.dtype} (use astype)`);
}

/** The element at `i` of a list that is known to have it: rules destructure what their type rule has checked. */
export function at<A>(xs: readonly A[], i: number): A {
  const x = xs[i];
  if (x === undefined) throw new ShapeError(`operand ${i} is missing`);
  return x;
}
export const knownOf = (x: LinearInput | undefined): AnyTensor | null => x?.known ?? null;
export const isLinear = (x: LinearInput | undefined): boolean => x !== undefined && x.known === null;
export const all = (n: number, value = true): Mask => Array.from({ length: n }, () => value);
