// Images resized: against jax.image.resize, the other convention in plain numbers; crops against the places they can come from.
import { describe, expect, it } from 'vitest';
import { data, grad, jit, np, random, setBackend, tensor, type AnyTensor, type Scalar, type Tensor } from 'cotangent';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const loose = (f: unknown) => f as (...args: readonly unknown[]) => unknown;
type Image = Tensor<[1, 4, 5, 2], 'f64'>;
const image = np.reshape(tensor(Array.from({ length: 40 }, (_, i) => Math.sin(i * 1.7 + 0.3)), 'f64'), [1, 4, 5, 2]) as Image;

/** jax.image.resize of JAX 0.10.2 in float64: method, size, antialias, values to 12 digits. */
const published: readonly (readonly ['nearest' | 'bilinear' | 'bicubic', readonly [number, number], boolean, readonly number[]])[] = [
  ['nearest', [3, 7], true, [0.295520206661, 0.909297426826, -0.529836140908, -0.772764487556, -0.529836140908, -0.772764487556, 0.728969040126, 0.584917192892, -0.879695759972, -0.358229282237, -0.879695759972, -0.358229282237, 0.972007501395, 0.107753652299, 0.254682332844, -0.991778853443, 0.000888156806, 0.991549985214, 0.000888156806, 0.991549985214, -0.256399669633, -0.925478613671, 0.494885317553, 0.797952116723, 0.494885317553, 0.797952116723, -0.700508791455, -0.617438714753, 0.859615949377, 0.395925150182, -0.961641500885, -0.148120724432, -0.961641500885, -0.148120724432, 0.999810580553, -0.109519452854, -0.971588623516, 0.359887142574, -0.971588623516, 0.359887142574, 0.878849669739, -0.586357025093]],
  ['nearest', [2, 2], true, [0.961152724502, -0.397555683121, 0.699240031655, -0.79902147866, -0.961641500885, -0.148120724432, -0.971588623516, 0.359887142574]],
  ['bilinear', [3, 7], true, [-0.093068184659, 0.681471361677, -0.087051782731, -0.085199042839, 0.013233578312, -0.30154630683, 0.252666227305, 0.59509254166, -0.217820379687, -0.180307088928, -0.003835890352, -0.128864296602, 0.532402952489, 0.353272562814, -0.372546049114, -0.42095082189, 0.115206230753, -0.010694837355, 0.184285075861, 0.168334594811, -0.557553336121, -0.153321795776, 0.267172385825, -0.044188142342, 0.085353716971, 0.065846890717, -0.596924893206, 0.154355652964, 0.678135864417, -0.020386050906, -0.093874688723, 0.101994828733, -0.302645429556, 0.03718400573, 0.622947505497, -0.354307201099, -0.201762456426, 0.249702681699, -0.13020848152, 0.025454563329, 0.405042131381, -0.595681531991]],
  ['bilinear', [3, 7], false, [0.079637767039, 0.782727390632, -0.12663409794, -0.070390939339, -0.068282464385, -0.338572586461, 0.464356366337, 0.59057016443, -0.307712320119, -0.139618987525, -0.040401560399, -0.14204563602, 0.727782752003, 0.24415304703, -0.372546049114, -0.42095082189, 0.115206230753, -0.010694837355, 0.184285075861, 0.168334594811, -0.557553336121, -0.153321795776, 0.267172385825, -0.044188142342, 0.085353716971, 0.065846890717, -0.596924893206, 0.154355652964, 0.758793679955, 0.164641149578, -0.132642646459, 0.094460146301, -0.346459292186, -0.040271903348, 0.790442205522, -0.245512646323, -0.293571012711, 0.239066366478, -0.151690774485, -0.006145719102, 0.61562325954, -0.591537306703]],
  ['bilinear', [2, 2], true, [-0.030049161476, 0.021952017154, 0.018161483186, 0.02750119653, 0.03401711626, -0.013152584389, -0.008763221778, -0.032625048617]],
  ['bilinear', [2, 2], false, [0.073711940796, -0.306473234443, -0.007837584814, -0.304731076214, -0.220995218752, 0.241804259886, -0.156471129951, 0.283715254756]],
  ['bicubic', [3, 7], true, [-0.095777904549, 0.877010093952, -0.129151461682, -0.174199557367, 0.014449380345, -0.487327447142, 0.302134495641, 0.681647093238, -0.357287365154, -0.286150984379, -0.045370446121, -0.219540160794, 0.685762185753, 0.454056289201, -0.498086173503, -0.545863404961, 0.205382256418, 0.012644693716, 0.304624132474, 0.278257909222, -0.657661402467, -0.180850549546, 0.441637261579, -0.073043215592, 0.174502610431, 0.091819984728, -0.786142854985, 0.192712794824, 0.872785477923, -0.025470697267, -0.191242030776, 0.154474009253, -0.489658833159, 0.05324893961, 0.723808238, -0.399522725767, -0.331660682766, 0.400097395097, -0.226851223725, 0.07630224873, 0.540609844976, -0.754685595996]],
  ['bicubic', [3, 7], false, [0.162608683621, 0.92745362822, -0.195726534388, -0.138897586075, -0.133118896959, -0.503498600231, 0.541724639935, 0.605672762473, -0.481586760807, -0.183770256308, -0.117189796019, -0.210957089694, 0.895228229785, 0.255256107239, -0.556883654619, -0.610300835575, 0.229626975476, 0.014137359402, 0.340584037867, 0.311105366215, -0.735296229429, -0.202199379, 0.493771129028, -0.081665733779, 0.195102085958, 0.102659040508, -0.878944506846, 0.215461924427, 0.901622743587, 0.238860598968, -0.243101651373, 0.111880412831, -0.517753567509, -0.091038705995, 0.863461792052, -0.219260031719, -0.462033596877, 0.339837398327, -0.255659666643, 0.014770729599, 0.784476963928, -0.667014199688]],
  ['bicubic', [2, 2], true, [-0.048846685854, 0.031162439008, 0.027448212088, 0.043622219799, 0.052861666302, -0.021537776975, -0.017430680182, -0.049388076129]],
  ['bicubic', [2, 2], false, [0.111267049535, -0.484885033198, -0.036712910539, -0.477209183051, -0.365783511362, 0.366526544816, -0.251878327298, 0.44621828651]],
];

describe('resize', () => {
  it.each(published)('%s to %j, antialias %s, is JAX\'s', (method, size, antialias, want) => {
    const got = numbers(data.resize(image, size, method === 'nearest' ? { method } : { method, antialias }));
    expect(got.length).toBe(want.length);
    got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN))).toBeLessThan(1e-11); });
  });
  it('takes means where images become smaller unless told not to, and leaves images of that size alone', () => {
    expect(numbers(data.resize(image, [2, 2]))).toEqual(numbers(data.resize(image, [2, 2], { antialias: true, method: 'bilinear' })));
    expect(numbers(data.resize(image, [4, 5], { method: 'bicubic' }))).toEqual(numbers(image));
  });
  it('with alignCorners keeps the corners and puts the others at i (old - 1) / (new - 1)', () => {
    const got = data.resize(image, [7, 3], { alignCorners: true }).jsSync();
    const x = image.jsSync();
    for (let i = 0; i < 7; i++) {
      for (let j = 0; j < 3; j++) {
        const [y, z] = [i * 3 / 6, j * 4 / 2];
        const at = (r: number, s: number): number => x[0]?.[Math.min(r, 3)]?.[Math.min(s, 4)]?.[1] ?? NaN;
        const [r, s] = [Math.floor(y), Math.floor(z)];
        const row = (k: number): number => at(k, s) * (1 - z + s) + at(k, s + 1) * (z - s);
        expect(got[0]?.[i]?.[j]?.[1]).toBeCloseTo(row(r) * (1 - y + r) + row(r + 1) * (y - r), 12);
      }
    }
    expect(numbers(data.resize(image, [1, 1], { alignCorners: true }))).toEqual(numbers(image).slice(0, 2));
  });
  it('is linear, with the gradient that its transpose gives; jitted as plain', () => {
    for (const method of ['nearest', 'bilinear', 'bicubic'] as const) {
      const f = (x: Image): Scalar<'f64'> => np.sum(np.square(data.resize(x, [3, 7], { method })));
      const g = numbers(grad(f)(image));
      // |A x|^2 has the gradient 2 A'A x, so <g, x> is twice the value.
      const inner = g.reduce((a, v, i) => a + v * (numbers(image)[i] ?? NaN), 0);
      expect(inner).toBeCloseTo(2 * f(image).itemSync(), 10);
      expect(numbers(jit((x: Image) => data.resize(x, [3, 7], { method }))(image))).toEqual(numbers(data.resize(image, [3, 7], { method })));
    }
  });
  it('mistakes', () => {
    expect(() => loose(data.resize)(tensor([[1, 2]]), [1, 1])).toThrow('data.resize: images are [batch, height, width, channels], got [1, 2]');
    expect(() => loose(data.resize)(image, 8)).toThrow('data.resize: the size is 8; write [height, width], positive integers');
    expect(() => data.resize(image, [0, 3])).toThrow('data.resize: the size is [0, 3]; write [height, width], positive integers');
    expect(() => data.resize(image, [2, 3], { alignCorners: true, method: 'nearest' })).toThrow('data.resize: alignCorners goes with bilinear or bicubic samples only, not with nearest; leave one out');
    expect(() => data.resize(image, [2, 3], { alignCorners: true, antialias: true })).toThrow('not with antialias; leave one out');
    expect(() => data.resize(image, [2, 3], { method: 'nearest', antialias: true })).toThrow('data.resize: nearest takes samples, never means; leave antialias out');
  });
});

describe('randomCrop', () => {
  // Every pixel says where it stands: 100 image + 10 row + column.
  const images = np.reshape(tensor(Array.from({ length: 200 * 3 * 4 }, (_, i) => 100 * Math.floor(i / 12) + 10 * Math.floor(i % 12 / 4) + i % 4 + 1)), [200, 3, 4, 1]);
  it('takes a part of each image whole, from every place there is, as often', () => {
    const parts = data.randomCrop(random.key(3), images, [2, 3]).jsSync();
    const seen = new Map<string, number>();
    parts.forEach((part, n) => {
      const corner = (part[0]?.[0]?.[0] ?? NaN) - 100 * n - 1;
      const [row, column] = [Math.floor(corner / 10), corner % 10];
      part.forEach((line, i) => { line.forEach(([v], j) => { expect(v).toBe(100 * n + 10 * (row + i) + column + j + 1); }); });
      seen.set(`${row},${column}`, (seen.get(`${row},${column}`) ?? 0) + 1);
    });
    expect([...seen.keys()].sort()).toEqual(['0,0', '0,1', '1,0', '1,1']);
    // 200 draws among 4: a count has deviation 6.1.
    for (const count of seen.values()) expect(Math.abs(count - 50)).toBeLessThan(25);
  });
  it('pads with zeros, and the same key gives the same parts, jitted or not', () => {
    const padded = data.randomCrop(random.key(4), images, [3, 4], { padding: 2 });
    expect(numbers(padded).filter(v => v === 0).length).toBeGreaterThan(0);
    expect(numbers(jit((x: typeof images) => data.randomCrop(random.key(4), x, [3, 4], { padding: 2 }))(images))).toEqual(numbers(padded));
    expect(numbers(data.randomCrop(random.key(4), images, [3, 4]))).toEqual(numbers(images));
  });
  it('mistakes', () => {
    expect(() => data.randomCrop(random.key(0), images, [4, 4])).toThrow('data.randomCrop: a part of [4, 4] does not fit into [3, 4]; make it smaller, or pad more');
    expect(() => data.randomCrop(random.key(0), images, [2, 2], { padding: -1 })).toThrow('data.randomCrop: padding -1 is no natural number');
    expect(() => loose(data.randomCrop)(random.key(0), images, 2)).toThrow('data.randomCrop: the size is 2; write [height, width], positive integers');
  });
});
