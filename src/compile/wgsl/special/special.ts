// The special functions of float32 in WGSL as rows of the scalar table: each a function of the shader, with the functions that it calls. Floor 5.
// Bounds against the exact values are measured by test/webgpu/special.test.ts.
import type { Params } from '../../../ir/primitive.ts';
import type { Code, Term } from '../code.ts';
import { pairs } from '../pair.ts';
import { besselText } from './bessel.ts';
import { gammaText, polygammaText } from './gamma.ts';
import { betaDensity, betainc, betaText } from './incompleteBeta.ts';
import { gammaDensity, igammaDerivative, igammaText, infiniteOrZeroText, massText } from './incompleteGamma.ts';
import { jets, progressText, type Special } from './jets.ts';
import { sincText } from './sinc.ts';
import { zetaDerivativeText } from './zeta.ts';

const library: readonly string[] = [pairs, gammaText, progressText, massText, infiniteOrZeroText, igammaText, betaText, besselText];
const logFactorial = (n: number): number => { let sum = 0; for (let k = 2; k <= n; k++) sum += Math.log(k); return sum; };
/** One of the library. */
const known = (name: string, ...more: readonly string[]): Special => ({ name, texts: [], more });

const functions = {
  lgamma: () => known('lgamma'), digamma: () => known('digamma'), igammac: () => known('igamma', 'true'), besselI0e: () => known('bessel_i0e'), besselI1e: () => known('bessel_i1e'),
  polygamma: of => { const n = of('order'); return { name: `polygamma_${n}`, texts: [polygammaText(n, logFactorial(n))] }; },
  zeta: of => { const [n, j] = [of('order'), jets(of('order'), 0)]; return n === 0 ? known('zeta') : { name: `zeta_derivative_${n}`, texts: [j.text, zetaDerivativeText(j, n)] }; },
  igamma: of => { const n = of('order'); return n === 0 ? known('igamma', 'false') : igammaDerivative(n); },
  gammaDensity: of => gammaDensity(of('order'), of('shift')),
  betainc: of => betainc(of('orderA'), of('orderB')),
  betaDensity: of => betaDensity(of('orderA'), of('orderB'), of('shiftA'), of('shiftB')),
  sinc: of => { const n = of('order'); return { name: `sinc_${n}`, texts: [sincText(n)] }; },
  besselIe: of => { const n = of('order'); return { name: `bessel_ie_${n}`, texts: [`fn bessel_ie_${n}(x: f32) -> f32 { return bessel_ie(${n}i, x); }`] }; },
} satisfies { readonly [name: string]: (of: (name: string) => number) => Special };

/**
 * A special function of its operands, the member of its family that the parameters say: at most 2 ulp, those of Bessel of orders 0 and 1 at most 1; next to
 * zeros on the negative axis, and of derivatives where terms cancel, 1e-11 of the terms.
 */
export function special(name: keyof typeof functions, c: Code, params: Params, args: readonly Term[]): Term {
  const { name: f, texts, more = [] }: Special = functions[name](key => Number(params[key] ?? 0));
  return c.call('f32', f, [...library, ...texts], ...args.map(a => c.f32(a)), ...more);
}

/** Operands, where there is not one. */
export const arities: { readonly [name: string]: number } = { zeta: 2, igamma: 2, igammac: 2, gammaDensity: 2, betainc: 3, betaDensity: 3 };
