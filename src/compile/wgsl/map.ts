// Maps as shaders: one invocation an element, or as many elements as share a word where a result's elements are narrower than one.
// Floor 5: which kernels are maps, others decide.
import { sizeOf } from '../../ir/aval.ts';
import type { Form, Loop } from '../index-map.ts';
import type { Kernel, Stage, Store } from '../kernel.ts';
import { Code } from './code.ts';
import { Rows, serialWalk } from './reduce.ts';
import { rowShape } from './schedule.ts';
import { groupSize, invocationGroups, openInvocations, shaderText, type Bindings, type Shader } from './shader.ts';
import { Scope, turnsOf, Values } from './values.ts';

export function mapShader(kernel: Kernel, stages: readonly Stage[], bindings: Bindings): Shader {
  const values = new Values(kernel, new Code(), bindings);
  const count = turnsOf(kernel.rows);
  const plain = stages.every(s => s.loops.length === 0 && s.accumulators.length === 0);
  const perWord = count > 1 && plain ? ownedWords(values, stages.flatMap(s => s.stores), kernel.rows) : 1;
  const invocations = Math.ceil(count / perWord);
  openInvocations(values.code, invocations);
  if (perWord > 1) wordByWord(values, stages, perWord); else element(values, stages, 'flat');
  return { code: shaderText(bindings, groupSize, values.code), bindings: bindings.list, groups: invocationGroups(invocations) };
}
function element(values: Values, stages: readonly Stage[], number: string): void {
  const scope = new Scope(null);
  values.counters(values.kernel.rows, number, scope);
  const rows = new Rows(values);
  for (const s of stages) rows.stage(s, scope, serialWalk);
}
/** Finds the stores of narrow elements in their order; returns how many of the narrowest share a word. */
function ownedWords(values: Values, stores: readonly Store[], rows: readonly Loop[]): number {
  const count = turnsOf(rows);
  let most = 1;
  for (const t of stores) {
    const perWord = values.bindings.ownedPerWord(t.to);
    // The last word is its own where it ends with the value.
    const whole = count === sizeOf(t.to.aval.shape) || count % perWord === 0;
    if (perWord === 1 || !whole || !isFlat(t.at, rows) || stores.some(other => other !== t && other.to === t.to)) continue;
    values.words.set(t, { name: values.code.fresh('word'), perWord });
    most = Math.max(most, perWord);
  }
  return most;
}
/** From here on the elements of a word are written out: SwiftShader takes minutes for a loop around 700 statements, which it takes half a second for twice. */
const longestTurn = 128;
/** A map whose invocations compute as many elements as share a word. */
function wordByWord(values: Values, stages: readonly Stage[], perWord: number): void {
  const { code: c, bindings, words } = values;
  const count = turnsOf(values.kernel.rows);
  for (const { name } of words.values()) c.line(`var ${name} = 0u;`);
  const turn = (): void => {
    element(values, stages, 'element');
    for (const [t, word] of words) {
      if (word.perWord === perWord) continue;
      const last = `part % ${word.perWord}u == ${word.perWord - 1}u${count % word.perWord === 0 ? '' : ` || element + 1u == ${count}u`}`;
      c.block(`if (${last})`, () => {
        bindings.storeWord(c, t.to, `i32(element - part % ${word.perWord}u)`, word.name);
        c.line(`${word.name} = 0u;`);
      });
    }
  };
  if (rowShape(values.kernel, stages).statements > longestTurn) {
    for (let part = 0; part < perWord; part++) {
      c.block('', () => {
        c.line(`let part = ${part}u;`, `let element = flat * ${perWord}u + part;`);
        if (count % perWord === 0) turn(); else c.block(`if (element < ${count}u)`, turn);
      });
    }
  } else {
    c.block(`for (var part = 0u; part < ${perWord}u; part++)`, () => {
      c.line(`let element = flat * ${perWord}u + part;`);
      if (count % perWord !== 0) c.line(`if (element >= ${count}u) { break; }`);
      turn();
    });
  }
  for (const [t, word] of words) if (word.perWord === perWord) bindings.storeWord(c, t.to, `i32(flat * ${perWord}u)`, word.name);
}
/** Whether a form is the number of a turn among all turns of the loops. */
function isFlat(f: Form, loops: readonly Loop[]): boolean {
  const walked = loops.filter(l => l.extent > 1);
  const strides = walked.map((_, i) => turnsOf(walked.slice(i + 1)));
  const terms = f.terms.filter(t => t.atom.kind !== 'loop' || t.atom.extent > 1);
  return f.c === 0 && terms.length === walked.length && walked.every((l, i) => terms.some(t => t.atom === l && t.coefficient === strides[i]));
}
