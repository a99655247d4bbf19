// The language that these tests are written in: the inner operations on the reference backend, with numbers as operands and
// scalars that broadcast, and the transforms without the static shapes, which test/types is about.
import '../../src/trace/pending.ts';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { allocate, type DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf } from '../../src/ir/aval.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import * as arithmetic from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, numberLike, reduceSum } from '../../src/primitive/broadcast.ts';
import * as collective from '../../src/primitive/collective.ts';
import * as comparison from '../../src/primitive/comparison.ts';
import { convert as convertTo } from '../../src/primitive/convert.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import * as exponential from '../../src/primitive/exponential.ts';
import * as extremum from '../../src/primitive/extremum.ts';
import { gather } from '../../src/primitive/gather.ts';
import { select } from '../../src/primitive/select.ts';
import { stopGradient as stop } from '../../src/primitive/stopGradient.ts';
import { randomBits } from '../../src/primitive/threefry.ts';
import { transpose as permuteAxes } from '../../src/primitive/transpose.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { handleOf, isTensor, newHandle, type TensorHandle } from '../../src/trace/handle.ts';
import * as control from '../../src/transform/control.ts';
import * as forward from '../../src/transform/forward.ts';
import * as gradient from '../../src/transform/grad.ts';
import * as jacobian from '../../src/transform/jacobian.ts';
import * as jitted from '../../src/transform/jit.ts';
import * as looking from '../../src/transform/look.ts';
import type { AnyFunction } from '../../src/transform/staging.ts';
import * as mapping from '../../src/transform/vmap.ts';
import { leavesOf } from '../../src/tree/map.ts';

installBackend(referenceBackend);

export type T = TensorHandle;
export type Operand = T | number;
type Values = number | readonly Values[];

const numbersIn = (x: Values): number[] => typeof x === 'number' ? [x] : x.flatMap(numbersIn);
const shapeOf = (x: Values): number[] => typeof x === 'number' ? [] : [x.length, ...(x[0] === undefined ? [] : shapeOf(x[0]))];
/** A tensor of host data, as the public `tensor` makes it. */
export function tensor(values: Values, dtype: DType = 'f32', shape: readonly number[] = shapeOf(values)): T {
  const flat = numbersIn(values);
  const data = allocate(dtype, sizeOf(shape));
  if (flat.length !== data.length) throw new Error(`${flat.length} numbers for ${data.length} elements`);
  data.set(flat);
  return newHandle({ shape, dtype }, { kind: 'host', data });
}
/** In double precision: for tests that judge derivatives. */
export const f64 = (values: Values): T => tensor(values, 'f64');
export const i32 = (values: Values): T => tensor(values, 'i32');

/** The elements, row-major. */
export const list = (x: unknown): number[] => {
  if (!isTensor(x)) throw new Error('not a tensor');
  return Array.from<number>(x.dataSync());
};
export const num = (x: unknown): number => {
  const all = list(x);
  if (all.length !== 1) throw new Error(`${all.length} elements`);
  return all[0] ?? NaN;
};
/** The elements of every leaf of a tree, in order. */
export const listAll = (tree: unknown): number[] => leavesOf(tree, 'listAll').flatMap(list);
export const shape = (x: unknown): readonly number[] => isTensor(x) ? x.shape : [];

const scalarTo = (x: Operand, like: T, where: string): AnyTensor =>
  typeof x === 'number' ? numberLike(x, like.aval, where) : x.shape.length === 0 && like.shape.length > 0 ? broadcastInDim(x, like.shape, []) : x;
const binary = (name: string, op: (x: AnyTensor, y: AnyTensor) => AnyTensor) => (x: Operand, y: Operand): T => {
  const like = typeof x === 'number' ? y : typeof y === 'number' || x.shape.length >= y.shape.length ? x : y;
  if (typeof like === 'number') throw new Error('two numbers');
  return handleOf(op(scalarTo(x, like, name), scalarTo(y, like, name)));
};
const unary = (op: (x: AnyTensor) => AnyTensor) => (x: T): T => handleOf(op(x));
export const add = binary('add', arithmetic.add);
export const sub = binary('sub', arithmetic.sub);
export const mul = binary('mul', arithmetic.mul);
export const div = binary('div', arithmetic.div);
export const max = binary('max', extremum.max);
export const lt = binary('lt', comparison.lt);
export const neg = unary(arithmetic.neg);
export const sin = unary(exponential.sin);
export const cos = unary(exponential.cos);
export const exp = unary(exponential.exp);
export const tanh = unary(exponential.tanh);
export const stopGradient = unary(stop);
export const where = (pred: T, x: T, y: T): T => handleOf(select(pred, x, y));
export const convert = (x: T, dtype: DType): T => handleOf(convertTo(x, dtype));
export const sum = (x: T, axes: readonly number[] = range(x.shape.length)): T => handleOf(reduceSum(x, axes));
export const mean = (x: T): T => mul(sum(x), 1 / sizeOf(x.shape));
export const broadcast = (x: T, to: readonly number[]): T => handleOf(broadcastInDim(x, to, range(x.shape.length).map(i => i + to.length - x.shape.length)));
export const transpose = (x: T, order: readonly number[] = range(x.shape.length).reverse()): T => handleOf(permuteAxes(x, order));
/** Contracts the last axis of `x` with the first of `y`. */
export const dot = (x: T, y: T): T => handleOf(dotGeneral(x, y, { lhsContract: [x.shape.length - 1], rhsContract: [0], lhsBatch: [], rhsBatch: [] }));
export const take = (x: T, indices: T): T => handleOf(gather(x, indices, { axis: 0 }));
export const bits = (key: T, to: readonly number[]): T => handleOf(randomBits(key, to));
export const psum = (x: T, name: string): T => handleOf(collective.psum(x, name));
export const pmean = (x: T, name: string): T => handleOf(collective.pmean(x, name));
export const axisIndex = (name: string): T => handleOf(collective.axisIndex(name));

// The transforms are typed by shapes that these tests do not state: `R` says what a call returns.
type Call<R> = (...args: readonly unknown[]) => R;
const loose = <F>(f: unknown): F => f as F;
export const grad = <R = T>(f: AnyFunction, options?: gradient.GradOptions): Call<R> => loose<(f: AnyFunction, o?: gradient.GradOptions) => Call<R>>(gradient.grad)(f, options);
export const valueAndGrad = <R = [T, T]>(f: AnyFunction, options?: gradient.GradOptions): Call<R> => loose<(f: AnyFunction, o?: gradient.GradOptions) => Call<R>>(gradient.valueAndGrad)(f, options);
export const jvp = <R = [T, T]>(f: AnyFunction, primals: readonly unknown[], tangents: readonly unknown[]): R => loose<(f: AnyFunction, p: readonly unknown[], t: readonly unknown[]) => R>(forward.jvp)(f, primals, tangents);
export const linearize = <R = T>(f: AnyFunction, ...primals: readonly unknown[]): [R, Call<R>] => loose<(f: AnyFunction, ...p: readonly unknown[]) => [R, Call<R>]>(forward.linearize)(f, ...primals);
export const vjp = <R = T, C = readonly [T]>(f: AnyFunction, ...primals: readonly unknown[]): [R, Call<C>] => loose<(f: AnyFunction, ...p: readonly unknown[]) => [R, Call<C>]>(forward.vjp)(f, ...primals);
export const vmap = <R = T>(f: AnyFunction, options?: mapping.VmapOptions): Call<R> => loose<(f: AnyFunction, o?: mapping.VmapOptions) => Call<R>>(mapping.vmap)(f, options);
export const jit = <R = T>(f: AnyFunction, options?: jitted.JitOptions): Call<R> => loose<(f: AnyFunction, o?: jitted.JitOptions) => Call<R>>(jitted.jit)(f, options);
export const jacfwd = <R = T>(f: AnyFunction, options?: jacobian.JacobianOptions): Call<R> => loose<(f: AnyFunction, o?: jacobian.JacobianOptions) => Call<R>>(jacobian.jacfwd)(f, options);
export const jacrev = <R = T>(f: AnyFunction, options?: jacobian.JacobianOptions): Call<R> => loose<(f: AnyFunction, o?: jacobian.JacobianOptions) => Call<R>>(jacobian.jacrev)(f, options);
export const hessian = <R = T>(f: AnyFunction, options?: jacobian.JacobianOptions): Call<R> => loose<(f: AnyFunction, o?: jacobian.JacobianOptions) => Call<R>>(jacobian.hessian)(f, options);
export const makeJaxpr = (f: AnyFunction): Call<looking.MadeJaxpr> => loose<(f: AnyFunction) => Call<looking.MadeJaxpr>>(looking.makeJaxpr)(f);
export const evalShape = (f: AnyFunction, ...args: readonly unknown[]): unknown => loose<(f: AnyFunction, ...args: readonly unknown[]) => unknown>(looking.evalShape)(f, ...args);
export const explain = (f: AnyFunction): Call<string> => loose<(f: AnyFunction) => Call<string>>(looking.explain)(f);
export const compile = (f: AnyFunction, ...args: readonly unknown[]): Promise<void> => loose<(f: AnyFunction, ...args: readonly unknown[]) => Promise<void>>(jitted.compile)(f, ...args);
export const scan = <R = [T, T]>(f: AnyFunction, init: unknown, xs: unknown): R => loose<(f: AnyFunction, init: unknown, xs: unknown) => R>(control.scan)(f, init, xs);
export const cond = <R = T>(predicate: T, onTrue: AnyFunction, onFalse: AnyFunction, ...operands: readonly unknown[]): R => loose<(p: T, t: AnyFunction, f: AnyFunction, ...operands: readonly unknown[]) => R>(control.cond)(predicate, onTrue, onFalse, ...operands);
export { clearCache, explainMiss } from '../../src/transform/jit.ts';
