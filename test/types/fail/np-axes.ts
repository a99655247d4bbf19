// Other axes: reshape, transpose, swapaxes, moveaxis, expandDims, squeeze, broadcastTo, flip.
import { np, zeros, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const named: Tensor<[Dim<'batch'>, 28, 28]>;

// reshape
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"reshape: [32, 784] has 25088 elements, [32, 783] has 25056"'.
np.reshape(x, [32, 783]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"reshape: [32, 784] (25088 elements) does not divide into [-1, 100]"'.
x.reshape([-1, 100]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"reshape: [-1, -1] has more than one -1"'.
np.reshape(x, [-1, -1]);
// @error TS2345: Argument of type 'never[]' is not assignable to parameter of type '"reshape: [32, 784] has 25088 elements, [] has 1"'.
np.reshape(x, []);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"reshape: [batch, 28, 28] has batch*28*28 elements, [10, 784] has 7840"'.
np.reshape(named, [10, 784]);
export function reshape<N extends number, M extends number>(n: Tensor<[N, 4]>, m: M): void {
  // @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '`reshape: [${N}, 4] has ${Mul<N, 4>} elements, [${M}, 4] has ${Mul<M, 4>}`'.
  np.reshape(n, [m, 4]);
  // @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '`reshape: [${N}, 4] (${Mul<N, 4>} elements) does not divide into [-1, 3]`'.
  np.reshape(n, [-1, 3]);
}

// transpose
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"transpose: [0, 2] is not a permutation of the axes of [32, 784]"'.
np.transpose(x, [0, 2]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"transpose: [0, 0] is not a permutation of the axes of [32, 784]"'.
x.transpose([0, 0]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"transpose: [1, 0, 2] is not a permutation of the axes of [32, 784]"'.
np.transpose(x, [1, 0, 2]);
export function transpose<N extends number>(n: Tensor<[N, 4]>): void {
  // @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '`transpose: [0] is not a permutation of the axes of [${N}, 4]`'.
  np.transpose(n, [0]);
}

// swapaxes and moveaxis
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.swapaxes(x, 0, 2);
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"axis -3 is out of range for [32, 784]"'.
x.swapaxes(-3, 0);
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.moveaxis(x, 2, 0);
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for inserting into [784]"'.
np.moveaxis(x, 0, 2);
export function moved<N extends number, S extends Shape>(n: Tensor<[N]>, s: Tensor<[...S, 4]>): void {
  // @error TS2345: Argument of type '1' is not assignable to parameter of type '`axis 1 is out of range for [${N}]`'.
  np.swapaxes(n, 0, 1);
  // @error TS2345: Argument of type '1' is not assignable to parameter of type '"axis 1 is out of range for inserting into []"'.
  np.moveaxis(n, 0, 1);
  // @error TS2345: Argument of type '-1' is not assignable to parameter of type '"axis 0 of [..., 4] cannot be told: the rank is generic"'.
  np.swapaxes(s, 0, -1);
}

// expandDims and squeeze
// @error TS2345: Argument of type '3' is not assignable to parameter of type '"axis 3 is out of range for inserting into [32, 784]"'.
np.expandDims(x, 3);
// @error TS2345: Argument of type '-4' is not assignable to parameter of type '"axis -4 is out of range for inserting into [32, 784]"'.
x.expandDims(-4);
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"squeeze: axis 0 of [32, 784] is not 1"'.
np.squeeze(x, 0);
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
x.squeeze(2);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"squeeze: axis 1 of [1, 3, 1] is not 1"'.
np.squeeze(zeros([1, 3, 1]), [0, 1]);
export function squeezed<N extends number, S extends Shape>(n: Tensor<[N, 1]>, s: Tensor<[...S, 4]>): void {
  // @error TS2345: Argument of type '0' is not assignable to parameter of type '`squeeze: axis 0 of [${N}, 1] is not 1`'.
  np.squeeze(n, 0);
  // @error TS2345: Argument of type '3' is not assignable to parameter of type '`axis 3 is out of range for inserting into [${N}, 1]`'.
  np.expandDims(n, 3);
  // @error TS2345: Argument of type '-1' is not assignable to parameter of type '"squeeze: axis -1 of [..., 4] is not 1"'.
  np.squeeze(s, -1);
}

// broadcastTo
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"cannot broadcast [32, 784] with [32, 783]: 784 vs 783"'.
np.broadcastTo(x, [32, 783]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"cannot broadcast [32, 784] to [784]"'.
np.broadcastTo(x, [784]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"cannot broadcast [2, 1] to [1, 2]"'.
np.broadcastTo(zeros([2, 1]), [1, 2]);
export function stretched<N extends number, M extends number>(n: Tensor<[N]>, m: M): void {
  // @error TS2345: Argument of type 'M[]' is not assignable to parameter of type '`cannot broadcast [${N}] with [${M}]: ${N} vs ${M}`'.
  np.broadcastTo(n, [m]);
}

// flip
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.flip(x, 2);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"axis 0 of [32, 784] is given twice in [0, 0]"'.
np.flip(x, [0, 0]);
export function flipped<N extends number>(n: Tensor<[N]>): void {
  // @error TS2345: Argument of type '1' is not assignable to parameter of type '`axis 1 is out of range for [${N}]`'.
  np.flip(n, 1);
}
