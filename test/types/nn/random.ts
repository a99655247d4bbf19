// Types of keys and draws: tuples of keys, literal, named and unknown shapes, dtypes, no tangents.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import { grad } from '../../../src/transform/grad.ts';
import { vmap } from '../../../src/transform/vmap.ts';
import { is } from './is.ts';

declare const key: random.Key;
declare const n: number;
declare const B: Dim<'batch'>;
declare const few: 2 | 3;

is<[random.Key, random.Key]>()(random.split(key));
is<[random.Key, random.Key, random.Key]>()(random.split(key, 3));
is<readonly random.Key[]>()(random.split(key, n));
is<readonly random.Key[]>()(random.split(key, 1000));
is<12>()(random.split(key, 12).length);
is<[random.Key, random.Key] | [random.Key, random.Key, random.Key]>()(random.split(key, few));
is<Tensor<[5, 2], 'u32'>>()(random.splitBatch(key, 5));
is<random.Key>()(random.foldIn(key, 3));

is<Tensor<[2, 3]>>()(random.normal(key, [2, 3]));
is<Tensor<[]>>()(random.normal(key, []));
is<Tensor<[2], 'f64'>>()(random.uniform(key, [2], { dtype: 'f64', maxval: 2 }));
is<Tensor<[Dim<'batch'>, 3]>>()(random.normal(key, [B, 3]));
is<Tensor<[number, 3]>>()(random.normal(key, [n, 3]));
is<Tensor<[number]>>()(random.normal(key, [few]));
is<Tensor<[4], 'u8'>>()(random.bits(key, [4], { dtype: 'u8' }));
is<Tensor<[4], 'u32'>>()(random.bits(key, [4]));
is<Tensor<[10], 'i32'>>()(random.permutation(key, 10));
is<Tensor<[number], 'i32'>>()(random.permutation(key, n));
is<Tensor<[2, 3], 'bool'>>()(random.permutation(key, random.permutation(key, {} as Tensor<[2, 3], 'bool'>)));
is<Tensor<[7, 3]>>()(vmap((k: random.Key) => random.normal(k, [3]))(random.splitBatch(key, 7)));

declare const loss: (p: { readonly x: Tensor<[3]>; readonly k: random.Key }) => Scalar;
is<{ readonly x: Tensor<[3]>; readonly k: null }>()(grad(loss)({ x: random.normal(key, [3]), k: key }));
export const rows = <N extends number>(count: N): Tensor<[N, 2]> => random.normal(key, [count, 2]);
