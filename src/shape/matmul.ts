// Matrix products, with NumPy's rules for vectors and for leading (batch) axes. Floor 0.
import { ShapeError } from '../error.ts';
import { broadcast, type Broadcast } from './broadcast.ts';
import { show, type IsDynamic, type Last, type Shape, type Show, type ShowDim, type Unify } from './dim.ts';
import type { Fits, Only } from './same.ts';

type InnerMessage<A extends Shape, B extends Shape, k extends number, k2 extends number, K> =
  `matmul: inner dims differ, ${Show<A, K>} x ${Show<B, K>}: ${ShowDim<k, K>} vs ${ShowDim<k2, K>}`;

/** A: [...RA, k]; B: [...RB, n]. Of B = [...BB, k, n] only the last two axes take part, BB is broadcast with A's leading axes. */
export type MatMul<A extends Shape, B extends Shape, K = unknown> =
  Last<A, K> extends readonly [infer RA extends Shape, infer k extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer n extends number]
      ? Last<RB, K> extends readonly [infer BB extends Shape, infer k2 extends number]
        ? Unify<k, k2, K> extends 'differ' ? InnerMessage<A, B, k, k2, K>
        : Last<BB, K> extends 'none' ? [...RA, n] : Batched<A, B, RA, BB, n, K>
        : Last<RB, K> extends 'none'
          ? Unify<k, n, K> extends 'differ' ? InnerMessage<A, B, k, n, K> : [...RA]
          : Unclear<A, B, RB, K>
      : NoAxis<'right', B, Last<B, K>, K>
    : NoAxis<'left', A, Last<A, K>, K>;
type Batched<A extends Shape, B extends Shape, RA extends Shape, BB extends Shape, n extends number, K> =
  Last<RA, K> extends readonly [infer BA extends Shape, infer m extends number]
    ? Fits<Broadcast<BA, BB, K>, string, K> extends true
      ? `matmul: batch dims, ${Broadcast<BA, BB, K> & string}`
      : [...Only<Broadcast<BA, BB, K>, Shape, K>, m, n]
    : Last<RA, K> extends 'none' ? [...BB, n] : Unclear<A, B, RA, K>;
type Unclear<A extends Shape, B extends Shape, Open extends Shape, K> =
  IsDynamic<Open, K> extends true ? Shape : `matmul: ${Show<A, K>} x ${Show<B, K>}: the rank of [...] is generic`;
type NoAxis<Side extends string, S extends Shape, End, K> =
  End extends 'none' ? `matmul: ${Side} operand [] needs rank >= 1`
  : IsDynamic<S, K> extends true ? Shape : `matmul: ${Side} operand ${Show<S, K>} is of generic rank`;

/** The run-time twin of `MatMul`. */
export function matmul(a: Shape, b: Shape): number[] {
  if (a.length === 0) throw new ShapeError('matmul: left operand [] needs rank >= 1');
  if (b.length === 0) throw new ShapeError('matmul: right operand [] needs rank >= 1');
  const k = a[a.length - 1];
  const k2 = b.length === 1 ? b[0] : b[b.length - 2];
  if (k !== k2) throw new ShapeError(`matmul: inner dims differ, ${show(a)} x ${show(b)}: ${k} vs ${k2}`);
  const rows = a.slice(-2, -1);
  const columns = b.length === 1 ? [] : b.slice(-1);
  let batch: number[];
  try {
    batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`matmul: batch dims, ${error.message}`) : error;
  }
  return [...batch, ...rows, ...columns];
}
