// Networks that keep state or draw numbers, run as if they did not; states and keys that are missing or of another network.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import type { Key } from '../../../src/random/key.ts';

declare const key: Key;
declare const x: Tensor<[32, 784]>;
const net = nn.seq(nn.dense(8), nn.batchNorm, nn.dropout(0.5), nn.dense(4), nn.batchNorm);
const drops = nn.seq(nn.dense(8), nn.dropout(0.5));
const params = nn.init(net, key, x);
const state = nn.initState(net, x);
const swapped: [nn.BatchStatistics<4>, nn.BatchStatistics<8>] = [state[1], state[0]];

// Neither has one value.
// @error TS2345: Argument of type '[DenseParams<784, 8, "f32">, BatchNormParams<8, "f32">, null, DenseParams<8, 4, "f32">, BatchNormParams<4, "f32">]' is not assignable to parameter of type '"apply: this network keeps state or draws numbers; use nn.applyTrain or nn.applyEval"'.
nn.apply(net, params, x);
// @error TS2345: Argument of type '[DenseParams<784, 8, "f32">, null]' is not assignable to parameter of type '"apply: this network keeps state or draws numbers; use nn.applyTrain or nn.applyEval"'.
nn.apply(drops, nn.init(drops, key, x), x);
// No state, one of two, those of another width.
// @error TS2345: Argument of type '[]' is not assignable to parameter of type '[BatchStatistics<8, "f32">, BatchStatistics<4, "f32">]'.
//   Source has 0 element(s) but target requires 2.
nn.applyTrain(net, params, [], x, key);
// @error TS2345: Argument of type '[BatchStatistics<8, "f32">]' is not assignable to parameter of type '[BatchStatistics<8, "f32">, BatchStatistics<4, "f32">]'.
//   Source has 1 element(s) but target requires 2.
nn.applyEval(net, params, [state[0]], x);
// @error TS2345: Argument of type '[BatchStatistics<4, "f32">, BatchStatistics<8, "f32">]' is not assignable to parameter of type '[BatchStatistics<8, "f32">, BatchStatistics<4, "f32">]'.
//   Type at position 0 in source is not compatible with type at position 0 in target.
//     Type 'BatchStatistics<4, "f32">' is not assignable to type 'BatchStatistics<8, "f32">'.
//       The types of 'mean.shape' are incompatible between these types.
//         Type 'readonly [4]' is not assignable to type 'readonly [8]'.
//           Type '4' is not assignable to type '8'.
nn.applyEval(net, params, swapped, x);
// No key.
// @error TS2554: Expected 5 arguments, but got 4.
nn.applyTrain(net, params, state, x);
// @error TS2554: Expected 5 arguments, but got 4.
nn.applyTrain(drops, nn.init(drops, key, x), [], x);
// Branches that differ.
const unlike = nn.shortcut(nn.dense(8), nn.dense(9));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"shortcut: the branches make [32, 8] and [32, 9]; they must agree"'.
nn.from(x, unlike, nn.relu);
// A step that forgets what the next state is.
// @error TS2322: Type 'Tensor<[32, 784], "f32">' is not assignable to type 'readonly [Tensor<[32, 784], "f32">, Tensor<[32, 784], "f32">]'.
nn.stateful({ init: () => null, state: () => x, train: () => x, evaluate: () => x });
