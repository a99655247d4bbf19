// Collectives, general reductions, integers, sized sets, parts of floats and patches against their definitions in plain loops.
import { describe, expect, it } from 'vitest';
import { fromData, grad, jit, jvp, lax, np, setBackend, tensor, vmap, type AnyTensor, type Scalar, type Shape, type Tensor } from '../../src/index.ts';

await setBackend('reference');

let state = 2463534242;
const random = (): number => { state ^= state << 13; state ^= state >>> 17; state ^= state << 5; return (state >>> 0) / 2 ** 32; };
const int = (lo: number, hi: number): number => lo + Math.floor(random() * (hi - lo + 1));
const list = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));
const values = (x: AnyTensor): number[] => Array.from(x.dataSync(), Number);
type Row = Tensor<[3], 'f64'>;
const f64 = (data: readonly number[], shape: Shape): Tensor<Shape, 'f64'> => fromData(Float64Array.from(data), [...shape]);
const i32 = (data: readonly number[], shape: Shape = [data.length]): Tensor<Shape, 'i32'> => fromData(Int32Array.from(data), [...shape]);
const expectClose = (got: readonly number[], want: readonly number[]): void => {
  expect(got).toHaveLength(want.length);
  got.forEach((g, i) => expect(Math.abs(g - (want[i] ?? NaN))).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(g))));
};

describe('what positions of a named axis send each other is a linear map of all of them', () => {
  // Three positions with three elements each: element [i, k] of the whole is element k at position i.
  const whole = list(9, i => i + 1);
  const permutation = [2, 0, 1];
  const get = (i: number, k: number): number => whole[3 * i + k] ?? NaN;
  const cases: readonly (readonly [string, (x: Row) => Tensor<Shape, 'f64'>, (i: number) => number[]])[] = [
    ['psum', x => lax.psum(x, 'i'), () => list(3, k => get(0, k) + get(1, k) + get(2, k))],
    ['pmean', x => lax.pmean(x, 'i'), () => list(3, k => (get(0, k) + get(1, k) + get(2, k)) / 3)],
    ['allGather', x => lax.allGather(x, 'i', { tiled: true }), () => whole],
    ['ppermute', x => lax.ppermute(x, 'i', [[0, 1], [2, 0]]), i => i === 1 ? list(3, k => get(0, k)) : i === 0 ? list(3, k => get(2, k)) : [0, 0, 0]],
    ['pshuffle', x => lax.pshuffle(x, 'i', permutation), i => list(3, k => get(permutation[i] ?? 0, k))],
    ['allToAll', x => lax.allToAll(x, 'i', 0, 0), i => list(3, k => get(k, i))],
    ['pswapaxes', x => lax.pswapaxes(x, 'i', 0), i => list(3, k => get(k, i))],
    ['psumScatter', x => lax.psumScatter(x, 'i'), i => [get(0, i) + get(1, i) + get(2, i)]],
    ['pbroadcast', x => lax.pbroadcast(x, 'i', 2), () => list(3, k => get(2, k))],
    ['axisSize', x => np.multiply(x, lax.axisSize('i')), i => list(3, k => 3 * get(i, k))],
  ];
  const input: Tensor<[3, 3], 'f64'> = fromData(Float64Array.from(whole), [3, 3]);
  it.each(cases)('%s: values, tangents, gradients, jitted, under another map', (_name, f, plain) => {
    const mapped = (x: Tensor<[3, 3], 'f64'>): Tensor<Shape, 'f64'> => vmap(f, { axisName: 'i' })(x);
    const want = [0, 1, 2].flatMap(plain);
    expectClose(values(mapped(input)), want);
    expectClose(values(jit(mapped)(input)), want);
    // Linear: the tangent of x along x is the value.
    expectClose(values(jvp(mapped, [input], [input])[1]), want);
    // The gradient of <w, f(x)>, along every unit vector: <w, f(e)>.
    const w = f64(list(want.length, i => (i % 5) - 1.5), mapped(input).shape);
    const cost = (x: Tensor<[3, 3], 'f64'>): Scalar<'f64'> => np.sum(np.multiply(mapped(x), w));
    const unit = (i: number): Tensor<[3, 3], 'f64'> => fromData(Float64Array.from({ length: 9 }, (_, k) => +(i === k)), [3, 3]);
    expectClose(values(grad(cost)(input)), list(9, i => cost(unit(i)).itemSync()));
    const two: Tensor<[2, 3, 3], 'f64'> = fromData(Float64Array.from([...whole, ...whole.map(x => -x)]), [2, 3, 3]);
    expectClose(values(vmap(mapped)(two)), [...want, ...want.map(x => -x)]);
  });
});

describe('reductions by a function', () => {
  const shapes: readonly (readonly [Shape, readonly number[]])[] = [[[5], [0]], [[3, 4], [1]], [[2, 3, 4], [0, 2]], [[2, 7], [0, 1]], [[1, 3], [0]]];
  it.each(shapes)('pairs of %j over %j: the greatest and its first place', (shape, axes) => {
    const total = shape.reduce((n, d) => n * d, 1);
    const data = list(total, () => int(-3, 3));
    const pair = (x: Tensor<Shape, 'f64'>): readonly AnyTensor[] => lax.reduce([x, i32(list(total, i => i), shape)], [fromData(Float64Array.of(-Infinity), []), tensor(-1, 'i32')], ([a, i], [b, j]) => {
      const first = np.logicalOr(np.greater(a, b), np.logicalAnd(np.equal(a, b), np.less(i, j)));
      return [np.where(first, a, b), np.where(first, i, j)];
    }, axes);
    const groups = new Map<string, number[]>();
    data.forEach((_, p) => {
      let rest = p;
      const index = [...shape].reverse().map(d => { const k = rest % d; rest = (rest - k) / d; return k; }).reverse();
      const key = index.filter((__, axis) => !axes.includes(axis)).join();
      groups.set(key, [...(groups.get(key) ?? []), p]);
    });
    const winners = [...groups.values()].map(places => places.reduce((best, p) => (data[p] ?? NaN) > (data[best] ?? NaN) ? p : best));
    const [best, where] = pair(f64(data, shape));
    expect([best, where].map(x => x === undefined ? [] : values(x))).toEqual([winners.map(p => data[p]), winners]);
    // The gradient goes to the winners alone.
    const slope = grad((x: Tensor<Shape, 'f64'>): Scalar<'f64'> => {
      const top = lax.reduce([x], [fromData(Float64Array.of(-Infinity), [])], ([a], [b]) => [np.where(np.greaterEqual(a, b), a, b)], axes)[0];
      return np.sum(np.square(top));
    })(f64(data.map((v, i) => v + i / 64), shape));
    const distinct = data.map((v, i) => v + i / 64);
    const tops = [...groups.values()].map(places => places.reduce((top, p) => (distinct[p] ?? NaN) >= (distinct[top] ?? NaN) ? p : top));
    expectClose(values(slope), distinct.map((v, p) => tops.includes(p) ? 2 * v : 0));
  });
  it('does not commute: matrices of two rows multiplied from left to right', () => {
    const m = list(7, () => int(-2, 2));
    const b = list(7, () => int(-2, 2));
    // x -> a x + b, composed.
    const [a, c] = lax.reduce([f64(m, [7]), f64(b, [7])], [fromData(Float64Array.of(1), []), fromData(Float64Array.of(0), [])], ([p, q], [r, s]) => [np.multiply(p, r), np.add(np.multiply(q, r), s)], [0]);
    expect([a, c].map(values)).toEqual([[m.reduce((x, y) => x * y, 1) + 0], [m.reduce((x, y, i) => x * y + (b[i] ?? 0), 0) + 0]]);
  });
  it('starts from the initial value once, and is that where there is nothing', () => {
    expect(values(lax.reduce([f64([1, 2, 3], [3])], [fromData(Float64Array.of(10), [])], ([a], [b]) => [np.add(a, b)], [0])[0])).toEqual([16]);
    expect(values(lax.reduce([f64([], [0, 2])], [fromData(Float64Array.of(10), [])], ([a], [b]) => [np.add(a, b)], [0])[0])).toEqual([10, 10]);
  });
  it.each(['i32', 'u32', 'u8', 'i8', 'bool'] as const)('bits of %s over each axis', dtype => {
    const data = list(12, () => int(0, 127));
    const x = np.astype(i32(data, [3, 4]), dtype);
    const stored = values(np.astype(x, 'i32'));
    const by = (f: (a: number, b: number) => number): [number[], number[], number] => [
      list(4, k => list(3, i => stored[4 * i + k] ?? 0).reduce(f)), list(3, i => stored.slice(4 * i, 4 * i + 4).reduce(f)), stored.reduce(f)];
    const have = (f: typeof lax.reduceAnd): [number[], number[], number] => [values(f(x, [0])), values(f(x, [1])), values(f(x, [0, 1]))[0] ?? NaN];
    expect(have(lax.reduceAnd)).toEqual(by((a, b) => a & b));
    expect(have(lax.reduceOr)).toEqual(by((a, b) => a | b));
    expect(have(lax.reduceXor)).toEqual(by((a, b) => a ^ b));
    const rows: Tensor<[3, 4], typeof dtype> = np.reshape(x, [3, 4]);
    expect(values(vmap((row: Tensor<[4], typeof dtype>) => lax.reduceXor(row, [0]))(rows))).toEqual(by((a, b) => a ^ b)[1]);
    expect(values(lax.reduceAnd(np.zeros([0, 2], 'i32'), [0]))).toEqual([-1, -1]);
  });
});

describe('integers', () => {
  const edges = [0, 1, -1, 2, -2, 65535, 65536, -65536, 2147483647, -2147483648, -2147483647, 46341, 1431655765];
  const pairs = [...edges.flatMap(a => edges.map(b => [a, b] as const)), ...list(200, () => 0).map(() => [int(-(2 ** 31), 2 ** 31 - 1), int(-(2 ** 31), 2 ** 31 - 1)] as const)];
  it('mulhi is the upper half of the product in integers without bound', () => {
    const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
    expect(values(lax.mulhi(i32(a), i32(b)))).toEqual(pairs.map(([x, y]) => Number((BigInt(x) * BigInt(y)) >> 32n)));
    const u32 = (data: readonly number[]): Tensor<Shape, 'u32'> => fromData(Uint32Array.from(data), [data.length]);
    expect(values(lax.mulhi(u32(a), u32(b)))).toEqual(pairs.map(([x, y]) => Number((BigInt(x >>> 0) * BigInt(y >>> 0)) >> 32n)));
  });
  it('gcd and lcm by the greatest common divisor of magnitudes', () => {
    const divisor = (a: number, b: number): number => b === 0 ? Math.abs(a) : divisor(b, a % b);
    const [a, b] = [list(300, () => int(-40, 40)), list(300, () => int(-40, 40))];
    expect(values(np.gcd(i32(a), i32(b)))).toEqual(a.map((x, i) => divisor(x, b[i] ?? 0)));
    expect(values(np.lcm(i32(a), i32(b)))).toEqual(a.map((x, i) => { const y = b[i] ?? 0; return x === 0 || y === 0 ? 0 : Math.abs(x * y) / divisor(x, y); }));
    const rows: Tensor<[30, 10], 'i32'> = fromData(Int32Array.from(a), [30, 10]);
    const others: Tensor<[30, 10], 'i32'> = fromData(Int32Array.from(b), [30, 10]);
    expect(values(vmap((x: Tensor<[10], 'i32'>, y: Tensor<[10], 'i32'>) => np.gcd(x, y))(rows, others))).toEqual(a.map((x, i) => divisor(x, b[i] ?? 0)));
    expect(values(jit((x: Tensor<[30, 10], 'i32'>) => np.lcm(x, 6))(rows))).toEqual(a.map(x => x === 0 ? 0 : Math.abs(x * 6) / divisor(x, 6)));
  });
});

describe('sets with a size', () => {
  const fill = 99;
  const fitted = (xs: readonly number[], size: number): number[] => list(size, i => xs[i] ?? fill);
  const ascending = (xs: Iterable<number>): number[] => [...new Set(xs)].sort((a, b) => Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b);
  it('are what Set says', () => {
    for (let round = 0; round < 30; round++) {
      const [a, b] = [list(int(1, 9), () => int(-4, 4)), list(int(1, 9), () => int(-4, 4))];
      const [x, y] = [f64(a, [a.length]), f64(b, [b.length])];
      const size = int(0, 12);
      const options = { size, fillValue: fill };
      expect(values(np.unique(x, options))).toEqual(fitted(ascending(a), size));
      expect(values(np.union1d(x, y, options))).toEqual(fitted(ascending([...a, ...b]), size));
      expect(values(np.intersect1d(x, y, options))).toEqual(fitted(ascending(a.filter(v => b.includes(v))), size));
      expect(values(np.setdiff1d(x, y, options))).toEqual(fitted(ascending(a.filter(v => !b.includes(v))), size));
      expect(values(np.setxor1d(x, y, options))).toEqual(fitted(ascending([...a.filter(v => !b.includes(v)), ...b.filter(v => !a.includes(v))]), size));
    }
  });
  it('keep NaN, as one element', () => {
    const [x, y] = [f64([NaN, 1, NaN], [3]), f64([2, 1], [2])];
    const options = { size: 4, fillValue: fill };
    expect(values(np.unique(x, options))).toEqual([1, NaN, fill, fill]);
    expect(values(np.union1d(x, y, options))).toEqual([1, 2, NaN, fill]);
    expect(values(np.union1d(y, x, options))).toEqual([1, 2, NaN, fill]);
    expect(values(np.setdiff1d(x, y, options))).toEqual([NaN, fill, fill, fill]);
    expect(values(np.setdiff1d(y, x, options))).toEqual([2, fill, fill, fill]);
    expect(values(np.intersect1d(x, x, options))).toEqual([1, fill, fill, fill]);
    expect(values(np.setxor1d(y, x, options))).toEqual([2, NaN, fill, fill]);
  });
  it('places that are not 0, and their indices', () => {
    for (let round = 0; round < 20; round++) {
      const shape = list(int(1, 3), () => int(1, 4));
      const total = shape.reduce((n, d) => n * d, 1);
      const data = list(total, () => int(0, 1) * int(-2, 2));
      const size = int(0, total + 2);
      const places = data.flatMap((v, i) => v === 0 ? [] : [i]);
      const index = (p: number): number[] => { let rest = p; return [...shape].reverse().map(d => { const k = rest % d; rest = (rest - k) / d; return k; }).reverse(); };
      const x = f64(data, shape);
      expect(values(np.flatnonzero(x, { size, fillValue: -7 }))).toEqual(list(size, i => places[i] ?? -7));
      const found = list(size, i => places[i] ?? -1).map(p => p < 0 ? shape.map(() => -7) : index(p));
      expect(np.nonzero(x, { size, fillValue: -7 }).map(values)).toEqual(shape.map((_, axis) => found.map(at => at[axis])));
      expect(values(np.argwhere(x, { size, fillValue: -7 }))).toEqual(found.flat());
      const all = i32(list(total, i => i));
      expect(np.unravelIndex(all, shape).map(values)).toEqual(shape.map((_, axis) => list(total, p => index(p)[axis] ?? NaN)));
      expect(values(np.ravelMultiIndex(np.unravelIndex(all, shape), shape))).toEqual(list(total, i => i));
    }
  });
  it('under jit and vmap', () => {
    const rows: Tensor<[3, 4], 'f64'> = fromData(Float64Array.of(3, 1, 3, 2, 5, 5, 5, 5, 4, 3, 2, 1), [3, 4]);
    const want = [1, 2, 3, fill, 5, fill, fill, fill, 1, 2, 3, 4];
    const f = vmap((row: Tensor<[4], 'f64'>) => np.unique(row, { size: 4, fillValue: fill }));
    expect(values(f(rows))).toEqual(want);
    expect(values(jit(f)(rows))).toEqual(want);
  });
});

describe('parts of floats', () => {
  const xs = [0, -0, 1, -1, 0.5, 0.75, -8, 3.14, 1e-40, -1e-45, 2 ** -126, 2 ** -149, 3.4028234663852886e38, Infinity, -Infinity, NaN].map(Math.fround);
  it('frexp: the mantissa lies in [0.5, 1), and both make the number again', () => {
    const [mantissas, exponents] = np.frexp(fromData(Float32Array.from(xs), [xs.length]));
    const [m, e] = [values(mantissas), values(exponents)];
    xs.forEach((x, i) => {
      if (x === 0 || !Number.isFinite(x)) { expect([m[i], e[i]]).toEqual([x, 0]); return; }
      expect(Math.abs(m[i] ?? NaN)).toBeGreaterThanOrEqual(0.5);
      expect(Math.abs(m[i] ?? NaN)).toBeLessThan(1);
      expect((m[i] ?? NaN) * 2 ** (e[i] ?? NaN)).toBe(x);
    });
    expect(values(np.ldexp(mantissas, exponents))).toEqual(xs);
  });
  it('ldexp: rounded once where it is rounded, and its gradient is the power', () => {
    const powers = [-300, -150, -149, -127, -1, 0, 1, 127, 128, 254, 300];
    for (const x of xs) {
      const got = values(np.ldexp(np.full([powers.length], x), fromData(Int32Array.from(powers), [powers.length])));
      expect(got).toEqual(powers.map(p => Math.fround(p > 1000 ? x : x * 2 ** p)));
    }
    expect(grad((x: Scalar<'f64'>) => np.ldexp(x, tensor(5, 'i32')))(fromData(Float64Array.of(3), [])).itemSync()).toBe(32);
    expect([-1100, -1074, 1023, 1030].map(p => np.ldexp(fromData(Float64Array.of(0.75), []), tensor(p, 'i32')).itemSync())).toEqual([0, 0.75 * 2 ** -1074, 0.75 * 2 ** 1023, Infinity]);
  });
});

describe('patches', () => {
  it('are the windows of an image, feature by feature, and their gradient counts the windows', () => {
    const [h, w, c] = [5, 4, 2];
    const data = list(2 * h * w * c, () => int(-9, 9));
    const get = (n: number, i: number, j: number, k: number): number => data[((n * h + i) * w + j) * c + k] ?? NaN;
    const x: Tensor<[2, 5, 4, 2], 'f64'> = fromData(Float64Array.from(data), [2, 5, 4, 2]);
    const y = lax.convGeneralDilatedPatches(x, [3, 2], { strides: [2, 1] });
    expect(y.shape).toEqual([2, 2, 3, 12]);
    const want = list(2, n => n).flatMap(n => list(2, i => i).flatMap(i => list(3, j => j).flatMap(j => list(c, k => k).flatMap(k => list(3, a => a).flatMap(a => list(2, b => get(n, 2 * i + a, j + b, k)))))));
    expect(values(y)).toEqual(want);
    const counts = values(grad((v: typeof x): Scalar<'f64'> => np.sum(lax.convGeneralDilatedPatches(v, [3, 2], { strides: [2, 1] })))(x));
    const rows = [1, 1, 2, 1, 1];
    const columns = [1, 2, 2, 1];
    expect(counts).toEqual(list(2, n => n).flatMap(() => rows.flatMap(r => columns.flatMap(s => [r * s, r * s]))));
  });
});
