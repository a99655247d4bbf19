// Reductions over axes that are not there, or there twice.
import { np, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const named: Tensor<[Dim<'batch'>, 10]>;

// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.sum(x, { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis -3 is out of range for [32, 784]"'.
np.sum(x, { axis: -3 });
// @error TS2322: Type 'number[]' is not assignable to type '"axis 0 of [32, 784] is given twice in [0, 0]"'.
x.sum({ axis: [0, 0] });
// @error TS2322: Type 'number[]' is not assignable to type '"axis -2 of [32, 784] is given twice in [0, -2]"'.
np.max(x, { axis: [0, -2] });
// @error TS2322: Type 'number[]' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.min(x, { axis: [1, 2], keepdims: true });
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.mean(x, { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis 5 is out of range for [32, 784]"'.
np.var(x, { axis: 5, ddof: 1 });
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [batch, 10]"'.
np.logsumexp(named, { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.argmax(x, { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis -3 is out of range for [batch, 10]"'.
named.argmax({ axis: -3 });
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.any(np.greater(x, 0), { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.cumsum(x, { axis: 2 });
export function generic<N extends number, S extends Shape>(n: Tensor<[N, 3]>, s: Tensor<[...S, 3]>): void {
  // @error TS2322: Type 'number' is not assignable to type '`axis 2 is out of range for [${N}, 3]`'.
  np.sum(n, { axis: 2 });
  // @error TS2322: Type 'number' is not assignable to type '`axis -3 is out of range for [${N}, 3]`'.
  n.mean({ axis: -3 });
  // @error TS2322: Type 'number' is not assignable to type '"axis 0 of [..., 3] cannot be told: the rank is generic"'.
  np.sum(s, { axis: 0 });
  // @error TS2322: Type 'number[]' is not assignable to type '"axis -1 of [..., 3] is given twice in [-1, -1]"'.
  np.prod(s, { axis: [-1, -1] });
}

// The result is what the axes leave.
// @error TS2322: Type 'Tensor<[32], "f32">' is not assignable to type 'Tensor<[784], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [32]' is not assignable to type 'readonly [784]'.
//       Type '32' is not assignable to type '784'.
export const rows: Tensor<[784]> = np.sum(x, { axis: 1 });
// @error TS2322: Type 'Tensor<[32, 1], "f32">' is not assignable to type 'Tensor<[32], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [32, 1]' is not assignable to type 'readonly [32]'.
//       Source has 2 element(s) but target allows only 1.
export const kept: Tensor<[32]> = x.max({ axis: 1, keepdims: true });
