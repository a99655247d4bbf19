// The rules of what programs mean, each with its outcome: for every backend, which reads in its own way.
import { fromData, grad, lax, nn, np, stopGradient, tensor, vmap, type AnyTensor, type DType, type Int, type Tensor } from '../../src/index.ts';

export const i32 = (...xs: readonly number[]): Tensor<[number], 'i32'> => fromData(Int32Array.from(xs), [xs.length]);
const u32 = (...xs: readonly number[]): Tensor<[number], 'u32'> => fromData(Uint32Array.from(xs), [xs.length]);
export const f32 = (...xs: readonly number[]): Tensor<[number]> => fromData(Float32Array.from(xs), [xs.length]);
const bool = (...xs: readonly boolean[]): Tensor<[number], 'bool'> => fromData(Uint8Array.from(xs, Number), [xs.length], 'bool');
const half = (...xs: readonly number[]): Tensor<[number], 'f16'> => np.astype(f32(...xs), 'f16');
const ints = (d: Int, ...xs: readonly number[]): Tensor<[number], Int> => np.astype(i32(...xs), d);
const [MAX, MIN] = [2147483647, -2147483648];

export type Any = Tensor<readonly number[], DType>;
/** The operands, what is done to them, and the elements that must come out (-0 and NaN included). */
export interface Line { readonly rule: string; readonly operands: readonly AnyTensor[]; readonly run: (xs: readonly AnyTensor[]) => AnyTensor; readonly want: readonly number[]; readonly dtype?: DType }
const line = <A extends readonly AnyTensor[]>(rule: string, operands: readonly [...A], run: (...xs: A) => AnyTensor, want: readonly number[], dtype?: DType): Line =>
  ({ rule, operands, run: xs => run(...xs as unknown[] as [...A]), want, ...(dtype === undefined ? {} : { dtype }) });
export type I = Tensor<[number], 'i32'>; export type F = Tensor<[number]>;
type U = Tensor<[number], 'u32'>; type H = Tensor<[number], 'f16'>;

export const lines: readonly Line[] = [
  // integers
  line('i32 addition wraps', [i32(MAX, MIN), i32(1, -1)], (x: I, y: I) => np.add(x, y), [MIN, MAX]),
  line('i32 subtraction wraps', [i32(MIN), i32(1)], (x: I, y: I) => np.subtract(x, y), [MAX]),
  line('i32 multiplication wraps', [i32(65536, 123456789), i32(65536, 987654321)], (x: I, y: I) => np.multiply(x, y), [0, Math.imul(123456789, 987654321)]),
  line('i32 negation wraps', [i32(MIN)], (x: I) => np.negative(x), [MIN]),
  line('u32 wraps', [u32(4294967295, 0), u32(1, 1)], (x: U, y: U) => np.add(x, y), [0, 1]),
  line('u32 goes round below 0', [u32(0), u32(1)], (x: U, y: U) => np.subtract(x, y), [4294967295]),
  line('i32 sums wrap', [i32(MAX, 1)], (x: I) => np.sum(x), [MIN]),
  line('x / 0 is -1', [i32(7, 0, -7), i32(0, 0, 0)], (x: I, y: I) => lax.div(x, y), [-1, -1, -1]),
  line('x / 0 has all ones', [u32(7, 0), u32(0, 0)], (x: U, y: U) => lax.div(x, y), [4294967295, 4294967295]),
  line('x % 0 is x', [i32(7, 0, -7), i32(0, 0, 0)], (x: I, y: I) => lax.rem(x, y), [7, 0, -7]),
  line('x % 0 is x, unsigned', [u32(7), u32(0)], (x: U, y: U) => lax.rem(x, y), [7]),
  line('MIN / -1 is MIN', [i32(MIN), i32(-1)], (x: I, y: I) => lax.div(x, y), [MIN]),
  line('MIN % -1 is 0', [i32(MIN), i32(-1)], (x: I, y: I) => lax.rem(x, y), [0]),
  line('a shift left by the width or more is 0', [i32(1, 1, 1, -1), i32(31, 32, 100, -1)], (x: I, y: I) => lax.shiftLeft(x, y), [MIN, 0, 0, 0]),
  line('a logical shift right by the width or more is 0', [i32(-1, -1, 5), i32(31, 32, 33)], (x: I, y: I) => lax.shiftRightLogical(x, y), [1, 0, 0]),
  line('an arithmetic shift right by the width or more is the sign', [i32(-8, -8, 8, 8), i32(1, 40, 1, 40)], (x: I, y: I) => lax.shiftRightArithmetic(x, y), [-4, -1, 4, 0]),
  // conversions
  line('float to int truncates', [f32(1.9, -1.9, 0.5)], (x: F) => np.astype(x, 'i32'), [1, -1, 0]),
  line('float to int saturates', [f32(1e20, -1e20, Infinity, -Infinity)], (x: F) => np.astype(x, 'i32'), [MAX, MIN, MAX, MIN]),
  line('float to u32 saturates', [f32(-5, 1e20, 3.7)], (x: F) => np.astype(x, 'u32'), [0, 4294967295, 3]),
  line('float to i8 and u8 saturates', [f32(300, -300, 5)], (x: F) => np.astype(x, 'i8'), [127, -128, 5]),
  line('float to u8 saturates', [f32(300, -300, 5)], (x: F) => np.astype(x, 'u8'), [255, 0, 5]),
  line('NaN to int is 0', [f32(NaN)], (x: F) => np.astype(x, 'i32'), [0]),
  line('int to int wraps', [i32(300, -1, 128)], (x: I) => np.astype(x, 'i8'), [44, -1, -128]),
  line('everything but 0 is true', [f32(0, -0, NaN, 0.1)], (x: F) => np.astype(x, 'bool'), [0, 0, 1, 1]),
  line('round is half to even', [f32(0.5, 1.5, 2.5, -0.5, -1.5)], (x: F) => np.round(x), [0, 2, 2, -0, -2]),
  // order
  line('sort puts NaN last', [f32(NaN, 2, -Infinity, NaN, 1)], (x: F) => np.sort(x), [-Infinity, 1, 2, NaN, NaN]),
  line('-0 equals 0 when sorted: they keep their order', [f32(0, -0, 0, -1)], (x: F) => np.sort(x), [-1, 0, -0, 0]),
  line('argmax gives the first NaN', [f32(1, NaN, 5, NaN)], (x: F) => np.argmax(x), [1]),
  line('argmin gives the first NaN', [f32(1, NaN, -5)], (x: F) => np.argmin(x), [1]),
  line('argmax gives the first of equals', [f32(1, 5, 5)], (x: F) => np.argmax(x), [1]),
  line('NaN propagates through maximum', [f32(NaN, 1, NaN), f32(1, NaN, NaN)], (x: F, y: F) => np.maximum(x, y), [NaN, NaN, NaN]),
  line('NaN propagates through minimum', [f32(NaN, 1), f32(1, NaN)], (x: F, y: F) => np.minimum(x, y), [NaN, NaN]),
  line('NaN propagates through max and min', [f32(1, NaN, 3)], (x: F) => np.stack([np.max(x), np.min(x)]), [NaN, NaN]),
  line('NaN differs from itself', [f32(NaN)], (x: F) => np.equal(x, x), [0]),
  // sums
  line('a sum of one term is that term, -0 too', [f32(-0, -1)], (x: F) => np.sum(np.reshape(x, [2, 1]), { axis: 1 }), [-0, -1]),
  line('a sum of more begins at 0', [f32(-0, -0)], (x: F) => np.sum(x), [0]),
  line('a product that sums one term is that term', [f32(-1, -2, -3), f32(0, 1, 0)], (x: F, y: F) => np.ravel(np.matmul(np.reshape(x, [3, 1]), np.reshape(y, [1, 3]))), [-0, -1, -0, -0, -2, -0, -0, -3, -0]),
  line('a product that sums more begins at 0', [f32(-1, -1, -1), f32(0, 0, 0)], (x: F, y: F) => np.ravel(np.matmul(np.reshape(x, [1, 3]), np.reshape(y, [3, 1]))), [0]),
  line('a convolution that sums one term is that term', [f32(-1, -2, 3), f32(0)], (x: F, y: F) => np.ravel(lax.convGeneral(np.reshape(x, [1, 3, 1]), np.reshape(y, [1, 1, 1]))), [-0, -0, 0]),
  // index modes
  line('fill: NaN for floats', [f32(1, 2), i32(2, 0)], (x: F, i: I) => np.take(x, i), [NaN, 1]),
  line('fill: the least of signed integers', [i32(1, 2), i32(2, 0)], (x: I, i: I) => np.take(x, i), [MIN, 1]),
  line('fill: the greatest of unsigned integers', [u32(1, 2), i32(2, 0)], (x: U, i: I) => np.take(x, i), [4294967295, 1]),
  line('fill: the least of i8', [ints('i8', 1, 2), i32(2, 0)], (x: Tensor<[number], Int>, i: I) => np.take(x, i), [-128, 1], 'i8'),
  line('fill: true for bool', [bool(false, false), i32(2, 0)], (x: Tensor<[number], 'bool'>, i: I) => np.take(x, i), [1, 0]),
  line('clip: the nearest', [f32(1, 2), i32(9, -9)], (x: F, i: I) => np.take(x, i, { mode: 'clip' }), [2, 1]),
  line('negative indices count from the end in np', [f32(1, 2, 3), i32(-1, -3)], (x: F, i: I) => np.take(x, i), [3, 1]),
  line('scatter drops what is outside', [f32(1, 2), i32(5, 1), f32(10, 20)], (x: F, i: I, u: F) => np.at(x, i).set(u), [1, 20]),
  line('scatterAdd adds up and drops', [f32(1, 2), i32(0, 0, 7), f32(1, 2, 4)], (x: F, i: I, u: F) => np.at(x, i).add(u), [4, 2]),
  line('what a row drops reaches no other row', [f32(1, 2, 3, 4), i32(2, 0, -3, 1), f32(10, 20, 30, 40)], (x: F, i: I, u: F) =>
    vmap((v: F, k: I, w: F) => np.at(v, k).add(w))(np.reshape(x, [2, 2]), np.reshape(i, [2, 2]), np.reshape(u, [2, 2])), [21, 2, 3, 44]),
  line('of several updates at one index the last stays', [f32(0, 0), i32(1, 1), f32(5, 6)], (x: F, i: I, u: F) => np.at(x, i).set(u), [0, 6]),
  line('dynamicSlice clamps its start', [f32(1, 2, 3, 4), i32(9)], (x: F, i: I) => lax.dynamicSlice(x, [np.squeeze(i) as Tensor<[], 'i32'>], [2]), [3, 4]),
  line('dynamicSlice clamps a negative start', [f32(1, 2, 3, 4), i32(-9)], (x: F, i: I) => lax.dynamicSlice(x, [np.squeeze(i) as Tensor<[], 'i32'>], [2]), [1, 2]),
  line('dynamicUpdateSlice clamps its start', [f32(1, 2, 3), f32(8, 9), i32(5)], (x: F, u: F, i: I) => lax.dynamicUpdateSlice(x, u, [np.squeeze(i) as Tensor<[], 'i32'>]), [1, 8, 9]),
  // dtypes
  line('f16 rounds each equation: a sum', [half(2048, 0.1, 65504)], (x: H) => np.add(x, 1), [2048, 1.099609375, 65504], 'f16'),
  line('f16 rounds each equation: a product', [half(2048, 0.1, 65504)], (x: H) => np.multiply(x, 2), [4096, 0.199951171875, Infinity], 'f16'),
  // Rounded after the first sum: 2048 + 2 would be 2050.
  line('f16 rounds each equation: a sum of sums', [half(2048)], (x: H) => np.add(np.add(x, 1), 1), [2048], 'f16'),
  line('u8 wraps', [tensor([250, 5], 'u8')], (x: Tensor<[number], 'u8'>) => np.add(x, 10), [4, 15], 'u8'),
  line('i8 wraps', [tensor([100, -100], 'i8')], (x: Tensor<[number], 'i8'>) => np.multiply(x, 2), [-56, 56], 'i8'),
  line('u8 is summed in u32', [tensor([200, 100], 'u8')], (x: Tensor<[number], 'u8'>) => np.sum(x), [300], 'u32'),
  line('i8 is summed in i32', [tensor([100, 100], 'i8')], (x: Tensor<[number], 'i8'>) => np.sum(x), [200], 'i32'),
  line('bool is true and false', [bool(true, false)], (x: Tensor<[number], 'bool'>) => np.logicalNot(x), [0, 1], 'bool'),
  // derivatives
  line('ties in maximum share the gradient', [f32(1, 2), f32(1, 0)], (x: F, y: F) => grad((a: F) => np.sum(np.maximum(a, y)))(x), [0.5, 1]),
  line('ties in max share the gradient', [f32(3, 1, 3)], (x: F) => grad((a: F) => np.max(a))(x), [0.5, 0, 0.5]),
  line('ties in min share the gradient', [f32(1, 1, 3)], (x: F) => grad((a: F) => np.min(a))(x), [0.5, 0.5, 0]),
  line("relu'(0) is 0", [f32(-1, 0, 1)], (x: F) => grad((a: F) => np.sum(nn.relu(a)))(x), [0, 0, 1]),
  line("abs'(0) is 0", [f32(-1, 0, 1)], (x: F) => grad((a: F) => np.sum(np.abs(a)))(x), [-1, 0, 1]),
  line('stopGradient stops', [f32(3)], (x: F) => grad((a: F) => np.sum(np.multiply(a, stopGradient(a))))(x), [3]),
];
