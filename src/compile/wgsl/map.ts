// Maps as shaders: one invocation an element, or four neighbours, or as many elements as share a word where a result's elements are narrower
// than one; once, or in several turns. Floor 5: which kernels are maps, and which schedule they have, others decide.
import { sizeOf } from '../../ir/aval.ts';
import { bitsOfLoops, operandsOf, type Kernel, type Stage, type Store } from '../kernel.ts';
import type { Form, Loop } from '../index-map.ts';
import { Code } from './code.ts';
import type { MapSchedule, MapShape } from './mapSchedule.ts';
import { quad, quadsOf, type Quads } from './quads.ts';
import { Rows, serialWalk } from './rows.ts';
import { rowShape } from './schedule.ts';
import { checkCount, groupSize, invocationGroups, maxGroups, openInvocations, shaderText, type Bindings, type Placement, type Shader } from './shader.ts';
import { squaresOf, tileShader, type Squares } from './tiles.ts';
import { Scope, turnsOf, Values } from './values.ts';

/** What is known of a map before its schedule is chosen. */
export interface MapKernel {
  readonly kernel: Kernel;
  readonly stages: readonly Stage[];
  readonly bindings: Bindings;
  readonly shape: MapShape;
  readonly quads: Quads | null;
  readonly squares: Squares | null;
}
const isPlain = (stages: readonly Stage[]): boolean => stages.every(s => s.loops.length === 0 && s.accumulators.length === 0);
/** `placement`: where values are bound one by one; null where they are bound as words of one memory. */
export function mapKernel(kernel: Kernel, stages: readonly Stage[], bindings: Bindings, placement: Placement | null): MapKernel {
  const plain = isPlain(stages);
  const quads = plain && placement !== null ? quadsOf(kernel, stages, kernel.rows.at(-1), placement) : null;
  const squares = plain && placement !== null ? squaresOf(kernel, stages, quads, placement) : null;
  const stores = stages.flatMap(s => s.stores);
  const shape: MapShape = {
    count: turnsOf(kernel.rows), statements: rowShape(kernel, stages).statements, fours: quads !== null, words: stores.some(t => bindings.ownedPerWord(t.to) > 1),
    across: squares === null ? null : { rows: squares.across.extent, columns: squares.along.extent, by: squares.by },
  };
  return { kernel, stages, bindings, shape, quads, squares };
}

export function mapShader(m: MapKernel, s: MapSchedule): Shader {
  switch (s.kind) {
    case 'elements': return elements(m, s.turns);
    case 'fours': return m.quads === null ? elements(m, 1) : fours(m, m.quads, s.turns);
    case 'tiles': return m.squares === null ? elements(m, 1) : tileShader(m, m.squares, s.by);
    default: return s satisfies never;
  }
}

function elements({ kernel, stages, bindings, shape }: MapKernel, turns: number): Shader {
  const values = new Values(kernel, new Code(), bindings);
  const count = turnsOf(kernel.rows);
  const perWord = count > 1 && isPlain(stages) ? ownedWords(values, stages.flatMap(s => s.stores), kernel.rows) : 1;
  if (perWord === 1 && turns > 1) return inTurns(values, stages, count, turns, groupSize, (number, scope) => element(values, stages, number, scope));
  const invocations = Math.ceil(count / perWord);
  openInvocations(values.code, invocations);
  if (perWord > 1) wordByWord(values, stages, perWord, shape.statements); else element(values, stages, 'flat', null);
  return { code: shaderText(bindings, groupSize, values.code), bindings: bindings.list, groups: invocationGroups(invocations) };
}
function element(values: Values, stages: readonly Stage[], number: string, around: Scope | null): void {
  const scope = new Scope(around);
  values.counters(values.kernel.rows, number, scope);
  const rows = new Rows(values);
  for (const s of stages) rows.stage(s, scope, serialWalk);
}
/** Invocations of a workgroup where there are enough of them for every part of a large device. */
const largeGroup = 256;
const manyInvocations = 2 ** 16;
function fours({ kernel, stages, bindings }: MapKernel, quads: Quads, turns: number): Shader {
  const values = new Values(kernel, new Code(), bindings);
  values.byFours(quads);
  const stores = stages.flatMap(s => s.stores);
  const count = turnsOf(kernel.rows) / quad;
  return inTurns(values, stages, count, turns, count < manyInvocations ? groupSize : largeGroup, (number, around) => {
    const scope = new Scope(around);
    values.counters(kernel.rows, number, scope, quad);
    values.hoist(stores.flatMap(operandsOf), quads.loop.bit, scope);
    values.storesOfFour(stores, scope, values.parts(quads.loop, scope));
  });
}
/** Invocations that go on, each by the number of all of them, after what is the same at every turn. */
function inTurns(values: Values, stages: readonly Stage[], count: number, turns: number, size: number, body: (number: string, around: Scope) => void): Shader {
  const { code: c, bindings, kernel } = values;
  checkCount(count, () => 'a kernel');
  const groups = Math.ceil(count / (size * turns));
  const all = groups * size;
  c.line(`let flat = (workgroup.y * workgroups.x + workgroup.x) * ${size}u + lane;`);
  // Workgroups behind the last, where they are laid out in two dimensions, have no part in any turn.
  const behind = Math.min(count, all);
  if (turns === 1 ? count !== all || groups > maxGroups : groups > maxGroups || behind < all) c.line(`if (flat >= ${behind}u) { return; }`);
  const around = new Scope(null);
  values.hoist(stages.flatMap(s => s.stores).flatMap(operandsOf), bitsOfLoops(kernel.rows), around);
  if (turns === 1) body('flat', around); else c.block(`for (var turn = 0u; turn < ${turns}u; turn++)`, () => {
    c.line(`let number = flat + turn * ${all}u;`);
    if (all * turns === count) body('number', around); else c.block(`if (number < ${count}u)`, () => body('number', around));
  });
  return { code: shaderText(bindings, size, c), bindings: bindings.list, groups };
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
function wordByWord(values: Values, stages: readonly Stage[], perWord: number, statements: number): void {
  const { code: c, bindings, words } = values;
  const count = turnsOf(values.kernel.rows);
  for (const { name } of words.values()) c.line(`var ${name} = 0u;`);
  const turn = (): void => {
    element(values, stages, 'element', null);
    for (const [t, word] of words) {
      if (word.perWord === perWord) continue;
      const last = `part % ${word.perWord}u == ${word.perWord - 1}u${count % word.perWord === 0 ? '' : ` || element + 1u == ${count}u`}`;
      c.block(`if (${last})`, () => {
        bindings.storeWord(c, t.to, `i32(element - part % ${word.perWord}u)`, word.name);
        c.line(`${word.name} = 0u;`);
      });
    }
  };
  if (statements > longestTurn) {
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
