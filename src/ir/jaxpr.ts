// The program: equations over variables in A-normal form. A jaxpr has inputs and no constants: what a function closed over is its
// first `numConsts` inputs, and the values to put there travel beside it. Floor 1: knows primitives only by their records.
import { showAval, type Aval } from './aval.ts';
import type { Effect, Params, Primitive } from './primitive.ts';

export class Var {
  /** Scratch number, meaningful only within one pass (hashing, compiling, checking). */
  slot = -1;
  readonly aval: Aval;
  constructor(aval: Aval) { this.aval = aval; }
}
/** A scalar splat over a shape: zeros, ones and numbers are literals and never own memory. */
export interface Lit { readonly value: number; readonly aval: Aval }
export type Atom = Var | Lit;

/** Where an equation came from: both fields are outside the structural hash and inherited by derived equations. */
export interface Origin {
  /** Operation path such as `mlp/dense_1`, from `scope(name, f)`. */
  readonly path: string;
  /** The user's line, formatted lazily; null where none was captured. */
  readonly source: Source | null;
}
export interface Source { readonly line: string }

export interface Eqn {
  readonly primitive: Primitive;
  readonly params: Params;
  readonly inputs: readonly Atom[];
  readonly outputs: readonly Var[];
  readonly origin: Origin;
}
export interface Jaxpr {
  readonly numConsts: number;
  readonly inputs: readonly Var[];
  readonly eqns: readonly Eqn[];
  readonly outputs: readonly Atom[];
}

export const noOrigin: Origin = { path: '', source: null };

export const isJaxpr = (x: unknown): x is Jaxpr => typeof x === 'object' && x !== null && 'eqns' in x && 'numConsts' in x;

/** The programs inside an equation's parameters, in the order of the parameters. */
export function bodiesOf(params: Params): readonly Jaxpr[] {
  let found: Jaxpr[] | null = null;
  for (const key in params) {
    const p = params[key];
    if (isJaxpr(p)) (found ??= []).push(p);
    else if (Array.isArray(p)) for (const q of p) if (isJaxpr(q)) (found ??= []).push(q);
  }
  return found ?? [];
}

/** Equations, those of nested bodies included. */
export const countEqns = (j: Jaxpr): number =>
  j.eqns.reduce((n, e) => n + 1 + bodiesOf(e.params).reduce((m, b) => m + countEqns(b), 0), 0);

const rank: { readonly [E in Effect]: number } = { none: 0, unordered: 1, ordered: 2 };
export const strongest = (a: Effect, b: Effect): Effect => rank[a] >= rank[b] ? a : b;
/** The effect of an equation: its primitive's, and those of its bodies. */
export const effectOf = (e: Eqn): Effect => bodiesOf(e.params).reduce<Effect>((all, b) => strongest(all, effectOfJaxpr(b)), e.primitive.properties.effect);
export const effectOfJaxpr = (j: Jaxpr): Effect => j.eqns.reduce<Effect>((all, e) => strongest(all, effectOf(e)), 'none');

/** Drops equations whose results nobody needs and that have no effect. */
export function removeDead(j: Jaxpr): Jaxpr {
  const needed = new Set<Atom>(j.outputs);
  const eqns: Eqn[] = [];
  for (let i = j.eqns.length - 1; i >= 0; i--) {
    const e = j.eqns[i];
    if (e === undefined || (!e.outputs.some(v => needed.has(v)) && effectOf(e) === 'none')) continue;
    for (const a of e.inputs) needed.add(a);
    eqns.push(e);
  }
  return eqns.length === j.eqns.length ? j : { ...j, eqns: eqns.reverse() };
}

export const avalsOf = (xs: readonly { readonly aval: Aval }[]): Aval[] => xs.map(x => x.aval);
export const showAtom = (a: Atom): string => a instanceof Var ? showAval(a.aval) : `${a.value}:${showAval(a.aval)}`;
