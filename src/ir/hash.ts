// The structural hash: equal for programs that differ only in the names of their variables. 64 bits in two lanes, verified by
// full comparison where it is used as a key. Origins are outside; captured values are inputs and so have no part in it.
import { infoOf } from '../dtype/dtype.ts';
import { sameAval, type Aval } from './aval.ts';
import { isJaxpr, Var, type Atom, type Eqn, type Jaxpr } from './jaxpr.ts';
import type { Param, Params, Primitive } from './primitive.ts';

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

class Hasher {
  #a = 0x811c9dc5 | 0;
  #b = 0x9e3779b9 | 0;
  int(n: number): void {
    this.#a = Math.imul(this.#a ^ n, 0x01000193);
    this.#b = Math.imul(this.#b ^ (n + (this.#b << 6) + (this.#b >>> 2)), 0x85ebca6b);
    this.#b ^= this.#b >>> 15;
  }
  float(x: number): void { scratch[0] = x; this.int(words[0] ?? 0); this.int(words[1] ?? 0); }
  text(s: string): void { for (let i = 0; i < s.length; i++) this.int(s.charCodeAt(i)); this.int(-7 - s.length); }
  aval(x: Aval): void { this.int(infoOf(x.dtype).code); this.int(x.shape.length); for (const d of x.shape) this.int(d); }
  key(): string { return `${(this.#a >>> 0).toString(36)}.${(this.#b >>> 0).toString(36)}`; }
}

const nameCodes = new WeakMap<Primitive, number>();
function nameCode(p: Primitive): number {
  let code = nameCodes.get(p);
  if (code === undefined) {
    code = 0;
    for (let i = 0; i < p.name.length; i++) code = (Math.imul(code, 31) + p.name.charCodeAt(i)) | 0;
    nameCodes.set(p, code);
  }
  return code;
}

function hashParam(h: Hasher, p: Param | undefined): void {
  if (typeof p === 'number') { h.int(-11); h.float(p); }
  else if (typeof p === 'string') { h.int(-12); h.text(p); }
  else if (typeof p === 'boolean') h.int(p ? -3 : -4);
  else if (p === null || p === undefined) h.int(-5);
  else if (isJaxpr(p)) { h.int(-13); h.text(hashJaxpr(p)); }
  else if (isList(p)) { h.int(-14); h.int(p.length); for (const x of p) hashParam(h, x); }
  else { h.int(-15); for (const k of Object.keys(p).sort()) { h.text(k); hashParam(h, p[k]); } }
}
const isList = (p: Param): p is readonly Param[] => Array.isArray(p);

const known = new WeakMap<Jaxpr, string>();
/** A key that is equal for alpha-equivalent programs, literals and nested bodies included. Remembered per program object. */
export function hashJaxpr(j: Jaxpr): string {
  const before = known.get(j);
  if (before !== undefined) return before;
  // Nested bodies are hashed first: slots are scratch space, valid during one walk only.
  for (const e of j.eqns) for (const k in e.params) prehash(e.params[k]);
  const h = new Hasher();
  let next = 0;
  const atom = (a: Atom): void => {
    if (a instanceof Var) { h.int(a.slot); return; }
    h.int(-1);
    h.aval(a.aval);
    h.float(a.value);
  };
  h.int(j.numConsts);
  h.int(j.inputs.length);
  for (const v of j.inputs) { v.slot = next++; h.aval(v.aval); }
  for (const e of j.eqns) {
    h.int(nameCode(e.primitive));
    for (const k of Object.keys(e.params).sort()) hashParam(h, e.params[k]);
    for (const a of e.inputs) atom(a);
    h.int(-2);
    for (const v of e.outputs) { v.slot = next++; h.aval(v.aval); }
  }
  h.int(-6);
  for (const o of j.outputs) atom(o);
  const key = h.key();
  known.set(j, key);
  return key;
}
/** A key that is equal for equal parameters. */
export function hashParams(params: Params): string {
  for (const k in params) prehash(params[k]);
  const h = new Hasher();
  hashParam(h, params);
  return h.key();
}
function prehash(p: Param | undefined): void {
  if (isJaxpr(p)) hashJaxpr(p);
  else if (p !== null && p !== undefined && typeof p === 'object' && isList(p)) for (const x of p) prehash(x);
}

/** Whether two programs are equal up to the names of their variables. */
export function sameJaxpr(a: Jaxpr, b: Jaxpr): boolean {
  if (a === b) return true;
  if (a.numConsts !== b.numConsts || a.inputs.length !== b.inputs.length || a.eqns.length !== b.eqns.length || a.outputs.length !== b.outputs.length) return false;
  const pairs = new Map<Var, Var>();
  const meet = (x: Var | undefined, y: Var | undefined): boolean => {
    if (x === undefined || y === undefined || !sameAval(x.aval, y.aval)) return false;
    pairs.set(x, y);
    return true;
  };
  const sameAtom = (x: Atom | undefined, y: Atom | undefined): boolean => {
    if (x === undefined || y === undefined) return false;
    if (x instanceof Var) return pairs.get(x) === y;
    return !(y instanceof Var) && Object.is(x.value, y.value) && sameAval(x.aval, y.aval);
  };
  const sameEqn = (x: Eqn, y: Eqn | undefined): boolean => y !== undefined && x.primitive === y.primitive && x.inputs.length === y.inputs.length
    && x.outputs.length === y.outputs.length && x.inputs.every((v, i) => sameAtom(v, y.inputs[i])) && sameParam(x.params, y.params)
    && x.outputs.every((v, i) => meet(v, y.outputs[i]));
  return a.inputs.every((v, i) => meet(v, b.inputs[i])) && a.eqns.every((e, i) => sameEqn(e, b.eqns[i])) && a.outputs.every((o, i) => sameAtom(o, b.outputs[i]));
}
export function sameParam(a: Param | undefined, b: Param | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (isJaxpr(a) || isJaxpr(b)) return isJaxpr(a) && isJaxpr(b) && sameJaxpr(a, b);
  if (isList(a) || isList(b)) return isList(a) && isList(b) && a.length === b.length && a.every((x, i) => sameParam(x, b[i]));
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(k => sameParam(a[k], b[k]));
}
