// Loops and branches around the functions of bodies: carries in two buffers that change places, rows of stacked values, the chosen branch.
// Floor 6: what is planned floor 5 decides.
import { CotangentError } from '../../error.ts';
import type { Body, Branch, Carry, CarryPlace, Conditional, Control, Counted } from '../../compile/block.ts';
import { Type, type FunctionBuilder } from '../../compile/wasm/module.ts';
import { Var } from '../../ir/jaxpr.ts';
import { bytesOf } from './memory.ts';
import { arenaSlot, type PointerTable } from './pointers.ts';

/** What bodies are made of. */
export interface BodyWriter {
  /** The function of a body: its index. */
  body(b: Body): number;
  /** Writes a literal to a variable's place. */
  splat(f: FunctionBuilder, v: Var, value: number): void;
}

export class ControlWriter {
  readonly #table: PointerTable;
  readonly #writer: BodyWriter;
  constructor(table: PointerTable, writer: BodyWriter) {
    this.#table = table;
    this.#writer = writer;
  }
  write(f: FunctionBuilder, c: Control, operands: readonly Var[], outputs: readonly Var[]): void {
    switch (c.kind) {
      case 'counted': this.#counted(f, c, operands, outputs); return;
      case 'conditional': this.#conditional(f, c, operands, outputs); return;
      case 'branch': this.#branch(f, c, operands, outputs); return;
      default: c satisfies never;
    }
  }
  /** After a body ran: results that are inputs, literals or results twice are written to their places. */
  #copyResults(f: FunctionBuilder, results: Body['results']): void {
    for (const r of results) {
      if (r.from === null) continue;
      if (r.from instanceof Var) this.#table.move(f, r.made, r.from);
      else this.#writer.splat(f, r.made, r.from.value);
    }
  }
  #startCarry(f: FunctionBuilder, { ins, outs, shared }: Carry, initial: readonly Var[], at: readonly CarryPlace[]): void {
    ins.forEach((v, k) => {
      const [a = 0, second = 0] = at[k] ?? [];
      const [out, init] = [outs[k], initial[k]];
      const b = shared.has(k) ? a : second;
      if (out === undefined || init === undefined) return;
      const place = (offset: number): void => { this.#table.pointer(f, arenaSlot); f.i32(offset).bytes(0x6a); };
      this.#table.setPointer(f, this.#table.slot(v), () => place(a));
      this.#table.setPointer(f, this.#table.slot(out.made), () => place(b));
      this.#table.move(f, v, init);
    });
  }
  #swapCarry(f: FunctionBuilder, { ins, outs, shared }: Carry, spare: number): void {
    ins.forEach((v, k) => {
      const out = outs[k];
      if (out === undefined || shared.has(k)) return;
      this.#table.pointer(f, this.#table.slot(v));
      f.set(spare);
      this.#table.setPointer(f, this.#table.slot(v), () => this.#table.pointer(f, this.#table.slot(out.made)));
      this.#table.setPointer(f, this.#table.slot(out.made), () => f.get(spare));
    });
  }
  #finishCarry(f: FunctionBuilder, ins: readonly Var[], outputs: readonly Var[]): void {
    ins.forEach((v, k) => {
      const out = outputs[k];
      if (out !== undefined) this.#table.move(f, out, v);
    });
  }

  #counted(f: FunctionBuilder, { structure: c, body, carry, places }: Counted, operands: readonly Var[], outputs: readonly Var[]): void {
    const table = this.#table;
    const carryEnd = c.consts + c.carry;
    const { block, results } = body;
    const ins = block.jaxpr.inputs;
    const run = this.#writer.body(body);
    table.passPointers(f, ins.slice(0, c.consts), operands.slice(0, c.consts));
    this.#startCarry(f, carry, operands.slice(c.consts, carryEnd), places);
    if (c.length > 0) {
      const [turn, index, spare] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
      const row = (slot: number, whole: number, bytes: number): void => table.setPointer(f, slot, () => { table.pointer(f, whole); f.get(index).i32(bytes).bytes(0x6c, 0x6a); });
      f.loop(turn, 0, c.length, 1, () => {
        if (c.reverse) f.i32(c.length - 1).get(turn).bytes(0x6b).set(index); else f.get(turn).set(index);
        ins.slice(carryEnd).forEach((v, i) => { const whole = operands[carryEnd + i]; if (whole !== undefined) row(table.slot(v), table.slot(whole), bytesOf(v.aval)); });
        results.slice(c.carry).forEach((y, i) => { const whole = outputs[c.carry + i]; if (whole !== undefined) row(table.slot(y.made), table.slot(whole), bytesOf(y.made.aval)); });
        f.get(0).call(run);
        this.#copyResults(f, results.filter((_, k) => !carry.shared.has(k)));
        this.#swapCarry(f, carry, spare);
      });
    }
    this.#finishCarry(f, carry.ins, outputs);
  }

  #conditional(f: FunctionBuilder, { structure: c, test, answer, answerAt, body, carry, places }: Conditional, operands: readonly Var[], outputs: readonly Var[]): void {
    const table = this.#table;
    const first = c.testConsts + c.bodyConsts;
    const [ask, run] = [this.#writer.body(test), this.#writer.body(body)];
    const tested = test.block.jaxpr.inputs;
    table.passPointers(f, tested.slice(0, c.testConsts), operands.slice(0, c.testConsts));
    table.passPointers(f, body.block.jaxpr.inputs.slice(0, c.bodyConsts), operands.slice(c.testConsts, first));
    this.#startCarry(f, carry, operands.slice(first), places);
    table.setPointer(f, table.slot(answer), () => { table.pointer(f, arenaSlot); f.i32(answerAt).bytes(0x6a); });
    const spare = f.local(Type.i32);
    f.block(() => {
      f.bytes(0x03, 0x40);
      table.passPointers(f, tested.slice(c.testConsts), carry.ins);
      f.get(0).call(ask);
      this.#copyResults(f, test.results);
      table.pointer(f, table.slot(answer));
      f.plain(0x2d, 0, 0).bytes(0x45, 0x0d, 1);
      f.get(0).call(run);
      this.#copyResults(f, body.results.filter((_, k) => !carry.shared.has(k)));
      this.#swapCarry(f, carry, spare);
      f.bytes(0x0c, 0, 0x0b);
    });
    this.#finishCarry(f, carry.ins, outputs);
  }

  #branch(f: FunctionBuilder, { bodies }: Branch, [index, ...operands]: readonly Var[], outputs: readonly Var[]): void {
    const table = this.#table;
    if (index === undefined) throw new CotangentError('jaxpr', 'wasm: a branch without index');
    const chosen = f.local(Type.i32);
    const last = bodies.length - 1;
    table.pointer(f, table.slot(index));
    f.plain(0x28, 2, 0).set(chosen);
    // Clamped to the branches: first from below, then from above.
    f.get(chosen).i32(0).get(chosen).i32(0).bytes(0x4a, 0x1b).set(chosen);
    f.get(chosen).i32(last).get(chosen).i32(last).bytes(0x48, 0x1b).set(chosen);
    bodies.forEach((body, k) => {
      const run = this.#writer.body(body);
      f.get(chosen).i32(k).bytes(0x46).if(() => {
        table.passPointers(f, body.block.jaxpr.inputs, operands);
        table.passPointers(f, body.results.map(r => r.made), outputs);
        f.get(0).call(run);
        this.#copyResults(f, body.results);
      });
    });
  }
}
