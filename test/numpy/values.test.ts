// np against plain loops: random shapes, axes and dtypes, every function, special values among the numbers.
import { describe, expect, it } from 'vitest';
import { fromData, np, setBackend, tensor, type AnyTensor, type Float, type Shape, type Tensor } from '../../src/index.ts';

// What np composes is judged here, on the backend that is the meaning; what backends make of it, their own tests judge.
await setBackend('reference');

// ---- a small random source and plain arrays ------------------------------------------------------------------------------
let state = 12345;
const random = (): number => { state = (Math.imul(state, 1664525) + 1013904223) | 0; return (state >>> 0) / 2 ** 32; };
const int = (lo: number, hi: number): number => lo + Math.floor(random() * (hi - lo + 1));
const pick = <A>(xs: readonly A[]): A => xs[int(0, xs.length - 1)] as A;
const count = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
const indices = (shape: Shape): number[][] => shape.reduce<number[][]>((all, d) => all.flatMap((i) => Array.from({ length: d }, (_, k) => [...i, k])), [[]]);
const position = (shape: Shape, index: readonly number[]): number => index.reduce((p, i, axis) => p * (shape[axis] ?? 1) + i, 0);

type F64 = Tensor<Shape, 'f64'>;
const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 0.5, -2.5];
const draw = (shape: Shape, value = (): number => random() * 6 - 3): F64 => fromData(Float64Array.from({ length: count(shape) }, value), shape as number[]);
const drawSpecial = (shape: Shape): F64 => draw(shape, () => (random() < 0.4 ? pick(special) : random() * 6 - 3));
const drawShape = (rank = int(0, 3)): number[] => Array.from({ length: rank }, () => int(1, 4));
const values = (x: AnyTensor): number[] => Array.from(x.dataSync() as ArrayLike<number>);
const at = (x: AnyTensor, data: readonly number[], index: readonly number[]): number =>
  data[position(x.shape, index.slice(index.length - x.shape.length).map((i, axis) => (x.shape[axis] === 1 ? 0 : i)))] ?? NaN;

/** How far apart, as a share of what is wanted or of 1. */
const distance = (a: number, b: number): number => { const d = Math.abs(a - b) / Math.max(1, Math.abs(b)); return Object.is(a, b) || a === b ? 0 : Number.isNaN(d) ? Infinity : d; };
function expectClose(got: AnyTensor, shape: Shape, want: readonly number[]): void {
  expect(got.shape).toEqual(shape);
  const data = values(got);
  expect(Math.max(0, ...want.map((w, i) => distance(data[i] ?? NaN, w))), `${data.join()} against ${want.join()}`).toBeLessThanOrEqual(1e-12);
  expect(data).toHaveLength(want.length);
}

// ---- elementwise ----------------------------------------------------------------------------------------------------------
const mod = (a: number, b: number): number => { const r = a % b; return r !== 0 && r < 0 !== b < 0 ? r + b : r; };
const logAddExp = (a: number, b: number): number => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));
const nanMax = (a: number, b: number): number => Math.max(a, b);
const binary: readonly (readonly [name: string, f: (a: F64, b: F64) => AnyTensor, plain: (a: number, b: number) => number])[] = [
  ['add', np.add, (a, b) => a + b], ['subtract', np.subtract, (a, b) => a - b], ['multiply', np.multiply, (a, b) => a * b], ['divide', np.divide, (a, b) => a / b],
  ['maximum', np.maximum, nanMax], ['minimum', np.minimum, (a, b) => Math.min(a, b)], ['remainder', np.remainder, mod], ['logaddexp', np.logaddexp, logAddExp],
  ['equal', np.equal, (a, b) => +(a === b)], ['notEqual', np.notEqual, (a, b) => +(a !== b)], ['less', np.less, (a, b) => +(a < b)], ['lessEqual', np.lessEqual, (a, b) => +(a <= b)],
  ['greater', np.greater, (a, b) => +(a > b)], ['greaterEqual', np.greaterEqual, (a, b) => +(a >= b)],
  ['logicalAnd', np.logicalAnd, (a, b) => +(a !== 0 && b !== 0)], ['logicalOr', np.logicalOr, (a, b) => +(a !== 0 || b !== 0)], ['logicalXor', np.logicalXor, (a, b) => +((a !== 0) !== (b !== 0))],
];
describe('two operands, broadcast', () => {
  it.each(binary)('%s', (_name, f, plain) => {
    for (let n = 0; n < 20; n++) {
      const shape = drawShape();
      const cut = (): number[] => shape.slice(int(0, shape.length)).map((d) => (random() < 0.3 ? 1 : d));
      const [a, b] = [drawSpecial(shape), drawSpecial(cut())];
      const [left, right] = random() < 0.5 ? [a, b] : [b, a];
      const [x, y] = [values(left), values(right)];
      expectClose(f(left, right), shape, indices(shape).map((i) => plain(at(left, x, i), at(right, y, i))));
    }
  });
  it('power: numbers, tensors, integers', () => {
    const x = draw([9], () => random() * 3 + 0.1);
    for (const e of [0, 1, 2, 3, -1, -2, 0.5, 2.5, 40]) expectClose(np.power(x, e), [9], values(x).map((v) => v ** e));
    expectClose(np.power(2, x), [9], values(x).map((v) => 2 ** v));
    expectClose(np.power(x, x), [9], values(x).map((v) => v ** v));
    expect(np.power(tensor([2, -3], 'i32'), 3).jsSync()).toEqual([8, -27]);
    expect(() => np.power(tensor([2], 'i32'), -1)).toThrow('integerPow: i32[1] has no integer power -1; use astype on it');
    expect(() => np.power(tensor([2], 'i32'), tensor([2], 'i32'))).toThrow('power: i32 is no float dtype (use astype)');
    expect(() => np.power(tensor([2], 'i32'), 0.5)).toThrow(/0\.5 is not a value of i32/);
  });
  it('quotients and remainders rounded down fit together, of floats and integers', () => {
    for (let n = 0; n < 200; n++) {
      const [a, b] = [(random() * 20 - 10), pick([0.1, -0.3, 2, -7, 1e-3])];
      const [q, r] = [np.floorDivide(tensor(a, 'f64'), b).itemSync(), np.remainder(tensor(a, 'f64'), b).itemSync()];
      expect(distance(q * b + r, a)).toBeLessThanOrEqual(1e-12);
      expect(Number.isInteger(q) && (r === 0 || r < 0 === b < 0)).toBe(true);
    }
    const [x, y] = [[7, -7, 7, -7, 6, -6, 5, -5, 0, -2147483648], [2, 2, -2, -2, 3, 3, 0, 0, 0, -1]];
    expect(np.floorDivide(tensor(x, 'i32'), tensor(y, 'i32')).jsSync()).toEqual([3, -4, -4, 3, 2, -2, -1, -1, -1, -2147483648]);
    expect(np.remainder(tensor(x, 'i32'), tensor(y, 'i32')).jsSync()).toEqual([1, 1, -1, -1, 0, 0, 5, -5, 0, 0]);
    expect(np.floorDivide(tensor([7, 5], 'u8'), tensor([2, 0], 'u8')).jsSync()).toEqual([3, 255]);
    expect(np.floorDivide(1, tensor(0.1)).itemSync()).toBe(9);
  });
});

const unary: readonly (readonly [name: string, f: (x: F64) => AnyTensor, plain: (x: number) => number])[] = [
  ['negative', np.negative, (x) => -x], ['abs', np.abs, Math.abs], ['sign', np.sign, Math.sign], ['square', np.square, (x) => x * x],
  ['floor', np.floor, Math.floor], ['ceil', np.ceil, Math.ceil], ['round', np.round, (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))],
  ['exp', np.exp, Math.exp], ['expm1', np.expm1, Math.expm1], ['log', np.log, Math.log], ['log1p', np.log1p, Math.log1p], ['log2', np.log2, Math.log2], ['log10', np.log10, Math.log10],
  ['sqrt', np.sqrt, Math.sqrt], ['reciprocal', np.reciprocal, (x) => 1 / x], ['sin', np.sin, Math.sin], ['cos', np.cos, Math.cos], ['tan', np.tan, Math.tan], ['tanh', np.tanh, Math.tanh],
  ['isnan', np.isnan, (x) => +Number.isNaN(x)], ['isinf', np.isinf, (x) => +(x === Infinity || x === -Infinity)], ['isfinite', np.isfinite, (x) => +Number.isFinite(x)],
  ['logicalNot', np.logicalNot, (x) => +(x === 0)],
];
describe('one operand', () => {
  it.each(unary)('%s', (_name, f, plain) => {
    const x = drawSpecial([200]);
    expectClose(f(x), [200], values(x).map(plain));
  });
  it('bits', () => {
    const [a, b] = [[12, -7, 0, 2147483647], [10, 3, -1, 31]];
    const [x, y] = [tensor(a, 'i32'), tensor(b, 'i32')];
    const zip = (f: (p: number, q: number) => number): number[] => a.map((v, i) => f(v, b[i] ?? 0));
    expect(np.bitwiseAnd(x, y).jsSync()).toEqual(zip((p, q) => p & q));
    expect(np.bitwiseOr(x, y).jsSync()).toEqual(zip((p, q) => p | q));
    expect(np.bitwiseXor(x, y).jsSync()).toEqual(zip((p, q) => p ^ q));
    expect(np.bitwiseNot(x).jsSync()).toEqual(a.map((v) => ~v));
    expect(np.leftShift(x, 4).jsSync()).toEqual(a.map((v) => v << 4));
    expect(np.rightShift(x, tensor([1, 1, 1, 33], 'i32')).jsSync()).toEqual([6, -4, 0, 0]);
    expect(np.rightShift(tensor([4294967295], 'u32'), 28).jsSync()).toEqual([15]);
    expect(np.bitwiseNot(tensor([true, false])).jsSync()).toEqual([false, true]);
  });
});

// ---- reductions -----------------------------------------------------------------------------------------------------------
const mean = (xs: readonly number[]): number => xs.reduce((s, x) => s + x, 0) / xs.length;
const variance = (xs: readonly number[]): number => mean(xs.map((x) => (x - mean(xs)) ** 2));
type Reducer = (x: F64, options: { readonly axis?: number | readonly number[]; readonly keepdims?: boolean }) => AnyTensor;
const reducers: readonly (readonly [name: string, f: Reducer, plain: (xs: readonly number[]) => number])[] = [
  ['sum', (x, o) => np.sum(x, o), (xs) => xs.reduce((s, x) => s + x, 0)], ['prod', (x, o) => np.prod(x, o), (xs) => xs.reduce((s, x) => s * x, 1)],
  ['mean', (x, o) => np.mean(x, o), mean], ['var', (x, o) => np.var(x, o), variance], ['std', (x, o) => np.std(x, o), (xs) => Math.sqrt(variance(xs))],
  ['max', (x, o) => np.max(x, o), (xs) => Math.max(...xs)], ['min', (x, o) => np.min(x, o), (xs) => Math.min(...xs)],
  ['any', (x, o) => np.any(x, o), (xs) => +xs.some((x) => x !== 0)], ['all', (x, o) => np.all(x, o), (xs) => +xs.every((x) => x !== 0)],
  ['logsumexp', (x, o) => np.logsumexp(x, o), (xs) => Math.log(xs.reduce((s, x) => s + Math.exp(x), 0))],
];
describe('reductions over one axis, several, or all', () => {
  it.each(reducers)('%s', (_name, f, plain) => {
    for (let n = 0; n < 25; n++) {
      const shape = drawShape();
      const x = draw(shape, () => (random() < 0.2 ? 0 : random() * 4 - 2));
      const data = values(x);
      const axes = shape.map((_, axis) => axis).filter(() => random() < 0.5);
      const negative = axes.map((axis) => (random() < 0.5 ? axis : axis - shape.length));
      const axis = random() < 0.3 ? undefined : negative.length === 1 ? negative[0] : negative;
      const reduced = axis === undefined ? shape.map((_, i) => i) : axes;
      const keepdims = random() < 0.5;
      const kept = shape.map((d, i) => (reduced.includes(i) ? 1 : d));
      const want = indices(kept).map((i) => plain(indices(shape).filter((j) => j.every((v, k) => reduced.includes(k) || v === i[k])).map((j) => data[position(shape, j)] ?? NaN)));
      expectClose(f(x, { ...(axis === undefined ? {} : { axis }), keepdims }), keepdims ? kept : shape.filter((_, i) => !reduced.includes(i)), want);
    }
  });
  it('argmax and argmin: the first of equals, along an axis or flat', () => {
    for (let n = 0; n < 25; n++) {
      const shape = drawShape(int(1, 3));
      const x = draw(shape, () => int(0, 3));
      const data = values(x);
      const axis = int(0, shape.length - 1);
      const rest = shape.map((d, i) => (i === axis ? 1 : d));
      const lines = indices(rest).map((i) => Array.from({ length: shape[axis] ?? 0 }, (_, k) => data[position(shape, i.map((v, j) => (j === axis ? k : v)))] ?? NaN));
      const options = { axis: random() < 0.5 ? axis : axis - shape.length } as { readonly axis: number };
      expect(values(np.argmax(x, options))).toEqual(lines.map((line) => line.indexOf(Math.max(...line))));
      expect(values(np.argmin(x, options))).toEqual(lines.map((line) => line.indexOf(Math.min(...line))));
      expect(np.argmax(x).itemSync()).toBe(data.indexOf(Math.max(...data)));
    }
  });
  it('ddof, dtypes of sums, empty axes', () => {
    expect(np.var(tensor([1, 2, 3, 4]), { ddof: 1 }).itemSync()).toBeCloseTo(5 / 3, 6);
    expect(np.std(tensor([[1, 3], [2, 6]]), { axis: 1, ddof: 1 }).jsSync()).toEqual([expect.closeTo(Math.SQRT2, 6), expect.closeTo(Math.sqrt(8), 6)]);
    expect([np.sum(tensor([true, true])).dtype, np.sum(tensor([200, 100], 'u8')).itemSync(), np.prod(tensor([100, 100], 'i8')).itemSync()]).toEqual(['i32', 300, 10000]);
    expect([np.sum(tensor([])).itemSync(), np.prod(tensor([])).itemSync(), np.mean(tensor([])).itemSync()]).toEqual([0, 1, NaN]);
    expect([np.any(tensor([])).itemSync(), np.all(tensor([])).itemSync(), np.logsumexp(tensor([])).itemSync()]).toEqual([false, true, -Infinity]);
    expect(() => np.max(tensor([]))).toThrow('max: axis 0 of [0] is empty and has no greatest element');
    expect(np.max(np.zeros([0, 3]), { axis: 1 }).shape).toEqual([0]);
  });
  it('cumsum and cumprod', () => {
    const x = draw([3, 4]);
    const rows = x.jsSync() as number[][];
    const running = (xs: readonly number[], f: (a: number, b: number) => number): number[] => xs.map((_, i) => xs.slice(0, i + 1).reduce(f));
    expectClose(np.cumsum(x, { axis: 1 } as const), [3, 4], rows.flatMap((row) => running(row, (a, b) => a + b)));
    expectClose(np.cumprod(x), [12], running(rows.flat(), (a, b) => a * b));
    expect(np.cumsum(tensor([true, true])).jsSync()).toEqual([1, 2]);
  });
});

// ---- questions about two tensors --------------------------------------------------------------------------------------------
describe('nearness', () => {
  it('isclose, allclose, arrayEqual', () => {
    const a = tensor([1, Infinity, NaN, -Infinity, 0], 'f64');
    const b = tensor([1 + 1e-6, Infinity, NaN, Infinity, 1e-9], 'f64');
    expect(np.isclose(a, b).jsSync()).toEqual([true, true, false, false, true]);
    expect(np.isclose(a, b, { equalNan: true, rtol: 0, atol: 0 }).jsSync()).toEqual([false, true, true, false, false]);
    expect(np.isclose(tensor([1, 2], 'i32'), 1).jsSync()).toEqual([true, false]);
    expect([np.allclose(a, a).itemSync(), np.allclose(a, a, { equalNan: true }).itemSync(), np.allclose(tensor([1, 1]), 1).itemSync()]).toEqual([false, true, true]);
    expect([np.arrayEqual(tensor([1]), tensor([1])).itemSync(), np.arrayEqual(tensor([1]), tensor(1)).itemSync(), np.arrayEqual(a, a).itemSync()]).toEqual([true, false, false]);
    expect(np.allclose(tensor([]), tensor([])).itemSync()).toBe(true);
  });
});

// ---- choosing -----------------------------------------------------------------------------------------------------------------
describe('where and clip', () => {
  it('broadcast three ways', () => {
    for (let n = 0; n < 20; n++) {
      const shape = drawShape();
      const cut = (): number[] => shape.slice(int(0, shape.length)).map((d) => (random() < 0.3 ? 1 : d));
      const [c, a, b] = [np.greater(draw(shape), 0), draw(cut()), draw(cut())];
      const [k, x, y] = [values(c), values(a), values(b)];
      expectClose(np.where(c, a, b), shape, indices(shape).map((i) => (at(c, k, i) ? at(a, x, i) : at(b, y, i))));
      expectClose(np.clip(a, -1, b), np.add(a, b).shape, indices(np.add(a, b).shape).map((i) => Math.min(Math.max(at(a, x, i), -1), at(b, y, i))));
    }
    const f: Float = np.where(tensor([true]), 1, 0).dtype;
    expect([f, np.where(tensor([true, false]), tensor([1, 2], 'i32'), 7).jsSync()]).toEqual(['f32', [1, 7]]);
    expect(() => np.where(tensor([1]) as unknown as Tensor<[1], 'bool'>, 1, 0)).toThrow('where: the condition is f32, not bool (compare it with 0)');
  });
});
