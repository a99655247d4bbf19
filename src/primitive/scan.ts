// scan: a loop whose body runs once for each slice along the leading axis of its xs, with a carry. Typed, differentiable both ways.
// Floor 2: transforms its body with the transforms it is handed.
//
// Operands: captured values (the same at each step), initial carry, xs. Results: final carry, ys stacked along a leading axis.
// The body maps captured values, carry, one slice of each x to carry, one slice of each y.
import { CotangentError, ShapeError } from '../error.ts';
import { hasTangent, range, sameAval, showAval, sizeOf, type Aval } from '../ir/aval.ts';
import { avalsOf, type Jaxpr, type Var } from '../ir/jaxpr.ts';
import type { LinearInput, Mask, NDArray, NestedRules, Primitive, ProgramTransforms, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf, literal, zerosLike } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { add, mul } from './arithmetic.ts';
import { addBatchAxis } from './broadcast.ts';
import { filled, present, resultsAt, spread } from './call.ts';
import { at, pure } from './define.ts';
import { hoistInvariant } from './invariant.ts';
import { moveAxis } from './transpose.ts';

export type ScanParams = {
  readonly jaxpr: Jaxpr;
  readonly numConsts: number;
  readonly numCarry: number;
  readonly length: number;
  readonly reverse: boolean;
  /** Body copies per iteration: a hint to compilers, without meaning. */
  readonly unroll: number;
};

/** A list in the three parts that operands and body inputs have. */
interface Parts<A> { readonly consts: readonly A[]; readonly carry: readonly A[]; readonly xs: readonly A[] }
const parts = <A>(list: readonly A[], p: ScanParams): Parts<A> => ({
  consts: list.slice(0, p.numConsts), carry: list.slice(p.numConsts, p.numConsts + p.numCarry), xs: list.slice(p.numConsts + p.numCarry),
});
const some = <A>(list: readonly (A | null)[]): A[] => list.filter(a => a !== null);
const isCarry = (i: number, p: ScanParams): boolean => i >= p.numConsts && i < p.numConsts + p.numCarry;
const stacked = (a: Aval, length: number): Aval => ({ shape: [length, ...a.shape], dtype: a.dtype });

export const scanP: Primitive<ScanParams> = {
  name: 'scan',
  properties: { ...pure, loop: true },
  flops: (_inputs, p, _outputs, of) => p.length * of(p.jaxpr),
  type(inputs, p) {
    const body = p.jaxpr;
    if (inputs.length !== body.inputs.length) throw new CotangentError('jaxpr', `scan: the body takes ${body.inputs.length} inputs, ${inputs.length} given`);
    inputs.forEach((a, i) => {
      const want = at(body.inputs, i).aval;
      const expected = i < p.numConsts + p.numCarry ? want : stacked(want, p.length);
      if (!sameAval(a, expected)) throw new ShapeError(`scan: ${i < p.numConsts ? 'captured value' : isCarry(i, p) ? 'carry' : 'x'} ${i} is ${showAval(a)}, the body takes ${showAval(expected)}`);
    });
    parts(inputs, p).carry.forEach((a, i) => {
      const out = at(body.outputs, i).aval;
      if (!sameAval(a, out)) throw new ShapeError(`scan: carry ${i} enters the body as ${showAval(a)} and leaves it as ${showAval(out)}; they must be equal`);
    });
    return avalsOf(body.outputs).map((a, i) => i < p.numCarry ? a : stacked(a, p.length));
  },
  evaluate(inputs, p, outputs, run) {
    const { consts, carry: initial, xs } = parts(inputs, p);
    const ys = outputs.slice(p.numCarry);
    let carry: readonly NDArray[] = initial;
    for (let step = 0; step < p.length; step++) {
      const i = p.reverse ? p.length - 1 - step : step;
      const out = run(p.jaxpr, [...consts, ...carry, ...xs.map(x => row(x, i))]);
      carry = out.slice(0, p.numCarry);
      ys.forEach((y, k) => { const r = at(out, p.numCarry + k); y.data.set(r.data, i * r.data.length); });
    }
    carry.forEach((c, k) => at(outputs, k).data.set(c.data));
  },
  rules: scanRules(),
  linear: {
    transpose: (cts, inputs, p, transforms) => transposeScan(cts, inputs, p, transforms),
    // The sample's body is linear in carry and xs together.
    linearIn: (n, p) => [range(n).filter(i => i >= p.numConsts)],
  },
  lowering: { kind: 'control', structure: p => ({ kind: 'counted', body: p.jaxpr, consts: p.numConsts, carry: p.numCarry, length: p.length, reverse: p.reverse }) },
  sample(draw) {
    const aval = { shape: draw.shape(1), dtype: draw.float() };
    const length = draw.int(0, 3);
    const { jaxpr } = stage('scan', [aval, aval, aval], ([w, c, x]) => {
      if (w === undefined || c === undefined || x === undefined) return [];
      const next = add(mul(w, c), x);
      return [next, mul(w, next)];
    });
    return { operands: [{ aval }, { aval }, { aval: stacked(aval, length) }], params: { jaxpr, numConsts: 1, numCarry: 1, length, reverse: draw.bool(), unroll: 1 } };
  },
  ulp: 0,
};

/** One slice along the leading axis, without copying. */
function row(x: NDArray, i: number): NDArray {
  const shape = x.shape.slice(1);
  const n = sizeOf(shape);
  return { shape, dtype: x.dtype, data: x.data.subarray(i * n, (i + 1) * n) };
}

/** Which carries are active: one that becomes so inside the body is so from the start. */
function carryFixpoint<R>(p: ScanParams, start: Mask, run: (mask: Mask) => R, grown: (r: R) => Mask): { readonly mask: Mask; readonly result: R } {
  for (let mask = start; ;) {
    const result = run(mask);
    const carries = grown(result);
    const next = mask.map((m, i) => m || (isCarry(i, p) && carries[i - p.numConsts] === true));
    if (next.every((m, i) => m === mask[i])) return { mask, result };
    mask = next;
  }
}
const activeMask = (t: readonly TangentOf[]): Mask => t.map(v => v !== null);
/** Tangents, with zeros at the carries that become active inside. */
const carriedTangents = (p: ScanParams, t: readonly TangentOf[], active: Mask): TangentOf[] => t.map((v, i) => v ?? (active[i] === true ? zerosLike(at(p.jaxpr.inputs, i).aval) : null));

/** A function, because the rules bind the primitive that holds them. */
function scanRules(): NestedRules<ScanParams> {
  return {
    kind: 'nested',
    /** Forward mode doubles the carry and stores nothing. */
    jvp(x, t, p, transforms) {
      const n = p.jaxpr.inputs.length;
      const m = p.jaxpr.outputs.length;
      const { mask, result: d } = carryFixpoint(p, activeMask(t), a => transforms.jvp(p.jaxpr, a, parts(a, p).carry), r => r.outActive.slice(0, p.numCarry));
      const tangents = carriedTangents(p, t, mask);
      const tangentVars = spread(d.jaxpr.inputs.slice(n), mask);
      const tangentOuts = spread(d.jaxpr.outputs.slice(m), d.outActive);
      // Primal and tangent of each part stand side by side: consts, tangents of consts, carry, ...
      const interleave = <A>(a: readonly A[], b: readonly (A | null)[]): A[] => {
        const [pa, pb] = [parts(a, p), parts(b, p)];
        return [...pa.consts, ...some(pb.consts), ...pa.carry, ...some(pb.carry), ...pa.xs, ...some(pb.xs)];
      };
      const outs = d.jaxpr.outputs.slice(0, m);
      const body: Jaxpr = {
        ...d.jaxpr, inputs: interleave(d.jaxpr.inputs.slice(0, n), tangentVars),
        outputs: [...outs.slice(0, p.numCarry), ...some(tangentOuts.slice(0, p.numCarry)), ...outs.slice(p.numCarry), ...some(tangentOuts.slice(p.numCarry))],
      };
      const numConsts = p.numConsts + some(parts(tangents, p).consts).length;
      const numCarry = p.numCarry + some(parts(tangents, p).carry).length;
      const out = bind(scanP, interleave(x, tangents), { ...p, jaxpr: body, numConsts, numCarry });
      const ys = m - p.numCarry;
      return {
        primals: [...out.slice(0, p.numCarry), ...out.slice(numCarry, numCarry + ys)],
        tangents: spread([...out.slice(p.numCarry, numCarry), ...out.slice(numCarry + ys)], d.outActive),
      };
    },
    /** The forward scan stacks the residuals that change from step to step; what does not change passes beside the loops, once. */
    linearize(x, t, p, transforms) {
      const m = p.jaxpr.outputs.length;
      const { mask, result: l } = carryFixpoint(p, activeMask(t), a => transforms.linearize(p.jaxpr, a, parts(a, p).carry), r => r.outActive.slice(0, p.numCarry));
      const hoisted = hoistInvariant(l.forward, p.numConsts);
      const invariants = evalJaxpr(hoisted.outside, x.slice(0, p.numConsts).map(v => handleOf(v)));
      const body = hoisted.inside;
      const numConsts = p.numConsts + invariants.length;
      const beside: readonly AnyTensor[] = [...x.slice(0, p.numConsts), ...invariants];
      const residuals = body.outputs.slice(m);
      const source = residuals.map(r => body.inputs.findIndex((v, i) => v === r && i < numConsts));
      // A slice of an x, and what is a y already, need no second stack.
      const given = residuals.map(r => {
        const fromX = body.inputs.findIndex((v, i) => v === r && i >= numConsts + p.numCarry);
        const fromY = body.outputs.findIndex((v, i) => v === r && i >= p.numCarry && i < m);
        return fromX >= 0 ? { x: fromX - numConsts + p.numConsts } : fromY >= 0 ? { y: fromY } : null;
      });
      const own = residuals.filter((_, i) => (source[i] ?? -1) < 0 && given[i] === null);
      const out = bind(scanP, [...beside, ...x.slice(p.numConsts)], { ...p, jaxpr: { ...body, outputs: [...body.outputs.slice(0, m), ...own] }, numConsts });
      let next = m;
      const stacks = residuals.flatMap((_, i): AnyTensor[] => {
        const g = given[i];
        if ((source[i] ?? -1) >= 0) return [];
        return [!g ? at(out, next++) : g.x === undefined ? at(out, g.y) : at(x, g.x)];
      });
      const residualVars = l.linear.inputs.slice(0, l.residuals);
      const tangents = carriedTangents(p, t, mask);
      const tangentVars = spread(l.linear.inputs.slice(l.residuals), mask);
      const arrange = <A>(invariant: readonly A[], stack: readonly A[], ts: readonly (A | null)[]): A[] => {
        const pt = parts(ts, p);
        return [...invariant, ...some(pt.consts), ...some(pt.carry), ...stack, ...some(pt.xs)];
      };
      const isInvariant = source.map(s => s >= 0);
      const where = (vars: readonly Var[], want: boolean): Var[] => vars.filter((_, i) => isInvariant[i] === want);
      const linearInputs = arrange(source.filter(s => s >= 0).map(s => at(beside, s)), stacks, tangents);
      const tangentsOut = bind(scanP, linearInputs, {
        ...p, jaxpr: { ...l.linear, numConsts: 0, inputs: arrange(where(residualVars, true), where(residualVars, false), tangentVars) },
        numConsts: where(residualVars, true).length + some(parts(tangents, p).consts).length, numCarry: some(parts(tangents, p).carry).length,
      });
      return { primals: out.slice(0, m), tangents: spread(tangentsOut, l.outActive) };
    },
    batch(x, batched, p, size, transforms) {
      const { mask, result: b } = carryFixpoint(p, batched, a => transforms.batch(p.jaxpr, size, a, parts(a, p).carry), r => r.outBatched.slice(0, p.numCarry));
      const inputs = x.map((v, i) => {
        if (mask[i] !== true) return v;
        // xs are sliced along their leading axis: the batch axis goes behind it.
        return i >= p.numConsts + p.numCarry ? moveAxis(v, 0, 1) : batched[i] === true ? v : addBatchAxis(v, size);
      });
      const out = bind(scanP, inputs, { ...p, jaxpr: b.jaxpr });
      return { outputs: out.map((v, i) => i >= p.numCarry && b.outBatched[i] === true ? moveAxis(v, 1, 0) : v), batched: b.outBatched };
    },
    /** The first violation and the number of steps taken join the carry. */
    check(x, p, checks) {
      const inner = checks.body(p.jaxpr, 'scan');
      const [none, start] = [handleOf(checks.none()), literal(0, { shape: [], dtype: 'i32' })];
      const end = p.numConsts + p.numCarry;
      const ins = avalsOf(inner.inputs);
      const m = p.jaxpr.outputs.length;
      const { jaxpr } = stage('scan', [...ins.slice(0, end), none.aval, start.aval, ...ins.slice(end)], args => {
        const out = evalJaxpr(inner, [...args.slice(0, end), ...args.slice(end + 2)]);
        const step = at(args, end + 1);
        const violation = checks.first(at(args, end), checks.atStep(at(out, m), step));
        return [...out.slice(0, p.numCarry), violation, add(step, literal(1, start.aval)), ...out.slice(p.numCarry, m)];
      });
      const out = bind(scanP, [...x.slice(0, end), none, start, ...x.slice(end)], { ...p, jaxpr, numCarry: p.numCarry + 2 });
      return { outputs: [...out.slice(0, p.numCarry), ...out.slice(p.numCarry + 2)], violation: at(out, p.numCarry) };
    },
  };
}

/**
 * Runs backwards: cotangents of the carry are the carry, those of captured values are summed in it, those of ys come in as xs.
 * Carries of a linear scan are linear even where they start at a known zero.
 */
function transposeScan(cts: readonly TangentOf[], inputs: readonly LinearInput[], p: ScanParams, transforms: ProgramTransforms): readonly TangentOf[] {
  // Stacked results without a cotangent have no part in it.
  const body = resultsAt(p.jaxpr, cts.map((c, i) => i < p.numCarry || c !== null));
  const linear = inputs.map((v, i) => isCarry(i, p) || v.known === null);
  const t = transforms.transpose(body, linear);
  const ins = parts(inputs, p);
  const lin = parts(linear, p);
  const bodyIn = parts(avalsOf(body.inputs), p);
  const bodyOut = avalsOf(body.outputs);
  const knownConsts = ins.consts.flatMap(v => v.known ?? []);
  const knownXs = ins.xs.flatMap(v => v.known ?? []);
  const sums = bodyIn.consts.filter((_, i) => lin.consts[i] === true);
  const carryOut = bodyOut.slice(0, p.numCarry);
  const yAvals = bodyOut.slice(p.numCarry);
  const avals = [
    ...bodyIn.consts.filter((_, i) => lin.consts[i] !== true), ...sums, ...carryOut,
    ...bodyIn.xs.filter((_, i) => lin.xs[i] !== true), ...yAvals,
  ];
  const [a, b, c] = [knownConsts.length, knownConsts.length + sums.length, knownConsts.length + sums.length + p.numCarry];
  const d = c + knownXs.length;
  const { jaxpr } = stage('transpose', avals, args => {
    const out = evalJaxpr(t, [...args.slice(0, a), ...args.slice(c, d), ...args.slice(b, c), ...args.slice(d)]);
    return [...sums.map((_, i) => add(at(args, a + i), at(out, i))), ...out.slice(sums.length)];
  });
  const ctCarry = filled(cts.slice(0, p.numCarry), carryOut);
  const ctYs = present(cts.slice(p.numCarry));
  const out = bind(scanP, [...knownConsts, ...sums.map(zerosLike), ...ctCarry, ...knownXs, ...ctYs], {
    jaxpr, numConsts: knownConsts.length, numCarry: sums.length + p.numCarry, length: p.length, reverse: !p.reverse, unroll: p.unroll,
  });
  return spread(out, linear).map((ct, i) => inputs[i]?.known === null && hasTangent(at(inputs, i).aval) ? ct : null);
}
