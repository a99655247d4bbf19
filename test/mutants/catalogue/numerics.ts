// Mistakes in the arithmetic of special functions, of bits, and of operations over named axes: the digits must notice.
import { mutantsOf, type Mutant } from '../mutant.ts';

const values = 'test/primitive/specialValues.test.ts';
const derivatives = 'test/primitive/specialDerivatives.test.ts';
const bits = 'test/primitive/bits.test.ts';
const axes = 'test/primitive/collective.test.ts';

export const numerics: readonly Mutant[] = [
  ...mutantsOf('src/primitive/gammaFunction.ts', {
    'logGamma: Stirling begins too early': [values, 'if (x >= 10) return (x - 0.5)', 'if (x >= 5) return (x - 0.5)'],
    'logGamma: the distance from 1 is rounded first': [values, 'if (x > -0.5) return nearOneAndTwo(x, x - 1)', 'if (x > -0.5) return nearOneAndTwo((x + 1) - 1, (x + 1) - 2)'],
    'logGamma: reflection without the magnitude': [values, 'Math.log(Math.PI / Math.abs(sinPi(x)))', 'Math.log(Math.PI / sinPi(x))'],
    'sinPi: the argument is not reduced': [values, 'Math.abs(r) <= 0.5 ? Math.sin(Math.PI * r) : Math.sin(Math.PI * (Math.sign(r) - r))', 'Math.sin(Math.PI * x)'],
    'digamma: the root in one part': [values, '((y - rootHigh) - rootLow)', '(y - rootHigh)'],
    'digamma: the reflection adds': [values, 'digammaOf(1 - x) - Math.PI', 'digammaOf(1 - x) + Math.PI'],
    'polygamma: nothing for underflow': [values, 'x > 0 && (n > 170 || zeta < 1e-280) ?', 'x > 0 && n > 170 ?'],
    'logGammaStep: a difference of logarithms': [values, '  if (a < 8) return integrate(digammaOf, a + 2, b, gauss10)', '  if (a < 1e300) return logGamma(a + b) - logGamma(a);\n  if (a < 8) return integrate(digammaOf, a + 2, b, gauss10)'],
  }),
  ...mutantsOf('src/primitive/hurwitzZeta.ts', {
    'zeta: a term of Euler and Maclaurin is missing': [values, '+ 0.5 * power', ''],
    'zeta: the far region does not grow with the exponent': [values, 'for (; a < far + s / 2; a++) {', 'for (; a < far; a++) {'],
    'zeta: odd exponents left of zero with the sign of even ones': [values, 'const sign = s % 2 === 0 ? 1 : -1;', 'const sign = 1;'],
    'zeta: the derivative by s forgets the pole': [values, 'j.scale(a, j.divide(last, j.shift(exponent, -1)))', 'j.scale(a / (s - 1), last)'],
  }),
  ...mutantsOf('src/primitive/jet.ts', {
    'jets: the exponential is not divided by the order': [values, 'p => p / i', 'p => p'],
    'jets: mixed derivatives lack a factorial': [values, 'for (let j = 2; j <= this.orderB; j++) value *= j;', ''],
  }),
  ...mutantsOf('src/primitive/errorFunction.ts', {
    'erfc: from one near the end, too': [values, 'return x >= 1 ? complement(x) :', 'return x >= 4 ? complement(x) :'],
    'erfc: the far expansion is not divided by x': [values, 'chebyshev(scaledTail, 72 / (x * x) - 1) / x;', 'chebyshev(scaledTail, 72 / (x * x) - 1) / 6;'],
  }),
  ...mutantsOf('src/primitive/besselFunction.ts', {
    'bessel: I_1 is even': [values, 'Math.sign(x) * chebyshev(i1Far', 'chebyshev(i1Far'],
    'bessel: the recurrence upwards where it loses digits': [values, 'if (m > 20 + n * n) {', 'if (m > 0.1) {'],
    'bessel: the sign of odd orders': [values, 'const sign = x < 0 && n % 2 === 1 ? -1 : 1;', 'const sign = 1;'],
  }),
  ...mutantsOf('src/primitive/incompleteGammaFunction.ts', {
    'Q: 1 - P where Q is tiny': [values, 'return direct ? 1 - mass(a, x) * series(a, x) : smallShape(a, x);', 'return 1 - mass(a, x) * series(a, x);'],
    'P: logarithms instead of the saddle point': [values, '  if (a < 15) return powerTimesExp(a, x)', '  if (a > 15) return Math.exp(a * Math.log(x) - x - logGamma(a + 1));\n  if (a < 15) return powerTimesExp(a, x)'],
    'P and Q: Temme without its correction': [values, '+ sign * correction * Math.exp(-a * half)', '+ 0 * correction * Math.exp(-a * half)'],
    'P and Q: Temme\'s second row is dropped': [values, 'correction = correction / a + polynomial(temme[k] ?? [], eta);', 'correction = polynomial(temme[k] ?? [], eta);'],
    'gammaDensity: a power of 0 is 0': [derivatives, 'power > 0 ? 0 : power === 0 && n === 0 ?', 'power >= 0 ? 0 : power === 0 && n === 0 ?'],
    'igamma: no derivative by a at a = 0': [derivatives, '(Number.isNaN(known) || x === 0 || a === Infinity || x === Infinity)', '(Number.isNaN(known) || a === 0 || x === 0 || a === Infinity || x === Infinity)'],
  }),
  ...mutantsOf('src/primitive/incompleteBetaFunction.ts', {
    'betainc: 1 less what is nearly 1': [values, 'return b < 1 && value < 0.5 ? smallShape(a, b, y, x < 0.5 ? Math.log1p(-x) : Math.log(y)) : value;', 'return value;'],
    'betainc: the two tails change places': [values, 'return atZero ? 1 : atOne ? 0 : null;', 'return atZero ? 0 : atOne ? 1 : null;'],
    'betaDensity: the powers at the other end': [values, 'if (x === 1) return atOrigin(n, m, q, p, b, a);', 'if (x === 1) return atOrigin(m, n, p, q, a, b);'],
    'betainc: the logarithm of a rounded difference': [values, 'y < 0.5 ? Math.log(y) : Math.log1p(-x)]', 'Math.log(1 - x)]'],
  }),
  ...mutantsOf('src/primitive/sincFunction.ts', {
    'sinc: the recurrence near 0': [derivatives, 'if (Math.abs(z) < 0.5) return scale * series(n, z);', 'if (Math.abs(z) > 0) { let v = sinPi(x) / z; for (let k = 1; k <= n; k++) v = (turn(k) - k * v) / z; return scale * v; }'],
  }),
  ...mutantsOf('src/primitive/bits.ts', {
    'nextAfter: inwards from a power of two': [bits, 'const below = !outwards && Math.abs(a) === 2 ** exponent ? 1 : 0;', 'const below = 0;'],
    'nextAfter: beyond the greatest number': [bits, 'if (outwards && Math.abs(a) === max) return Math.sign(a) * Infinity;', ''],
    'reducePrecision: the range of subnormal numbers': [bits, 'exponent <= -bias ?', 'exponent < -bias ?'],
    'reducePrecision: truncates': [bits, 'roundHalfEven(digits)', 'Math.floor(digits)'],
    'clz: of eight bits as of thirty-two': [bits, 'Math.clz32(a & 255) - 24', 'Math.clz32(a & 255)'],
    'populationCount: the sign is extended': [bits, 'width === 32 ? a | 0 : a & 255', 'a | 0'],
  }),
  ...mutantsOf('src/primitive/collective.ts', {
    'pmax: each position its own tangent': [axes, 'tangents: [bind1(psumP, [mul(share, t)], params)] };', 'tangents: [mul(share, t)] };'],
    'allGather: the transpose gives the sum to the first position': [axes, 'const start = [bind1(axisIndexP, [], params),', "const start = [constant(0, [], 'i32'),"],
    'allGather: the transpose does not sum': [axes, 'dynamicSlice(bind1(psumP, [ct], params), start', 'dynamicSlice(ct, start'],
    'allGather: another axis stays where it is': [axes, 'y => moveAxis(y, 1, 0)),', 'y => moveAxis(y, 0, 0)),'],
  }),
];
