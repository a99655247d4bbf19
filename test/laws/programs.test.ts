// Every law of programs, on random typed ones; and that the generator makes programs of every kind.
import { expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { ordinary, programAt } from '../../laws/elaborate.ts';
import { programLaws } from '../../laws/program.ts';
import { Random } from '../../laws/random.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { bodiesOf, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { primitives } from '../../src/primitive/index.ts';

it('the laws hold for random programs', () => {
  const report = laws.programs({ runs: 200 });
  console.log(`${laws.showReport(report)}; ${(report.equations / report.runs).toFixed(1)} equations and ${(report.laws.reduce((n, l) => n + l.held, 0) / report.runs).toFixed(0)} laws a program, ${(1000 * report.runs / report.milliseconds).toFixed(0)} programs/s`);
  // No law is silent throughout.
  expect(report.laws.filter(l => l.held === 0).map(l => l.name)).toEqual([]);
  expect(report.laws.map(l => l.name).sort()).toEqual(programLaws.map(l => l.name).sort());
});

const random = new Random(2024);
const numbers = (n: number, hi: number): number[] => Array.from({ length: n }, () => random.int(0, hi));
const choices = (): Parameters<typeof programAt>[1] => ({
  inputs: numbers(16, 999), seed: random.int(0, 1e9),
  steps: Array.from({ length: random.int(1, 8) }, () => ({ op: random.int(0, 9999), a: random.int(0, 7), b: random.int(0, 7), k: random.int(0, 99999) })),
});

it('programs use every ordinary primitive, every nesting, every kind of value', () => {
  const used = ordinary(primitives);
  const names = new Set<string>();
  const seen = { unusedInput: 0, reused: 0, literalOperand: 0, integers: 0, bools: 0, empty: 0, scalar: 0, twoResults: 0 };
  const inside = new Set<string>();
  const visit = (j: Jaxpr, depth = 0): void => {
    for (const e of j.eqns) {
      names.add(e.primitive.name);
      if (depth > 0) inside.add(e.primitive.name);
      if (e.inputs.some(a => 'value' in a)) seen.literalOperand++;
      if (e.inputs.length > 1 && new Set(e.inputs).size < e.inputs.length) seen.reused++;
      for (const { aval } of e.outputs) {
        if (aval.dtype === 'i32' || aval.dtype === 'u32') seen.integers++;
        if (aval.dtype === 'bool') seen.bools++;
        if (aval.shape.includes(0)) seen.empty++;
        if (aval.shape.length === 0) seen.scalar++;
      }
      bodiesOf(e.params).forEach(b => { visit(b, depth + 1); });
    }
  };
  for (let i = 0; i < 1200; i++) {
    const { jaxpr } = programAt(used, choices());
    checkJaxpr(jaxpr);
    visit(jaxpr);
    if (jaxpr.inputs.some(v => !jaxpr.outputs.includes(v) && !jaxpr.eqns.some(e => e.inputs.includes(v)))) seen.unusedInput++;
    if (jaxpr.outputs.length > 1) seen.twoResults++;
  }
  expect(used.map(p => p.name).filter(n => !names.has(n))).toEqual([]);
  // Loops, branches, custom rules, checkpoints and effects around steps that were drawn, also inside one another.
  const flow = ['scan', 'while', 'cond', 'customJvp', 'customVjp', 'customBatching', 'checkpoint', 'tap'];
  expect(flow.filter(n => !inside.has(n))).toEqual([]);
  expect(Object.entries(seen).filter(([, n]) => n < 10)).toEqual([]);
});

it('equal choices give equal programs, and fewer choices a program again', () => {
  const used = ordinary(primitives);
  for (let i = 0; i < 60; i++) {
    const c = choices();
    expect(printJaxpr(programAt(used, c).jaxpr)).toBe(printJaxpr(programAt(used, c).jaxpr));
    checkJaxpr(programAt(used, { ...c, steps: c.steps.slice(1) }).jaxpr);
    checkJaxpr(programAt(used, { inputs: c.inputs.slice(0, 3), seed: 0, steps: c.steps.map(s => ({ ...s, k: 0, b: 0 })) }).jaxpr);
  }
});
