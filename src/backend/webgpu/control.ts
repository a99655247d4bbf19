// Loops and branches as commands: a scan's body is planned once and repeated, branches are chosen on the device, a while loop is given to the
// device several turns at a time. Floor 6.
import { decideBranch, decideTurn, type Candidate } from '../../../kernels/wgsl/decide.ts';
import type { Block, BodyResult, Branch, Carry, CarryPlace, Conditional, Counted } from '../../compile/block.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { copyKernel } from '../../compile/wgsl/emit.ts';
import { groupsOf, type Piece, type Place } from '../../compile/wgsl/shader.ts';
import { CotangentError } from '../../error.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { Var, type Eqn } from '../../ir/jaxpr.ts';
import { gated, mapBody, waitsForHost, type Command, type Dispatch, type Turn } from './commands.ts';
import { arenaPlace, placeIn, variables, type Places } from './places.ts';

/** Who compiles the bodies. */
export interface BodyCompiler {
  commands(block: Block, places: Places): readonly Command[];
  kernel(k: Kernel, places: Places, name: string): readonly Command[];
  splat(v: Var, value: number, places: Places): readonly Command[];
  copy(to: Var, from: Var, places: Places): readonly Command[];
  /** A word of the arena that is nobody else's. */
  word(): Place;
  /** Slots of the buffer of counts, and the buffer. */
  slot(): number;
  readonly counts: Piece;
}
const i32: Aval = { shape: [], dtype: 'i32' };
function pass(places: Places, to: readonly Var[], from: readonly Var[]): void {
  to.forEach((v, i) => { const x = from[i]; if (x !== undefined) places.set(v, placeIn(places, x)); });
}
/** After a body ran: results that are inputs, literals or results twice are written to their places. */
const copyResults = (c: BodyCompiler, results: readonly BodyResult[], places: Places): readonly Command[] =>
  results.flatMap(({ made, from }) => from === null ? [] : from instanceof Var ? c.copy(made, from, places) : c.splat(made, from.value, places));

/** Which of its two buffers each carry is read from at even turns, and which at odd ones. */
function setCarry(places: Places, { ins, outs, shared }: Carry, buffers: readonly CarryPlace[], odd: boolean): void {
  ins.forEach((v, k) => {
    const [first = 0, second = 0] = buffers[k] ?? [];
    const other = shared.has(k) ? first : second;
    places.set(v, arenaPlace(v, odd ? other : first));
    const out = outs[k];
    if (out !== undefined) places.set(out.made, arenaPlace(out.made, odd ? first : other));
  });
}
const startCarry = (c: BodyCompiler, ins: readonly Var[], initial: readonly Var[], places: Places): readonly Command[] =>
  ins.flatMap((v, k) => { const x = initial[k]; return x === undefined ? [] : c.copy(v, x, places); });
const finishCarry = (c: BodyCompiler, ins: readonly Var[], outputs: readonly Var[], places: Places): readonly Command[] =>
  ins.flatMap((v, k) => { const out = outputs[k]; return out === undefined ? [] : c.copy(out, v, places); });

export function counted(c: BodyCompiler, e: Eqn, { structure: s, body, carry, places: buffers }: Counted, places: Places): readonly Command[] {
  const carryEnd = s.consts + s.carry;
  const operands = variables(e.inputs);
  const { inputs } = body.block.jaxpr;
  const turn = new Var(i32);
  const turnPlace = c.word();
  places.set(turn, turnPlace);
  /** The row of this turn. */
  const row = (whole: Var, a: Aval): Place => { const p = placeIn(places, whole); return { ...p, slices: [...p.slices, { turn: turnPlace, stride: sizeOf(a.shape) }] }; };
  pass(places, inputs.slice(0, s.consts), operands);
  inputs.slice(carryEnd).forEach((v, i) => { const x = operands[carryEnd + i]; if (x !== undefined) places.set(v, row(x, v.aval)); });
  body.results.slice(s.carry).forEach((y, i) => { const out = e.outputs[s.carry + i]; if (out !== undefined) places.set(y.made, row(out, y.made.aval)); });
  const written = body.results.filter((_, k) => !carry.shared.has(k));
  const turns = (odd: boolean): readonly Command[] => {
    setCarry(places, carry, buffers, odd);
    return [...c.commands(body.block, places), ...copyResults(c, written, places), ...c.kernel(stepKernel(turn, s.reverse ? -1 : 1), places, 'turn')];
  };
  const even = turns(false);
  const odd = carry.ins.every((_, k) => carry.shared.has(k)) || s.length < 2 ? even : turns(true);
  setCarry(places, carry, buffers, false);
  const before = [...c.splat(turn, s.reverse ? s.length - 1 : 0, places), ...startCarry(c, carry.ins, operands.slice(s.consts, carryEnd), places)];
  setCarry(places, carry, buffers, s.length % 2 === 1);
  return [...before, ...s.length === 0 ? [] : [{ kind: 'repeat', turns: s.length, even, odd } as const], ...finishCarry(c, carry.ins, e.outputs, places)];
}

export function conditional(c: BodyCompiler, e: Eqn, { structure: s, test, answer, answerAt, body, carry, places: buffers }: Conditional, places: Places): readonly Command[] {
  const first = s.testConsts + s.bodyConsts;
  const operands = variables(e.inputs);
  const [alive, taken] = [new Var(i32), new Var(i32)];
  places.set(alive, c.word());
  places.set(taken, c.word());
  places.set(answer, arenaPlace(answer, answerAt));
  pass(places, test.block.jaxpr.inputs.slice(0, s.testConsts), operands);
  pass(places, body.block.jaxpr.inputs.slice(0, s.bodyConsts), operands.slice(s.testConsts, first));
  const written = body.results.filter((_, k) => !carry.shared.has(k));
  const turnOf = (odd: boolean): Omit<Turn, 'decide'> => {
    setCarry(places, carry, buffers, odd);
    pass(places, test.block.jaxpr.inputs.slice(s.testConsts), carry.ins);
    return {
      test: [...c.commands(test.block, places), ...copyResults(c, test.results, places)],
      body: [...c.commands(body.block, places), ...copyResults(c, written, places)],
    };
  };
  const plainEven = turnOf(false);
  const plainOdd = carry.ins.every((_, k) => carry.shared.has(k)) ? plainEven : turnOf(true);
  const waits = [plainEven, plainOdd].some(t => waitsForHost(t.test) || waitsForHost(t.body));
  const [candidates, slotted] = decided(c, [[], plainEven.body, ...plainOdd === plainEven ? [] : [plainOdd.body]]);
  const decide: Dispatch = {
    kind: 'dispatch', name: 'decide', slot: null,
    // The bodies of even and odd turns are both branch 1.
    shader: decideTurn(placeIn(places, answer), placeIn(places, alive), placeIn(places, taken), waits ? [] : candidates.map(x => ({ ...x, branch: 1 })), c.counts),
  };
  // Turns behind the last one ask again, and show nothing.
  const turn = ({ test: asked, body: run }: Omit<Turn, 'decide'>, k: number): Turn => waits ? { test: asked, body: run, decide } : { test: gated(asked, { word: placeIn(places, alive) }), body: slotted[k] ?? [], decide };
  const even = turn(plainEven, 1);
  const odd = plainOdd === plainEven ? even : turn(plainOdd, 2);
  setCarry(places, carry, buffers, false);
  const before = [...c.splat(alive, 1, places), ...c.splat(taken, 0, places), ...startCarry(c, carry.ins, operands.slice(first), places)];
  const afterEven = finishCarry(c, carry.ins, e.outputs, places);
  setCarry(places, carry, buffers, odd !== even);
  const afterOdd = odd === even ? afterEven : finishCarry(c, carry.ins, e.outputs, places);
  return [...before, { kind: 'while', even, odd, waits, answer: placeIn(places, answer), alive: placeIn(places, alive), taken: placeIn(places, taken), afterEven, afterOdd }];
}

export function branch(c: BodyCompiler, e: Eqn, { bodies }: Branch, places: Places): readonly Command[] {
  const [index, ...operands] = variables(e.inputs);
  if (index === undefined) throw new CotangentError('jaxpr', 'webgpu: a branch without index');
  const plain = bodies.map(({ block, results }) => {
    pass(places, block.jaxpr.inputs, operands);
    pass(places, results.map(r => r.made), e.outputs);
    return [...c.commands(block, places), ...copyResults(c, results, places)];
  });
  const at = placeIn(places, index);
  if (plain.some(waitsForHost)) {
    // The host reads single words: an index that stands in a row of a loop is copied out of it.
    const own = new Var(i32);
    places.set(own, c.word());
    return [...c.copy(own, index, places), { kind: 'hostChoose', index: placeIn(places, own), bodies: plain }];
  }
  const [candidates, slotted] = decided(c, plain);
  const gate = c.slot();
  const decide = (from: number | null): Dispatch => ({ kind: 'dispatch', name: 'decide', shader: decideBranch(at, bodies.length, candidates, c.counts, from), slot: null });
  return [{ kind: 'choose', decide: decide(null), gated: decide(gate), gate, bodies: slotted }];
}
/** Kernels that run where their branch is chosen. */
function decided(c: BodyCompiler, bodies: readonly (readonly Command[])[]): readonly [readonly Candidate[], readonly (readonly Command[])[]] {
  const candidates: Candidate[] = [];
  const slotted = bodies.map((body, branch) => mapBody(body, d => {
    const slot = c.slot();
    candidates.push({ slot, branch, ...groupsOf(d.shader.groups) });
    return { ...d, slot };
  }, s => {
    const slot = c.slot();
    candidates.push({ slot, branch, x: 1, y: 1 });
    return { ...s, gates: [...s.gates, { slot }] };
  }, inner => {
    candidates.push({ slot: inner.gate, branch, x: 1, y: 1 });
    return { ...inner, decide: inner.gated };
  }));
  return [candidates, slotted];
}

/** Adds to a counter. */
function stepKernel(v: Var, by: number): Kernel {
  const base = copyKernel(v, v);
  const add = { kind: 'op', op: 'add', args: [0, 1], from: v.aval.dtype, params: {}, dtype: v.aval.dtype, bits: 0, cost: 1, level: 0 } as const;
  const one = { kind: 'constant', value: by, dtype: v.aval.dtype, bits: 0, cost: 0, level: 0 } as const;
  return { ...base, nodes: [...base.nodes, one, add], stages: base.stages.map(s => ({ ...s, stores: s.stores.map(t => ({ ...t, value: 2 })) })) };
}
