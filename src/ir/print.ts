// Programs as text, in JAX's form: `{ lambda ; a:f32[3] b:f32[]. let c:f32[3] = mul a b in (c,) }`.
// Floor 1: knows programs only.
import { showAval } from './aval.ts';
import { showElement, special } from './decimal.ts';
import { isJaxpr, Var, type Atom, type Eqn, type Jaxpr } from './jaxpr.ts';
import type { Param } from './primitive.ts';

/** Captured inputs stand before the semicolon. Short programs print on one line. */
export function printJaxpr(j: Jaxpr, indent = ''): string {
  const names = new Map<Var, string>();
  const name = (v: Var): string => {
    let n = names.get(v);
    if (n === undefined) names.set(v, n = letters(names.size));
    return n;
  };
  const declare = (v: Var): string => `${name(v)}:${showAval(v.aval)}`;
  const use = (a: Atom): string => a instanceof Var ? name(a) : `${showElement(a.value, a.aval.dtype)}:${showAval(a.aval)}`;
  const head = [j.inputs.slice(0, j.numConsts).map(declare).join(' '), '; ', j.inputs.slice(j.numConsts).map(declare).join(' ')].join('');
  const lines = j.eqns.map(e => showEqn(e, declare, use, indent + '    '));
  const outs = `(${j.outputs.map(use).join(', ')}${j.outputs.length === 1 ? ',' : ''})`;
  const flat = `{ lambda ${head}. let ${lines.join('; ')}${lines.length > 0 ? ' ' : ''}in ${outs} }`;
  if (lines.length <= 1 && !flat.includes('\n') && flat.length <= 120) return flat;
  return [`{ lambda ${head}. let`, ...lines.map(l => `${indent}    ${l}`), `${indent}  in ${outs} }`].join('\n');
}

/** The names that the variables of a program have where it is printed; those of nested bodies are not among them. */
export function variableNames(j: Jaxpr): ReadonlyMap<Var, string> {
  return new Map([...j.inputs, ...j.eqns.flatMap(e => e.outputs)].map((v, i) => [v, letters(i)]));
}

function showEqn(e: Eqn, declare: (v: Var) => string, use: (a: Atom) => string, indent: string): string {
  const params = Object.keys(e.params).sort().map(k => `${k}=${showParam(e.params[k], indent)}`);
  const some = params.length > 0 ? `[${params.join(' ')}]` : '';
  // Inputs are named before outputs would be, as they were written before.
  const inputs = e.inputs.map(use).join(' ');
  return `${e.outputs.map(declare).join(' ')} = ${e.primitive.name}${some}${inputs === '' ? '' : ` ${inputs}`}`;
}
function showParam(p: Param | undefined, indent: string): string {
  if (p === undefined || p === null) return 'none';
  if (typeof p === 'number') return special(p) ?? (Object.is(p, -0) ? '-0' : String(p));
  if (typeof p !== 'object') return String(p);
  if (isJaxpr(p)) return printJaxpr(p, indent);
  if (Array.isArray(p)) { const items: readonly Param[] = p; return `(${items.map(x => showParam(x, indent)).join(',')}${items.length === 1 ? ',' : ''})`; }
  const record: { readonly [key: string]: Param } = Object.fromEntries(Object.entries(p));
  return `{${Object.keys(record).sort().map(k => `${k}:${showParam(record[k], indent)}`).join(' ')}}`;
}
const letters = (n: number): string => (n >= 26 ? letters(Math.floor(n / 26) - 1) : '') + String.fromCharCode(97 + (n % 26));
