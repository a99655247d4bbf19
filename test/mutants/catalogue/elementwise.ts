// Mistakes in the rules of elementwise operations: arithmetic, exponentials, powers, extrema, rounding, bits, choices.
import { mutantsOf, type Mutant } from '../mutant.ts';

const values = 'test/primitive/elementwise.test.ts';

export const elementwise: readonly Mutant[] = [
  ...mutantsOf('src/primitive/arithmetic.ts', {
    'neg: the tangent is not negated': ['laws.primitive:neg', 'jvp: (_x, [t]) => t ? neg(t) : null,', 'jvp: (_x, [t]) => t ?? null,'],
    'neg: the cotangent is not negated': ['laws.primitive:neg', 'transpose: ([ct]) => [ct ? neg(ct) : null]', 'transpose: ([ct]) => [ct ?? null]'],
    'add: the second tangent is dropped': ['laws.primitive:add', 'jvp: (_x, [s, t]) => addTangents(s, t),', 'jvp: (_x, [s]) => addTangents(s, null),'],
    'add: the second cotangent is dropped': ['laws.primitive:add', '[ct ?? null, ct ?? null]', '[ct ?? null, null]'],
    'sub: the sign is lost where the first tangent is zero': ['laws.primitive:sub', 's ?? (t ? neg(t) : null)', 's ?? t ?? null'],
    'sub: tangents are exchanged': ['laws.primitive:sub', 's && t ? sub(s, t)', 's && t ? sub(t, s)'],
    'sub: the second cotangent keeps its sign': ['laws.primitive:sub', '[ct ?? null, ct ? neg(ct) : null]', '[ct ?? null, ct ?? null]'],
    'sub: claims to be commutative': ['laws.primitive:sub', `name: 'sub', op: 'sub', arity: 2, accepts: 'number',`, `name: 'sub', op: 'sub', arity: 2, accepts: 'number', commutative: true,`],
    'mul: the product rule takes the wrong factor': ['laws.primitive:mul', 't ? mul(at(x, 0), t) : null', 't ? mul(at(x, 1), t) : null'],
    'mul: the transpose forgets the factor': ['laws.primitive:mul', 'a?.known ? mul(a.known, ct) : null', 'a?.known ? ct : null'],
    'mul: products of integers lose their low bits': [values, 'integer: (a, b) => Math.imul(a, b)', 'integer: (a, b) => a * b'],
    'div: the second tangent keeps its sign': ['laws.primitive:div', 't ? neg(mul(t, div(out, at(x, 1)))) : null', 't ? mul(t, div(out, at(x, 1))) : null'],
    'div: -a/b instead of -a/b^2': ['laws.primitive:div', 'div(out, at(x, 1))', 'div(at(x, 0), at(x, 1))'],
    'div: the transpose multiplies': ['laws.primitive:div', 'ct && b?.known ? div(ct, b.known) : null', 'ct && b?.known ? mul(ct, b.known) : null'],
    'div: integers by zero give zero': [values, 'return dtypeInfo[dtype].signed ? -1 : dtypeInfo[dtype].max;', 'return 0;'],
    'div: integers are divided downwards': [values, 'Math.trunc(a / b)', 'Math.floor(a / b)'],
    'sums of tangents drop a term': ['laws.primitive:mul', 's && t ? add(s, t) : s ?? t ?? null', 's ?? t ?? null'],
  }),
  ...mutantsOf('src/primitive/elementwise.ts', {
    'an unbatched operand is not stretched': ['laws.primitive:add', 'bind1(record, alignBatch(x, batched, size), noParams)', 'bind1(record, x, noParams)'],
    'the third operand is read as the second': ['laws.primitive:clamp', 'f(x[i] ?? 0, y[i] ?? 0, z[i] ?? 0)', 'f(x[i] ?? 0, y[i] ?? 0, y[i] ?? 0)'],
  }),
  ...mutantsOf('src/primitive/exponential.ts', {
    'exp: the tangent is not scaled': ['laws.primitive:exp', 'jvp: (_x, [t], out) => t ? mul(t, out) : null,', 'jvp: (_x, [t]) => t ?? null,'],
    'expm1: the derivative is the value': ['laws.primitive:expm1', 'mul(t, exp(x))', 'mul(t, expm1(x))'],
    'expm1: the derivative has no digits left near -1': ['test/primitive/elementwiseDerivatives.test.ts', 'jvp: ([x], [t]) => t && x ? mul(t, exp(x)) : null', 'jvp: (_x, [t], out) => t ? mul(t, add(out, constantLike(1, out))) : null'],
    'log: the derivative is x': ['laws.primitive:log', 't && x ? div(t, x) : null', 't && x ? mul(t, x) : null'],
    'log1p: the derivative forgets the 1': ['laws.primitive:log1p', 'div(t, add(x, constantLike(1, x)))', 'div(t, x)'],
    'tanh: half of the derivative': ['laws.primitive:tanh', 'mul(sub(one, out), add(one, out))', 'sub(one, out)'],
    'logistic: the derivative forgets a factor': ['laws.primitive:logistic', 'mul(t, mul(out, sub(constantLike(1, out), out)))', 'mul(t, sub(constantLike(1, out), out))'],
    'logistic: overflows below': ['laws.primitive:logistic', 'return e / (1 + e);', 'return e / (1 - e);'],
    'sin: its own derivative': ['laws.primitive:sin', 'mul(t, cos(x))', 'mul(t, sin(x))'],
    'cos: the sign of the derivative': ['laws.primitive:cos', 'neg(mul(t, sin(x)))', 'mul(t, sin(x))'],
  }),
  ...mutantsOf('src/primitive/power.ts', {
    'sqrt: the factor one half': ['laws.primitive:sqrt', 'mul(t, constantLike(0.5, out))', 't'],
    'rsqrt: divided by the root, not by x': ['laws.primitive:rsqrt', 'div(out, x)', 'out'],
    'cbrt: the factor one third': ['laws.primitive:cbrt', 'mul(constantLike(3, out), mul(out, out))', 'mul(out, out)'],
    'integerPow: the exponent is not lowered': ['laws.primitive:integerPow', 'integerPow(x, exponent - 1)', 'integerPow(x, exponent)'],
    'integerPow: the exponent is no factor': ['laws.primitive:integerPow', 'mul(t, mul(constantLike(exponent, x), integerPow(x, exponent - 1)))', 'mul(t, integerPow(x, exponent - 1))'],
    'integerPow: squaring stops early': [values, 'rest > 0; rest = Math.floor(rest / 2)', 'rest > 1; rest = Math.floor(rest / 2)'],
    'pow: y x^y': ['laws.primitive:pow', 'sub(y, one))', 'y)'],
    'pow: 0 * infinity at x = y = 0': ['laws.primitive:pow', 'pow(select(and(atZero, eq(y, zero)), one, x), sub(y, one))', 'pow(x, sub(y, one))'],
    'pow: log 0 at x = 0': ['laws.primitive:pow', 'log(select(and(atZero, ge(y, zero)), one, x))', 'log(x)'],
    'pow: 1 ** NaN is NaN': ['test/primitive/elementwise.test.ts', 'return a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b;', 'return a ** b;'],
  }),
  ...mutantsOf('src/primitive/extremum.ts', {
    'max and min: both operands have the whole share of a tie': ['laws.primitive:max', 'mul(constantLike(0.5, t), t)', 't'],
    'max and min: the loser has the derivative': ['laws.primitive:min', 'choose(wins(a, b), s, choose(wins(b, a), t,', 'choose(wins(b, a), s, choose(wins(a, b), t,'],
    'max and min: ties go to the first operand': ['laws.primitive:max', 'choose(wins(b, a), t, addTangents(half(s), half(t)))', 'choose(wins(b, a), t, s)'],
    'max: NaN loses': [values, '(a, b) => Math.max(a, b)', '(a, b) => a > b ? a : b'],
  }),
  ...mutantsOf('src/primitive/rounding.ts', {
    'abs: the derivative is 1': ['laws.primitive:abs', 'mul(t, sign(x))', 't'],
    'rem: the sign of the second derivative': ['laws.primitive:rem', 'addTangents(s, neg(mul(t, quotient)))', 'addTangents(s, mul(t, quotient))'],
    'rem: the first tangent is dropped': ['laws.primitive:rem', 'addTangents(s, neg(mul(t, quotient)))', 'neg(mul(t, quotient))'],
    'rem: the quotient is not rounded': ['laws.primitive:rem', 'round(div(sub(at(x, 0), out), at(x, 1)))', 'div(at(x, 0), at(x, 1))'],
    'round: halves away from zero': [values, `step('round', roundHalfEven)`, `step('round', a => Math.round(a))`],
  }),
  ...mutantsOf('src/primitive/comparison.ts', {
    'lt: holds of equals': [values, '(a, b) => a < b)', '(a, b) => a <= b)'],
    'ne: NaN equals itself': [values, '(a, b) => a !== b, true)', '(a, b) => !Object.is(a, b), true)'],
  }),
  ...mutantsOf('src/primitive/logical.ts', {
    'not: bools become -1': [values, `dtype === 'bool' ? 1 - a : ~a`, '~a'],
    'shiftLeft: the amount wraps': [values, 'beyond(s, dtype) ? 0 : a << s', 'a << s'],
    'shiftRightArithmetic: the sign is lost beyond the width': [values, 'beyond(s, dtype) ? signed >> 31 : signed >> s', 'beyond(s, dtype) ? 0 : signed >> s'],
  }),
  ...mutantsOf('src/primitive/select.ts', {
    'select: tangents are exchanged': ['laws.primitive:select', 'jvp: (x, [, s, t]) => [choose(at(x, 0), s, t)]', 'jvp: (x, [, s, t]) => [choose(at(x, 0), t, s)]'],
    'select: the mask of the cotangent is dropped': ['laws.primitive:select', 'isLinear(onFalse) ? choose(p.known, null, ct) : null', 'isLinear(onFalse) ? ct : null'],
    'select: a missing tangent is taken for the other one': ['laws.primitive:select', 'onFalse ?? constantLike(0, onTrue)', 'onFalse ?? onTrue'],
    'clamp: the derivative does not stop at the upper bound': ['laws.primitive:clamp', 'choose(and(lt(lo, middle), lt(middle, hi)), t, null)', 'choose(lt(lo, middle), t, null)'],
    'clamp: on a bound the derivative is 1': ['test/primitive/elementwiseDerivatives.test.ts', 'lt(middle, hi))', 'le(middle, hi))'],
    'clamp: the derivative of the lower bound ignores that the bounds may cross': ['laws.primitive:clamp', 'and(lt(middle, lo), le(lo, hi))', 'lt(middle, lo)'],
  }),
  ...mutantsOf('src/primitive/convert.ts', {
    'convert: the cotangent stays in the result\'s dtype': ['laws.primitive:convert', 'convert(ct, x.aval.dtype) : null]', 'ct : null]'],
    'convert: the tangent stays in the operand\'s dtype': ['laws.primitive:convert', 't && isFloat(dtype) ? convert(t, dtype) : null', 't && isFloat(dtype) ? t : null'],
  }),
  ...mutantsOf('src/primitive/stopGradient.ts', {
    'stopGradient: the tangent passes': ['test/primitive/structuralRules.test.ts', 'jvp: () => [null],', 'jvp: (_x, [t]) => [t ?? null],'],
  }),
  ...mutantsOf('src/primitive/barrier.ts', {
    'optimizationBarrier: tangents change places': ['laws.primitive:optimizationBarrier', 'at(passed, next++)', 'at(passed, passed.length - 1 - next++)'],
    'optimizationBarrier: an unbatched operand counts as batched': ['laws.primitive:optimizationBarrier', 'outputs: optimizationBarrier(x), batched })', 'outputs: optimizationBarrier(x), batched: batched.map(() => true) })'],
  }),
];
