// Initialisers: the numbers of jax.nn.initializers (JAX 0.10.2, key 7, float32, shape [2, 2, 3]); orthogonality; the options of layers.
import { describe, expect, test } from 'vitest';
import { nn, np, random, setBackend, zeros, type AnyTensor } from 'cotangent';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const key = random.key(7);
const I = nn.initializers;

const jax: readonly (readonly [string, nn.Initializer, readonly number[]])[] = [
  ['glorotUniform', I.glorotUniform, [0.26969894766807556, 0.7352733612060547, -0.3054334223270416, -0.08681908994913101, 0.35768795013427734, 0.20283524692058563, -0.07970546931028366, -0.13713282346725464, -0.6665187478065491, -0.6355842351913452, -0.19954577088356018, 0.5286639928817749]],
  ['glorotNormal', I.glorotNormal, [0.21829158067703247, 0.8515344858169556, -0.2494858205318451, -0.06837541610002518, 0.2969003915786743, 0.1619633585214615, -0.062743179500103, -0.10849376022815704, -0.6837303638458252, -0.6279337406158447, -0.15924833714962006, 0.47658783197402954]],
  ['heUniform', I.heUniform, [0.42643144726753235, 1.162569284439087, -0.4829326570034027, -0.13727302849292755, 0.5655543208122253, 0.320710688829422, -0.12602540850639343, -0.21682603657245636, -1.0538586378097534, -1.0049468278884888, -0.315509557723999, 0.8358911871910095]],
  ['heNormal', I.heNormal, [0.34514930844306946, 1.3463943004608154, -0.3944717347621918, -0.10811103135347366, 0.469440758228302, 0.2560865581035614, -0.09920568019151688, -0.17154370248317719, -1.0810726881027222, -0.9928504824638367, -0.2517937421798706, 0.7535515427589417]],
  ['lecunUniform', I.lecunUniform, [0.3015325665473938, 0.8220605254173279, -0.341484934091568, -0.09706668555736542, 0.39990729093551636, 0.22677670419216156, -0.08911341428756714, -0.15331915020942688, -0.7451905608177185, -0.710604727268219, -0.22309893369674683, 0.5910642743110657]],
  ['lecunNormal', I.lecunNormal, [0.24405743181705475, 0.9520446062088013, -0.27893367409706116, -0.0764460489153862, 0.3319447636604309, 0.18108054995536804, -0.0701490119099617, -0.12129972875118256, -0.7644338607788086, -0.7020513415336609, -0.17804506421089172, 0.5328414440155029]],
  ['uniform', I.uniform(0.3), [0.20222698152065277, 0.292385071516037, 0.09085307270288467, 0.13318756222724915, 0.21926598250865936, 0.18927888572216034, 0.13456511497497559, 0.12344434857368469, 0.020929206162691116, 0.0269196517765522, 0.11135813593864441, 0.25237536430358887]],
  ['normal', I.normal(0.3), [0.13537055253982544, 0.5860353112220764, -0.1548718512058258, -0.042282089591026306, 0.1846490204334259, 0.10029495507478714, -0.03879740461707115, -0.06712095439434052, -0.4432651996612549, -0.4027218520641327, -0.09860797971487045, 0.29988399147987366]],
  ['truncatedNormal', I.truncatedNormal(0.3), [0.12880751490592957, 0.5024657249450684, -0.14721432328224182, -0.04034634307026863, 0.17519228160381317, 0.09556986391544342, -0.037022922188043594, -0.06401900947093964, -0.4034493863582611, -0.37052544951438904, -0.09396781027317047, 0.28122061491012573]],
  ['orthogonal', I.orthogonal(1.5), [0.47362983226776123, 1.3290380239486694, -0.22537386417388916, -0.14793512225151062, 0.5579740405082703, 0.20521004498004913, -0.13574302196502686, -0.11404021084308624, -1.4680424928665161, -1.409029245376587, 0.39914602041244507, 0.04412605240941048]],
];

describe('initialisers', () => {
  // JAX's normal numbers come from an erfinv in float32, right to a few units in the last place (four here); orthogonal weights add a factorisation.
  test.each(jax)('%s', (name, init, want) => {
    const got = numbers(init(key, [2, 2, 3]));
    got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `${name} ${i}: ${v} against ${want[i]}`).toBeLessThanOrEqual(name === 'orthogonal' ? 3e-6 : 4 * 2 ** -23 * Math.abs(want[i] ?? NaN)); });
  });
  test('constants', () => {
    expect(I.constantly).toBe(I.constant);
    expect([numbers(I.zeros(key, [2])), numbers(I.ones(key, [2])), numbers(I.constant(0.5)(key, [2], { dtype: 'f64' }))]).toEqual([[0, 0], [1, 1], [0.5, 0.5]]);
  });
  test('identity: ones on the main diagonal', () => {
    expect(I.identity()(key, [2, 2]).jsSync()).toEqual([[1, 0], [0, 1]]);
    expect(I.identity(2.5)(key, [3, 2], { dtype: 'f64' }).jsSync()).toEqual([[2.5, 0], [0, 2.5], [0, 0]]);
    expect(() => I.identity()(key, [2, 2, 2])).toThrow('initializers.identity: [2, 2, 2] is no matrix; it starts [inputs, features]');
  });
  test('fewer rows than columns: the rows are orthogonal, as in JAX', () => {
    const want = [0.48973512649536133, -0.5602856278419495, 0.6680116653442383, 0.8697620034217834, 0.36721739172935486, -0.3296443819999695];
    numbers(I.orthogonal()(key, [2, 3])).forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN))).toBeLessThan(3e-6); });
  });
  test('orthogonal weights are orthogonal to rounding', () => {
    const w = I.orthogonal()(key, [30, 20], { dtype: 'f64' }).jsSync() as number[][];
    for (let i = 0; i < 20; i++) for (let j = 0; j < 20; j++) {
      const product = w.reduce((s, row) => s + (row[i] ?? NaN) * (row[j] ?? NaN), 0);
      expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-14);
    }
  });
  test('fans of kernels', () => {
    const spread = (init: nn.Initializer): number => { const v = numbers(init(key, [3, 3, 20, 40])); return v.reduce((s, u) => s + u * u, 0) / v.length; };
    for (const distribution of ['normal', 'truncatedNormal', 'uniform'] as const) for (const [mode, fan] of [['fanIn', 180], ['fanOut', 360], ['fanAvg', 270]] as const) {
      // 7,200 draws: three deviations of a variance are at most 5 %.
      expect(Math.abs(spread(I.varianceScaling({ scale: 2, mode, distribution })) * fan / 2 - 1), `${distribution} ${mode}`).toBeLessThan(0.06);
    }
  });
  test('layers take them', () => {
    const x = zeros([1, 4]);
    const p = nn.init(nn.dense(3, { init: I.constant(2), biasInit: I.ones }), key, x);
    expect([numbers(p.w), numbers(p.b)]).toEqual([Array(12).fill(2), [1, 1, 1]]);
    expect(numbers(nn.init(nn.conv(2, 3, { init: I.ones }), key, zeros([1, 5, 5, 1])).w)).toEqual(Array(18).fill(1));
    expect(numbers(nn.init(nn.embedding(3, 2, { init: I.ones }), key, zeros([1], 'i32')).w)).toEqual(Array(6).fill(1));
    const cell = nn.init(nn.gru(4, { init: I.zeros, recurrentInit: I.orthogonal() }), key, zeros([2, 3, 5]));
    expect(numbers(cell.wx).every(v => v === 0)).toBe(true);
    expect(numbers(np.square(np.reshape(cell.wh, [4, 12]))).reduce((a, b) => a + b, 0)).toBeCloseTo(4, 5);
    expect(numbers(nn.init(nn.dense(3), key, x).w)).toEqual(numbers(nn.lecunNormal(key, [4, 3])));
  });
  test('mistakes', () => {
    expect(() => I.heNormal(key, [3])).toThrow('initializers: [3] has no axis of inputs and axis of features');
    expect(() => I.orthogonal()(key, [3])).toThrow('initializers: [3] has no axis of inputs and axis of features');
    expect(() => I.normal(-1)).toThrow('initializers.normal: -1 is no spread; give a number that is not negative');
    expect(() => nn.init(nn.dense(3, { init: (k, shape) => random.normal(k, [...shape, 1]) }), key, zeros([1, 4]))).toThrow('dense: its initialiser made f32[4, 3, 1], the parameter is f32[4, 3]');
  });
});
