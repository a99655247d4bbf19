// The fluent methods: results without casts, generic programs, and programs that must not compile.
import type { AnyTensor, Tensor } from '../../../src/ir/tensor.ts';
import type { Dim, Shape } from '../../../src/shape/dim.ts';
import { is } from './eq.ts';

declare const x: Tensor<[32, 784]>;
declare const w: Tensor<[784, 10]>;
declare const b: Tensor<[10]>;
declare const ids: Tensor<[5], 'i32'>;
declare const named: Tensor<[Dim<'batch'>, 784]>;
declare const batch: Dim<'batch'>;
declare const dynamic: Tensor;
declare const lead: Tensor<[...number[], 784]>;
declare const n: number;
declare const c: boolean;

is<Tensor<[32, 10]>>()(x.matmul(w).add(b).tanh());
is<Tensor<[32, 784]>>()(x.sub(x.mean({ axis: -1, keepdims: true })).div(x.square().mean({ axis: -1, keepdims: true }).add(1e-5).sqrt()));
is<Tensor<[32, 28, 28]>>()(x.reshape([-1, 28, 28]));
is<Tensor<[]>>()(x.sum());
is<Tensor<[784]>>()(x.max({ axis: [0] }));
is<Tensor<[], 'i32'>>()(x.greater(0).sum());
is<Tensor<[]>>()(ids.equal(ids).astype('f32').mean());
is<Tensor<[32], 'i32'>>()(x.argmax({ axis: -1 }));
is<Tensor<[784, 32]>>()(x.transpose());
is<Tensor<[784, 32]>>()(x.transpose([1, 0]));
is<Tensor<[784, 32]>>()(x.swapaxes(0, -1));
is<Tensor<[32, 1, 784]>>()(x.expandDims(1));
is<Tensor<[32, 784]>>()(x.expandDims(1).squeeze(1));
is<Tensor<[32, 784]>>()(x.expandDims(1).squeeze());
is<Tensor<[5, 784]>>()(x.slice([[0, 5]]));
is<Tensor<[5, 784]>>()(x.take(ids, { axis: 0 }));
is<Tensor<[784]>>()(x.take(3, { axis: 0 }));
is<Tensor<[5]>>()(x.take(ids));
is<Tensor<[32, 784], 'i32'>>()(x.astype('i32'));
is<Tensor<[32, 784], 'bool'>>()(x.less(x));
is<Tensor<[]>>()(b.dot(b));

// Named dims, unknown dims, unknown ranks.
is<Tensor<[Dim<'batch'>, 10]>>()(named.matmul(w));
is<Tensor<[Dim<'batch'>, 28, 28]>>()(named.reshape([batch, 28, 28]));
is<Tensor<readonly number[]>>()(dynamic.matmul(w));
is<Tensor<readonly number[]>>()(x.sum({ axis: n }));
is<Tensor<readonly number[]>>()(x.sum({ axis: c ? 0 : 1 }));
is<Tensor<[number, 784]>>()(x.reshape([c ? 32 : 16, 784]));
is<Tensor<[...number[], 10]>>()(lead.matmul(w));
export const wider: Tensor<[number, 784]> = x;
export const widest: AnyTensor = x;

// Generic in dims and in rank, without casts.
export const loss = <N extends number>(q: Tensor<[784, 10]>, z: Tensor<[N, 784]>, y: Tensor<[N, 10]>): Tensor<[]> => z.matmul(q).sub(y).square().mean();
export const layerNorm = <S extends Shape, D extends number>(z: Tensor<[...S, D]>, gain: Tensor<[D]>): Tensor<[...S, D]> => {
  const centred = z.sub(z.mean({ axis: -1, keepdims: true }));
  return centred.div(centred.square().mean({ axis: -1, keepdims: true }).add(1e-5).sqrt()).mul(gain);
};
export const mlp = <S extends Shape, D extends number, H extends number>(z: Tensor<[...S, D]>, up: Tensor<[D, H]>, down: Tensor<[H, D]>): Tensor<[...S, D]> =>
  z.matmul(up).tanh().matmul(down).add(z);
export const splitHeads = <B extends number, T extends number>(z: Tensor<[B, T, 768]>, [s, t]: readonly [B, T]): Tensor<[B, 12, T, 64]> =>
  z.reshape([s, t, 12, 64]).transpose([0, 2, 1, 3]);
export const mergeHeads = <B extends number, T extends number>(z: Tensor<[B, 12, T, 64]>, [s, t]: readonly [B, T]): Tensor<[B, T, 768]> =>
  z.transpose([0, 2, 1, 3]).reshape([s, t, 768]);
is<Tensor<[4, 7, 96]>>()(layerNorm({} as Tensor<[4, 7, 96]>, {} as Tensor<[96]>));

// What must not compile.
// @ts-expect-error matmul: inner dims differ
x.matmul(b.reshape([2, 5]));
// @ts-expect-error cannot broadcast
x.add(w);
// @ts-expect-error dtypes differ
x.add(ids);
// @ts-expect-error axis 2 is out of range
x.sum({ axis: 2 });
// @ts-expect-error reshape: 25088 elements, 25056
x.reshape([32, 783]);
// @ts-expect-error not a permutation
x.transpose([0, 0]);
// @ts-expect-error exp: i32 is no float dtype
ids.exp();
// @ts-expect-error div: i32 is no float dtype
ids.div(2);
// @ts-expect-error squeeze: axis 0 is not 1
x.squeeze(0);
// @ts-expect-error slice: stop 33 exceeds 32
x.slice([[0, 33]]);
// @ts-expect-error axis 5 is out of range
x.expandDims(5);
// @ts-expect-error ids are integers
x.take(x);
// @ts-expect-error axis 2 is out of range
x.take(ids, { axis: 2 });
// @ts-expect-error of a scalar only
void x.item();
// @ts-expect-error 32 rows beside 31
loss(w, x, {} as Tensor<[31, 10]>);
// @ts-expect-error known dims are invariant
export const other: Tensor<[31, 784]> = x;
// @ts-expect-error an unknown dim is no known one
export const narrower: Tensor<[32, 784]> = wider;

export function wrong<N extends number, M extends number, S extends Shape>(p: Tensor<[N, 3]>, q: Tensor<[M, 3]>, r: Tensor<[...S, 3]>, t: Tensor<S>): void {
  // @ts-expect-error N vs M
  p.add(q);
  // @ts-expect-error the rank is generic
  r.add(q);
  // @ts-expect-error the rank is generic
  t.add(b);
  // @ts-expect-error 3 vs N
  r.matmul(p);
  // @ts-expect-error N * 3 vs 8 elements
  p.reshape([2, 4]);
  // @ts-expect-error axis 0 of a generic rank
  r.sum({ axis: 0 });
}

/** One mistake is one error: nothing of what follows is judged. */
// @ts-expect-error matmul: inner dims differ
const failed = x.matmul(b.reshape([2, 5]));
export const after = failed.add(b).matmul(w).exp().sum({ axis: 2 }).reshape([3, 4]).transpose([0, 1]).slice([[1, 2]]);
