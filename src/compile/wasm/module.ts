// A WebAssembly module under construction: functions, imports, binary encoding. WebAssembly Core Specification 2.0, section 5.
// Floor 5: bytes only; knows nothing of kernels.

export const Type = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = (typeof Type)[keyof typeof Type];

/** Unsigned LEB128. */
export function uleb(n: number): number[] {
  const out: number[] = [];
  let rest = n >>> 0;
  do {
    const low = rest & 127;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return out;
}
/** Signed LEB128 of a 32-bit integer. */
export function sleb(n: number): number[] {
  const out: number[] = [];
  for (let rest = n | 0; ;) {
    const low = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0)) { out.push(low); return out; }
    out.push(low | 128);
  }
}
const scratch = new DataView(new ArrayBuffer(16));
const bytesOfF32 = (x: number): number[] => { scratch.setFloat32(0, x, true); return [0, 1, 2, 3].map(i => scratch.getUint8(i)); };
const bytesOfF64 = (x: number): number[] => { scratch.setFloat64(0, x, true); return [0, 1, 2, 3, 4, 5, 6, 7].map(i => scratch.getUint8(i)); };

/** A function body under construction. Locals are numbers; the operand stack is the caller's to balance. */
export class FunctionBuilder {
  readonly params: number;
  #code: number[] = [];
  #prologue: number[] = [];
  readonly #types: ValueType[] = [];
  constructor(params: number) { this.params = params; }

  local(type: ValueType): number {
    this.#types.push(type);
    return this.params + this.#types.length - 1;
  }
  bytes(...b: readonly number[]): this { for (const x of b) this.#code.push(x); return this; }
  get(local: number): this { this.#code.push(0x20); this.bytes(...uleb(local)); return this; }
  set(local: number): this { this.#code.push(0x21); this.bytes(...uleb(local)); return this; }
  tee(local: number): this { this.#code.push(0x22); this.bytes(...uleb(local)); return this; }
  /** Pops the value on the stack into a fresh local. */
  into(type: ValueType): number { const l = this.local(type); this.set(l); return l; }
  i32(n: number): this { this.#code.push(0x41); return this.bytes(...sleb(n)); }
  f32(x: number): this { return this.bytes(0x43, ...bytesOfF32(x)); }
  f64(x: number): this { return this.bytes(0x44, ...bytesOfF64(x)); }
  call(index: number): this { this.#code.push(0x10); return this.bytes(...uleb(index)); }
  simd(op: number): this { this.#code.push(0xfd); return this.bytes(...uleb(op)); }
  /** A SIMD memory instruction. */
  memory(op: number, align: number, offset: number, lane?: number): this {
    this.simd(op).bytes(align, ...uleb(offset));
    return lane === undefined ? this : this.bytes(lane);
  }
  /** A scalar memory instruction. */
  plain(op: number, align: number, offset: number): this { return this.bytes(op, align, ...uleb(offset)); }
  v128(words: readonly number[]): this {
    return this.simd(12).bytes(...words.flatMap(w => [w & 255, (w >> 8) & 255, (w >> 16) & 255, (w >> 24) & 255]));
  }
  block(body: () => void): this { this.bytes(0x02, 0x40); body(); return this.bytes(0x0b); }
  if(then: () => void, otherwise?: () => void): this {
    this.bytes(0x04, 0x40);
    then();
    if (otherwise !== undefined) { this.bytes(0x05); otherwise(); }
    return this.bytes(0x0b);
  }
  /** for (i = from; i < to; i += step), at least one turn. */
  loop(i: number, from: number, to: number, step: number, body: () => void): this {
    this.i32(from).set(i).bytes(0x03, 0x40);
    body();
    return this.get(i).i32(step).bytes(0x6a).tee(i).i32(to).bytes(0x48, 0x0d, 0, 0x0b);
  }
  /** Repeats while the body leaves a true value on the stack. */
  doWhile(body: () => void): this { this.bytes(0x03, 0x40); body(); return this.bytes(0x0d, 0, 0x0b); }
  /** Instructions that run before everything else. */
  prologue(build: () => void): void {
    const saved = this.#code;
    this.#code = [];
    build();
    this.#prologue.push(...this.#code);
    this.#code = saved;
  }
  get size(): number { return this.#code.length; }
  encode(): number[] {
    // Locals in runs of one type.
    const runs: [number, ValueType][] = [];
    for (const t of this.#types) { const last = runs.at(-1); if (last !== undefined && last[1] === t) last[0]++; else runs.push([1, t]); }
    const head = [...uleb(runs.length), ...runs.flatMap(([n, t]) => [...uleb(n), t])];
    const length = head.length + this.#prologue.length + this.#code.length + 1;
    const out = [...uleb(length), ...head];
    for (const b of this.#prologue) out.push(b);
    for (const b of this.#code) out.push(b);
    out.push(0x0b);
    return out;
  }
}

interface Signature { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] }
export interface ImportedFunction { readonly module: string; readonly name: string; readonly signature: Signature }

/** Functions over one imported memory. All functions of a module that are not imported take i32 parameters and return nothing. */
export class ModuleBuilder {
  readonly #imports: readonly ImportedFunction[];
  readonly #functions: FunctionBuilder[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  readonly #shared: boolean;
  constructor(imports: readonly ImportedFunction[], shared = false) {
    this.#imports = imports;
    this.#shared = shared;
  }
  /** Adds a function and returns its index for `call`. */
  add(f: FunctionBuilder, exported?: string): number {
    const index = this.#imports.length + this.#functions.push(f) - 1;
    if (exported !== undefined) this.#exports.push({ name: exported, index });
    return index;
  }
  /** The index of an imported function. */
  imported(name: string): number { return this.#imports.findIndex(i => i.name === name); }

  encode(): Uint8Array<ArrayBuffer> {
    const types: Signature[] = [];
    const typeOf = (s: Signature): number => {
      const same = types.findIndex(t => t.params.join() === s.params.join() && t.results.join() === s.results.join());
      return same >= 0 ? same : types.push(s) - 1;
    };
    const plain = (n: number): Signature => ({ params: Array.from({ length: n }, () => Type.i32), results: [] });
    const importTypes = this.#imports.map(i => typeOf(i.signature));
    const functionTypes = this.#functions.map(f => typeOf(plain(f.params)));
    const out: number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const section = (id: number, items: readonly (readonly number[])[]): void => {
      if (items.length === 0) return;
      const count = uleb(items.length);
      out.push(id, ...uleb(count.length + items.reduce((n, x) => n + x.length, 0)), ...count);
      for (const item of items) for (const b of item) out.push(b);
    };
    const text = (s: string): number[] => [...uleb(s.length), ...Array.from({ length: s.length }, (_, i) => s.charCodeAt(i))];
    section(1, types.map(t => [0x60, ...uleb(t.params.length), ...t.params, ...uleb(t.results.length), ...t.results]));
    const limits = this.#shared ? [3, 0, ...uleb(65536)] : [0, 0];
    section(2, [[...text('e'), ...text('m'), 2, ...limits], ...this.#imports.map((i, k) => [...text(i.module), ...text(i.name), 0, ...uleb(importTypes[k] ?? 0)])]);
    section(3, functionTypes.map(t => uleb(t)));
    section(7, this.#exports.map(e => [...text(e.name), 0, ...uleb(e.index)]));
    section(10, this.#functions.map(f => f.encode()));
    return Uint8Array.from(out);
  }
}
