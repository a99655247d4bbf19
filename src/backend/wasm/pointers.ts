// The table of pointers through which the functions of a module find their operands: a slot for each variable, and what is read, written
// and moved through them. Floor 6.
import type { FunctionBuilder } from '../../compile/wasm/module.ts';
import { sizeOf } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { bytesOf } from './memory.ts';

/** Slots of the pointer table that are no variable's. */
export const scratchSlot = 0;
export const poolSlot = 1;
export const arenaSlot = 2;
const firstVariable = 3;

export class PointerTable {
  readonly #slots = new Map<Var, number>();
  get slots(): ReadonlyMap<Var, number> { return this.#slots; }
  get slotCount(): number { return firstVariable + this.#slots.size; }
  slot(v: Var): number {
    let s = this.#slots.get(v);
    if (s === undefined) this.#slots.set(v, s = firstVariable + this.#slots.size);
    return s;
  }
  /** Pushes the pointer in a slot. */
  pointer(f: FunctionBuilder, slot: number): void { f.get(0).plain(0x28, 2, 4 * slot); }
  /** Stores the pointer that `push` leaves. */
  setPointer(f: FunctionBuilder, slot: number, push: () => void): void { f.get(0); push(); f.plain(0x36, 2, 4 * slot); }
  passPointers(f: FunctionBuilder, to: readonly Var[], from: readonly Var[]): void {
    to.forEach((v, i) => { const source = from[i]; if (source !== undefined) this.setPointer(f, this.slot(v), () => this.pointer(f, this.slot(source))); });
  }
  /** Copies a value, unless both have one place. */
  copy(f: FunctionBuilder, to: Var, from: Var): void {
    if (sizeOf(to.aval.shape) === 0) return;
    this.pointer(f, this.slot(to));
    this.pointer(f, this.slot(from));
    f.bytes(0x47).if(() => { this.move(f, to, from); });
  }
  /** Nothing is moved where there is nothing: the place of an empty value may lie outside the memory, where even no bytes may be copied. */
  move(f: FunctionBuilder, to: Var, from: Var): void {
    const bytes = bytesOf(to.aval);
    if (bytes === 0) return;
    this.pointer(f, this.slot(to));
    this.pointer(f, this.slot(from));
    f.i32(bytes).bytes(0xfc, 0x0a, 0, 0);
  }
}
