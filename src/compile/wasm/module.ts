// A WebAssembly module under construction: functions, imports, binary encoding. WebAssembly Core Specification 2.0, section 5.
// Floor 5: bytes only; knows nothing of kernels.

export const Type = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = (typeof Type)[keyof typeof Type];

/** Bytes that grow. */
class Code {
  #bytes = new Uint8Array(256);
  length = 0;
  push(byte: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = byte;
  }
  #grow(more: number): void {
    const wider = new Uint8Array(2 * (this.#bytes.length + more));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
  append(other: Uint8Array): void {
    if (this.length + other.length > this.#bytes.length) this.#grow(other.length);
    this.#bytes.set(other, this.length);
    this.length += other.length;
  }
  /** Unsigned LEB128. */
  uleb(n: number): void {
    let rest = n >>> 0;
    for (; rest > 127; rest >>>= 7) this.push((rest & 127) | 128);
    this.push(rest);
  }
  /** Signed LEB128 of a 32-bit integer. */
  sleb(n: number): void {
    let rest = n | 0;
    for (; rest < -64 || rest > 63; rest >>= 7) this.push((rest & 127) | 128);
    this.push(rest & 127);
  }
  /** A length, then the content. */
  counted(content: Code): void { this.uleb(content.length); this.append(content.view()); }
  text(s: string): void { this.uleb(s.length); for (let i = 0; i < s.length; i++) this.push(s.charCodeAt(i)); }
  view(): Uint8Array { return this.#bytes.subarray(0, this.length); }
}
const scratch = new DataView(new ArrayBuffer(8));

/** A function body under construction. Locals are numbers; the operand stack is the caller's to balance. */
export class FunctionBuilder {
  readonly params: number;
  #code = new Code();
  readonly #prologue = new Code();
  readonly #types: ValueType[] = [];
  constructor(params: number) { this.params = params; }

  local(type: ValueType): number {
    this.#types.push(type);
    return this.params + this.#types.length - 1;
  }
  bytes(...b: readonly number[]): this { for (const x of b) this.#code.push(x); return this; }
  #op(op: number, operand: number): this { this.#code.push(op); this.#code.uleb(operand); return this; }
  get(local: number): this { return this.#op(0x20, local); }
  set(local: number): this { return this.#op(0x21, local); }
  tee(local: number): this { return this.#op(0x22, local); }
  /** Pops the value on the stack into a fresh local. */
  into(type: ValueType): number { const l = this.local(type); this.set(l); return l; }
  i32(n: number): this { this.#code.push(0x41); this.#code.sleb(n); return this; }
  f32(x: number): this { scratch.setFloat32(0, x, true); return this.#raw(0x43, 4); }
  f64(x: number): this { scratch.setFloat64(0, x, true); return this.#raw(0x44, 8); }
  #raw(op: number, bytes: number): this {
    this.#code.push(op);
    for (let i = 0; i < bytes; i++) this.#code.push(scratch.getUint8(i));
    return this;
  }
  call(index: number): this { return this.#op(0x10, index); }
  simd(op: number): this { return this.#op(0xfd, op); }
  /** A SIMD memory instruction. */
  memory(op: number, align: number, offset: number, lane?: number): this {
    this.simd(op).#op(align, offset);
    if (lane !== undefined) this.#code.push(lane);
    return this;
  }
  /** A scalar memory instruction. */
  plain(op: number, align: number, offset: number): this { this.#code.push(op); return this.#op(align, offset); }
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
    this.#code = new Code();
    build();
    this.#prologue.append(this.#code.view());
    this.#code = saved;
  }
  get size(): number { return this.#code.length; }
  /** Appends the body, with its length. */
  encode(out: Code): void {
    // Locals in runs of one type.
    const runs: [number, ValueType][] = [];
    for (const t of this.#types) { const last = runs.at(-1); if (last !== undefined && last[1] === t) last[0]++; else runs.push([1, t]); }
    const head = new Code();
    head.uleb(runs.length);
    for (const [n, t] of runs) { head.uleb(n); head.push(t); }
    out.uleb(head.length + this.#prologue.length + this.#code.length + 1);
    for (const part of [head, this.#prologue, this.#code]) out.append(part.view());
    out.push(0x0b);
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
    const known = new Map<string, number>();
    const typeOf = (t: Signature): number => {
      const key = `${t.params.join()}>${t.results.join()}`;
      let index = known.get(key);
      if (index === undefined) known.set(key, index = types.push(t) - 1);
      return index;
    };
    const plain = (n: number): Signature => ({ params: Array.from({ length: n }, () => Type.i32), results: [] });
    const importTypes = this.#imports.map(i => typeOf(i.signature));
    const functionTypes = this.#functions.map(f => typeOf(plain(f.params)));
    const out = new Code();
    out.append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const section = <T>(id: number, items: readonly T[], write: (to: Code, item: T) => void): void => {
      if (items.length === 0) return;
      const content = new Code();
      content.uleb(items.length);
      for (const item of items) write(content, item);
      out.push(id);
      out.counted(content);
    };
    const valueTypes = (to: Code, list: readonly ValueType[]): void => { to.uleb(list.length); for (const t of list) to.push(t); };
    section(1, types, (to, t) => { to.push(0x60); valueTypes(to, t.params); valueTypes(to, t.results); });
    section(2, [null, ...this.#imports], (to, i) => {
      to.text(i?.module ?? 'e');
      to.text(i?.name ?? 'm');
      if (i !== null) { to.push(0); to.uleb(importTypes[this.#imports.indexOf(i)] ?? 0); return; }
      // The memory: its least size, and the most where it is shared.
      to.push(2);
      if (this.#shared) { to.push(3); to.push(0); to.uleb(65536); } else { to.push(0); to.push(0); }
    });
    section(3, functionTypes, (to, t) => to.uleb(t));
    section(7, this.#exports, (to, e) => { to.text(e.name); to.push(0); to.uleb(e.index); });
    section(10, this.#functions, (to, f) => f.encode(to));
    return Uint8Array.from(out.view());
  }
}
