// What plots are made of: tensors, typed arrays or nested arrays, read as float64 numbers of one shape.
// Floor 7. Knows nothing of drawing.
import { CotangentError, ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';

/** Numbers in arrays of arrays; the innermost ones may be typed arrays. */
export type NestedNumbers = ArrayLike<number> | readonly NestedNumbers[];
/** Numbers of some shape: a tensor of any dtype, or nested arrays. */
export type Numbers = AnyTensor | NestedNumbers;

/** Numbers that have been read, in row-major order. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Whether they come from bytes (`u8` tensors, `Uint8Array`), which in images mean 0 to 255. */
  readonly bytes: boolean;
  /** Whether they come from a tensor of integers or booleans. */
  readonly integer: boolean;
}

const isBytes = (x: unknown): boolean => x instanceof Uint8Array || x instanceof Uint8ClampedArray || (Array.isArray(x) && x.length > 0 && x.every(isBytes));
/** A nested array, as opposed to a number. */
const isNested = (x: unknown): x is ArrayLike<unknown> => typeof x === 'object' && x !== null && 'length' in x && typeof x.length === 'number';

function shapeOf(x: unknown, where: string): number[] {
  if (!isNested(x)) return [];
  const first = x.length === 0 ? [] : shapeOf(x[0], where);
  for (let i = 1; i < x.length; i++) {
    const other = shapeOf(x[i], where);
    if (other.length !== first.length || other.some((n, k) => n !== first[k])) throw new ShapeError(`${where}: ragged: [0] has shape ${showShape(first)}, [${i}] has ${showShape(other)}`);
  }
  return [x.length, ...first];
}

function fill(x: unknown, out: Float64Array, at: number, where: string): number {
  if (isNested(x)) {
    let next = at;
    for (let i = 0; i < x.length; i++) next = fill(x[i], out, next, where);
    return next;
  }
  if (typeof x !== 'number' && typeof x !== 'boolean') throw new CotangentError('value', `${where}: a ${x === null ? 'null' : typeof x} among the numbers`);
  out[at] = Number(x);
  return at + 1;
}

/** The numbers, once they are computed. `where` is named in errors: ragged arrays, and what are no numbers. */
export async function read(x: Numbers, where: string): Promise<Values> {
  if (isTensor(x)) {
    const data = await x.data();
    return { shape: x.shape, data: Float64Array.from(data), bytes: x.dtype === 'u8', integer: !['f16', 'f32', 'f64'].includes(x.dtype) };
  }
  if (!isNested(x)) throw new CotangentError('value', `${where}: ${describe(x)}; a tensor or an array of numbers is wanted`);
  const shape = shapeOf(x, where);
  const data = new Float64Array(shape.reduce((n, d) => n * d, 1));
  fill(x, data, 0, where);
  return { shape, data, bytes: isBytes(x), integer: false };
}

/** As `read`, of one axis and at least one number. */
export async function readVector(x: Numbers, where: string): Promise<Values> {
  const values = await read(x, where);
  if (values.shape.length !== 1) throw new ShapeError(`${where}: shape ${showShape(values.shape)}; one axis is wanted`);
  if (values.data.length === 0) throw new CotangentError('value', `${where}: is empty; at least one number is wanted`);
  return values;
}

/** The least and the greatest finite number, null where there is none. */
export function extentOf(values: Iterable<number>): readonly [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) if (Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); }
  return low <= high ? [low, high] : null;
}
