// The plan of memory: temporaries that live at the same time never overlap, what dies is used again, and bodies lie behind what is around them.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { bytesOf } from '../../src/backend/wasm/memory.ts';
import { targetOf } from '../../src/backend/wasm/program.ts';
import { planBlock, type Block } from '../../src/compile/block.ts';
import { readsOf, writesOf, type Step } from '../../src/compile/fuse.ts';
import { mayOverwrite, paddedBytes, planMemory } from '../../src/compile/plan.ts';
import { aval } from '../../src/ir/aval.ts';
import { Var, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { stage } from '../../src/trace/scope.ts';
import { optimise } from '../../src/pass/passes.ts';
import { mixedProgram } from './mixedPrograms.ts';
import { Dice, randomProgram } from './randomPrograms.ts';

const target = targetOf({ name: 'simd', fma: false });
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const size = (v: Var): number => paddedBytes(bytesOf(v.aval));
/** The first step that touches each variable, and the last, those of its aliases included. */
function lives(steps: readonly Step[], aliases: ReadonlyMap<Var, Var>): ReadonlyMap<Var, readonly [first: number, last: number]> {
  const out = new Map<Var, [number, number]>();
  steps.forEach((s, i) => { for (const v of [...readsOf(s), ...writesOf(s)]) { const own = aliases.get(v) ?? v; const life = out.get(own); if (life === undefined) out.set(own, [i, i]); else life[1] = i; } });
  return out;
}
/** The variable whose memory a result of an identity is. */
function originals(steps: readonly Step[], { aliases }: Block): ReadonlyMap<Var, Var> {
  const out = new Map<Var, Var>();
  for (const s of steps) if (s.kind === 'equation') s.eqn.outputs.forEach((o, i) => { const x = s.eqn.inputs[i]; if (aliases.has(o) && x instanceof Var) out.set(o, out.get(x) ?? x); });
  return out;
}
/** The greatest number of bytes that live at the same time. */
function peakOf(offsets: ReadonlyMap<Var, number>, life: ReturnType<typeof lives>, steps: number): number {
  let peak = 0;
  for (let i = 0; i < steps; i++) peak = Math.max(peak, [...offsets.keys()].reduce((n, v) => { const [first = 0, last = -1] = life.get(v) ?? []; return first <= i && i <= last ? n + size(v) : n; }, 0));
  return peak;
}

describe('temporaries', () => {
  it('of random programs never overlap while both live, but where a step may write over what dies in it', () => {
    let shared = 0;
    for (let k = 0; k < 120; k++) {
      const { jaxpr } = k % 2 === 0 ? randomProgram(seed + k) : mixedProgram(seed + k);
      const dice = new Dice(seed + k);
      const block = planBlock(optimise(jaxpr), 0, { target, bytesOf }, j => j.eqns.flatMap(e => e.outputs.filter(() => dice.below(2) === 0)));
      const { steps, offsets } = block;
      const life = lives(steps, originals(steps, block));
      const placed = [...offsets];
      for (const [i, [v, at]] of placed.entries()) {
        expect([at % 64, at + size(v) <= block.end]).toEqual([0, true]);
        for (const [w, there] of placed.slice(i + 1)) {
          if (at >= there + size(w) || there >= at + size(v)) continue;
          const [[a = 0, b = 0], [c = 0, d = 0]] = [life.get(v) ?? [], life.get(w) ?? []];
          if (b < c || d < a) { shared++; continue; }
          const [dying, born, step] = b === c ? [v, w, steps[c]] : [w, v, steps[a]];
          const allowed = (b === c || d === a) && at === there && step !== undefined && mayOverwrite(step, dying, born);
          if (!allowed) expect.fail(`seed ${seed + k}: ${at} and ${there} overlap while both live\n${printJaxpr(jaxpr)}`);
        }
      }
    }
    expect(shared).toBeGreaterThan(100);
  });
  it('have room for a vector behind them', () => {
    for (const n of [0, 1, 63, 64, 65, 127, 128, 4000, 4032]) expect([paddedBytes(n) % 64, paddedBytes(n) - n >= 32]).toEqual([0, true]);
  });
  it('of a chain need two places, however long it is; of a fan as many as it has leaves, and what is free joins', () => {
    const a = aval([1000], 'f32');
    const p = { axis: 0, reverse: false };
    const plan = (j: Jaxpr): Block => planBlock(optimise(j), 0, { target, bytesOf });
    const chain = plan(stage('chain', [a], ([x]) => { if (x === undefined) return []; let v = cumsum(x, p); for (let i = 0; i < 9; i++) v = cumsum(v, p); return [v]; }).jaxpr);
    expect([chain.offsets.size, chain.end]).toEqual([9, 2 * paddedBytes(4000)]);
    // Two small neighbours die before a large one is born: it lies where both lay.
    const [small, large] = [aval([1000], 'f32'), aval([2016], 'f32')];
    const [x, u, v, w, y] = [new Var(small), new Var(small), new Var(small), new Var(large), new Var(small)];
    const step = (inputs: readonly Var[], outputs: readonly Var[]): Step => ({ kind: 'equation', eqn: { ...(chain.jaxpr.eqns[0] ?? expect.fail('no equation')), inputs, outputs } });
    const steps = [step([x], [u]), step([x], [v]), step([u, v], [y]), step([y], [w]), step([w], [x])];
    const { offsets, bytes } = planMemory(steps, new Set([x, y]), z => bytesOf(z.aval));
    expect([offsets.get(w), bytes, peakOf(offsets, lives(steps, new Map()), steps.length)]).toEqual([0, 2 * paddedBytes(4000), 2 * paddedBytes(4000)]);
  });
});
