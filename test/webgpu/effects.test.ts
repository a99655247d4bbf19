// What the host is shown by programs on WebGPU: taps, violations and watched equations. The reference says what is called, with which values,
// in which order, and what goes wrong in which words; here that it is the same, wherever in a program it stands, and what it costs.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { add, div, dot, grad, jit, lt, makeJaxpr, max, mul, neg, sub, sum, take, tensor, valueAndGrad, vmap, where, type T } from '../trace/language.ts';
import { checkNaN, checked, cond, debugPrint, foriLoop, map, scan, switchCase, tap, whileLoop } from '../transform/flow.ts';
import { Dice } from '../backend/randomPrograms.ts';
import type { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { range } from '../../src/ir/aval.ts';
import { log } from '../../src/primitive/exponential.ts';
import { sqrt } from '../../src/primitive/power.ts';
import { data, getBackend, np, optim, setBackend, tensor as constant, train, type Tensor } from '../../src/index.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { handleOf, isTensor } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import { leavesOf } from '../../src/tree/map.ts';
import { softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

let device: WebGpuBackend;
const before = getBackend();
beforeAll(async () => { device = await softwareBackend(); });
afterAll(async () => { device.device.gpu.destroy(); await setBackend(before); });

type Look = (x: T, label?: string) => T;
interface Outcome { readonly seen: readonly string[]; readonly values: readonly (readonly number[] | string)[] }
const message = (error: unknown): string => error instanceof Error ? `${'code' in error ? String(error.code) : error.name}: ${error.message}` : String(error);
/** Runs a function of a tap and reads all that it returns; each read has a value or an error. */
async function outcome(run: (look: Look) => unknown): Promise<Outcome> {
  const seen: string[] = [];
  const callbacks = new Map<string, (v: T) => void>();
  const look: Look = (x, label = '') => {
    let keep = callbacks.get(label);
    if (keep === undefined) callbacks.set(label, keep = v => { seen.push(`${label} ${v.dtype}[${v.shape.join()}] ${[...v.dataSync() as Float32Array].join()}`); });
    return tap(x, keep);
  };
  try {
    const leaves = leavesOf(run(look), 'outcome').filter(isTensor);
    const values = await Promise.all(leaves.map(x => x.data().then(data => Array.from(data as Float32Array), message)));
    return { seen, values };
  } catch (error) { return { seen, values: [message(error)] }; }
}
/** Where nothing runs, the device takes every kernel, and is asked for no more: loops would not end. */
async function onDevice(run: (look: Look) => unknown): Promise<Outcome> {
  const taken: Promise<void>[] = [];
  installBackend(runsKernels ? device : {
    name: device.name, checkDType: d => { device.checkDType(d); }, downloadSync: () => device.downloadSync(),
    upload: (data, a) => device.upload(data, a), fill: (value, a) => device.fill(value, a), download: (b, a) => device.download(b, a), release: (b, owner) => { device.release(b, owner); },
    compile(jaxpr) { taken.push(device.compile(jaxpr).ready()); return { run: () => jaxpr.outputs.map(o => device.fill(0, o.aval)) }; },
  });
  const got = await outcome(run);
  await Promise.all(taken);
  return got;
}
/** The same on both. */
async function expectAgreement(run: (look: Look) => unknown): Promise<Outcome> {
  await setBackend('reference');
  const want = await outcome(run);
  const got = await onDevice(run);
  if (runsKernels) expect(got).toEqual(want);
  return want;
}
const v = (...xs: readonly number[]): T => tensor(xs);
const s = (x: number): T => tensor(x);
const ln = (x: T): T => handleOf(log(x));
const root = (x: T): T => handleOf(sqrt(x));

/** Loops and branches inside one another, with taps wherever something is computed; all numbers are small integers, so that they are exact. */
function randomFlow(seed: number, look: Look): unknown {
  const dice = new Dice(seed);
  let labels = 0;
  const bounded = (x: T): T => neg(max(neg(max(x, -40)), -40));
  /** A function of a vector, whose choices are made once. */
  const block = (depth: number): ((x: T) => T) => {
    const kinds = ['plain', 'plain', ...depth === 0 ? [] : ['cond', 'switch', 'scan', 'for', 'while', 'rows']];
    const parts = range(1 + dice.below(2)).map((): ((x: T) => T) => {
      const [k, label, seen] = [dice.below(5) - 2, `${labels++}`, dice.below(3) > 0];
      const own = (x: T): T => seen ? look(x, label) : x;
      const inner = (): ((x: T) => T) => block(depth - 1);
      const negative = (x: T): T => lt(sum(x), k);
      switch (dice.pick(kinds, 'plain')) {
        case 'cond': { const [a, b] = [inner(), inner()]; return x => cond(negative(own(x)), a, b, x); }
        case 'switch': { const [a, b, c] = [inner(), inner(), inner()]; return x => switchCase(where(negative(x), tensor(0, 'i32'), tensor(1 + dice.below(2), 'i32')), [a, b, c], own(x)); }
        case 'scan': { const [a, reverse] = [inner(), dice.below(2) === 0]; return x => { const [last, ys] = scan((c: T, y: T) => { const z = own(bounded(add(a(c), y))); return [z, own(sub(z, y))]; }, x, tensor([[1, 2], [-3, 4], [0, k]]), { reverse }); return bounded(add(last, sum(ys, [0]))); }; }
        case 'for': { const a = inner(); return x => foriLoop(0, 2 + dice.below(3), (_i: T, y: T) => own(a(y)), x); }
        case 'while': { const a = inner(); return x => whileLoop<[T, T]>(([i, y]: [T, T]) => lt(add(i, mul(sum(own(y)), 0)), 1 + Math.abs(k)), ([i, y]: [T, T]) => [add(i, 1), a(y)], [s(0), x])[1]; }
        case 'rows': { const a = vmap((y: T) => own(add(y, k))); return x => bounded(add(x, sum(a(tensor([[1, 2], [3, 4]])), [0]))); }
        default: return x => own(bounded(dice.below(2) === 0 ? add(mul(x, 2), k) : sub(x, k)));
      }
    });
    return x => parts.reduce((y, f) => f(y), x);
  };
  const f = block(3);
  const g = dice.below(3) === 0 ? f : jit(f);
  return [g(v(1, -2)), look(g(v(3, 5)), 'end')];
}
const taps: readonly (readonly [string, (look: Look) => unknown])[] = [
  ['outside transforms, read', look => look(mul(s(3), s(3)))],
  ['of a value that is nobody else\'s', look => { look(add(v(1, 2), 1)); return add(s(0), 1); }],
  ['of a literal, of nothing, of an empty value', look => jit((x: T) => { look(tensor([], 'f32', [0, 3])); tap([], () => undefined); look(add(mul(x, 0), 0), 'zeros'); return look(x); })(v(1))],
  ['under jit', look => jit((x: T) => add(look(mul(x, x)), 1))(v(1, 2, 3))],
  ['whose result nobody reads', look => jit((x: T) => { look(mul(x, x)); return add(x, 1); })(v(1, 2))],
  ['of an argument, of a result, twice', look => jit((x: T) => { const y = neg(look(x, 'in')); look(y, 'out'); look(y, 'out'); return [look(y, 'again'), y, x]; })(v(1, 2))],
  ['every dtype, packed or not', look => jit((x: T) => (['f32', 'f16', 'i32', 'u32', 'i8', 'u8', 'bool'] as const).map(d => look(tensor(d === 'bool' ? [0, 1, 1, 0, 1] : [0, 1, 2, 3, 1], d), d)).concat(x))(v(1))],
  ['a tree', () => { const told: string[] = []; const f = jit((x: T) => tap({ a: x, b: [neg(x), null] }, (t: { a: T; b: [T, null] }) => { told.push(`${String(t.a.dataSync())} ${String(t.b[0].dataSync())} ${String(t.b[1])}`); }).a); f(v(1, 2)); return f(v(3, 4)); }],
  ['grad: once, forward', look => grad((x: T) => sum(mul(look(mul(x, x)), x)))(v(1, 2))],
  ['grad of grad under jit', look => jit(grad((x: T) => grad((y: T) => mul(look(mul(y, y)), y))(x)))(s(3))],
  ['vmap: each example', look => vmap((x: T) => mul(look(add(x, 1)), 2))(v(1, 2, 3))],
  ['vmap of vmap', look => jit(vmap(vmap((x: T) => sum(look(x)))))(tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]))],
  ['a scan: its carry, its slices and its rows', look => scan((c: T, x: T) => { const y = look(add(look(mul(c, 2), 'carry'), look(x, 'row')), 'sum'); return [y, look(neg(y), 'stacked')]; }, v(1, 2, 3), tensor([[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4]])).concat(look(s(1))).concat(look(s(2)))],
  ['a scan backwards, of bytes', look => jit((xs: T) => scan((c: T, x: T) => [add(c, 1), look(x)], s(0), xs, { reverse: true }))(tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 'i8'))],
  ['a scan of no steps', look => scan((c: T, x: T) => [look(add(c, x)), x], s(1), tensor([], 'f32', [0]))],
  ['a scan whose carry changes in place', look => jit((x: T) => foriLoop(0, 5, (_i: T, y: T) => { look(y); return mul(y, 2); }, x))(v(1, 2))],
  ['a scan in a scan', look => scan((c: T, row: T) => { const [d] = scan((a: T, x: T) => [look(add(a, x), 'inner'), null], c, row); return [look(mul(d, 0.5), 'outer'), null]; }, s(1), tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]))[0]],
  ['each branch of a cond', look => { const f = jit((x: T) => cond(lt(x, 0), (y: T) => look(neg(y), 'below'), (y: T) => look(mul(y, y), 'above'), x)); return [f(s(-2)), f(s(3))]; }],
  ['a branch that does nothing else', look => { const f = jit((x: T) => { cond(lt(x, 0), (y: T) => { look(y); return y; }, (y: T) => y, x); return x; }); return [f(s(-2)), f(s(3)), f(s(-1))]; }],
  ['switchCase in switchCase', look => { const f = jit((i: T, x: T) => switchCase(i, [(y: T) => look(y, '0'), (y: T) => switchCase(lt(y, 2).dtype === 'bool' ? i : i, [(z: T) => look(z, '1 0'), (z: T) => look(neg(z), '1 1'), (z: T) => z], y), (y: T) => look(mul(y, 2), '2')], x)); return [0, 1, 2].map(i => f(tensor(i, 'i32'), s(5))); }],
  ['a cond in a scan', look => scan((c: T, x: T) => [cond(lt(c, 5), (y: T) => add(look(y, 'small'), x), (y: T) => look(sub(y, x), 'large'), c), null], s(1), v(1, 6, 2, 3))[0]],
  ['a scan in a cond', look => { const f = jit((x: T) => cond(lt(x, 0), (y: T) => scan((c: T) => [look(mul(c, 2)), null], y, null, { length: 3 })[0] ?? y, (y: T) => y, x)); return [f(s(1)), f(s(-1))]; }],
  ...[0, 1, 2, 3, 5, 20].map(n => [`a while loop of ${n} turns, its test and its body`, (look: Look) => jit((x: T) => whileLoop((y: T) => lt(look(y, 'test'), n), (y: T) => look(add(y, 1), 'body'), x))(s(0))] as const),
  ['branches in the test and in the body of a while loop', look => jit((x: T) => whileLoop((y: T) => lt(cond(lt(y, 3), (z: T) => look(z, 'asked'), (z: T) => z, y), 7), (y: T) => cond(lt(y, 3), (z: T) => look(add(z, 1), 'up'), (z: T) => add(look(look(z, 'far'), 'far'), 1), y), x))(s(0))],
  ['a while loop in a while loop and in a scan', look => jit((x: T) => scan((c: T) => [whileLoop((y: T) => lt(y, 30), (y: T) => add(whileLoop((z: T) => lt(z, 10), (z: T) => look(add(z, 3), 'inner'), y), look(y, 'outer')), c), null], x, null, { length: 2 })[0])(s(0))],
  ['a while loop in a branch', look => { const f = jit((x: T) => cond(lt(x, 5), (y: T) => whileLoop((z: T) => lt(z, 10), (z: T) => look(add(z, 3)), y), (y: T) => neg(look(y)), x)); return [f(s(1)), f(s(7))]; }],
  ['map, and vmap of a scan', look => [map((x: T) => look(x), v(8, 9)), vmap((w: T) => scan((c: T, x: T) => [look(add(c, mul(w, x))), null], s(0), v(1, 2))[0])(v(1, 10))]],
  ['a jitted function that is called twice in another', look => { const inner = jit((x: T) => look(add(x, 1))); return jit((x: T) => mul(inner(inner(x)), 2))(s(1)); }],
  ['with donation: what is shown is what was there', look => { const step = jit((x: T) => add(mul(look(x), 2), 1), { donate: [0] }); return step(step(step(v(1, 2)))); }],
];
describe('tap on webgpu', () => {
  it.each(taps)('%s', async (name, run) => {
    const { seen, values } = await expectAgreement(run);
    expect(seen.length > 0).toBe(!/no steps|a tree/.test(name));
    expect(values.some(x => typeof x === 'string')).toBe(false);
  });
  it.each(range(Number(process.env['FLOWS'] ?? 5)))('random programs of loops and branches, %i', async seed => {
    const { seen, values } = await expectAgreement(look => randomFlow(seed, look));
    expect(values.some(x => typeof x === 'string')).toBe(false);
    expect(seen.length).toBeGreaterThan(0);
  });

});

/** What went wrong is told by each result that depends on it, in the words of the reference, and by nobody else. */
async function expectFault(run: (look: Look) => unknown, text: RegExp): Promise<Outcome> {
  await setBackend('reference');
  const want = await outcome(run);
  const told = want.values.find(x => typeof x === 'string') ?? expect.fail('nothing went wrong');
  expect(told).toMatch(text);
  const got = await onDevice(run);
  // Under jit the reference throws at the call, before there are results.
  if (runsKernels) expect(got).toEqual(want.values.length === 1 ? { seen: want.seen, values: got.values.map(() => told) } : want);
  return got;
}
const at = checked((i: T) => take(v(10, 20, 30), i));
const violations: readonly (readonly [string, RegExp, () => unknown])[] = [
  ['read', /violation: checked: gather of \S.*: index 7 is outside 0\.\.2/, () => at(tensor(7, 'i32'))],
  ['under jit, of several results', /index 7 is outside/, () => jit((i: T) => { const y = at(i); return [y, neg(y)]; })(tensor(7, 'i32'))],
  ['beside what is well', /index 7 is outside/, () => { const x = dot(tensor([[1, 2], [3, 4]]), v(1, 1)); return [at(tensor(7, 'i32')), sum(x), add(sum(x), at(tensor(9, 'i32'))), at(tensor(1, 'i32'))]; }],
  ['of the second example', /index 3 is outside 0\.\.2, in example 1/, () => vmap(at)(tensor([1, 3, 4], 'i32'))],
  ['of a derivative', /index 5 is outside/, () => grad((x: T) => sum(checked((y: T) => take(y, tensor([0, 5], 'i32')))(x)))(v(1, 2))],
  ['in a step of a loop', /index 4 is outside 0\.\.2, in step 3 of scan/, () => checked((x: T) => scan((c: T, i: T) => [add(c, take(x, i)), null], s(0), tensor([0, 1, 2, 4], 'i32'))[0])(v(1, 2, 3))],
  ['in the branch taken', /index 9 is outside/, () => jit((x: T) => cond(lt(x, 0), (y: T) => y, (y: T) => mul(y, at(tensor(9, 'i32'))), x))(s(1))],
  ['in a loop that would not end', /index 3 is outside/, () => jit((i: T) => whileLoop((j: T) => lt(at(j), 100), (j: T) => add(j, 1), i))(tensor(0, 'i32'))],
];
const finite = (f: (x: T) => T): ((x: T) => T) => checkNaN(f) as (x: T) => T;
const watched: readonly (readonly [string, RegExp, (look: Look) => unknown])[] = [
  ['the primitive, the index, the ranges and the path', /nan: checkNaN: log made NaN at \[1, 1\] of f32\[2,2\] from operands f32\[2,2\] in -4\.\.3 \(recorded in mlp\/dense at \S+/, () => finite(x => scope('mlp', () => scope('dense', () => ln(x))))(tensor([[1, 2], [3, -4]]))],
  ['the first of several, where a select hides it', /sqrt made NaN at \[0\]/, () => finite(x => where(lt(x, 0), root(mul(x, -2)), add(ln(mul(x, -1)), 1)))(v(1, 2))],
  ['a division of integers that became numbers, and of halves', /div made NaN at \[\] of f16\[\] from operands f16\[\] = 0 and f16\[\] = 0/, () => finite(x => div(x, x))(tensor(0, 'f16'))],
  ['a literal', /div made NaN at \[0\] of f32\[2\] from operands f32\[2\] = 0 and f32\[2\] = 0/, () => jit(finite(x => { const y = mul(x, 0); return div(y, y); }))(v(0, 0))],
  ['an infinity', /div made an infinity at \[\] of f32\[\] .*, in step 1 of scan \(counted from 0\)/, () => checkNaN((x: T) => scan((c: T, y: T) => [div(c, y), null], x, v(1, 0, 1))[0], { infinities: true })(s(2))],
  ['backward', /made NaN/, () => finite(x => grad((y: T) => sum(mul(root(y), root(y))))(mul(x, 0)))(v(1, 0))],
  ['under grad', /made NaN/, () => grad(finite(x => mul(root(x), root(x))))(s(-1))],
  ['under jit and vmap', /log made NaN at \[1\]/, () => jit(vmap(finite(ln)))(v(1, -1))],
  ['in a step of a scan in a scan', /in step 1 of scan in step 2 of scan/, () => finite(x => scan((c: T, row: T) => [scan((a: T, y: T) => [root(sub(a, y)), null], c, row)[0], null], x, tensor([[0, 0], [0, 0], [0, 7]]))[0] ?? x)(s(1))],
  ['a step of a while loop, and the branch of a cond', /sqrt made NaN .* in step 2 of while/, () => finite(x => whileLoop((c: T) => lt(c, 5), (c: T) => cond(lt(c, 2), (u: T) => add(u, 1), (u: T) => root(neg(u)), c), x))(s(0))],
  ['the test of a while loop, which would not end', /log made NaN .* in step 2 of while/, () => finite(x => whileLoop((c: T) => lt(ln(c), 5), (c: T) => sub(c, 1), x))(s(1.5))],
  ['in a loop around it: the steps of its own loops alone', /sqrt made NaN at \[\] of f32\[\] from operands f32\[\] = -1, in step 1 of scan \(counted from 0\) \(recorded/, () => scan((c: T, x: T) => [finite(y => scan((a: T, z: T) => [root(sub(a, z)), null], y, v(0, 2))[0] ?? y)(add(x, mul(c, 0))), null], s(1), v(9, 4, 1))[0]],
  ['beside what is well', /log made NaN/, () => { const x = v(1, -1); return [finite(ln)(x), ln(x), add(ln(x), 1), add(x, 1)]; }],
  ['one in another', /sqrt made NaN/, () => finite(x => add(finite(root)(x), 1))(s(-4))],
  ['a tap before is called, a tap after is not', /log made NaN/, look => jit((x: T) => look(add(look(finite(ln)(look(x, 'before')), 'after'), 1), 'later'))(v(1, -1))],
];
describe('violations on webgpu', () => {
  it.each(violations)('%s', async (_name, text, run) => { await expectFault(run, text); });
  it('what is well is not held up, and is told nothing', async () => {
    await expectAgreement(() => [at(tensor(2, 'i32')), jit(at)(tensor([0, 1], 'i32')), grad((x: T) => sum(checked((y: T) => take(y, tensor([0, 1], 'i32')))(x)))(v(1, 2))]);
  });
});
describe('checkNaN on webgpu', () => {
  it.each(watched)('%s', async (_name, text, run) => { await expectFault(run, text); });
  it('values are those of the function, integers and bytes among them', async () => {
    await expectAgreement(() => [finite(x => add(mul(x, 2), 1))(v(1, 2)), valueAndGrad(finite(x => sum(mul(x, x))))(v(1, 2)), checkNaN((x: T) => add(x, 1))(tensor([1, 2], 'i8')), finite(x => x)(v(NaN, 1))]);
  });
});

describe('a training that meets what is not finite', () => {
  it('stops, and names the equation', async () => {
    if (!runsKernels) return;
    const stopped = async (): Promise<string> => {
      // The square root falls without end: w passes 0 in the second step.
      const run = train.fit({
        params: { w: constant([4, 0.1]) }, loss: (p: { readonly w: Tensor<[2]> }) => np.sum(np.sqrt(p.w)), optimizer: optim.sgd(0.1),
        batches: data.batches(data.source({ x: constant([[1], [2]]) }), { size: 2, last: 'drop' }), steps: 5, output: null,
      });
      return run.then(() => 'nothing went wrong', message);
    };
    await setBackend('reference');
    const want = await stopped();
    installBackend(device);
    expect([want, await stopped()]).toEqual([expect.stringMatching(/^nan: train\.fit: step 2 .*: the loss is NaN: checkNaN: sqrt made NaN at \[1\] of f32\[2\] from operands f32\[2\] in .* \(recorded/), want]);
  });
});

const rejection = (read: Promise<unknown>): Promise<string> => read.then(() => 'nothing went wrong', message);
describe('what goes wrong where the host looks', () => {
  afterEach(() => { vi.unstubAllGlobals(); });
  const failing = (): void => { throw new Error('mine'); };
  it('is told by each result, by what is computed from it, and to whoever reads first otherwise', async () => {
    if (!runsKernels) return;
    installBackend(device);
    const f = jit<[T, T]>((x: T) => { const y = mul(x, 2); return [tap(y, failing), add(y, 1)]; });
    const [a, b] = f(v(1, 2));
    const c = jit((x: T) => neg(x))(b);
    expect(await Promise.all([a, b, c, a].map(x => rejection(x.data())))).toEqual(['Error: mine', 'Error: mine', 'Error: mine', 'Error: mine']);
    expect(await rejection(add(v(1), 1).data())).toBe('nothing went wrong');
    // A value that was looked at is not the value that it is.
    const x = add(v(1, 2), 1);
    const same = tap(x, failing);
    expect(await Promise.all([same, x, same].map(y => rejection(y.data())))).toEqual(['Error: mine', 'nothing went wrong', 'Error: mine']);
    // Nobody reads what failed.
    f(v(1, 2));
    const [other, another] = [add(v(1), 1), add(v(2), 1)];
    expect([await rejection(other.data()), await rejection(another.data()), await rejection(other.data())]).toEqual(['Error: mine', 'nothing went wrong', 'nothing went wrong']);
    // What does not depend on a violation is read without hearing of it.
    const [bad, good] = jit<[T, T]>((i: T) => [at(i), add(i, 1)])(tensor(7, 'i32'));
    expect([await rejection(good.data()), await rejection(add(v(1), 1).data()), await rejection(bad.data()), await rejection(add(v(1), 2).data())]).toEqual(['nothing went wrong', expect.stringContaining('index 7'), expect.stringContaining('index 7'), 'nothing went wrong']);
    // Memory that failed is as good as any when it is used again.
    for (let i = 0; i < 3; i++) { for (const x of f(v(1, 2))) x[Symbol.dispose](); expect(await rejection(mul(v(1, 2), i).data())).toBe('Error: mine'); expect(await rejection(jit((x: T) => add(x, i))(v(1, 2)).data())).toBe('nothing went wrong'); }
  });
  it('a callback may compute, read and call what called it', async () => {
    if (!runsKernels) return;
    installBackend(device);
    const seen: number[] = [];
    const reads: Promise<void>[] = [];
    let depth = 0;
    const f: (x: T) => T = jit((x: T) => mul(tap(x, (y: T) => {
      reads.push(mul(y, 10).item().then((z: number) => { seen.push(z); }));
      if (depth++ === 0) reads.push(f(add(y, 1)).item().then((z: number) => { seen.push(z); }));
    }), 2));
    expect(Array.from(await f(s(3)).data() as Float32Array)).toEqual([6]);
    for (let i = 0; i < reads.length; i++) await reads[i];
    expect(seen.sort((a, b) => a - b)).toEqual([8, 30, 40]);
  });
  it('debugPrint prints before the value is there', async () => {
    if (!runsKernels) return;
    installBackend(device);
    const printed: string[] = [];
    vi.stubGlobal('console', { log: (line: string) => { printed.push(line); } });
    const f = jit((x: T) => { debugPrint('x {} n {}', x, tensor([1, 2], 'i32')); return mul(x, x); });
    const y = f(s(2));
    expect(printed).toEqual([]);
    await y.data().then(() => printed.push('read'));
    debugPrint('here');
    await add(s(1), 1).data();
    expect(printed).toEqual(['x 2. n [1, 2]', 'read', 'here']);
  });
});
describe('what it costs', () => {
  it('explain says what is shown, and programs that show nothing are as they were', () => {
    const programs = [(look: Look) => (x: T) => look(mul(x, 2)), () => (x: T) => mul(x, 2)].map(f => device.explain(makeJaxpr(f(x => tap(x, () => undefined)))(v(1, 2, 3)).jaxpr));
    expect(programs.map(lines => lines.filter(l => /shown to the host/.test(l)))).toEqual([['  tap (12 bytes shown to the host)'], []]);
  });
  it('one submit where all fits, several where it does not, and no more memory', async () => {
    if (!runsKernels) return;
    installBackend(device);
    const { device: d } = device;
    const sums: number[] = [];
    const keep = (x: T): void => { sums.push(Number(x.dataSync()[0])); };
    const steps = (n: number): ((x: T) => T) => jit((x: T) => foriLoop(0, n, (_i: T, y: T) => tap(add(y, 1), keep), x) as T);
    const cost = async (f: (x: T) => T, width: number): Promise<number> => { const before = d.submits; await f(tensor(range(width).map(() => 0))).data(); return d.submits - before - 1; };
    const small = steps(1000);
    expect([await cost(small, 1), sums.length, sums.every((x, i) => x === i + 1)]).toEqual([1, 1000, true]);
    const width = 4096;
    const large = steps(1000);
    sums.length = 0;
    // 1,000 copies of 16 KiB, 4 MiB at a time.
    expect([await cost(large, width), sums.length, sums.every((x, i) => x === i + 1)]).toEqual([4, 1000, true]);
    const used = d.pool.used + d.pool.pooled;
    await cost(large, width);
    expect(d.pool.used + d.pool.pooled).toBeLessThanOrEqual(used + 2 * 4 * width);
  });
});
