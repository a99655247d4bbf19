// Which shapes a loss takes: a target like the prediction, or one label for each row of logits; as types and at run time.
// Floor 7. Unlike arithmetic, a loss never broadcasts: [32, 1] against [32] would silently compare every pair.
import { DTypeError, ShapeError } from '../error.ts';
import type { Agree } from '../dtype/agree.ts';
import type { Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { show, type Shape, type Show } from '../shape/dim.ts';
import type { Equal } from '../shape/equal.ts';
import type { Fits } from '../shape/same.ts';

/** A target `Y` of a prediction [S], or what is wrong with it. */
export type Like<Name extends string, S extends Shape, D, Y, K> =
  Y extends Tensor<infer T, infer E>
    ? Fits<Agree<D, E, K>, string, K> extends true ? `${Name}: ${Agree<D, E, K> & string}`
    : Equal<S, T, K> extends true ? Y : `${Name}: prediction ${Show<S, K>} and target ${Show<T, K>} differ in shape`
  : Y;

/** Labels `Y` of logits [...S, C]: integers, one a row, or a distribution over the classes for each. */
export type LabelsOf<Name extends string, S extends Shape, C extends number, D, Y, K> =
  Y extends Tensor<infer T, infer E>
    ? Fits<E, Int, K> extends true ? RowLabels<Name, S, C, T, Y, K>
    : Fits<Agree<D, E, K>, string, K> extends true ? `${Name}: ${Agree<D, E, K> & string}`
    : Equal<[...S, C], T, K> extends true ? Y : `${Name}: logits ${Show<[...S, C], K>} and soft labels ${Show<T, K>} differ in shape`
  : Y;
export type RowLabels<Name extends string, S extends Shape, C extends number, T extends Shape, Y, K> =
  Equal<S, T, K> extends true ? Y : `${Name}: logits ${Show<[...S, C], K>} take labels ${Show<S, K>}, got ${Show<T, K>}`;
/** Integer labels `Y` alone. */
export type IntegerLabels<Name extends string, S extends Shape, C extends number, Y, K> =
  Y extends Tensor<infer T, infer E>
    ? Fits<E, Int, K> extends true ? RowLabels<Name, S, C, T, Y, K> : `${Name}: ${E & string} is no integer dtype (use astype)`
  : Y;

const same = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

/** The run-time twin of `Like`. */
export function expectLike(name: string, prediction: AnyTensor, target: AnyTensor): void {
  if (prediction.dtype !== target.dtype) throw new DTypeError(`${name}: dtypes differ: ${prediction.dtype} vs ${target.dtype} (use astype)`);
  if (!same(prediction.shape, target.shape)) throw new ShapeError(`${name}: prediction ${show(prediction.shape)} and target ${show(target.shape)} differ in shape`);
}

/** The run-time twin of `RowLabels`. */
export function expectRowLabels(name: string, logits: AnyTensor, labels: AnyTensor): void {
  const rows = logits.shape.slice(0, -1);
  if (!same(rows, labels.shape)) throw new ShapeError(`${name}: logits ${show(logits.shape)} take labels ${show(rows)}, got ${show(labels.shape)}`);
}

/** The run-time twin of the other half of `LabelsOf`. */
export function expectSoftLabels(name: string, logits: AnyTensor, labels: AnyTensor): void {
  if (logits.dtype !== labels.dtype) throw new DTypeError(`${name}: dtypes differ: ${logits.dtype} vs ${labels.dtype} (use astype)`);
  if (!same(logits.shape, labels.shape)) throw new ShapeError(`${name}: logits ${show(logits.shape)} and soft labels ${show(labels.shape)} differ in shape`);
}
