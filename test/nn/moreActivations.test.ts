// More activations: values of jax.nn (JAX 0.10.2, float64), gradients against finite differences, behaviour at the ends and at NaN.
import { describe, expect, test } from 'vitest';
import { grad, nn, np, random, setBackend, tensor, type AnyTensor, type Tensor } from 'cotangent';
import { expectGradient } from './differences.ts';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const at = [-3.2, -1.5, -0.4, 0.3, 0.9, 2.1, 3.7] as const;
type Vector = Tensor<[7], 'f64'>;
const x = tensor([...at], 'f64') as Vector;

const cases: readonly (readonly [string, (v: Vector) => Vector, readonly number[]])[] = [
  ['elu', v => nn.elu(v), [-0.9592377960216338, -0.7768698398515702, -0.3296799539643606, 0.3, 0.9, 2.1, 3.7]],
  ['celu', v => nn.celu(v, { alpha: 1.3 }), [-1.1891053022734095, -0.8899523429693681, -0.34431607523081015, 0.3, 0.9, 2.1, 3.7]],
  ['selu', v => nn.selu(v), [-1.6864353369015248, -1.3658143533672527, -0.5796101097553359, 0.31521029620664415, 0.9456308886199324, 2.206472073446509, 3.8875936532152777]],
  ['mish', v => nn.mish(v), [-0.12778268151702063, -0.2980997421668068, -0.1889164823935146, 0.20800137234811503, 0.7612059289525153, 2.0505990865628005, 3.6956948686711963]],
  ['hardtanh', v => nn.hardtanh(v), [-1, -1, -0.4, 0.3, 0.9, 1, 1]],
  ['relu6', v => nn.relu6(v), [0, 0, 0, 0.3, 0.9, 2.1, 3.7]],
  ['hardSigmoid', v => nn.hardSigmoid(v), [0, 0.25, 0.43333333333333335, 0.5499999999999999, 0.6499999999999999, 0.8499999999999999, 1]],
  ['hardSilu', v => nn.hardSilu(v), [0, -0.375, -0.17333333333333334, 0.16499999999999998, 0.585, 1.7849999999999997, 3.7]],
  ['softsign', v => nn.softsign(v), [-0.7619047619047619, -0.6, -0.28571428571428575, 0.23076923076923075, 0.4736842105263158, 0.6774193548387097, 0.7872340425531915]],
  ['squareplus', v => nn.squareplus(v), [0.28679622641132085, 0.5, 0.8198039027185571, 1.161187420807834, 1.5465856099730653, 2.5, 3.9529740844813093]],
  // By hand: x moved by 0.5 towards 0; x where its magnitude exceeds 0.5.
  ['softShrink', v => nn.softShrink(v), [-2.7, -1, 0, 0, 0.4, 1.6, 3.2]],
  ['hardShrink', v => nn.hardShrink(v), [-3.2, -1.5, 0, 0, 0.9, 2.1, 3.7]],
];

describe('activations', () => {
  test.each(cases)('%s: value and gradient', (name, f, want) => {
    numbers(f(x)).forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `${name}(${at[i]}) is ${v}, not ${want[i]}`).toBeLessThan(1e-14); });
    expectGradient(name, (v: Vector) => np.sum(np.multiply(f(v), tensor([1, -2, 3, 0.5, 2, -1, 1.5], 'f64'))), x, { coordinates: 7 });
  });
  test('glu: JAX\'s values, and its gradient', () => {
    const v = tensor(at.slice(0, 6) as [number, number, number, number, number, number], 'f64') as Tensor<[6], 'f64'>;
    const want = [-1.838216053797309, -1.0664242539375057, -0.35636127152175484];
    numbers(nn.glu(v)).forEach((u, i) => { expect(Math.abs(u - (want[i] ?? NaN))).toBeLessThan(1e-14); });
    expectGradient('glu', (u: Tensor<[6], 'f64'>) => np.sum(nn.glu(u)), v);
    expect(() => (nn.glu as (u: unknown) => unknown)(tensor([1, 2, 3]))).toThrow('glu: 3 features do not divide into 2 halves');
    expect(() => (nn.glu as (u: unknown) => unknown)(tensor(1))).toThrow('glu: the input is a scalar; it needs a last axis of features');
  });
  test('far out nothing overflows, derivatives included; NaN stays', () => {
    for (const [name, f] of cases) {
      const far = tensor([-1e5, -1e3, -50, 0, 50, 1e3, 1e5], 'f64') as Vector;
      expect(numbers(f(far)).every(Number.isFinite), name).toBe(true);
      expect(numbers(grad((v: Vector) => np.sum(f(v)))(far)).every(Number.isFinite), name).toBe(true);
      expect(Number.isNaN(numbers(f(tensor([NaN, 0, 0, 0, 0, 0, 0], 'f64') as Vector))[0]), name).toBe(true);
    }
  });
  test('prelu learns a slope for each feature', () => {
    const v = random.normal(random.key(1), [5, 3], { dtype: 'f64' });
    const slope = tensor([0.5, -1, 2], 'f64') as Tensor<[3], 'f64'>;
    expect(numbers(nn.apply(nn.prelu, { slope }, v))).toEqual(numbers(v).map((u, i) => u > 0 ? u : u * ([0.5, -1, 2][i % 3] ?? NaN)));
    expectGradient('prelu', (p: { readonly slope: Tensor<[3], 'f64'> }) => np.sum(np.square(nn.apply(nn.prelu, p, v))), { slope });
  });
});
