// Types of keys and draws: tuples of keys, literal, named and unknown shapes, dtypes, no tangents.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import { zeros } from '../../../src/numpy/create.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import * as lax from '../../../src/lax/index.ts';
import { scan } from '../../../src/transform/control.ts';
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
is<random.KeyBatch<5>>()(random.splitBatch(key, 5));
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
is<Tensor<[7, 3]>>()(scan((_: null, k) => [null, random.normal(k, [3])], null, random.splitBatch(key, 7))[1]);
is<Tensor<[7, 3]>>()(lax.map((k) => random.normal(k, [3]), random.splitBatch(key, 7)));
is<Tensor<[number, 2]>>()(scan((_: null, [k, x]) => [null, random.normal(k, [2]).add(x)], null, [random.splitBatch(key, n), zeros([n, 2])])[1]);

declare const loss: (p: { readonly x: Tensor<[3]>; readonly k: random.Key }) => Scalar;
is<{ readonly x: Tensor<[3]>; readonly k: null }>()(grad(loss)({ x: random.normal(key, [3]), k: key }));
export const rows = <N extends number>(count: N): Tensor<[N, 2]> => random.normal(key, [count, 2]);

// Distributions: the shape asked for or that of the parameters, the dtype of a tensor among them or the one asked for.
declare const three: Tensor<[3]>;
declare const wide: Tensor<[4, 1], 'f64'>;
is<Tensor<[], 'bool'>>()(random.bernoulli(key, 0.5));
is<Tensor<[3], 'bool'>>()(random.bernoulli(key, three));
is<Tensor<[2, 3], 'bool'>>()(random.bernoulli(key, three, [2, 3]));
is<Tensor<[2]>>()(random.gamma(key, 2, [2]));
is<Tensor<[2], 'f64'>>()(random.gamma(key, 2, [2], { dtype: 'f64' }));
is<Tensor<[4, 1], 'f64'>>()(random.gamma(key, wide));
is<Tensor<[4, 3]>>()(random.beta(key, three, zeros([4, 1])));
is<Tensor<[5, 3]>>()(random.beta(key, three, 1, [5, 3]));
is<Tensor<[3]>>()(random.dirichlet(key, three));
is<Tensor<[7, 3]>>()(random.dirichlet(key, three, [7]));
is<Tensor<[3], 'i32'>>()(random.poisson(key, three));
is<Tensor<[3, 2], 'u8'>>()(random.randint(key, [3, 2], 0, 10, { dtype: 'u8' }));
is<Tensor<[Dim<'batch'>], 'i32'>>()(random.randint(key, [B], 0, 10));
is<Tensor<[], 'i32'>>()(random.categorical(key, three));
is<Tensor<[4], 'i32'>>()(random.categorical(key, wide));
is<Tensor<[1], 'i32'>>()(random.categorical(key, wide, { axis: 0 }));
is<Tensor<[6], 'i32'>>()(random.categorical(key, three, { shape: [6] }));
is<Tensor<[2], 'i32'>>()(random.choice(key, 10, [2]));
is<Tensor<[2, 5]>>()(random.choice(key, three, [2, 5]));
is<Tensor<[2, 1], 'f64'>>()(random.choice(key, wide, [2]));
is<Tensor<[3]>>()(random.multivariateNormal(key, three, zeros([3, 3])));
is<Tensor<[8, 3]>>()(random.multivariateNormal(key, three, zeros([3, 3]), [8]));
is<Tensor<[3, 2]>>()(random.exponential(key, [3, 2]));
is<Tensor<[3]>>()(random.checkKeys((k: random.Key) => random.normal(k, [3]))(key));
