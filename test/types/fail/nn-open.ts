// Networks left open by `seq`, whose layers do not fit each other: the network is refused where the input comes, in the words of the layer.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import type { Key } from '../../../src/random/key.ts';

declare const key: Key;
declare const seven: Tensor<[2, 7]>;
declare const single: Tensor<[]>;
declare const image: Tensor<[32, 28, 28, 1]>;
declare const rows: Tensor<[32, 784]>;
declare const steps: Tensor<[2, 10, 30]>;
declare const odd: Tensor<[2, 11, 30]>;
declare const row: Tensor<[30]>;
declare const ids: Tensor<[2, 5], 'i32'>;

// Convolutions.
const flat = nn.seq(nn.dense(6), nn.relu, nn.conv(6, 3));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"conv: input [32, 6] must be [n, ...space, c]"'.
nn.init(flat, key, rows);
const wideWindow = nn.seq(nn.conv(6, 5), nn.conv(6, 29), nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 24, 24, 6]"'.
nn.init(wideWindow, key, image);
const wideWindowEarly = nn.seq(nn.conv(6, 5), nn.conv(6, 29), nn.conv(3, 1), nn.relu, nn.maxPool(2), nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 24, 24, 6]"'.
nn.init(wideWindowEarly, key, image);
const depthwise = nn.seq(nn.conv(6, 5), nn.relu, nn.depthwiseConv(6, 29));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 24, 24, 6]"'.
nn.init(depthwise, key, image);
const transposed = nn.seq(nn.conv(6, 5), nn.convTranspose(6, 29, { padding: [[0, 0], [0, 0]] }), nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"convTranspose: window 29 does not fit into axis 1 of [32, 24, 24, 6] padded by [0, 0]"'.
nn.init(transposed, key, image);
const groups = nn.seq(nn.conv(6, 5), nn.conv(6, 3, { groups: 4 }), nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: input [32, 24, 24, 6] has 6 channels, kernel [3, 3, 1, 6] wants 1 x 4 groups"'.
nn.init(groups, key, image);
const embedded = nn.seq(nn.embedding(50, 8), nn.conv(4, [3, 3, 3]));
// @error TS2345: Argument of type 'Tensor<[2, 5], "i32">' is not assignable to parameter of type '"conv: input [2, 5, 8] has 1 spatial axes, kernel [3, 3, 3, 8, 4] has 3"'.
nn.init(embedded, key, ids);
const parts = nn.seq(nn.seq(nn.conv(1, 1), nn.conv(1, 29)), nn.seq(nn.flatten, nn.dense(3)));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 28, 28, 1]"'.
nn.init(parts, key, image);
const pair = nn.fanout(nn.seq(nn.conv(1, 1), nn.conv(1, 29)), nn.seq(nn.conv(1, 1), nn.relu));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 28, 28, 1]"'.
nn.init(pair, key, image);

// Poolings.
const pooled = nn.seq(nn.conv(6, 1), nn.maxPool(29), nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: window 29 does not fit into axis 1 of [32, 28, 28, 6]"'.
nn.init(pooled, key, image);
const pooledLast = nn.seq(nn.conv(6, 1), nn.relu, nn.avgPool(29));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: window 29 does not fit into axis 1 of [32, 28, 28, 6]"'.
nn.init(pooledLast, key, image);
const pooledThenConvolved = nn.seq(nn.conv(6, 1), nn.maxPool(29), nn.conv(6, 3), nn.globalAvgPool, nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: window 29 does not fit into axis 1 of [32, 28, 28, 6]"'.
nn.init(pooledThenConvolved, key, image);
const adaptive = nn.seq(nn.conv(6, 1), nn.adaptiveAvgPool([1, 2, 3]), nn.flatten);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"adaptivePool: 3 sizes for 2 spatial axes"'.
nn.init(adaptive, key, image);
const pairOfPools = nn.fanout(nn.seq(nn.conv(1, 1), nn.relu), nn.seq(nn.conv(1, 1), nn.maxPool(29)));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: window 29 does not fit into axis 1 of [32, 28, 28, 1]"'.
nn.init(pairOfPools, key, image);

// Recurrent layers.
const timeless = nn.seq(nn.dense(4), nn.lstm(4), nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lstm: the input [4] has no time axis; it takes [..., time, features]"'.
nn.init(timeless, key, row);
const both = nn.seq(nn.dense(4), nn.bidirectional(nn.gru(3), nn.gru(3)));
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"gru: the input [4] has no time axis; it takes [..., time, features]"'.
nn.init(both, key, row);

// Attention.
const heads = nn.seq(nn.multiHeadAttention(3), nn.multiHeadAttention(4));
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"multiHeadAttention: 30 features do not divide into 4 heads"'.
nn.init(heads, key, steps);
const headsOfFlat = nn.seq(nn.dense(30), nn.conv(3, 1), nn.flatten, nn.multiHeadAttention(4), nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"multiHeadAttention: 30 features do not divide into 4 heads"'.
nn.init(headsOfFlat, key, steps);

// Norms.
const normed = nn.seq(nn.layerNorm, nn.groupNorm(4));
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"groupNorm: 30 features do not divide into 4 groups"'.
nn.init(normed, key, steps);
const normedFlat = nn.seq(nn.conv(3, 1), nn.flatten, nn.groupNorm(4), nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"groupNorm: 30 features do not divide into 4 groups"'.
nn.init(normedFlat, key, steps);
const noSteps = nn.seq(nn.dense(4), nn.lastStep, nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lastStep: the input [4] has no time axis; it takes [..., time, features]"'.
nn.init(noSteps, key, row);

// Shapes and branches.
const reshaped = nn.seq(nn.dense(30), nn.reshape([7, 7]), nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"reshape: examples of [32, 30] have 30 elements, [7, 7] has 49"'.
nn.init(reshaped, key, rows);
const branches = nn.seq(nn.dense(4), nn.shortcut(nn.dense(3), nn.dense(4)));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"shortcut: the branches make [32, 3] and [32, 4]; they must agree"'.
nn.init(branches, key, rows);

// A dtype that stays open to the first layer that says its own.
declare const image64: Tensor<[32, 28, 28, 1], 'f64'>;
declare const rows64: Tensor<[32, 784], 'f64'>;
declare const steps64: Tensor<[2, 10, 30], 'f64'>;
const flattened = nn.seq(nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f64">' is not assignable to parameter of type '"dense: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(flattened, key, image64);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f64">' is not assignable to parameter of type '"dense: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.seq(nn.dense(8), nn.relu), key, rows64);
const batchNormed = nn.seq(nn.batchNorm, nn.dense(10, { dtype: 'f16' }), nn.relu);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f64">' is not assignable to parameter of type '"dense: the layer has dtype f16, the input f64 (use astype, or the option dtype)"'.
nn.initState(batchNormed, rows64);
const pooledFirst = nn.seq(nn.maxPool(2), nn.conv(3, 3), nn.flatten, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f64">' is not assignable to parameter of type '"conv: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(pooledFirst, key, image64);
const normedFirst = nn.seq(nn.layerNorm, nn.lstm(3), nn.lastStep, nn.dense(10));
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f64">' is not assignable to parameter of type '"lstm: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(normedFirst, key, steps64);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f64">' is not assignable to parameter of type '"dense: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.densely(nn.dense(3)), key, rows64);
// In a function of any dtype nothing is known of it.
export const anyFloat = <D extends 'f32' | 'f64'>(p: nn.DenseParams<3, 10>, x: Tensor<[2, 3], D>): readonly unknown[] => [
  // @error TS2345: Argument of type 'Tensor<[2, 3], D>' is not assignable to parameter of type '"a layer of this network has a dtype of its own, the input a type parameter: give the layers { dtype: x.dtype }"'.
  nn.apply(nn.dense(10), p, x),
  // @error TS2345: Argument of type 'Tensor<[2, 3], D>' is not assignable to parameter of type '"a layer of this network has a dtype of its own, the input a type parameter: give the layers { dtype: x.dtype }"'.
  nn.applyEval(nn.dense(10), p, [], x),
];

// Around a layer, and two side by side: what does not fit is told with the input.
const kept = nn.seq(nn.dense(16), nn.residual(nn.seq(nn.layerNorm, nn.dense(32))), nn.dense(2));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"residual: the layer makes f32[32, 32] of f32[32, 16]; it must keep shape and dtype"'.
nn.init(kept, key, rows);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"highway: the layer makes f32[32, 3] of f32[32, 784]; it must keep shape and dtype"'.
nn.init(nn.highway(nn.dense(3)), key, rows);
const dense = nn.seq(nn.conv(4, 3), nn.densely(nn.conv(4, 3)), nn.flatten, nn.dense(2));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"densely: the layer makes [32, 24, 24, 4] of [32, 26, 26, 4]; it may change the last axis only (in convolutions, padding 'same' does)"'.
nn.init(dense, key, image);
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"bidirectional: the layers make [2, 10, 3] and [2, 30]; they may differ on the last axis only"'.
nn.init(nn.bidirectional(nn.gru(3), nn.lastStep), key, steps);
const summed = nn.seq(nn.dense(8), nn.shortcut(nn.dense(3), nn.dense(4)), nn.dense(2));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"shortcut: the branches make [32, 3] and [32, 4]; they must agree"'.
nn.init(summed, key, rows);
// Layers that are plain functions, in a network whose shapes are open.
const turned = nn.seq(nn.dense(8), nn.permute([0, 2, 1]), nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"transpose: [0, 2, 1] is not a permutation of the axes of [32, 8]"'.
nn.init(turned, key, rows);
const twice = nn.seq(nn.permute([0, 1, 1]), nn.dense(3));
// @error TS2345: Argument of type '<S extends Shape, D extends DType, K = unknown>(x: Fitting<S, D, number extends 3 | S["length"] ? Shape : 3 extends S["length"] ? FromStart<S, 0, K, []> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape] ? Same<d, -1, K> extends true ? `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}` : FromStart<[...Before, -1, ...After], 1, K, []> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape] ? Same<d, -1, K> extends true ? `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}` : FromStart<[...Before, -1, ...After], 1, K, []> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape] ? Same<d, -1, K> extends true ? `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}` : [d, d, d] : FromStart<[...Before, -1, ...After], 1, K, []> extends "outside" ? `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}` : Shape : FromStart<[...Before, -1, ...After], 1, K, []> extends "outside" ? `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}` : Shape : FromStart<S, 0, K, []> extends "outside" ? `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}` : Shape : `transpose: ${ShowFrom<readonly [0, 1, 1], "]", "", K, ", ">} is not a permutation of the axes of ${ShowFrom<S, "]", "", K, ", ">}`, K>) => Net<[null, DenseParams<AxisOf<S, readonly [0, 1, 1], "2", unknown>[S extends readonly [] | readonly [unknown, ...unknown[]] ? "known" : "open"], 3, "f32">], Tensor<[AxisOf<S, readonly [0, 1, 1], "0", unknown>[S extends readonly [] | readonly [unknown, ...unknown[]] ? "known" : "open"], AxisOf<S, readonly [0, 1, 1], "1", unknown>[S extends readonly [] | readonly [unknown, ...unknown[]] ? "known" : "open"], 3], "f32">, [...Takes<"dense", "f32">[D]]>' is not assignable to parameter of type '(x: Tensor<[2, 10, 30], "f32">) => Net<[null, DenseParams<number, 3, "f32">], Tensor<[NoDim<"transpose: [0, 1, 1] is not a permutation of the axes of [2, 10, 30]">, number, 3], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[2, 10, 30], "f32">' is not assignable to type '"transpose: [0, 1, 1] is not a permutation of the axes of [2, 10, 30]"'.
nn.init(twice, key, steps);
const gluing = nn.seq(nn.layerNorm, nn.glu, nn.dense(2));
// @error TS2345: Argument of type 'Tensor<[2, 7], "f32">' is not assignable to parameter of type '"glu: 7 features do not divide into 2 halves"'.
nn.init(gluing, key, seven);
const fewer = nn.seq(nn.flatten, nn.reshape([7, 7]), nn.dense(2));
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"reshape: examples of [32, 784] have 784 elements, [7, 7] has 49"'.
nn.init(fewer, key, image);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"reshape: examples of [32, 784] have 784 elements, [7, 7] has 49"'.
nn.reshape([7, 7])(rows);
const scalar = nn.seq(nn.flatten, nn.dense(3));
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"flatten: the input is a scalar; it needs a first axis of examples"'.
nn.init(scalar, key, single);

// The batch may be a type parameter, and the input stand first.
// @error TS2345: Argument of type 'Tensor<[B, 16], "f32">' is not assignable to parameter of type '`residual: the layer makes f32[${B}, 32] of f32[${B}, 16]; it must keep shape and dtype`'.
export const residual = <B extends number>(x: Tensor<[B, 16]>): unknown => nn.from(x, nn.residual(nn.dense(32)), nn.relu);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"conv: input [32, 784] must be [n, ...space, c]"'.
nn.from(rows, nn.conv(6, 5), nn.relu);

// However the network is taken.
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lstm: the input [4] has no time axis; it takes [..., time, features]"'.
nn.initState(timeless, row);
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lstm: the input [4] has no time axis; it takes [..., time, features]"'.
nn.apply(timeless, nn.init(timeless, key, steps), row);
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lstm: the input [4] has no time axis; it takes [..., time, features]"'.
nn.applyTrain(timeless, nn.init(timeless, key, steps), [], row);
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lstm: the input [4] has no time axis; it takes [..., time, features]"'.
nn.applyEval(timeless, nn.init(timeless, key, steps), [], row);
// @error TS2345: Argument of type 'Tensor<[30], "f32">' is not assignable to parameter of type '"lstm: the input [4] has no time axis; it takes [..., time, features]"'.
nn.summary(timeless, row);
