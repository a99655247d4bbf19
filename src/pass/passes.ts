// The ordered list of passes: each a named rewrite from jaxpr to jaxpr with what its output may contain.
// Floor 4: passes ask properties, never names; effects and barriers stay where they are.
import { roundTo } from '../dtype/dtype.ts';
import { hashParams, sameParam } from '../ir/hash.ts';
import { inlineCalls } from '../ir/inline.ts';
import { sameAval } from '../ir/aval.ts';
import { avalsOf, bodiesOf, effectOf, mapBodies, removeDead, Var, type Atom, type Eqn, type Jaxpr, type Lit } from '../ir/jaxpr.ts';
import { emptyArray, splatArray } from '../ir/ndarray.ts';
import { isSplat, rewrite, withFreshVariables, type Context, type Rewritten } from './rewrite.ts';

export interface Pass {
  readonly name: string;
  run(j: Jaxpr): Jaxpr;
  /** What its output may not contain, in words, and the test of it; null where it says nothing. */
  readonly spec: { readonly says: string; holds(j: Jaxpr): boolean } | null;
}

const everyEqn = (j: Jaxpr, holds: (e: Eqn) => boolean): boolean => j.eqns.every(e => holds(e) && bodiesOf(e.params).every(b => everyEqn(b, holds)));

/** Calls and composites are expanded, in nested bodies too. */
export const inline: Pass = {
  name: 'inline',
  run: function run(j): Jaxpr {
    const flat = inlineCalls(j);
    return { ...flat, eqns: flat.eqns.map(e => { const params = mapBodies(e.params, run); return params === e.params ? e : { ...e, params }; }) };
  },
  spec: { says: 'no equation expands', holds: j => everyEqn(j, e => !e.primitive.properties.expands) },
};

/** Equations that are made of others are the programs that say so; so are contractions whose operands must be padded first. */
export const prepare: Pass = {
  name: 'prepare',
  run: function run(j): Jaxpr {
    const env = new Map<Atom, Atom>();
    const read = (a: Atom): Atom => env.get(a) ?? a;
    let changed = false;
    const eqns = j.eqns.flatMap((e): readonly Eqn[] => {
      const params = mapBodies(e.params, run);
      const inputs = e.inputs.some(a => env.has(a)) ? e.inputs.map(read) : e.inputs;
      if (params !== e.params || inputs !== e.inputs) changed = true;
      const now: Eqn = params === e.params && inputs === e.inputs ? e : { ...e, params, inputs };
      const program = preparation(now);
      if (program === null) return [now];
      changed = true;
      const { eqns: inner, outputs } = withFreshVariables(run(inline.run(program)), now.inputs);
      outputs.forEach((o, i) => { const v = e.outputs[i]; if (v !== undefined) env.set(v, o); });
      return inner.map(x => ({ ...x, origin: e.origin }));
    });
    return changed ? { ...j, eqns, outputs: j.outputs.map(read) } : j;
  },
  spec: { says: 'no equation is made of others, every contraction is nested loops', holds: j => everyEqn(j, e => preparation(e) === null) },
};
function preparation(e: Eqn): Jaxpr | null {
  const { lowering } = e.primitive;
  const [out] = e.outputs;
  if (lowering.kind === 'decomposition') return lowering.program(e.params, avalsOf(e.inputs));
  if (lowering.kind !== 'contraction' || out === undefined) return null;
  const made = lowering.contract(e.params, avalsOf(e.inputs), out.aval);
  return 'eqns' in made ? made : null;
}

const movable = (e: Eqn): boolean => effectOf(e) === 'none' && !e.primitive.properties.barrier;

/** Elementwise equations of splats alone become splats: computed once, by the record's own meaning, on one element. */
export const fold: Pass = {
  name: 'fold',
  run: j => rewrite(j, () => e => {
    const { elementwise, splat } = e.primitive.properties;
    const splats = e.inputs.filter((a): a is Lit => !(a instanceof Var));
    const [only] = splats;
    if (only === undefined || splats.length < e.inputs.length || !movable(e)) return { eqn: e };
    if (splat && splats.length === 1) return { atoms: e.outputs.map((v): Atom => ({ value: only.value, aval: v.aval })) };
    if (!elementwise) return { eqn: e };
    const inputs = splats.map(a => splatArray(a.value, { shape: [], dtype: a.aval.dtype }));
    const outputs = e.outputs.map(v => emptyArray({ shape: [], dtype: v.aval.dtype }));
    e.primitive.evaluate(inputs, e.params, outputs, () => []);
    return { atoms: e.outputs.map((v, i): Atom => ({ value: roundTo(v.aval.dtype, outputs[i]?.data[0] ?? 0), aval: v.aval })) };
  }),
  spec: null,
};

/** Rewrites that are exact for every value: identity elements, involutions, composed and identical views, absorbed permutations. */
export const algebra: Pass = { name: 'algebra', run: j => rewrite(j, () => simplify), spec: null };

function simplify(e: Eqn, context: Context): Rewritten {
  const rules = e.primitive.algebra;
  const [only] = e.inputs;
  if (rules === undefined || only === undefined || !movable(e)) return { eqn: e };
  for (const { operand, value } of rules.identities ?? []) {
    const other = e.inputs[1 - operand];
    if (other !== undefined && e.inputs.length === 2 && isSplat(e.inputs[operand], value) && sameAval(other.aval, e.inputs[operand]?.aval ?? other.aval)) return { atoms: [other] };
  }
  if (e.inputs.length === 1) {
    if (rules.isIdentity?.(e.params, only.aval) === true) return { atoms: [only] };
    const inner = context.definition(only);
    const before = inner?.inputs[0];
    if (inner?.primitive === e.primitive && before !== undefined) {
      if (rules.involution === true) return { atoms: [before] };
      // One application instead of two; the inner one dies if nobody else reads it.
      if (rules.compose !== undefined) return simplify({ ...e, params: rules.compose(e.params, inner.params), inputs: [before] }, context);
    }
    return { eqn: e };
  }
  if (rules.absorb === undefined) return { eqn: e };
  for (const [i, a] of e.inputs.entries()) {
    const inner = context.definition(a);
    const permutation = inner?.primitive.algebra?.permutation?.(inner.params);
    const before = inner?.inputs[0];
    const params = permutation === undefined ? null : rules.absorb(e.params, i, permutation);
    if (params !== null && before !== undefined) return simplify({ ...e, params, inputs: e.inputs.map((b, k) => k === i ? before : b) }, context);
  }
  return { eqn: e };
}

/** Equal equations of equal operands are computed once. Nothing is merged across a barrier, since it makes new values. */
export const commonSubexpressions: Pass = {
  name: 'common subexpressions',
  run: j => rewrite(j, () => {
    const seen = new Map<string, Eqn[]>();
    const ids = new Map<Atom, number>();
    const id = (a: Atom): string => {
      if (!(a instanceof Var)) return `${Object.is(a.value, -0) ? '-0' : a.value}:${a.aval.dtype}${a.aval.shape.join()}`;
      let n = ids.get(a);
      if (n === undefined) ids.set(a, n = ids.size);
      return `v${n}`;
    };
    return e => {
      if (!movable(e)) return { eqn: e };
      const key = `${e.primitive.name}|${e.inputs.map(id).join()}|${hashParams(e.params)}`;
      const found = seen.get(key) ?? [];
      const same = found.find(f => f.primitive === e.primitive && sameParam(f.params, e.params));
      if (same !== undefined) return { atoms: same.outputs };
      seen.set(key, [...found, e]);
      return { eqn: e };
    };
  }),
  spec: null,
};

/** Equations whose results nobody needs go, in nested bodies too. */
export const deadCode: Pass = {
  name: 'dead code',
  run: function run(j): Jaxpr {
    const live = removeDead(j);
    const eqns = live.eqns.map(e => { const params = mapBodies(e.params, run); return params === e.params ? e : { ...e, params }; });
    return eqns.every((e, i) => e === live.eqns[i]) ? live : { ...live, eqns };
  },
  spec: {
    says: 'every equation is needed or has an effect',
    holds: j => removeDead(j).eqns.length === j.eqns.length && j.eqns.every(e => bodiesOf(e.params).every(b => removeDead(b).eqns.length === b.eqns.length)),
  },
};

/** What every backend runs on a program before it compiles it, in this order. */
export const passes: readonly Pass[] = [inline, prepare, fold, algebra, commonSubexpressions, deadCode];

/** The program after all passes; `watch` sees it after each. */
export const optimise = (j: Jaxpr, watch: (pass: Pass, after: Jaxpr) => void = () => undefined): Jaxpr =>
  passes.reduce((program, pass) => { const after = pass.run(program); watch(pass, after); return after; }, j);
