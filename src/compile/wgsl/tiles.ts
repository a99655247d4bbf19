// Maps that read a value across memory, such as transposes: squares of it are read along memory into workgroup memory and written along memory
// from there, by one element or by four. A row of a square has a word more than elements, so that its columns lie in different banks.
// Floor 5: which maps these are, by strides alone; that they are read so, a schedule says.
import { strideOf, type Form, type Loop } from '../index-map.ts';
import { operandsOf, type Kernel, type Node, type NodeId, type Stage } from '../kernel.ts';
import { liveNodes } from '../lower.ts';
import { Code, type Term } from './code.ts';
import { Shared } from './fold.ts';
import { perWord } from './packed.ts';
import { hasVectors, quad, sideBySide, vectorsOf, type Quads } from './quads.ts';
import { shaderText, type Bindings, type Placement, type Shader } from './shader.ts';
import { wordOf } from './convert.ts';
import { Scope, turnsOf, Values } from './values.ts';

type Load = Node & { readonly kind: 'load' };
/** Loads that go through workgroup memory. */
export interface Squares {
  /** Along memory where results are stored, and along memory where these loads read. */
  readonly along: Loop;
  readonly across: Loop;
  readonly loads: readonly (readonly [NodeId, Load])[];
  /** How many neighbours can be taken at once. */
  readonly by: readonly (1 | 4)[];
  /** The quads along results, and along these loads, where four are taken. */
  readonly quads: Quads | null;
}
const side = 32;
/** Words of a row in workgroup memory. */
const pitch = side + 1;
const invocations = 256;
/** Squares in workgroup memory at a time: every device has room for them. */
const mostSquares = 3;

/** How far one step of the loop moves the index; 0 where that is not one distance. */
const step = (f: Form, l: Loop): number => strideOf(f, l) ?? 0;
export function squaresOf(kernel: Kernel, stages: readonly Stage[], quads: Quads | null, placement: Placement): Squares | null {
  const along = kernel.rows.at(-1);
  const stores = stages.flatMap(s => s.stores);
  if (along === undefined || !stores.every(t => t.update === undefined && strideOf(t.at, along) === 1)) return null;
  const strided = [...liveNodes(stages, kernel.nodes)].flatMap((i): (readonly [NodeId, Load])[] => {
    const n = kernel.nodes[i];
    return n?.kind === 'load' && n.guards.length === 0 && n.at.nodes.length === 0 && Math.abs(step(n.at, along)) > 1 ? [[i, n]] : [];
  });
  const readAlong = (l: Loop): typeof strided => strided.filter(([, n]) => step(n.at, l) === 1).slice(0, mostSquares);
  const across = kernel.rows.filter(l => l !== along && readAlong(l).length > 0).sort((a, b) => readAlong(b).length - readAlong(a).length)[0];
  if (across === undefined) return null;
  const loads = readAlong(across);
  const whole = stores.every(t => perWord(t.to.aval.dtype) === 1 || (t.to.aval.dtype === 'f16' && placement.nativeHalf === true));
  const fours = quads !== null && across.extent % quad === 0 && loads.every(([, n]) => sideBySide(n.at, across) && hasVectors(n.from, placement));
  const by = [...whole ? [1 as const] : [], ...fours ? [4 as const] : []];
  const pieces = quads === null ? [] : [...quads.pieces, ...vectorsOf(loads.map(([, n]) => n.from), placement)];
  return by.length === 0 ? null : { along, across, loads, by, quads: quads === null || !fours ? null : { ...quads, pieces: new Set(pieces) } };
}

export function tileShader({ kernel, stages, bindings }: { readonly kernel: Kernel; readonly stages: readonly Stage[]; readonly bindings: Bindings }, { along, across, loads, quads }: Squares, by: 1 | 4): Shader {
  const [c, shared] = [new Code(), new Shared()];
  const values = new Values(kernel, c, bindings);
  if (by === quad && quads !== null) values.byFours(quads);
  const stores = stages.flatMap(s => s.stores);
  const others = kernel.rows.filter(l => l !== along && l !== across);
  const [columns, rows] = [Math.ceil(along.extent / side), Math.ceil(across.extent / side)];
  const groups = columns * rows * turnsOf(others);
  const wide = side / by;
  c.line('let group = workgroup.y * workgroups.x + workgroup.x;', `if (group >= ${groups}u) { return; }`);
  c.line(`let along0 = i32(group % ${columns}u) * ${side}i;`, `let across0 = i32((group / ${columns}u) % ${rows}u) * ${side}i;`);
  c.line(`let x = i32(lane % ${wide}u)${by === 1 ? '' : ` * ${by}i`};`, `let y = i32(lane / ${wide}u);`);
  const around = new Scope(null);
  values.counters(others, c.let('u32', `group / ${columns * rows}u`).code, around);
  const squares = loads.map(([i, n], k) => ({ i, n, array: shared.array(`square${k}`, cellType(n), side * pitch) }));
  /** The rows of a square, as many at a time as there are invocations. */
  const inRows = (body: (row: string) => void): void => {
    const turns = side * wide / invocations;
    if (turns === 1) { c.block('', () => body('y')); return; }
    const k = c.fresh('k');
    c.block(`for (var ${k} = 0i; ${k} < ${turns}i; ${k}++)`, () => body(c.let('i32', `y + ${k} * ${invocations / wide}i`).code));
  };
  const inside = (at: string, l: Loop, step: number): string => l.extent % side === 0 ? at : c.let('i32', `min(${at}, ${l.extent - step}i)`).code;
  inRows(row => {
    // What lies outside is read at the edge, and not stored.
    const scope = new Scope(around);
    scope.setCounter(across, inside('(across0 + x)', across, by));
    scope.setCounter(along, inside(`(along0 + ${row})`, along, 1));
    for (const { n, array } of squares) {
      const at = values.form(n.at, scope);
      if (by === 1) { c.line(`${array}[${row} * ${pitch}i + x] = ${cell(bindings.load(c, n.from, at))};`); continue; }
      const four = bindings.loadFour(c, n.from, at);
      for (let k = 0; k < by; k++) c.line(`${array}[${row} * ${pitch}i + x + ${k}i] = ${cell(four(k))};`);
    }
  });
  c.line('workgroupBarrier();');
  inRows(row => {
    const take = ({ n, array }: typeof squares[number], k: number): Term => taken(c, n, `${array}[(x + ${k}i) * ${pitch}i + ${row}]`);
    const scope = new Scope(around);
    scope.setCounter(along, c.let('i32', 'along0 + x').code);
    scope.setCounter(across, c.let('i32', `across0 + ${row}`).code);
    const compute = (): void => {
      if (by === 1) {
        for (const s of squares) scope.set(s.i, take(s, 0));
        values.stores(stores, scope);
        return;
      }
      values.hoist(stores.flatMap(operandsOf), along.bit, scope);
      const parts = values.parts(along, scope);
      parts.forEach((part, k) => { for (const s of squares) part.set(s.i, take(s, k)); });
      values.storesOfFour(stores, scope, parts);
    };
    const outside = [...along.extent % side === 0 ? [] : [`along0 + x < ${along.extent}i`], ...across.extent % side === 0 ? [] : [`across0 + ${row} < ${across.extent}i`]];
    if (outside.length === 0) compute(); else c.block(`if (${outside.join(' && ')})`, compute);
  });
  return { code: shaderText(bindings, invocations, c, shared.list), bindings: bindings.list, groups };
}
const cellType = (n: Load): string => { const type = wordOf(n.dtype); return type === 'bool' ? 'u32' : type; };
const cell = (t: Term): string => t.type === 'bool' ? `select(0u, 1u, ${t.code})` : t.code;
const taken = (c: Code, n: Load, at: string): Term => wordOf(n.dtype) === 'bool' ? c.let('bool', `${at} != 0u`) : c.let(wordOf(n.dtype), at);
