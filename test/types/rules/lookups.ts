// take, embedding, oneHot, arange, iota; dtype agreement.
import type { Agree, FloatOnly, IntOnly, SumDType } from '../../../src/dtype/agree.ts';
import type { DType } from '../../../src/dtype/dtype.ts';
import type { Arange, Iota } from '../../../src/shape/arange.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import type { Embedding, OneHot, Take } from '../../../src/shape/take.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type T = Dim<'T'>;

holds<Eq<Take<[5, 6, 7], [2, 3], 1>, [5, 2, 3, 7]>>();
holds<Eq<Take<[5, 6, 7], [], -1>, [5, 6]>>();
holds<Eq<Take<[5, 6, 7], [2, 3]>, [2, 3]>>();
holds<Eq<Take<[5, 6], [2], number>, readonly number[]>>();
holds<Eq<Take<[5, 6], [2], 2>, 'axis 2 is out of range for [5, 6]'>>();
holds<Eq<Embedding<[1000, 16], [B, T]>, [B, T, 16]>>();
holds<Eq<Embedding<[], [B, T]>, 'embedding: table [] needs rank >= 1'>>();
holds<Eq<OneHot<[B, T], 10>, [B, T, 10]>>();

holds<Eq<Arange<0, 10>, [10]>>();
holds<Eq<Arange<2, 10, 3>, [3]>>();
holds<Eq<Arange<0, 9, 3>, [3]>>();
holds<Eq<Arange<5, 2>, [0]>>();
holds<Eq<Arange<0, 1, 0.1>, [number]>>();
holds<Eq<Arange<-2, 2>, [number]>>();
holds<Eq<Arange<0, number>, [number]>>();
holds<Eq<Arange<0, 10, 0>, 'arange: step is 0'>>();
holds<Eq<Iota<[B, 3], 1>, [B, 3]>>();
holds<Eq<Iota<[B, 3], 2>, 'axis 2 is out of range for [B, 3]'>>();

holds<Eq<Agree<'f32', 'f32'>, ['f32']>>();
holds<Eq<Agree<'f32', DType>, ['f32']>>();
holds<Eq<Agree<'f32', 'i32'>, 'dtypes differ: f32 vs i32 (use astype)'>>();
holds<Eq<FloatOnly<'f16', 'exp'>, true>>();
holds<Eq<FloatOnly<DType, 'exp'>, true>>();
holds<Eq<FloatOnly<'bool', 'exp'>, 'exp: bool is no float dtype (use astype)'>>();
holds<Eq<IntOnly<'u8', 'take'>, true>>();
holds<Eq<IntOnly<'f32', 'take'>, 'take: f32 is no integer dtype (use astype)'>>();
holds<Eq<[SumDType<'bool'>, SumDType<'u8'>, SumDType<'i8'>, SumDType<'f16'>, SumDType<DType>], ['i32', 'u32', 'i32', 'f16', DType]>>();

export function generic<M extends number, S extends readonly number[], D extends DType, E extends DType>(): void {
  holds<Eq<Take<[M, 64], S, 0>, [...S, 64]>>();
  holds<Eq<Embedding<[1000, 16], S>, [...S, 16]>>();
  holds<Eq<OneHot<S, M>, [...S, M]>>();
  holds<Eq<Agree<D, D>, [D]>>();
  holds<Eq<SumDType<D>, D>>();
  holds<Eq<Agree<D, E>, `dtypes differ: ${D} vs ${E} (use astype)`>>();
}
