// Reading and writing by computed indices: along an axis, at places of the flat tensor, by cases. Floor 7.
import { agree, intOnly } from '../dtype/agree.ts';
import { CotangentError, DTypeError } from '../error.ts';
import { isSigned, type DType, type Float, type Int } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Operand, Scalar, TakeMode, Tensor } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { alongAxis, takeAlongAxis as takenAlong } from '../primitive/alongAxis.ts';
import { broadcastInDim, constantLike, numberLike } from '../primitive/broadcast.ts';
import { eq, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import * as primitive from '../primitive/gather.ts';
import { not } from '../primitive/logical.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { scatterMax, scatterMin, scatterMul, scatterSet } from '../primitive/scatter.ts';
import { select as chosenBy } from '../primitive/select.ts';
import { axisIndex } from '../shape/axis.ts';
import { broadcast } from '../shape/broadcast.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { take as takeShape, type Take } from '../shape/take.ts';
import { takeAlongAxis as alongShape, type TakeAlongAxis } from '../shape/takeAlongAxis.ts';
import { handleOf } from '../trace/handle.ts';
import { stretched, listedTensors } from './operands.ts';
import { typed } from './typed.ts';

const takeModes = ['fill', 'clip', 'promise'];
/** What an index outside means; see `take`. */
export interface ModeOption { readonly mode?: TakeMode }

/** Ids as i32 from the first element: negative ones count from the end. */
function fromStart(ids: AnyTensor, count: number, name: string): AnyTensor {
  intOnly(name, ids.dtype);
  if (!isSigned(ids.dtype)) return ids;
  const wide = convert(ids, 'i32');
  return chosenBy(lt(wide, constantLike(0, wide)), add(wide, constantLike(count, wide)), wide);
}
/** The rank and axes but `axis` of operand and ids agree: they broadcast. */
function alignedLines(xs: readonly AnyTensor[], axis: number): AnyTensor[] {
  const others = xs.map(x => x.shape.map((d, i) => i === axis ? 1 : d)).reduce((s, t) => broadcast(s, t));
  return xs.map(x => broadcastInDim(x, others.map((d, i) => i === axis ? at(x.shape, axis) : d), range(x.shape.length)));
}

/**
 * For each line along an axis the elements at its own ids; the other axes broadcast. Negative ids count from the end, those outside give what
 * `take` says.
 *
 * @throws `shape` where ranks differ or other axes do not broadcast, `axis` where the axis is out of range, `dtype` where the ids are no integers.
 * @example
 * takeAlongAxis(tensor([[10, 20], [30, 40]]), tensor([[1], [0]], 'i32'), 1); // -> [[20], [30]]
 */
export const takeAlongAxis = <S extends Shape, D extends DType, I extends Shape, const Axis extends number, K = unknown>(
  x: Tensor<S, D>, ids: Tensor<I, Int>, axis: Check<TakeAlongAxis<S, I, Axis, K>, Axis, K>, options: ModeOption = {}): Tensor<Ok<TakeAlongAxis<S, I, Axis, K>, K>, D> => {
  const [source, given] = [handleOf(x, 'takeAlongAxis'), handleOf(ids, 'takeAlongAxis')];
  alongShape(source.shape, given.shape, typed(axis));
  const place = axisIndex(source.shape, typed(axis));
  const [lines = source, index = given] = alignedLines([source, fromStart(given, at(source.shape, place), 'takeAlongAxis')], place);
  return typed(takenAlong(lines, index, place, optionsOf('takeAlongAxis', options, { mode: takeModes }).mode ?? 'fill'));
};

/**
 * The tensor with values in place of what each line along an axis holds at its own ids. NumPy's function writes in place; this one returns.
 *
 * @throws `shape` where ranks differ or other axes do not broadcast, `axis` where the axis is out of range, `dtype` where the dtypes do not fit.
 * @example
 * putAlongAxis(zeros([2, 2]), tensor([[1], [0]], 'i32'), 5, 1); // -> [[0, 5], [5, 0]]
 */
export const putAlongAxis = <S extends Shape, D extends DType, I extends Shape, const Axis extends number, K = unknown>(
  x: Tensor<S, D>, ids: Tensor<I, Int>, values: number | Tensor<Shape, NoInfer<D>>, axis: Check<TakeAlongAxis<S, I, Axis, K>, Axis, K>): Tensor<S, D> => {
  const [source, given] = [handleOf(x, 'putAlongAxis'), handleOf(ids, 'putAlongAxis')];
  alongShape(source.shape, given.shape, typed(axis));
  const place = axisIndex(source.shape, typed(axis));
  const wide = source.shape.map((d, i) => i === place ? at(given.shape, place) : d);
  const index = stretched(fromStart(given, at(source.shape, place), 'putAlongAxis'), wide);
  const updates = valuesFor('putAlongAxis', values, source.dtype, wide);
  return typed(alongAxis([source, index, updates], place, ([y = source, i = index, u = updates], options) => scatterSet(y, i, u, options)));
};
function valuesFor(name: string, values: Operand, dtype: DType, shape: readonly number[]): AnyTensor {
  if (typeof values === 'number') return numberLike(values, { shape, dtype }, name);
  const handle = handleOf(values, name);
  agree(dtype, handle.dtype);
  return stretched(handle, shape);
}

/** What can be done at places: each returns the whole tensor, updated; ids that are equal meet there. Updates broadcast to what `get` gives. */
export interface Places<S extends Shape, D extends DType, Got extends Shape> {
  get(): Tensor<Got, D>;
  set(values: number | Tensor<Shape, D>): Tensor<S, D>;
  add(values: number | Tensor<Shape, D>): Tensor<S, D>;
  multiply(values: number | Tensor<Shape, D>): Tensor<S, D>;
  min(values: number | Tensor<Shape, D>): Tensor<S, D>;
  max(values: number | Tensor<Shape, D>): Tensor<S, D>;
}
type PlacesAxis<S extends Shape, I, Axis extends number, K> = Check<Take<S, IdsShape<I>, Axis, K>, Axis, K>;
type IdsShape<I> = I extends Tensor<infer S, infer _> ? S : [];
/** The indexed axis (default 0), and what an index outside means: `fill` reads NaN and drops updates. */
export interface AtOptions<Axis> extends ModeOption { readonly axis?: Axis }
/**
 * Places of one axis (default 0) by integer ids, to read, or to write: every operation returns the updated tensor. JAX's `x.at[ids]`.
 *
 * @throws `axis` where the axis is out of range, `dtype` where the ids are no integers; `shape` where values do not broadcast.
 * @example
 * at(zeros([3]), tensor([0, 2, 2], 'i32')).add(1); // -> [1, 0, 2]
 * at(tensor([[1, 2], [3, 4]]), tensor([-1], 'i32'), { axis: 1 }).set(9); // -> [[1, 9], [3, 9]]
 */
const placesOf = <S extends Shape, D extends Float | Int, I extends Tensor<Shape, Int> | number, const Axis extends number = 0, K = unknown>(
  x: Tensor<S, D>, ids: I, options: AtOptions<PlacesAxis<S, I, Axis, K>> = {}): Places<S, D, Ok<Take<S, IdsShape<I>, Axis, K>, K>> => {
  const source = handleOf(x, 'at');
  const axis = axisIndex(source.shape, typed(optionsOf('at', options, { mode: takeModes, axis: 'any' }).axis ?? 0));
  const count = at(source.shape, axis);
  if (typeof ids === 'number' && (!Number.isInteger(ids) || ids < -count || ids >= count)) throw new CotangentError('index', `at: index ${ids} is outside axis ${axis} of [${source.shape.join(', ')}]`);
  const given = typeof ids === 'number' ? numberLike(ids, { shape: [], dtype: 'i32' }, 'at') : handleOf(ids, 'at');
  const index = fromStart(given, count, 'at');
  const shape = takeShape(source.shape, given.shape, axis);
  const params: primitive.GatherOptions = { axis, mode: options.mode ?? 'fill' };
  const writing = (scatter: typeof scatterSet) => (values: Operand): never => typed(scatter(source, index, valuesFor('at', values, source.dtype, shape), params));
  return typed({
    get: () => primitive.gather(source, index, params),
    set: writing(scatterSet), add: writing(primitive.scatterAdd), multiply: writing(scatterMul), min: writing(scatterMin), max: writing(scatterMax),
  });
};
export { placesOf as at };

/**
 * The tensor with values in place of the elements at ids of the flat tensor; of several at one id the last stays. It returns; nothing is written
 * in place.
 *
 * @throws `dtype` where the ids are no integers or the dtypes differ, `shape` where the values do not broadcast to the ids.
 * @example
 * put(zeros([2, 2]), tensor([0, -1], 'i32'), tensor([5, 6])); // -> [[5, 0], [0, 6]]
 */
export const put = <S extends Shape, D extends DType>(x: Tensor<S, D>, ids: Tensor<Shape, Int>, values: number | Tensor<Shape, NoInfer<D>>): Tensor<S, D> => {
  const [source, given] = [handleOf(x, 'put'), handleOf(ids, 'put')];
  const flat = reshape(source, [sizeOf(source.shape)]);
  const index = fromStart(given, sizeOf(source.shape), 'put');
  return typed(reshape(scatterSet(flat, index, valuesFor('put', values, source.dtype, given.shape), { axis: 0 }), source.shape));
};

/**
 * Element by element the one of several tensors that the ids name; ids outside are clipped. All broadcast.
 *
 * @throws `value` for no choices, `dtype` where dtypes differ or the ids are no integers, `shape` where shapes do not broadcast.
 * @example
 * choose(tensor([1, 0], 'i32'), [tensor([1, 2]), tensor([3, 4])]); // -> [3, 2]
 */
export const choose = <D extends DType>(ids: Tensor<Shape, Int>, choices: readonly Tensor<Shape, D>[]): Tensor<Shape, D> => {
  const given = handleOf(ids, 'choose');
  intOnly('choose', given.dtype);
  const list: readonly AnyTensor[] = listedTensors('choose', choices);
  const first = list[0];
  if (first === undefined) throw new CotangentError('value', 'choose: no choices; pass at least one');
  const shape = list.reduce<Shape>((s, x) => { agree(first.dtype, x.dtype); return broadcast(s, x.shape); }, given.shape);
  const index = stretched(given, shape);
  // The last choice where no earlier one is named, the first one below: that clips.
  const last = stretched(at(list, list.length - 1), shape);
  const upwards = list.slice(0, -1).reduceRight<AnyTensor>((rest, x, i) => {
    const named = i === 0 ? lt(index, constantLike(1, index)) : eq(index, constantLike(i, index));
    return chosenBy(named, stretched(x, shape), rest);
  }, last);
  return typed(upwards);
};

/**
 * Element by element the choice of the first condition that holds, else the default (0). All broadcast.
 *
 * @throws `value` where there is not one choice for each condition, `dtype` where dtypes differ or a condition is not bool, `shape` where shapes do not broadcast.
 * @example
 * select([tensor([true, false]), tensor([true, true])], [tensor([1, 2]), tensor([3, 4])]); // -> [1, 4]
 */
export const select = <D extends DType>(conditions: readonly Tensor<Shape, 'bool'>[], choices: readonly Tensor<Shape, D>[], otherwise = 0): Tensor<Shape, D> => {
  const [preds, list]: readonly [readonly AnyTensor[], readonly AnyTensor[]] = [listedTensors('select', conditions), listedTensors('select', choices)];
  const first = list[0];
  if (first === undefined || preds.length !== list.length) throw new CotangentError('value', `select: ${preds.length} conditions for ${list.length} choices; pass one for each`);
  const wrong = preds.find(p => p.dtype !== 'bool');
  if (wrong !== undefined) throw new DTypeError(`select: a condition is ${wrong.dtype}, not bool (compare it with 0)`);
  const shape = [...preds, ...list].reduce<Shape>((s, x) => broadcast(s, x.shape), []);
  for (const x of list) agree(first.dtype, x.dtype);
  const start: AnyTensor = numberLike(otherwise, { shape, dtype: first.dtype }, 'select');
  return typed(list.reduceRight<AnyTensor>((rest, x, i) => chosenBy(stretched(at(preds, i), shape), stretched(x, shape), rest), start));
};

/**
 * Which elements occur among others: all are compared with all.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * isin(tensor([1, 2, 3]), tensor([3, 1])); // -> [true, false, true]
 */
export const isin = <S extends Shape, D extends DType>(x: Tensor<S, D>, among: Tensor<Shape, NoInfer<D>>, options: { readonly invert?: boolean } = {}): Tensor<S, 'bool'> => {
  const [asked, given] = [handleOf(x, 'isin'), handleOf(among, 'isin')];
  agree(asked.dtype, given.dtype);
  const [rank, n] = [asked.shape.length, sizeOf(given.shape)];
  const shape = [...asked.shape, n];
  const equal = eq(broadcastInDim(asked, shape, range(rank)), broadcastInDim(reshape(given, [n]), shape, [rank]));
  const found = reduceMax(equal, [rank]);
  return typed(optionsOf('isin', options, { invert: 'flag' }).invert === true ? not(found) : found);
};

/**
 * Whether two tensors broadcast to one shape and are equal there: a bool scalar.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * arrayEquiv(tensor([1, 1]), tensor([1])); // -> true
 */
export const arrayEquiv = (a: AnyTensor, b: AnyTensor): Scalar<'bool'> => {
  const [x, y] = [handleOf(a, 'arrayEquiv'), handleOf(b, 'arrayEquiv')];
  agree(x.dtype, y.dtype);
  let shape: Shape;
  try {
    shape = broadcast(x.shape, y.shape);
  } catch {
    return typed(convert(numberLike(0, { shape: [], dtype: 'i32' }, 'arrayEquiv'), 'bool'));
  }
  const differs = not(eq(stretched(x, shape), stretched(y, shape)));
  return typed(not(reduceMax(differs, range(shape.length))));
};
