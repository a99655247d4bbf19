// Literal dims: what each function of np answers, exactly.
import { arange, eye, fromData, full, linspace, np, ones, tensor, zeros, type Scalar, type Tensor } from '../../../src/index.ts';
import { is } from '../rules/eq.ts';

const x = zeros([32, 784]);
const w = zeros([784, 10]);
const ids = zeros([32], 'i32');
const mask = np.greater(x, 0);

// ---- making
is<Tensor<[2, 3]>>()(tensor([[1, 2, 3], [4, 5, 6]]));
is<Scalar>()(tensor(1));
is<Tensor<[2], 'bool'>>()(tensor([true, false]));
is<Tensor<[2], 'i32'>>()(tensor([1, 2], 'i32'));
is<Tensor<[0]>>()(tensor([]));
is<Tensor<[2, 3], 'f64'>>()(zeros([2, 3], 'f64'));
is<Tensor<[2], 'u8'>>()(ones([2], 'u8'));
is<Tensor<[2], 'bool'>>()(full([2], true));
is<Tensor<[2]>>()(full([2], 7));
is<Tensor<[2, 2], 'i32'>>()(fromData(new Int32Array(4), [2, 2]));
is<Tensor<[2, 2], 'f64'>>()(fromData(new Float32Array(4), [2, 2], 'f64'));
is<Tensor<[5], 'i32'>>()(arange(5));
is<Tensor<[3], 'i32'>>()(arange(1, 10, 3));
is<Tensor<[9]>>()(arange(1, 10, 1, { dtype: 'f32' }));
is<Tensor<[5]>>()(linspace(0, 1, 5));
is<Tensor<[50], 'f64'>>()(linspace(0, 1, 50, { dtype: 'f64' }));
is<Tensor<[3, 3]>>()(eye(3));
is<Tensor<[3, 4], 'i32'>>()(eye(3, 4, { dtype: 'i32' }));
is<Tensor<[32, 784]>>()(np.zerosLike(x));
is<Tensor<[32], 'i32'>>()(np.onesLike(ids));

// ---- elementwise
is<Tensor<[32, 784]>>()(np.add(x, zeros([784])));
is<Tensor<[32, 784]>>()(np.subtract(1, x));
is<Tensor<[32, 784]>>()(np.multiply(zeros([32, 1]), zeros([784])));
is<Tensor<[32, 784]>>()(np.divide(x, 2));
is<Tensor<[32], 'i32'>>()(np.floorDivide(ids, 2));
is<Tensor<[32], 'i32'>>()(np.remainder(ids, ids));
is<Tensor<[32, 784]>>()(np.power(x, 2));
is<Tensor<[2, 32, 784]>>()(np.maximum(x, zeros([2, 1, 1])));
is<Tensor<[32, 784]>>()(np.minimum(0, x));
is<Tensor<[32, 784]>>()(np.logaddexp(x, x));
is<Tensor<[32, 784]>>()(np.tanh(np.exp(np.negative(np.abs(np.sign(x))))));
is<Tensor<[32], 'i32'>>()(np.square(np.negative(ids)));
is<Tensor<[32, 784], 'bool'>>()(np.isnan(x));
is<Tensor<[32, 784], 'bool'>>()(np.lessEqual(x, zeros([784])));
is<Tensor<[32, 784], 'bool'>>()(np.equal(0, x));
is<Tensor<[32, 784], 'bool'>>()(np.isclose(x, x, { rtol: 1e-3 }));
is<Scalar<'bool'>>()(np.allclose(x, zeros([784])));
is<Scalar<'bool'>>()(np.arrayEqual(x, w));
is<Tensor<[32, 784], 'bool'>>()(np.logicalAnd(mask, np.logicalNot(mask)));
is<Tensor<[32], 'i32'>>()(np.bitwiseXor(ids, 3));
is<Tensor<[32], 'i32'>>()(np.leftShift(1, ids));
is<Tensor<[32, 784]>>()(np.where(mask, x, 0));
is<Tensor<[32, 784]>>()(np.where(mask, 1, 0));
is<Tensor<[32, 784], 'f64'>>()(np.where(mask, 1, zeros([784], 'f64')));
is<Tensor<[32, 784]>>()(np.clip(x, 0, 1));
is<Tensor<[2, 32, 784]>>()(np.clip(x, zeros([2, 1, 1]), null));
is<Tensor<[32], 'f32'>>()(np.astype(ids, 'f32'));
is<Tensor<[32, 784]>>()(np.stopGradient(x));

// ---- reductions
is<Scalar>()(np.sum(x));
is<Tensor<[784]>>()(np.sum(x, { axis: 0 }));
is<Tensor<[32, 1]>>()(np.mean(x, { axis: -1, keepdims: true }));
is<Tensor<[1, 1]>>()(np.max(x, { keepdims: true }));
is<Scalar>()(np.min(x, { axis: [0, 1] }));
is<Tensor<[1, 784]>>()(np.prod(x, { axis: [0], keepdims: true }));
is<Tensor<[32]>>()(np.var(x, { axis: 1, ddof: 1 }));
is<Tensor<[32]>>()(np.std(x, { axis: 1 }));
is<Tensor<[32]>>()(np.logsumexp(x, { axis: -1 }));
is<Tensor<[32], 'bool'>>()(np.any(mask, { axis: 1 }));
is<Scalar<'bool'>>()(np.all(mask));
is<Tensor<[32], 'i32'>>()(np.sum(mask, { axis: 1 }));
is<Scalar<'u32'>>()(np.sum(zeros([3], 'u8')));
is<Tensor<[32], 'i32'>>()(np.argmax(x, { axis: 1 }));
is<Scalar<'i32'>>()(np.argmin(x));
is<Tensor<[32, 1], 'i32'>>()(np.argmax(x, { axis: -1, keepdims: true }));
is<Tensor<[32, 784]>>()(np.cumsum(x, { axis: 0 }));
is<Tensor<[25088]>>()(np.cumprod(x));

// ---- products
is<Tensor<[32, 10]>>()(np.matmul(x, w));
is<Tensor<[32]>>()(np.matmul(x, zeros([784])));
is<Tensor<[10]>>()(np.matmul(zeros([784]), w));
is<Scalar>()(np.matmul(zeros([3]), zeros([3])));
is<Tensor<[7, 5, 3, 2]>>()(np.matmul(zeros([7, 1, 3, 4]), zeros([5, 4, 2])));
is<Tensor<[2, 1, 2, 2]>>()(np.matmul(zeros([2, 1, 2, 2]), zeros([1, 2, 2])));
is<Tensor<[32, 5, 3]>>()(np.dot(x, zeros([5, 784, 3])));
is<Tensor<[3]>>()(np.dot(tensor(2), zeros([3])));
is<Tensor<[32, 5]>>()(np.inner(x, zeros([5, 784])));
is<Tensor<[6, 4]>>()(np.outer(zeros([2, 3]), zeros([4])));
is<Tensor<[2, 5]>>()(np.tensordot(zeros([2, 3, 4]), zeros([3, 4, 5])));
is<Tensor<[2, 3, 5]>>()(np.tensordot(zeros([2, 3, 4]), zeros([5, 4]), [[2], [1]]));
is<Tensor<[2, 3, 4, 5]>>()(np.tensordot(zeros([2, 3]), zeros([4, 5]), 0));
is<Tensor<[2, 3, 5]>>()(np.einsum('bqd,bkd->bqk', zeros([2, 3, 4]), zeros([2, 5, 4])));
is<Tensor<[7, 5, 3, 2]>>()(np.einsum('...ij,...jk->...ik', zeros([7, 1, 3, 4]), zeros([5, 4, 2])));
is<Scalar>()(np.einsum('ii->', zeros([3, 3])));

// ---- axes
is<Tensor<[32, 28, 28]>>()(np.reshape(x, [32, 28, -1]));
is<Tensor<[25088]>>()(np.ravel(x));
is<Tensor<[784, 32]>>()(np.transpose(x));
is<Tensor<[3, 4, 2]>>()(np.transpose(zeros([2, 3, 4]), [1, 2, 0]));
is<Tensor<[4, 3, 2]>>()(np.swapaxes(zeros([2, 3, 4]), 0, -1));
is<Tensor<[3, 4, 2]>>()(np.moveaxis(zeros([2, 3, 4]), 0, -1));
is<Tensor<[32, 1, 784]>>()(np.expandDims(x, 1));
is<Tensor<[3]>>()(np.squeeze(zeros([1, 3, 1])));
is<Tensor<[1, 3]>>()(np.squeeze(zeros([1, 3, 1]), -1));
is<Tensor<[2, 32, 784]>>()(np.broadcastTo(x, [2, 32, 784]));
is<Tensor<[32, 784]>>()(np.flip(x, [0, 1]));

// ---- joining, cutting, looking up
is<Tensor<[64, 784]>>()(np.concatenate([x, x]));
is<Tensor<[32, 794]>>()(np.concatenate([x, zeros([32, 10])], -1));
is<Tensor<[32, 2, 784]>>()(np.stack([x, x], 1));
is<[Tensor<[32, 392]>, Tensor<[32, 392]>]>()(np.split(x, 2, 1));
is<[Tensor<[8, 784]>, Tensor<[24, 784]>]>()(np.split(x, [8]));
is<Tensor<[8, 392]>>()(np.slice(x, [[0, 8], [0, null, 2]]));
is<Tensor<[34, 786]>>()(np.pad(x, [[1, 1], [0, 2]], { constantValues: -1 }));
is<Tensor<[5, 7, 16]>>()(np.take(zeros([1000, 16]), zeros([5, 7], 'i32'), { axis: 0 }));
is<Tensor<[5, 7]>>()(np.take(zeros([1000, 16]), zeros([5, 7], 'i32')));
is<Tensor<[16]>>()(np.take(zeros([1000, 16]), 3, { axis: 0 }));
is<Tensor<[32, 10]>>()(np.oneHot(ids, 10));
is<Tensor<[32, 10], 'bool'>>()(np.oneHot(ids, 10, 'bool'));
