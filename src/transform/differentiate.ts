// Forward mode, linearisation, transposition and reverse mode, each from jaxprs to jaxprs. Knows primitives only by their records.
import { CotangentError, TransformError } from '../error.ts';
import { hasTangent, type Aval } from '../ir/aval.ts';
import { avalsOf, Var, type Atom, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import type { LinearInput, Mask, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { spread } from '../primitive/call.ts';
import { at } from '../primitive/define.ts';
import { givesZeros } from '../primitive/evaluateLinear.ts';
import { avalOf, handleOf, zerosLike, type TensorHandle } from '../trace/handle.ts';
import { bind, evalJaxpr, inheritOrigin, lookup, Scope, stage, type ScopeOptions } from '../trace/scope.ts';
import { transforms } from './engine.ts';

export const pick = <A>(xs: readonly A[], mask: Mask, want = true): A[] => xs.filter((_, i) => mask[i] === want);
/** Zeros stay symbolic inside a program; they become literals only where a caller's signature demands a value. */
const demanded = (t: TangentOf, a: Aval, force: boolean): TangentOf => t ?? (force && hasTangent(a) ? zerosLike(a) : null);

/** The numbers that rules write are part of the derived program: it is closed. */
export const ofRules: Partial<ScopeOptions> = { numbers: 'literals' };

interface Pushed { readonly primals: readonly TensorHandle[]; readonly tangents: readonly TangentOf[] }
/** One walk for both modes. In 'linearize' mode primals and tangents are tracers of two scopes, and nothing else differs. */
function pushForward(j: Jaxpr, primals: readonly TensorHandle[], tangents: readonly TangentOf[], mode: 'jvp' | 'linearize'): Pushed {
  const env = new Map<Var, TensorHandle>();
  const tangentEnv = new Map<Var, TangentOf>();
  j.inputs.forEach((v, i) => { env.set(v, at(primals, i)); tangentEnv.set(v, tangents[i] ?? null); });
  const read = lookup(env);
  const readTangent = (a: Atom): TangentOf => a instanceof Var ? tangentEnv.get(a) ?? null : null;
  const before = inheritOrigin(null);
  try {
    for (const e of j.eqns) {
      inheritOrigin(e.origin);
      const x = e.inputs.map(read);
      const t = e.inputs.map(readTangent);
      const { rules } = e.primitive;
      let outs: readonly AnyTensor[];
      let touts: readonly TangentOf[] = [];
      if (t.every(v => v === null)) outs = bind(e.primitive, x, e.params);
      else if (rules.kind === 'flat') { outs = bind(e.primitive, x, e.params); touts = rules.jvp(x, t, e.params, outs); }
      else ({ primals: outs, tangents: touts } = rules[mode](x, t, e.params, transforms()));
      e.outputs.forEach((v, i) => {
        env.set(v, handleOf(at(outs, i)));
        tangentEnv.set(v, hasTangent(v.aval) ? checkedTangent(touts[i] ?? null, v.aval, e) : null);
      });
    }
  } finally { inheritOrigin(before); }
  return { primals: j.outputs.map(read), tangents: j.outputs.map(readTangent) };
}
/** A rule that returns a tangent of another type would surface far away as a shape error: it is refused here. */
function checkedTangent(t: TangentOf, a: Aval, e: Eqn): TangentOf {
  if (t === null) return null;
  const got = avalOf(t);
  if (got.dtype === a.dtype && got.shape.length === a.shape.length && got.shape.every((d, i) => d === a.shape[i])) {
    // A zero that a rule wrote down is none: as a value among the tangents it would make sums with it affine.
    const { state } = handleOf(t).cell;
    return state.kind === 'literal' && state.value === 0 ? null : t;
  }
  throw new TransformError('not-differentiable', `${e.primitive.name}: its jvp rule gives a tangent ${got.dtype}[${got.shape.join(',')}] for a result ${a.dtype}[${a.shape.join(',')}]`);
}

export interface JvpJaxpr { readonly jaxpr: Jaxpr; readonly outActive: Mask }
/** inputs, then tangents of the active inputs -> outputs, then tangents of the active outputs. */
export function jvpJaxpr(j: Jaxpr, active: Mask, force: Mask = []): JvpJaxpr {
  const n = j.inputs.length;
  let outActive: Mask = [];
  const { jaxpr } = stage('jvp', [...avalsOf(j.inputs), ...avalsOf(pick(j.inputs, active))], args => {
    const out = pushForward(j, args.slice(0, n), spread(args.slice(n), active), 'jvp');
    const tangents = out.tangents.map((t, i) => demanded(t, at(j.outputs, i).aval, force[i] ?? false));
    outActive = tangents.map(t => t !== null);
    return [...out.primals, ...tangents.filter(t => t !== null)];
  }, ofRules);
  return { jaxpr: closed(jaxpr, 'jvp'), outActive };
}

/** `forward`: inputs -> outputs, residuals. `linear`: residuals, active tangents -> active output tangents. */
export interface Linearized { readonly forward: Jaxpr; readonly linear: Jaxpr; readonly residuals: number; readonly outActive: Mask }
/** Two scopes are open at once; a tangent equation that reads a primal captures it, and the captures are the residuals. */
export function linearizeJaxpr(j: Jaxpr, active: Mask, force: Mask = [], wanted: Mask = j.outputs.map(() => true)): Linearized {
  const forward = new Scope('linearize', { takesAll: true, numbers: 'literals', sources: false });
  const linear = new Scope('linearize (tangents)', { takesAll: false, numbers: 'literals', sources: false });
  try {
    const primals = j.inputs.map(v => forward.input(v.aval));
    const out = pushForward(j, primals, j.inputs.map((v, i) => active[i] === true ? linear.input(v.aval) : null), 'linearize');
    const tangents = out.tangents.map((t, i) => wanted[i] === true ? demanded(t, at(j.outputs, i).aval, force[i] ?? false) : null);
    const lin = linear.finish(tangents.filter(t => t !== null));
    const fwd = forward.finish([...out.primals, ...lin.consts]);
    return {
      forward: closed(fwd.jaxpr, 'linearize'), linear: { ...lin.jaxpr, numConsts: 0 },
      residuals: lin.consts.length, outActive: tangents.map(t => t !== null),
    };
  } finally { linear.close(); forward.close(); }
}

/** Of a program linear in the masked inputs: the other inputs, then cotangents of the outputs -> cotangents of the masked inputs. */
export function transposeJaxpr(j: Jaxpr, linear: Mask, knownZeros: Mask = []): Jaxpr {
  const known = pick(j.inputs, linear, false);
  const unknown = pick(j.inputs, linear);
  return closed(stage('transpose', [...avalsOf(known), ...avalsOf(j.outputs)], args => {
    const env = new Map<Var, TensorHandle>();
    const cts = new Map<Var, AnyTensor>();
    const backward: Eqn[] = [];
    known.forEach((v, i) => env.set(v, at(args, i)));
    const accumulate = (a: Atom, ct: TangentOf | undefined): void => {
      if (!ct || !(a instanceof Var) || env.has(a)) return;
      const sum = cts.get(a);
      cts.set(a, sum ? add(sum, ct) : ct);
    };
    const read = lookup(env);
    // Known values that are zero whatever the inputs: zeros that a batching rule has repeated or padded.
    const zeros = new Set<Atom>(j.inputs.filter((_, i) => knownZeros[i] === true));
    const isZero = (a: Atom): boolean => a instanceof Var ? zeros.has(a) : a.value === 0;
    const before = inheritOrigin(null);
    try {
      for (const e of j.eqns) {
        inheritOrigin(e.origin);
        if (!e.inputs.every(a => !(a instanceof Var) || env.has(a))) { backward.push(e); continue; }
        bind(e.primitive, e.inputs.map(read), e.params).forEach((x, i) => env.set(at(e.outputs, i), x));
        if (givesZeros(e, isZero)) e.outputs.forEach(v => zeros.add(v));
      }
      j.outputs.forEach((o, i) => accumulate(o, at(args, known.length + i)));
      for (const e of backward.reverse()) {
        const ct = e.outputs.map(v => cts.get(v) ?? null);
        if (ct.every(c => c === null)) continue;
        inheritOrigin(e.origin);
        transposeEqn(e, ct, e.inputs.map(a => a instanceof Var && !env.has(a) ? { known: null, aval: a.aval } : { known: read(a), aval: a.aval, zero: isZero(a) }), isZero, accumulate);
      }
    } finally { inheritOrigin(before); }
    return unknown.map(v => cts.get(v) ?? zerosLike(v.aval));
  }, ofRules).jaxpr, 'transpose');
}
function transposeEqn(e: Eqn, cts: readonly TangentOf[], inputs: readonly LinearInput[], isZero: (a: Atom) => boolean, accumulate: (a: Atom, ct: TangentOf | undefined) => void): void {
  const { linear, rules, name } = e.primitive;
  if (linear === null) throw new TransformError('not-linear', `${name} is not linear: its transpose was asked for (a jvp rule put it among the tangents)`);
  if (rules.kind === 'flat' && e.outputs.length === 1 && !linear.linearIn(inputs.length, e.params).some(set => isLinearIn(e, inputs, set, isZero))) {
    const operands = inputs.flatMap((x, i) => x.known === null ? [i] : []);
    throw new TransformError('not-linear', `${name} is not linear in operand${operands.length > 1 ? 's' : ''} ${operands.join(' and ')}: its transpose was asked for (a jvp rule, or the backward half of a pair, put it among the tangents)`);
  }
  const back = linear.transpose(cts, inputs, e.params, transforms());
  e.inputs.forEach((a, i) => accumulate(a, back[i]));
}
/** Whether the linear operands are those of the set. One of them may be zero instead: a sum with anything else is affine. */
const isLinearIn = (e: Eqn, inputs: readonly LinearInput[], set: readonly number[], isZero: (a: Atom) => boolean): boolean => inputs.every((x, i) => {
  const a = e.inputs[i];
  return set.includes(i) ? x.known === null || (a !== undefined && isZero(a)) : x.known !== null;
});

/**
 * inputs, then cotangents of the active outputs -> outputs, then cotangents of the active inputs: one program, ready to fuse.
 * Outputs that are not wanted pass their values only.
 */
export function vjpJaxpr(j: Jaxpr, active: Mask, wanted: Mask = j.outputs.map(() => true)): JvpJaxpr {
  const lin = linearizeJaxpr(j, active, [], wanted);
  const n = j.inputs.length;
  const transposed = transposeJaxpr(lin.linear, lin.linear.inputs.map((_, i) => i >= lin.residuals));
  const { jaxpr } = stage('vjp', [...avalsOf(j.inputs), ...avalsOf(pick(j.outputs, lin.outActive))], args => {
    const out = evalJaxpr(lin.forward, args.slice(0, n));
    return [...out.slice(0, j.outputs.length), ...evalJaxpr(transposed, [...out.slice(j.outputs.length), ...args.slice(n)])];
  });
  return { jaxpr: closed(jaxpr, 'vjp'), outActive: lin.outActive };
}

/** A transform of a closed program captures nothing. */
export function closed(j: Jaxpr, name: string): Jaxpr {
  if (j.numConsts > 0) throw new CotangentError('jaxpr', `${name}: a rule captured ${j.numConsts} values from outside its program`);
  return j;
}
