// A program as one WebAssembly module: a function for each kernel, a function for each body that calls them in order, and loops and
// branches around bodies. All of them find their operands through one table of pointers.
// Floor 6: what is fused, and how memory is laid out, floor 5 decides.
import { CotangentError } from '../../error.ts';
import { emitContraction } from '../../../kernels/wasm/contraction.ts';
import { emitRecurrence } from '../../../kernels/wasm/recurrence.ts';
import { emitSort } from '../../../kernels/wasm/sort.ts';
import { contractionOf } from '../../compile/contraction.ts';
import { contractionKernel } from '../../compile/contractionKernel.ts';
import { fuse, readsOf, writesOf, type Step, type Target } from '../../compile/fuse.ts';
import { IndexSpace } from '../../compile/index-map.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { aliasesOf, mayOverwrite, paddedBytes, planMemory } from '../../compile/plan.ts';
import { emitKernel } from '../../compile/wasm/emit.ts';
import type { Rung } from '../../compile/wasm/lanes.ts';
import { FunctionBuilder, ModuleBuilder, Type, type ImportedFunction } from '../../compile/wasm/module.ts';
import { hasScalar } from '../../compile/wasm/scalar.ts';
import { sizeOf } from '../../ir/aval.ts';
import { effectOf, Var, type Atom, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import type { ControlStructure } from '../../ir/primitive.ts';
import { optimise } from '../../pass/passes.ts';
import { withFreshVariables } from '../../pass/rewrite.ts';
import { bytesOf } from './memory.ts';

/** What one kernel may hold. */
export const target: Target = {
  maxStores: 6,
  fusible(e: Eqn): boolean {
    if (effectOf(e) !== 'none' || e.primitive.properties.barrier) return false;
    const { lowering } = e.primitive;
    switch (lowering.kind) {
      case 'scalar': return e.outputs.every(v => hasScalar(lowering.op, (e.inputs[lowering.op === 'select' ? 1 : 0] ?? v).aval.dtype, v.aval.dtype));
      case 'element': case 'reduction': return true;
      case 'update': case 'recurrence': case 'sort': case 'identity': case 'decomposition': case 'contraction': case 'program': case 'control': case 'host': return false;
      default: return lowering satisfies never;
    }
  },
};

/** Slots of the pointer table that are no variable's. */
export const scratchSlot = 0;
export const poolSlot = 1;
export const arenaSlot = 2;
const firstVariable = 3;

export interface CompiledProgram {
  /** The module; its export `main` takes the address of the pointer table. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly jaxpr: Jaxpr;
  readonly steps: readonly Step[];
  /** Places of temporaries in the arena, those of nested bodies included. */
  readonly offsets: ReadonlyMap<Var, number>;
  readonly arenaBytes: number;
  readonly scratchBytes: number;
  readonly slots: ReadonlyMap<Var, number>;
  readonly slotCount: number;
  /** Words of the constant pools. */
  readonly pool: readonly number[];
  /** Equations without a kernel, which the host runs, by the number that the module passes. */
  readonly hosts: readonly Eqn[];
  /** Results that may take the buffer of an input that is donated. */
  readonly inPlace: ReadonlyMap<Var, Var>;
}

const importedFunctions: readonly ImportedFunction[] = [
  { module: 'e', name: 'host', signature: { params: [Type.i32], results: [] } },
  { module: 'e', name: 'math', signature: { params: [Type.f64, Type.f64, Type.i32], results: [Type.f64] } },
];

/** Which variables to store besides those that must be: the laws cut programs anywhere, and no cut may change a bit. */
export type Cut = (j: Jaxpr) => readonly Var[];

/** Fuses a program, plans its memory and emits its module. */
export function compileProgram(source: Jaxpr, rung: Rung, cut: Cut = () => []): CompiledProgram {
  const compiler = new ProgramCompiler(rung, cut);
  const block = compiler.block(optimise(source), 0);
  return compiler.finish(block);
}

/** A compiled body: the function that runs it once, and where its results are. */
interface Block {
  readonly jaxpr: Jaxpr;
  readonly steps: readonly Step[];
  readonly index: number;
  /** The end of its temporaries in the arena, those of bodies inside included. */
  readonly end: number;
}

/** The steps of a flat program, which is the given one with its literals stored where memory is read. */
export function stepsOf(flat: Jaxpr, cut: Cut = () => []): { readonly program: Jaxpr; readonly steps: readonly Step[] } {
  const { program, splats } = withStoredLiterals(flat);
  return { program, steps: withSplats(fuse(program, target, cut(program)), splats) };
}

class ProgramCompiler {
  readonly #rung: Rung;
  readonly #cut: Cut;
  readonly #module = new ModuleBuilder(importedFunctions);
  readonly #slots = new Map<Var, number>();
  readonly #offsets = new Map<Var, number>();
  readonly #hosts: Eqn[] = [];
  readonly #pool: number[] = [];
  /** Results that are another variable's memory. */
  readonly #aliases = new Set<Var>();
  #scratchBytes = 64;

  constructor(rung: Rung, cut: Cut) {
    this.#rung = rung;
    this.#cut = cut;
  }
  finish(block: Block): CompiledProgram {
    const f = new FunctionBuilder(1);
    this.#module.add(f.get(0).call(block.index), 'main');
    return {
      bytes: this.#module.encode(), jaxpr: block.jaxpr, steps: block.steps, offsets: this.#offsets, arenaBytes: block.end, scratchBytes: this.#scratchBytes,
      slots: this.#slots, slotCount: firstVariable + this.#slots.size, pool: this.#pool, hosts: this.#hosts, inPlace: inPlaceResults(block),
    };
  }
  #slot(v: Var): number {
    let s = this.#slots.get(v);
    if (s === undefined) this.#slots.set(v, s = firstVariable + this.#slots.size);
    return s;
  }

  /** Compiles a flat program whose temporaries begin at `base` in the arena. */
  block(flat: Jaxpr, base: number): Block {
    const { program, steps } = stepsOf(flat, this.#cut);
    const kept = new Set<Var>([...program.inputs, ...program.outputs.filter(o => o instanceof Var)]);
    const plan = planMemory(steps, kept, v => bytesOf(v.aval));
    for (const [v, at] of plan.offsets) { this.#offsets.set(v, base + at); this.#slot(v); }
    for (const v of aliasesOf(steps, kept).keys()) { this.#aliases.add(v); this.#slot(v); }
    for (const v of kept) this.#slot(v);
    const f = new FunctionBuilder(1);
    const inside = base + plan.bytes;
    let end = inside;
    for (const s of steps) end = Math.max(end, this.#step(f, s, inside));
    return { jaxpr: program, steps, index: this.#module.add(f), end };
  }

  /** Pushes the pointer in a slot. */
  #pointer(f: FunctionBuilder, slot: number): void { f.get(0).plain(0x28, 2, 4 * slot); }
  /** Stores the pointer that `push` leaves. */
  #setPointer(f: FunctionBuilder, slot: number, push: () => void): void { f.get(0); push(); f.plain(0x36, 2, 4 * slot); }

  #step(f: FunctionBuilder, s: Step, inside: number): number {
    if (s.kind === 'kernel') { this.#kernel(f, s.kernel); return inside; }
    if (s.kind === 'splat') { this.#slot(s.variable); this.#splat(f, s.variable, s.value); return inside; }
    if (s.kind === 'update') {
      for (const v of [...readsOf(s), s.to]) this.#slot(v);
      if (s.from instanceof Var) this.#copy(f, s.to, s.from); else this.#splat(f, s.to, s.from.value);
      if (s.kernel !== null) this.#kernel(f, s.kernel);
      if (s.kernel !== null && s.to.aval.dtype === 'f16' && combines(s.kernel)) this.#kernel(f, roundingKernel(s.to));
      return inside;
    }
    const { eqn } = s;
    for (const v of [...eqn.inputs, ...eqn.outputs]) if (v instanceof Var) this.#slot(v);
    const { lowering } = eqn.primitive;
    if (!needsStoredOperands(eqn)) { this.#askHost(f, eqn); return inside; }
    const operands = eqn.inputs.map(a => { if (a instanceof Var) return a; throw new CotangentError('jaxpr', 'wasm: a literal operand was not stored'); });
    if (lowering.kind === 'identity') {
      eqn.outputs.forEach((v, i) => {
        const x = operands[i];
        if (x === undefined) return;
        if (this.#aliases.has(v)) this.#setPointer(f, this.#slot(v), () => this.#pointer(f, this.#slot(x))); else this.#copy(f, v, x);
      });
      return inside;
    }
    if (lowering.kind === 'control') return this.#control(f, lowering.structure(eqn.params), operands, eqn.outputs, inside);
    if (lowering.kind === 'recurrence' || lowering.kind === 'sort') { this.#alongAxis(f, eqn, operands); return inside; }
    const shape = contractionOf(eqn);
    if (shape !== null) {
      const gemm = emitContraction(this.#module, this.#rung, shape);
      this.#scratchBytes = Math.max(this.#scratchBytes, gemm.scratchBytes);
      const [lhs, rhs] = operands;
      // The operand that the contiguous axis of the result belongs to is the one that is packed.
      for (const v of [...(shape.swapped ? [rhs, lhs] : [lhs, rhs]), ...eqn.outputs]) if (v !== undefined) this.#pointer(f, this.#slot(v));
      this.#pointer(f, scratchSlot);
      f.call(gemm.index);
      return inside;
    }
    const [out] = eqn.outputs;
    if (lowering.kind === 'contraction' && out !== undefined) {
      const loops = lowering.contract(eqn.params, operands.map(v => v.aval), out.aval);
      const kernel = 'eqns' in loops || loops.some(l => l.extent === 0) ? null : contractionKernel({ ...eqn, inputs: operands }, loops);
      if (kernel !== null) this.#kernel(f, kernel); else if (sizeOf(out.aval.shape) > 0) this.#splat(f, out, 0);
      return inside;
    }
    this.#askHost(f, eqn);
    return inside;
  }
  #kernel(f: FunctionBuilder, k: Kernel): void {
    const emitted = emitKernel(k, this.#rung, this.#module.imported('math'));
    this.#scratchBytes = Math.max(this.#scratchBytes, emitted.scratchBytes);
    for (const v of emitted.arguments) this.#pointer(f, this.#slot(v));
    this.#pointer(f, scratchSlot);
    this.#pointer(f, poolSlot);
    f.i32(4 * this.#pool.length).bytes(0x6a).call(this.#module.add(emitted.f));
    this.#pool.push(...emitted.pool);
  }
  /** Copies a value, unless both have one place. */
  #copy(f: FunctionBuilder, to: Var, from: Var): void {
    if (sizeOf(to.aval.shape) === 0) return;
    this.#pointer(f, this.#slot(to));
    this.#pointer(f, this.#slot(from));
    f.bytes(0x47).if(() => { this.#move(f, to, from); });
  }
  /** Nothing is moved where there is nothing: the place of an empty value may lie outside the memory, where even no bytes may be copied. */
  #move(f: FunctionBuilder, to: Var, from: Var): void {
    const bytes = bytesOf(to.aval);
    if (bytes === 0) return;
    this.#pointer(f, this.#slot(to));
    this.#pointer(f, this.#slot(from));
    f.i32(bytes).bytes(0xfc, 0x0a, 0, 0);
  }
  /** Running values and orders, line by line. */
  #alongAxis(f: FunctionBuilder, { primitive: { lowering }, params, outputs }: Eqn, operands: readonly Var[]): void {
    const [x] = operands;
    if (x === undefined || sizeOf(x.aval.shape) === 0) return;
    const { shape, dtype } = x.aval;
    const lines = (axis: number): { readonly outer: number; readonly n: number; readonly inner: number } =>
      ({ outer: sizeOf(shape.slice(0, axis)), n: shape[axis] ?? 1, inner: sizeOf(shape.slice(axis + 1)) });
    for (const v of [...operands, ...outputs]) this.#pointer(f, this.#slot(v));
    if (lowering.kind === 'sort') {
      const emitted = emitSort({ ...lines(lowering.axis(params)), dtypes: operands.map(v => v.aval.dtype) });
      this.#scratchBytes = Math.max(this.#scratchBytes, emitted.scratchBytes);
      this.#pointer(f, scratchSlot);
      f.call(this.#module.add(emitted.f));
    } else if (lowering.kind === 'recurrence') {
      const { axis, reverse } = lowering.along(params);
      const emitted = emitRecurrence(this.#rung, this.#module.imported('math'), { ...lines(axis), reverse, step: lowering.step, dtype });
      this.#pointer(f, poolSlot);
      f.i32(4 * this.#pool.length).bytes(0x6a).call(this.#module.add(emitted.f));
      this.#pool.push(...emitted.pool);
    }
  }
  #askHost(f: FunctionBuilder, eqn: Eqn): void { f.i32(this.#hosts.push(eqn) - 1).call(this.#module.imported('host')); }
  #splat(f: FunctionBuilder, v: Var, value: number): void { this.#step(f, { kind: 'kernel', kernel: splatKernel(v, value) }, 0); }

  // ---- control flow
  /** A body with variables of its own, and for each result where it comes from: made by a step, or copied after the body ran. */
  #body(source: Jaxpr, inside: number): { readonly block: Block; readonly results: readonly BodyResult[] } {
    const fresh = standingAlone(optimise(source));
    const made = new Set<Atom>();
    const inputs = new Set<Atom>(fresh.inputs);
    const results = fresh.outputs.map((o): BodyResult => {
      if (o instanceof Var && !inputs.has(o) && !made.has(o)) { made.add(o); return { made: o, from: null }; }
      return { made: new Var(o.aval), from: o };
    });
    const block = this.block(fresh, inside);
    for (const r of results) this.#slot(r.made);
    return { block, results };
  }
  /** After a body ran: results that are inputs, literals or results twice are written to their places. */
  #copyResults(f: FunctionBuilder, results: readonly BodyResult[]): void {
    for (const r of results) {
      if (r.from === null) continue;
      if (r.from instanceof Var) this.#move(f, r.made, r.from);
      else this.#splat(f, r.made, r.from.value);
    }
  }
  #control(f: FunctionBuilder, c: ControlStructure, operands: readonly Var[], outputs: readonly Var[], inside: number): number {
    switch (c.kind) {
      case 'counted': return this.#counted(f, c, operands, outputs, inside);
      case 'conditional': return this.#conditional(f, c, operands, outputs, inside);
      case 'branch': return this.#branch(f, c, operands, outputs, inside);
      default: return c satisfies never;
    }
  }
  /** Two buffers for each carry: the body reads one and writes the other. Returns the end of both. */
  #carryBuffers(carry: readonly Var[], inside: number): { readonly at: readonly (readonly [number, number])[]; readonly end: number } {
    let end = inside;
    const at = carry.map(v => { const n = paddedBytes(bytesOf(v.aval)); const both = [end, end + n] as const; end += 2 * n; return both; });
    return { at, end };
  }
  #startCarry(f: FunctionBuilder, { ins, outs, shared }: Carry, initial: readonly Var[], at: readonly (readonly [number, number])[]): void {
    ins.forEach((v, k) => {
      const [a = 0, second = 0] = at[k] ?? [];
      const [out, init] = [outs[k], initial[k]];
      const b = shared.has(k) ? a : second;
      if (out === undefined || init === undefined) return;
      const place = (offset: number): void => { this.#pointer(f, arenaSlot); f.i32(offset).bytes(0x6a); };
      this.#setPointer(f, this.#slot(v), () => place(a));
      this.#setPointer(f, this.#slot(out.made), () => place(b));
      this.#move(f, v, init);
    });
  }
  #swapCarry(f: FunctionBuilder, { ins, outs, shared }: Carry, spare: number): void {
    ins.forEach((v, k) => {
      const out = outs[k];
      if (out === undefined || shared.has(k)) return;
      this.#pointer(f, this.#slot(v));
      f.set(spare);
      this.#setPointer(f, this.#slot(v), () => this.#pointer(f, this.#slot(out.made)));
      this.#setPointer(f, this.#slot(out.made), () => f.get(spare));
    });
  }
  #finishCarry(f: FunctionBuilder, ins: readonly Var[], outputs: readonly Var[]): void {
    ins.forEach((v, k) => {
      const out = outputs[k];
      if (out !== undefined) this.#move(f, out, v);
    });
  }
  #passPointers(f: FunctionBuilder, to: readonly Var[], from: readonly Var[]): void {
    to.forEach((v, i) => { const source = from[i]; if (source !== undefined) this.#setPointer(f, this.#slot(v), () => this.#pointer(f, this.#slot(source))); });
  }

  #counted(f: FunctionBuilder, c: ControlStructure & { readonly kind: 'counted' }, operands: readonly Var[], outputs: readonly Var[], inside: number): number {
    const carryEnd = c.consts + c.carry;
    // Buffers of the carry come first, the body's temporaries behind them.
    const sizes = this.#carryBuffers(operands.slice(c.consts, carryEnd), inside);
    const { block, results } = this.#body(c.body, sizes.end);
    const ins = block.jaxpr.inputs;
    const carryIn = ins.slice(c.consts, carryEnd);
    const carry = carryOf(block, carryIn, results.slice(0, c.carry));
    this.#passPointers(f, ins.slice(0, c.consts), operands.slice(0, c.consts));
    this.#startCarry(f, carry, operands.slice(c.consts, carryEnd), sizes.at);
    if (c.length > 0) {
      const [turn, index, spare] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
      const row = (slot: number, whole: number, bytes: number): void => this.#setPointer(f, slot, () => { this.#pointer(f, whole); f.get(index).i32(bytes).bytes(0x6c, 0x6a); });
      f.loop(turn, 0, c.length, 1, () => {
        if (c.reverse) f.i32(c.length - 1).get(turn).bytes(0x6b).set(index); else f.get(turn).set(index);
        ins.slice(carryEnd).forEach((v, i) => { const whole = operands[carryEnd + i]; if (whole !== undefined) row(this.#slot(v), this.#slot(whole), bytesOf(v.aval)); });
        results.slice(c.carry).forEach((y, i) => { const whole = outputs[c.carry + i]; if (whole !== undefined) row(this.#slot(y.made), this.#slot(whole), bytesOf(y.made.aval)); });
        f.get(0).call(block.index);
        this.#copyResults(f, results.filter((_, k) => !carry.shared.has(k)));
        this.#swapCarry(f, carry, spare);
      });
    }
    this.#finishCarry(f, carryIn, outputs);
    return block.end;
  }

  #conditional(f: FunctionBuilder, c: ControlStructure & { readonly kind: 'conditional' }, operands: readonly Var[], outputs: readonly Var[], inside: number): number {
    const first = c.testConsts + c.bodyConsts;
    const initial = operands.slice(first);
    const sizes = this.#carryBuffers(initial, inside);
    // The answer of the test has a place of its own.
    const answerAt = sizes.end;
    const test = this.#body(c.test, answerAt + 128);
    const { block, results } = this.#body(c.body, answerAt + 128);
    const carryIn = block.jaxpr.inputs.slice(c.bodyConsts);
    const answer = test.results[0]?.made;
    if (answer === undefined) throw new CotangentError('jaxpr', 'wasm: a condition without result');
    this.#passPointers(f, test.block.jaxpr.inputs.slice(0, c.testConsts), operands.slice(0, c.testConsts));
    this.#passPointers(f, block.jaxpr.inputs.slice(0, c.bodyConsts), operands.slice(c.testConsts, first));
    const carry = carryOf(block, carryIn, results);
    this.#startCarry(f, carry, initial, sizes.at);
    this.#setPointer(f, this.#slot(answer), () => { this.#pointer(f, arenaSlot); f.i32(answerAt).bytes(0x6a); });
    const spare = f.local(Type.i32);
    f.block(() => {
      f.bytes(0x03, 0x40);
      this.#passPointers(f, test.block.jaxpr.inputs.slice(c.testConsts), carryIn);
      f.get(0).call(test.block.index);
      this.#copyResults(f, test.results);
      this.#pointer(f, this.#slot(answer));
      f.plain(0x2d, 0, 0).bytes(0x45, 0x0d, 1);
      f.get(0).call(block.index);
      this.#copyResults(f, results.filter((_, k) => !carry.shared.has(k)));
      this.#swapCarry(f, carry, spare);
      f.bytes(0x0c, 0, 0x0b);
    });
    this.#finishCarry(f, carryIn, outputs);
    return Math.max(test.block.end, block.end);
  }

  #branch(f: FunctionBuilder, c: ControlStructure & { readonly kind: 'branch' }, [index, ...operands]: readonly Var[], outputs: readonly Var[], inside: number): number {
    if (index === undefined) throw new CotangentError('jaxpr', 'wasm: a branch without index');
    const chosen = f.local(Type.i32);
    const last = c.branches.length - 1;
    this.#pointer(f, this.#slot(index));
    f.plain(0x28, 2, 0).set(chosen);
    // Clamped to the branches: first from below, then from above.
    f.get(chosen).i32(0).get(chosen).i32(0).bytes(0x4a, 0x1b).set(chosen);
    f.get(chosen).i32(last).get(chosen).i32(last).bytes(0x48, 0x1b).set(chosen);
    let end = inside;
    c.branches.forEach((b, k) => {
      const { block, results } = this.#body(b, inside);
      end = Math.max(end, block.end);
      f.get(chosen).i32(k).bytes(0x46).if(() => {
        this.#passPointers(f, block.jaxpr.inputs, operands);
        this.#passPointers(f, results.map(r => r.made), outputs);
        f.get(0).call(block.index);
        this.#copyResults(f, results);
      });
    });
    return end;
  }
}
/** `from`: the atom to copy to the place of `made`; null where a step of the body writes it. */
interface BodyResult { readonly made: Var; readonly from: Atom | null }

/** What a loop carries: the body's inputs and results. `shared`: those that need one buffer, since the body changes them in place, or not at all. */
interface Carry { readonly ins: readonly Var[]; readonly outs: readonly BodyResult[]; readonly shared: ReadonlySet<number> }
function carryOf(block: Block, ins: readonly Var[], outs: readonly BodyResult[]): Carry {
  const places = new Map<Atom, number>(ins.map((v, k) => [v, k]));
  const inPlace = inPlaceResults(block, (x, w) => { const k = places.get(x); return k !== undefined && outs[k]?.from === null && outs[k].made === w; });
  return { ins, outs, shared: new Set(outs.flatMap(({ made, from }, k) => inPlace.has(made) || from === ins[k] ? [k] : [])) };
}

/** Results that may take the place of an input that dies where they are made. */
function inPlaceResults({ jaxpr, steps }: Block, pairs: (input: Var, result: Var) => boolean = () => true): ReadonlyMap<Var, Var> {
  const out = new Map<Var, Var>();
  const last = new Map<Var, number>();
  steps.forEach((s, i) => { for (const v of readsOf(s)) last.set(v, i); });
  const taken = new Set<Var>(aliasesOf(steps, new Set()).values());
  steps.forEach((s, i) => {
    for (const w of writesOf(s)) {
      if (!jaxpr.outputs.includes(w)) continue;
      const r = readsOf(s).find(x => jaxpr.inputs.includes(x) && last.get(x) === i && !taken.has(x) && !jaxpr.outputs.includes(x) && mayOverwrite(s, x, w) && pairs(x, w));
      if (r !== undefined) { out.set(w, r); taken.add(r); }
    }
  });
  return out;
}

/** The same program with variables of its own: a body may stand at several places of one program. */
function standingAlone(j: Jaxpr): Jaxpr {
  const inputs = j.inputs.map(v => new Var(v.aval));
  return { numConsts: j.numConsts, inputs, ...withFreshVariables(j, inputs) };
}
/** Loops, branches and products read their operands from memory; the host takes literals as they are. */
function needsStoredOperands(e: Eqn): boolean {
  const { kind } = e.primitive.lowering;
  return kind === 'control' || kind === 'identity' || kind === 'recurrence' || kind === 'sort' || kind === 'contraction';
}
/** Literal operands of equations that read memory are values there: each becomes a variable that a splat kernel writes. */
function withStoredLiterals(j: Jaxpr): { readonly program: Jaxpr; readonly splats: ReadonlyMap<Var, number> } {
  const splats = new Map<Var, number>();
  const eqns = j.eqns.map(e => {
    if (target.fusible(e) || !needsStoredOperands(e) || e.inputs.every(a => a instanceof Var)) return e;
    return { ...e, inputs: e.inputs.map(a => { if (a instanceof Var) return a; const v = new Var(a.aval); splats.set(v, a.value); return v; }) };
  });
  return { program: { ...j, eqns }, splats };
}
function withSplats(steps: readonly Step[], splats: ReadonlyMap<Var, number>): readonly Step[] {
  if (splats.size === 0) return steps;
  return steps.flatMap(s => {
    if (s.kind !== 'equation') return [s];
    const before = s.eqn.inputs.flatMap((a): Step[] => {
      const value = a instanceof Var ? splats.get(a) : undefined;
      return value === undefined || !(a instanceof Var) || sizeOf(a.aval.shape) === 0 ? [] : [{ kind: 'splat', variable: a, value }];
    });
    return [...before, s];
  });
}
const combines = (k: Kernel): boolean => k.stages.some(s => s.stores.some(t => t.update !== undefined && t.update.combine !== null));
/** Rounds sums of half precision that are complete. */
function roundingKernel(v: Var): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(v.aval.shape));
  const at = space.at(loop);
  const common = { bits: loop.bit, cost: 1, level: 0 };
  return {
    kind: 'map', rows: [loop], reads: [], writes: [v],
    nodes: [{ kind: 'load', from: v, at, guards: [], dtype: 'f32', ...common }, { kind: 'op', op: 'convert', args: [0], from: 'f32', params: {}, dtype: 'f16', ...common }],
    stages: [{ loops: [loop], accumulators: [], stores: [{ to: v, at, value: 1 }], keep: [], reuse: [] }],
  };
}
function splatKernel(v: Var, value: number): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(v.aval.shape));
  return {
    kind: 'map', rows: [loop], reads: [], writes: [v],
    nodes: [{ kind: 'constant', value, dtype: v.aval.dtype, bits: 0, cost: 0, level: 0 }],
    stages: [{ loops: [loop], accumulators: [], stores: [{ to: v, at: space.at(loop), value: 0 }], keep: [], reuse: [] }],
  };
}
