// Repeated and recurrent networks that do not fit: layers that change their input, widths, states, times.
import { nn, random, zeros, type Key, type Tensor } from '../../../src/index.ts';

declare const key: Key;
const x = zeros([2, 50, 8]);

// A repeated layer keeps its input.
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 8], "f32">) => Net<DenseParams<8, 9, "f32">, Tensor<[...S, 9], "f32">, []>' is not assignable to parameter of type '(x: Tensor<[...S, 8], "f32">) => Net<DenseParams<8, 9, "f32">, NoInfer<Tensor<[...S, 8], "f32">>, []>'.
//   Type 'Net<DenseParams<8, 9, "f32">, Tensor<[...S, 9], "f32">, []>' is not assignable to type 'Net<DenseParams<8, 9, "f32">, NoInfer<Tensor<[...S, 8], "f32">>, []>'.
//     Type 'Tensor<[...S, 9], "f32">' is not assignable to type 'Tensor<[...S, 8], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [...Readonly<S>, 9]' is not assignable to type 'readonly [...Readonly<S>, 8]'.
//           Type at position 1 in source is not compatible with type at position 1 in target.
//             Type '9' is not assignable to type '8'.
nn.repeat(12, nn.denseFrom(8, 9));
// @error TS2345: Argument of type '(v: Tensor<[8]>) => Tensor<[8], "f64">' is not assignable to parameter of type '(x: Tensor<[8], "f32">) => Net<null, NoInfer<Tensor<[8], "f32">>, []>'.
//   Type 'Tensor<[8], "f64">' is not assignable to type 'Net<null, NoInfer<Tensor<[8], "f32">>, []>'.
//     Types of property '[net]' are incompatible.
//       Type 'readonly [null, Tensor<[8], "f64">, []]' is not assignable to type 'readonly [null, NoInfer<Tensor<[8], "f32">>, []]'.
//         Type at position 1 in source is not compatible with type at position 1 in target.
//           Type 'Tensor<[8], "f64">' is not assignable to type 'Tensor<[8], "f32">'.
//             Types of property 'dtype' are incompatible.
//               Type '"f64"' is not assignable to type '"f32"'.
nn.repeat(12, (v: Tensor<[8]>) => v.astype('f64'));
// @error TS2345: Argument of type '<S extends Shape, D extends Float>(x: Tensor<S, D>) => Net<[null, null], [Tensor<S, D>, Tensor<S, D>], []>' is not assignable to parameter of type '(x: Tensor<S, D>) => Net<[null, null], NoInfer<Tensor<S, D>>, []>'.
//   Type 'Net<[null, null], [Tensor<S, D>, Tensor<S, D>], []>' is not assignable to type 'Net<[null, null], NoInfer<Tensor<S, D>>, []>'.
//     Type '[Tensor<S, D>, Tensor<S, D>]' is not assignable to type 'Tensor<S, D>'.
nn.repeat(12, nn.fanout(nn.relu, nn.relu));
// Known numbers of copies.
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"repeat: 0 is not a number of copies; give a positive integer"'.
nn.repeat(0, nn.relu);
// @error TS2345: Argument of type '-3' is not assignable to parameter of type '"repeat: -3 is not a number of copies; give a positive integer"'.
nn.repeat(-3, nn.relu);
// @error TS2345: Argument of type '1.5' is not assignable to parameter of type '"repeat: 1.5 is not a number of copies; give a positive integer"'.
nn.repeat(1.5, nn.relu);
// Another width than the blocks have.
const deep = nn.repeat(12, nn.residual(nn.seq(nn.layerNormOf(16), nn.dense(16))));
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 16], "f32">) => Net<[{ readonly scale: Tensor<[12, 16], "f32">; readonly bias: Tensor<[12, 16], "f32">; }, { readonly w: Tensor<[12, 16, 16], "f32">; readonly b: Tensor<[12, 16], "f32">; }], Tensor<[...S, 16], "f32">, [...StackedEffects<Answers<"residual", [...S, 16], [...S, 16], "f32", "f32", unknown>[Asked<[...S, 16], "keep">], 12>]>' is not assignable to parameter of type '(x: Tensor<[2, 50, 8], "f32">) => Net<[{ readonly scale: Tensor<[12, 16], "f32">; readonly bias: Tensor<[12, 16], "f32">; }, { readonly w: Tensor<[12, 16, 16], "f32">; readonly b: Tensor<[12, 16], "f32">; }], Tensor<[2, 50, 16], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[2, 50, 8], "f32">' is not assignable to type 'Tensor<[2, 50, 16], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [2, 50, 8]' is not assignable to type 'readonly [2, 50, 16]'.
//           Type at position 2 in source is not compatible with type at position 2 in target.
//             Type '8' is not assignable to type '16'.
nn.init(deep, key, x);
// Parameters of another depth, and those of one copy.
const wide = zeros([2, 16]);
// @error TS2345: Argument of type '{ readonly w: Tensor<[2, 16, 16], "f32">; readonly b: Tensor<[2, 16], "f32">; }' is not assignable to parameter of type '{ readonly w: Tensor<[3, 16, 16], "f32">; readonly b: Tensor<[3, 16], "f32">; }'.
//   The types of 'w.shape' are incompatible between these types.
//     Type 'readonly [2, 16, 16]' is not assignable to type 'readonly [3, 16, 16]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type '2' is not assignable to type '3'.
nn.apply(nn.repeat(3, nn.denseFrom(16, 16)), nn.init(nn.repeat(2, nn.denseFrom(16, 16)), key, wide), wide);
// @error TS2345: Argument of type 'DenseParams<16, 16, "f32">' is not assignable to parameter of type '{ readonly w: Tensor<[3, 16, 16], "f32">; readonly b: Tensor<[3, 16], "f32">; }'.
//   The types of 'w.shape' are incompatible between these types.
//     Type 'readonly [16, 16]' is not assignable to type 'readonly [3, 16, 16]'.
//       Source has 2 element(s) but target requires 3.
nn.apply(nn.repeat(3, nn.denseFrom(16, 16)), nn.init(nn.denseFrom(16, 16), key, wide), wide);
// No such policy.
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 4], "f32">) => Net<DenseParams<4, 4, "f32">, Tensor<[...S, 4], "f32">, []>' is not assignable to parameter of type '(x: unknown) => Net<unknown, unknown, Effects>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'unknown' is not assignable to type 'Tensor<[...number[], 4], "f32">'.
nn.repeat(3, nn.denseFrom(4, 4), { checkpoint: 'some' });

// Recurrent layers want a time axis and features.
// @error TS2345: Argument of type 'Tensor<[8], "f32">' is not assignable to parameter of type '"gru: the input [8] has no time axis; it takes [..., time, features]"'.
nn.init(nn.gru(64), key, zeros([8]));
// @error TS2345: Argument of type 'Tensor<[8], "f32">' is not assignable to parameter of type '"lastStep: the input [8] has no time axis; it takes [..., time, features]"'.
nn.lastStep(zeros([8]));
// @error TS2345: Argument of type 'Tensor<[2, 50, 8], "f64">' is not assignable to parameter of type '"lstm: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.lstm(64), key, zeros([2, 50, 8], 'f64'));
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 32], "f32">) => Net<DenseParams<32, 10, "f32">, Tensor<[...S, 10], "f32">, []>' is not assignable to parameter of type '(x: Tensor<[...S, 64], "f32">) => Net<DenseParams<32, 10, "f32">, Tensor<[...S, 10], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[...S, 64], "f32">' is not assignable to type 'Tensor<[...S, 32], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [...Readonly<S>, 64]' is not assignable to type 'readonly [...Readonly<S>, 32]'.
//           Type at position 1 in source is not compatible with type at position 1 in target.
//             Type '64' is not assignable to type '32'.
nn.seq(nn.rnn(64), nn.denseFrom(32, 10))(x);
// States of the layer's width and form.
// @error TS2322: Type 'Tensor<[32], "f32">' is not assignable to type 'Tensor<[...number[], 64], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [32]' is not assignable to type 'readonly [...number[], 64]'.
//       Type at position 0 in source is not compatible with type at position 1 in target.
//         Type '32' is not assignable to type '64'.
nn.gru(64, { initial: zeros([32]) });
// @error TS2739: Type 'Tensor<[64], "f32">' is missing the following properties from type '{ readonly c: State<64, "f32">; readonly h: State<64, "f32">; }': c, h
nn.lstm(64, { initial: zeros([64]) });
// @error TS2741: Property 'c' is missing in type '{ h: Tensor<[64], "f32">; }' but required in type '{ readonly c: State<64, "f32">; readonly h: State<64, "f32">; }'.
nn.lstm(64, { initial: { h: zeros([64]) } });
// Cells take what fits their parameters.
const gru = nn.init(nn.gru(64), random.key(0), x);
// @error TS2345: Argument of type 'Tensor<[2, 32], "f32">' is not assignable to parameter of type 'Tensor<[2, 64], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2, 32]' is not assignable to type 'readonly [2, 64]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '32' is not assignable to type '64'.
nn.gruCell(gru, zeros([2, 32]), zeros([2, 8]));
// @error TS2345: Argument of type 'Tensor<[2, 9], "f32">' is not assignable to parameter of type 'Tensor<[...NoInfer<[2]>, 8], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2, 9]' is not assignable to type 'readonly [...2[], 8]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '9' is not assignable to type '8'.
nn.gruCell(gru, zeros([2, 64]), zeros([2, 9]));
// @error TS2345: Argument of type 'Tensor<[3, 8], "f32">' is not assignable to parameter of type 'Tensor<[...NoInfer<[2]>, 8], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [3, 8]' is not assignable to type 'readonly [...2[], 8]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type '3' is not assignable to type '2'.
nn.gruCell(gru, zeros([2, 64]), zeros([3, 8]));
// @error TS2345: Argument of type 'GruParams<8, 64, "f32">' is not assignable to parameter of type 'LstmParams<8, 64, "f32">'.
//   The types of 'wx.shape' are incompatible between these types.
//     Type 'readonly [8, 3, 64]' is not assignable to type 'readonly [8, 4, 64]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '3' is not assignable to type '4'.
nn.lstmCell(gru, { c: zeros([2, 64]), h: zeros([2, 64]) }, zeros([2, 8]));
// A layer has the dtype that it was given, not that of what it meets.
declare const precise: Tensor<[2, 5, 8], 'f64'>;
// @error TS2345: Argument of type 'Tensor<[2, 5, 8], "f64">' is not assignable to parameter of type '"lstm: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.from(precise, nn.lstm(4), nn.tanh), key, precise);
// @error TS2345: Argument of type 'Tensor<[2, 5, 8], "f64">' is not assignable to parameter of type '"gru: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.from(precise, nn.gru(4), nn.tanh), key, precise);
