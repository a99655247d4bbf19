// Indices and addresses: index maps as integer arithmetic, pointers hoisted before the vector loop, guards of addresses.
// Floor 5: knows forms, contexts and operands, no values.
import { CotangentError } from '../../error.ts';
import { sizeOf } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import type { Form, Guard, Loop } from '../index-map.ts';
import { unsure, type Context } from './context.ts';
import { narrow } from './wide.ts';
import { elementBytes } from './memory.ts';
import { Type, type FunctionBuilder } from './module.ts';

export class Addresses {
  readonly #f: FunctionBuilder;
  readonly #base: ReadonlyMap<Var, number>;
  /** Addresses of element zero of the vector loop, hoisted before it. */
  readonly #pointers = new Map<string, number>();
  /** `operands`: what the pointer parameters stand for, in order. */
  constructor(f: FunctionBuilder, operands: readonly Var[]) {
    this.#f = f;
    this.#base = new Map(operands.map((v, i) => [v, i]));
  }
  pointerOf(v: Var): number { return this.#base.get(v) ?? 0; }
  /** Forgets the pointers: another loop is open now. */
  clear(): void { this.#pointers.clear(); }

  /** Pushes by * form, without the loop `skip`. */
  index(form: Form, x: Context, skip: Loop | null, by: number): void {
    const f = this.#f;
    let c = form.c;
    let first = true;
    const join = (): void => { if (!first) f.bytes(0x6a); first = false; };
    const times = (n: number): void => { if (n !== 1) f.i32(n).bytes(0x6c); };
    for (const { atom, coefficient } of form.terms) {
      if (atom === skip) continue;
      if (atom.kind === 'loop') {
        const v = x.env.get(atom);
        if (v === undefined) throw new CotangentError('jaxpr', 'wasm: a loop is used outside itself');
        c += coefficient * v.add;
        if (v.local === null) continue;
        f.get(v.local);
      } else if (atom.kind === 'computed') {
        const value = x.memo.get(atom.node);
        if (value === undefined) throw new CotangentError('jaxpr', 'wasm: an index is used before it is computed');
        f.get(narrow(value)).simd(0x1b).bytes(x.lane);
      } else {
        this.index(atom.of, x, null, 1);
        // The dividend is never negative.
        f.i32(atom.by).bytes(atom.kind === 'div' ? 0x6e : 0x70);
      }
      times(coefficient * by);
      join();
    }
    if (c * by !== 0 || first) { f.i32(c * by); join(); }
  }
  /** Pushes whether all guards hold. */
  holds(guards: readonly Guard[], x: Context): void {
    guards.forEach((g, i) => {
      this.index(g.index, x, null, 1);
      this.#f.i32(g.lo).bytes(0x6b).i32(g.hi - g.lo).bytes(0x49);
      if (i > 0) this.#f.bytes(0x71);
    });
  }
  /** Where its guards do not hold, the buffer's beginning: they are the same along the vector loop. */
  pointer(key: string, x: Context, v: Loop, buffer: Var, at: Form, guards: readonly Guard[] = []): number {
    const known = this.#pointers.get(key);
    if (known !== undefined) return known;
    this.index(at, x, v, elementBytes(buffer.aval.dtype));
    this.#f.get(this.pointerOf(buffer)).bytes(0x6a);
    this.guardAddress(buffer, guards, x);
    const local = this.#f.into(Type.i32);
    this.#pointers.set(key, local);
    return local;
  }
  pointerKey(buffer: Var, at: Form, x: Context, v: Loop, guards: readonly Guard[] = []): string {
    const bits = guards.reduce((m, g) => m | g.index.bits, at.bits);
    const env = [...x.env].map(([l, o]) => l === v || (l.bit & bits) === 0 ? '' : `${o.local}+${o.add}`).join();
    return `${this.pointerOf(buffer)}@${at.id}?${guards.map(g => `${g.index.id}:${g.lo}:${g.hi}`).join()}~${env}`;
  }
  /** The guards that a pointer may be chosen by, before the vector loop: a buffer shorter than the loop has no place to read instead. */
  before(buffer: Var, guards: readonly Guard[], x: Context, v: Loop): readonly Guard[] {
    return sizeOf(buffer.aval.shape) < v.extent ? [] : unsure(guards, x).filter(g => (g.index.bits & v.bit) === 0);
  }
  /** Pushes pointer + counter * bytes and returns the immediate offset to use with it. */
  address(x: Context, v: Loop, pointer: number, bytes: number): number {
    const counter = x.env.get(v);
    if (counter === undefined) throw new CotangentError('jaxpr', 'wasm: the vector loop is not open');
    const f = this.#f.get(pointer);
    if (counter.local !== null) {
      f.get(counter.local);
      if (bytes > 1) f.i32(Math.log2(bytes)).bytes(0x74);
      f.bytes(0x6a);
    }
    return counter.add * bytes;
  }
  guardAddress(buffer: Var, guards: readonly Guard[], x: Context): void {
    if (guards.length === 0) return;
    // Outside its guards the element is read from the buffer's beginning: any value will do.
    this.#f.get(this.pointerOf(buffer));
    this.holds(guards, x);
    this.#f.bytes(0x1b);
  }
}
