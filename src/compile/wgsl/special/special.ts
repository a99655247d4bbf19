// The special functions of float32 in WGSL as rows of the scalar table: each a function of the shader, with the functions that it calls. Floor 5.
// Bounds against the exact values are measured by test/webgpu/special.test.ts.
import type { Params } from '../../../ir/primitive.ts';
import type { Code, Term } from '../code.ts';
import { besselText, sincText } from './circle.ts';
import { gammaText, polygammaText } from './gamma.ts';
import { betaDensity, betainc, betaText } from './incompleteBeta.ts';
import { gammaDensity, igammaDerivative, igammaText, infiniteOrZeroText, massText } from './incompleteGamma.ts';
import { jets, progressText, type Special } from './jets.ts';
import { pairs } from './pairs.ts';
import { zetaDerivativeText } from './zeta.ts';

type Parts = Special['texts'];
const base: Parts = [['pairs', pairs]];
const gammas: Parts = [...base, ['gammas', gammaText]];
const masses: Parts = [...gammas, ['progress', progressText], ['mass', massText], ['infinite_or_zero', infiniteOrZeroText]];
const betas: Parts = [...gammas, ['progress', progressText], ['betas', betaText], ['infinite_or_zero', infiniteOrZeroText]];
const logFactorial = (n: number): number => { let sum = 0; for (let k = 2; k <= n; k++) sum += Math.log(k); return sum; };
/** The function with what it stands on, and arguments behind the operands. */
interface Called { readonly under: Parts; readonly special: Special; readonly more?: readonly string[] }

const functions = {
  lgamma: (): Called => ({ under: gammas, special: { name: 'lgamma', texts: [] } }),
  digamma: (): Called => ({ under: gammas, special: { name: 'digamma', texts: [] } }),
  polygamma: (of: (name: string) => number): Called => { const n = of('order'); return { under: gammas, special: { name: `polygamma_${n}`, texts: [[`polygamma_${n}`, polygammaText(n, logFactorial(n))]] } }; },
  zeta(of: (name: string) => number): Called {
    const n = of('order');
    const j = jets(n, 0);
    return n === 0 ? { under: gammas, special: { name: 'zeta', texts: [] } }
      : { under: gammas, special: { name: `zeta_derivative_${n}`, texts: [[j.prefix, j.text], [`zeta_derivative_${n}`, zetaDerivativeText(j, n)]] } };
  },
  igamma(of: (name: string) => number): Called {
    const n = of('order');
    return n === 0 ? { under: masses, special: { name: 'igamma', texts: [['igamma', igammaText]] }, more: ['false'] } : { under: masses, special: igammaDerivative(n) };
  },
  igammac: (): Called => ({ under: masses, special: { name: 'igamma', texts: [['igamma', igammaText]] }, more: ['true'] }),
  gammaDensity: (of: (name: string) => number): Called => ({ under: masses, special: gammaDensity(of('order'), of('shift')) }),
  betainc: (of: (name: string) => number): Called => ({ under: betas, special: betainc(of('orderA'), of('orderB')) }),
  betaDensity: (of: (name: string) => number): Called => ({ under: betas, special: betaDensity(of('orderA'), of('orderB'), of('shiftA'), of('shiftB')) }),
  sinc: (of: (name: string) => number): Called => { const n = of('order'); return { under: base, special: { name: `sinc_${n}`, texts: [[`sinc_${n}`, sincText(n)]] } }; },
  besselIe: (of: (name: string) => number): Called => ({ under: base, special: { name: `bessel_ie_${of('order')}`, texts: [['bessel', besselText], [`bessel_ie_${of('order')}`, `fn bessel_ie_${of('order')}(x: f32) -> f32 { return bessel_ie(${of('order')}i, x); }`]] } }),
} as const;

/** A special function of its operands, the member of its family that the parameters say: at most 2 ulp; next to zeros on the negative axis, and of derivatives where terms cancel, 1e-11 of the terms. */
export function special(name: keyof typeof functions, c: Code, params: Params, args: readonly Term[]): Term {
  const { under, special: { name: f, texts }, more = [] } = functions[name](key => Number(params[key] ?? 0));
  for (const [key, text] of [...under, ...texts]) c.define(key, text);
  return c.let('f32', `${f}(${[...args.map(a => c.f32(a)), ...more].join(', ')})`);
}

/** Operands, where there is not one. */
export const arities: { readonly [name: string]: number } = { zeta: 2, igamma: 2, igammac: 2, gammaDensity: 2, betainc: 3, betaDensity: 3 };
