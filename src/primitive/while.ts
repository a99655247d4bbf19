// while: repeats its body as long as its condition holds. Forward mode doubles the carry; reverse mode would need to store a number of
// steps that nobody knows, and is refused with the remedy.
// Floor 2. Operands: captured values of the condition, captured values of the body, carry. Results: the last carry.
import { CotangentError, DTypeError, ShapeError, TransformError } from '../error.ts';
import { sameAval, showAval } from '../ir/aval.ts';
import { avalsOf, effectOfJaxpr, Var, type Jaxpr } from '../ir/jaxpr.ts';
import type { Checked, Checks, Mask, NDArray, NestedRules, Primitive, ProgramTransforms, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf, literal, zerosLike } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { add } from './arithmetic.ts';
import { addBatchAxis, broadcastInDim, constantLike } from './broadcast.ts';
import { spread } from './call.ts';
import { lt } from './comparison.ts';
import { at, pure } from './define.ts';
import { reduceMax } from './reduce.ts';
import { select } from './select.ts';

export type WhileParams = { readonly cond: Jaxpr; readonly body: Jaxpr; readonly condConsts: number; readonly bodyConsts: number };

interface Parts<A> { readonly cond: readonly A[]; readonly body: readonly A[]; readonly carry: readonly A[] }
const parts = <A>(list: readonly A[], { condConsts: c, bodyConsts: b }: WhileParams): Parts<A> => ({ cond: list.slice(0, c), body: list.slice(c, c + b), carry: list.slice(c + b) });
const some = <A>(list: readonly (A | null)[]): A[] => list.filter(a => a !== null);

export const whileP: Primitive<WhileParams> = {
  name: 'while',
  properties: { ...pure, loop: true },
  type(inputs, p) {
    const { carry } = parts(inputs, p);
    const returned = avalsOf(p.cond.outputs);
    const [pred] = returned;
    if (returned.length !== 1 || pred?.dtype !== 'bool' || pred.shape.length > 0) throw new DTypeError(`whileLoop: the condition returns ${returned.length === 0 ? 'nothing' : returned.map(showAval).join(', ')}, it must be a bool scalar`);
    if (p.body.outputs.length !== carry.length) throw new CotangentError('tree', `whileLoop: the body takes ${carry.length} tensors and returns ${p.body.outputs.length}`);
    carry.forEach((a, i) => {
      const out = at(p.body.outputs, i).aval;
      if (!sameAval(a, out)) throw new ShapeError(`whileLoop: carry ${i} enters the body as ${showAval(a)} and leaves it as ${showAval(out)}; they must be equal`);
    });
    return avalsOf(p.body.outputs);
  },
  evaluate(inputs, p, outputs, run) {
    const { cond, body, carry: initial } = parts(inputs, p);
    let carry: readonly NDArray[] = initial;
    while ((run(p.cond, [...cond, ...carry])[0]?.data[0] ?? 0) !== 0) carry = run(p.body, [...body, ...carry]);
    carry.forEach((c, i) => at(outputs, i).data.set(c.data));
  },
  rules: whileRules(),
  linear: null,
  lowering: { kind: 'control', structure: p => ({ kind: 'conditional', test: p.cond, body: p.body, testConsts: p.condConsts, bodyConsts: p.bodyConsts }) },
  sample(draw) {
    const aval = { shape: draw.shape(1), dtype: draw.float() };
    const count = { shape: [], dtype: 'i32' as const };
    const limit = draw.int(0, 3);
    const cond = stage('while', [count, aval], ([i]) => i === undefined ? [] : [lt(i, literal(limit, count))]).jaxpr;
    const body = stage('while', [aval, count, aval], ([w, i, x]) => i === undefined || x === undefined || w === undefined ? [] : [add(i, constantLike(1, i)), add(x, w)]).jaxpr;
    return { operands: [{ aval }, { aval: count, domain: { intervals: [[0, 2]] } }, { aval }], params: { cond, body, condConsts: 0, bodyConsts: 1 } };
  },
  ulp: 0,
};

/** Which carries a property reaches: one that has it after the body has it from the start. */
function carryFixpoint<R>(p: WhileParams, start: Mask, run: (body: Mask) => R, reached: (r: R) => Mask): { readonly mask: Mask; readonly result: R } {
  for (let mask = start; ;) {
    const result = run(mask.slice(p.condConsts));
    const carries = reached(result);
    const next = mask.map((m, i) => m || (i >= p.condConsts + p.bodyConsts && carries[i - p.condConsts - p.bodyConsts] === true));
    if (next.every((m, i) => m === mask[i])) return { mask, result };
    mask = next;
  }
}

/** A function, because the rules bind the primitive that holds them. */
function whileRules(): NestedRules<WhileParams> {
  return {
    kind: 'nested',
    jvp(x, t, p, transforms) {
      // The condition's captured values may have tangents; a boolean has none, so only those of the body and the carry are asked for.
      const start = t.map(v => v !== null);
      const { mask, result: d } = carryFixpoint(p, start, a => transforms.jvp(p.body, a, a.slice(p.bodyConsts)), r => r.outActive);
      const n = p.body.inputs.length;
      const m = p.body.outputs.length;
      const tangents = t.map((v, i): TangentOf => mask[i] !== true ? null : v ?? zerosLike(at(p.body.inputs, i - p.condConsts).aval));
      const xs = parts(x, p);
      const ts = parts(tangents, p);
      const bodyVars = d.jaxpr.inputs.slice(0, n);
      const tangentVars = spread(d.jaxpr.inputs.slice(n), mask.slice(p.condConsts));
      const b = p.bodyConsts;
      const body: Jaxpr = { ...d.jaxpr, inputs: [...bodyVars.slice(0, b), ...some(tangentVars.slice(0, b)), ...bodyVars.slice(b), ...some(tangentVars.slice(b))] };
      // The condition sees the primal carry alone.
      const cond: Jaxpr = { ...p.cond, inputs: [...p.cond.inputs, ...some(ts.carry).map(v => new Var({ shape: v.shape, dtype: v.dtype }))] };
      const out = bind(whileP, [...xs.cond, ...xs.body, ...some(ts.body), ...xs.carry, ...some(ts.carry)], { cond, body, condConsts: p.condConsts, bodyConsts: b + some(ts.body).length });
      return { primals: out.slice(0, m), tangents: spread(out.slice(m), d.outActive) };
    },
    linearize(x, t, p, transforms) {
      // What has no derivative (a search, a count, a loop over values that are not differentiated) passes; else there is no reverse mode.
      const { result } = carryFixpoint(p, t.map(v => v !== null), a => transforms.jvp(p.body, a, a.slice(p.bodyConsts)), r => r.outActive);
      if (!result.outActive.includes(true)) return { primals: bind(whileP, x, p), tangents: t.slice(p.condConsts + p.bodyConsts).map(() => null) };
      throw new TransformError('forward-mode', 'whileLoop has no reverse mode: the number of steps is not known before it runs; use scan or foriLoop with concrete bounds, or forward mode (jvp, jacfwd)');
    },
    batch(x, batched, p, size, transforms) {
      // Examples stop at different steps, and those that have stopped are still computed.
      if (effectOfJaxpr(p.cond) !== 'none' || effectOfJaxpr(p.body) !== 'none') throw new TransformError('effect', 'whileLoop: under vmap all examples run as long as any does, so an effect inside (tap, debugPrint) is not allowed; move it out of the loop, or use scan');
      return batchWhile(x, batched, p, size, transforms);
    },
    check: (x, p, checks) => checkWhile(x, p, checks),
  };
}

/** While any example's condition holds the body runs on all; an example whose own condition is false keeps its carry. */
function batchWhile(x: readonly AnyTensor[], batched: Mask, p: WhileParams, size: number, transforms: ProgramTransforms): { outputs: readonly AnyTensor[]; batched: Mask } {
  const offset = p.condConsts + p.bodyConsts;
  const first = carryFixpoint(p, batched, a => transforms.batch(p.body, size, a, a.slice(p.bodyConsts)), r => r.outBatched);
  const condMask = (mask: Mask): Mask => [...mask.slice(0, p.condConsts), ...mask.slice(offset)];
  const predBatched = transforms.batch(p.cond, size, condMask(first.mask)).outBatched[0] === true;
  // A batched condition batches every carry: each example stops at its own step.
  const { mask, result: b } = predBatched
    ? carryFixpoint(p, first.mask.map((m, i) => m || i >= offset), a => transforms.batch(p.body, size, a, a.slice(p.bodyConsts)), r => r.outBatched)
    : first;
  const inputs = x.map((v, i) => mask[i] === true && batched[i] !== true ? addBatchAxis(v, size) : v);
  const outMask = mask.slice(offset);
  const cond = transforms.batch(p.cond, size, condMask(mask), [predBatched]).jaxpr;
  if (!predBatched) return { outputs: bind(whileP, inputs, { ...p, cond, body: b.jaxpr }), batched: outMask };
  const carryAvals = avalsOf(b.jaxpr.inputs.slice(p.bodyConsts));
  const condAvals = avalsOf(cond.inputs.slice(0, p.condConsts));
  const bodyAvals = avalsOf(b.jaxpr.inputs.slice(0, p.bodyConsts));
  const anyCond = stage('while', [...condAvals, ...carryAvals], args => [reduceMax(at(evalJaxpr(cond, args), 0), [0])]).jaxpr;
  const body = stage('while', [...condAvals, ...bodyAvals, ...carryAvals], args => {
    const carry = args.slice(offset);
    const goesOn = at(evalJaxpr(cond, [...args.slice(0, p.condConsts), ...carry]), 0);
    const next = evalJaxpr(b.jaxpr, [...args.slice(p.condConsts, offset), ...carry]);
    return next.map((y, i) => select(broadcastInDim(goesOn, y.shape, [0]), y, at(carry, i)));
  }).jaxpr;
  const all = [...inputs.slice(0, p.condConsts), ...inputs.slice(0, p.condConsts), ...inputs.slice(p.condConsts)].map(v => handleOf(v));
  return { outputs: bind(whileP, all, { cond: anyCond, body, condConsts: p.condConsts, bodyConsts: offset }), batched: outMask };
}

/** The first violation, the number of steps taken and the condition's answer join the carry: the condition may be violated, too. */
function checkWhile(x: readonly AnyTensor[], p: WhileParams, checks: Checks): Checked {
  const [cond, body] = [checks.body(p.cond, 'while'), checks.body(p.body, 'while')];
  const none = handleOf(checks.none());
  const start = literal(0, { shape: [], dtype: 'i32' });
  const offset = p.condConsts + p.bodyConsts;
  const xs = parts(x.map(v => handleOf(v)), p);
  const tested = evalJaxpr(cond, [...xs.cond, ...xs.carry]);
  const first = checks.atStep(at(tested, 1), start);
  const carried = [none.aval, start.aval, at(p.cond.outputs, 0).aval];
  const carryAvals = avalsOf(body.inputs.slice(p.bodyConsts));
  const again = stage('while', [...carried, ...carryAvals], args => [at(args, 2)]).jaxpr;
  const constAvals = [...avalsOf(cond.inputs.slice(0, p.condConsts)), ...avalsOf(body.inputs.slice(0, p.bodyConsts))];
  const step = stage('while', [...constAvals, ...carried, ...carryAvals], args => {
    const out = evalJaxpr(body, [...args.slice(p.condConsts, offset), ...args.slice(offset + 3)]);
    const next = out.slice(0, -1);
    const i = at(args, offset + 1);
    const count = add(i, literal(1, start.aval));
    const inBody = checks.first(at(args, offset), checks.atStep(at(out, next.length), i));
    const retested = evalJaxpr(cond, [...args.slice(0, p.condConsts), ...next]);
    return [checks.first(inBody, checks.atStep(at(retested, 1), count)), count, at(retested, 0), ...next];
  }).jaxpr;
  const out = bind(whileP, [...xs.cond, ...xs.body, first, start, at(tested, 0), ...xs.carry], { cond: again, body: step, condConsts: 0, bodyConsts: offset });
  return { outputs: out.slice(3), violation: at(out, 0) };
}
