// Optimisers take the gradients and the state of their own parameters.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as optim from '../../../src/optim/index.ts';

declare const params: { readonly w: Tensor<[3, 2]>; readonly steps: Tensor<[], 'i32'> };
declare const grads: { readonly w: Tensor<[3, 2]>; readonly steps: null };
declare const others: { readonly w: Tensor<[3, 3]>; readonly steps: null };
const adam = optim.adam(1e-3);
const sgd = optim.sgd(0.1, { momentum: 0.9 });
const state = adam.init(params);

// Gradients of another shape.
// @error TS2345: Argument of type '{ readonly w: Tensor<[3, 3], "f32">; readonly steps: null; }' is not assignable to parameter of type '{ readonly w: Tensor<[3, 2], "f32">; readonly steps: null; }'.
//   The types of 'w.shape' are incompatible between these types.
//     Type 'readonly [3, 3]' is not assignable to type 'readonly [3, 2]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '3' is not assignable to type '2'.
adam.update(others, state, params);
// An integer has no gradient to add.
// @error TS2345: Argument of type '{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }' is not assignable to parameter of type '{ readonly w: Tensor<[3, 2], "f32">; readonly steps: null; }'.
//   Types of property 'steps' are incompatible.
//     Type 'Tensor<[], "i32">' is not assignable to type 'null'.
adam.update(params, state, params);
// The state of another optimiser.
// @error TS2345: Argument of type '[TraceState<{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }>, null]' is not assignable to parameter of type '[AdamState<{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }>, null]'.
//   Type at position 0 in source is not compatible with type at position 0 in target.
//     Type 'TraceState<{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }>' is missing the following properties from type 'AdamState<{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }>': mu, nu, count
adam.update(grads, sgd.init(params), params);
// The state of other parameters.
// @error TS2345: Argument of type '[AdamState<{ readonly w: Tensor<[3, 3], "f32">; readonly steps: null; }>, null]' is not assignable to parameter of type '[AdamState<{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }>, null]'.
//   Type at position 0 in source is not compatible with type at position 0 in target.
//     Type 'AdamState<{ readonly w: Tensor<[3, 3], "f32">; readonly steps: null; }>' is not assignable to type 'AdamState<{ readonly w: Tensor<[3, 2], "f32">; readonly steps: Tensor<[], "i32">; }>'.
//       The types of 'mu.w.shape' are incompatible between these types.
//         Type 'readonly [3, 3]' is not assignable to type 'readonly [3, 2]'.
//           Type at position 1 in source is not compatible with type at position 1 in target.
//             Type '3' is not assignable to type '2'.
adam.update(grads, adam.init(others), params);
// Updates of another shape.
// @error TS2345: Argument of type '{ readonly w: Tensor<[3, 3], "f32">; readonly steps: null; }' is not assignable to parameter of type '{ readonly w: Tensor<[3, 2], "f32">; readonly steps: null; }'.
//   The types of 'w.shape' are incompatible between these types.
//     Type 'readonly [3, 3]' is not assignable to type 'readonly [3, 2]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '3' is not assignable to type '2'.
optim.applyUpdates(params, others);
// A schedule returns a tensor.
// @error TS2345: Argument of type '() => number' is not assignable to parameter of type 'LearningRate'.
//   Type '() => number' is not assignable to type 'Schedule'.
//     Type 'number' is not assignable to type 'Tensor<[], Float>'.
optim.sgd(() => 0.1);
// Nesterov's is a kind of momentum.
// @error TS2769: No overload matches this call.
//   The last overload gave the following error.
//     Object literal may only specify known properties, and 'nesterov' does not exist in type '{ readonly momentum?: undefined; }'.
optim.sgd(0.1, { nesterov: true });
// A group that no rule has.
// @error TS2345: Argument of type '(path: string) => "fast" | "slwo"' is not assignable to parameter of type '((path: string, leaf: Leaf) => "fast" | "slow") | Labels<"fast" | "slow">'.
//   Type '(path: string) => "fast" | "slwo"' is not assignable to type '(path: string, leaf: Leaf) => "fast" | "slow"'.
//     Type '"fast" | "slwo"' is not assignable to type '"fast" | "slow"'.
//       Type '"slwo"' is not assignable to type '"fast" | "slow"'.
optim.partition({ fast: adam, slow: sgd }, path => path.startsWith('head') ? 'fast' : 'slwo');
// A mask of words.
// @error TS2322: Type '{ w: string; }' is not assignable to type 'Mask | undefined'.
//   Types of property 'w' are incompatible.
//     Type 'string' is not assignable to type 'Labels<boolean> | undefined'.
optim.adamw(0.1, { mask: { w: 'yes' } });
// What centres is a boolean.
// @error TS2561: Object literal may only specify known properties, but 'centred' does not exist in type 'RmspropOptions'. Did you mean to write 'centered'?
optim.rmsprop(0.1, { centred: true });
// The loss is a scalar.
// @error TS2322: Type 'Tensor<[3, 2], "f32">' is not assignable to type 'Tensor<[], Float>'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [3, 2]' is not assignable to type 'readonly []'.
//       Source has 2 element(s) but target allows only 0.
adam.update(grads, state, params, { value: params.w });
// A schedule is made from numbers.
// @error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.
optim.cosineDecaySchedule('0.1', 100);
