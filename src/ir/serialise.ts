// Programs as versioned JSON: what may be stored, sent, and read by a later version. The inverse stands in deserialise.ts.
// Floor 1: knows primitives only by their names and records.
import { showAval } from './aval.ts';
import { contentHash, storeConstant, type StoredConstant } from './constants.ts';
import { CotangentError } from '../error.ts';
import { isJaxpr, Var, type Atom, type Eqn, type Jaxpr } from './jaxpr.ts';
import type { NDArray, Param, Params } from './primitive.ts';

/** Raised whenever a reader of the older form would misread the new one. */
export const serialVersion = 1;
export const serialFormat = 'cotangent.program';

/** A program and the values of its captured inputs (none, where only the program is of interest). */
export interface Program { readonly jaxpr: Jaxpr; readonly consts: readonly NDArray[] }

/** Numbers that JSON lacks. */
export type StoredNumber = number | 'nan' | 'inf' | '-inf' | '-0';
/** Lists stand for themselves; what JSON alone could not tell apart is tagged. */
export type StoredParam = number | string | boolean | null | readonly StoredParam[]
  | { readonly number: StoredNumber } | { readonly record: { readonly [key: string]: StoredParam } }
  /** An index into `programs`. */
  | { readonly jaxpr: number };
/** The number of a variable (inputs first, then results in the order of the equations), or a splat. */
export type StoredAtom = number | { readonly value: StoredNumber; readonly aval: string };
export interface StoredEqn {
  readonly primitive: string;
  readonly params: { readonly [key: string]: StoredParam };
  readonly inputs: readonly StoredAtom[];
  readonly outputs: readonly string[];
  /** Indices into `paths` and `sources`. */
  readonly path?: number;
  readonly source?: number;
}
export interface StoredJaxpr {
  readonly numConsts: number;
  readonly inputs: readonly string[];
  readonly eqns: readonly StoredEqn[];
  readonly outputs: readonly StoredAtom[];
}
export interface StoredProgram {
  readonly format: typeof serialFormat;
  readonly version: number;
  /** Bodies before the programs whose equations hold them; the program itself is the last. */
  readonly programs: readonly StoredJaxpr[];
  /** Names in `constants` of the values of the captured inputs. */
  readonly consts: readonly string[];
  readonly constants: { readonly [hash: string]: StoredConstant };
  readonly paths: readonly string[];
  readonly sources: readonly string[];
}

/** The program as text, the same for the same program: a line of JSON. */
export const serialise = (program: Program): string => JSON.stringify(storeProgram(program));

/** The program as the data that `serialise` writes. Throws `serial` where the constants do not belong to the program. */
export function storeProgram({ jaxpr, consts }: Program): StoredProgram {
  if (consts.length !== 0 && consts.length !== jaxpr.numConsts) {
    throw new CotangentError('serial', `serialise: the program has ${jaxpr.numConsts} captured inputs, ${consts.length} constants are given`);
  }
  const programs: StoredJaxpr[] = [];
  const places = new Map<Jaxpr, number>();
  const paths = new Table();
  const sources = new Table();
  /** Where a program stands, once it stands there. A body that several equations share is stored once. */
  const place = (j: Jaxpr): number => {
    const known = places.get(j);
    if (known !== undefined) return known;
    const stored = storeJaxpr(j);
    places.set(j, programs.length);
    programs.push(stored);
    return programs.length - 1;
  };
  const storeJaxpr = (j: Jaxpr): StoredJaxpr => {
    const numbers = new Map<Var, number>();
    const declare = (v: Var): string => { numbers.set(v, numbers.size); return showAval(v.aval); };
    const atom = (a: Atom): StoredAtom => {
      if (!(a instanceof Var)) return { value: storeNumber(a.value), aval: showAval(a.aval) };
      const n = numbers.get(a);
      if (n === undefined) throw new CotangentError('serial', 'serialise: malformed program: a variable is read before it is written');
      return n;
    };
    const eqn = (e: Eqn): StoredEqn => {
      // Inputs are read before results are declared.
      const inputs = e.inputs.map(atom);
      return {
        primitive: e.primitive.name, params: storeParams(e.params, place), inputs, outputs: e.outputs.map(declare),
        ...e.origin.path === '' ? {} : { path: paths.add(e.origin.path) },
        ...e.origin.source === null ? {} : { source: sources.add(e.origin.source.line) },
      };
    };
    return { numConsts: j.numConsts, inputs: j.inputs.map(declare), eqns: j.eqns.map(eqn), outputs: j.outputs.map(atom) };
  };
  place(jaxpr);
  const constants: { [hash: string]: StoredConstant } = {};
  const names = consts.map(x => { const hash = contentHash(x); constants[hash] ??= storeConstant(x); return hash; });
  return { format: serialFormat, version: serialVersion, programs, consts: names, constants, paths: paths.texts, sources: sources.texts };
}

class Table {
  readonly texts: string[] = [];
  readonly #places = new Map<string, number>();
  add(text: string): number {
    let i = this.#places.get(text);
    if (i === undefined) {
      this.#places.set(text, i = this.texts.length);
      this.texts.push(text);
    }
    return i;
  }
}

/** In their own order, which is that of the bodies among them. */
function storeParams(params: Params, place: (j: Jaxpr) => number): { readonly [key: string]: StoredParam } {
  return Object.fromEntries(Object.keys(params).map(k => [k, storeParam(params[k] ?? null, place)]));
}
function storeParam(p: Param, place: (j: Jaxpr) => number): StoredParam {
  if (typeof p === 'number') { const n = storeNumber(p); return typeof n === 'number' ? n : { number: n }; }
  if (p === null || typeof p !== 'object') return p;
  if (isJaxpr(p)) return { jaxpr: place(p) };
  if (isList(p)) return p.map(x => storeParam(x, place));
  return { record: storeParams(p, place) };
}
const isList = (p: Param): p is readonly Param[] => Array.isArray(p);
function storeNumber(x: number): StoredNumber {
  if (Number.isNaN(x)) return 'nan';
  return x === Infinity ? 'inf' : x === -Infinity ? '-inf' : Object.is(x, -0) ? '-0' : x;
}
