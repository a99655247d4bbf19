// Stable sorting of lines in WebAssembly: keys become unsigned words in their order, each with its element's bits or place behind it. Short
// lines are sorted by insertion, others digit by digit from the lowest (Knuth, "The Art of Computer Programming" 3, 5.2.1 and 5.2.5).
// Equal to the reference to the bit: NaN last, -0 equal to 0, equal keys in their order.
import type { DType } from '../../src/dtype/dtype.ts';
import { elementBytes } from '../../src/compile/wasm/memory.ts';
import { FunctionBuilder, Type } from '../../src/compile/wasm/module.ts';

export interface SortShape {
  /** `outer * inner` lines of `n` elements that lie `inner` apart. */
  readonly outer: number; readonly n: number; readonly inner: number;
  /** Of the keys, then of what is carried along. */
  readonly dtypes: readonly DType[];
}
/** A function (operands, results, scratch). */
export interface EmittedSort { readonly f: FunctionBuilder; readonly scratchBytes: number }

/** The longest line that is sorted by insertion. */
const short = 64;
/** From here on digits have eleven bits instead of eight: counting to 2,048 pays off. */
const long = 4096;

const op = {
  add: 0x6a, sub: 0x6b, and: 0x71, or: 0x72, xor: 0x73, shl: 0x74, shiftRight: 0x75, shiftRightUnsigned: 0x76, equal: 0x46, zero: 0x45, above: 0x4b, atMost: 0x4d,
  select: 0x1b, times: 0x6c, branchIf: 0x0d, branch: 0x0c, end: 0x0b,
} as const;
const load: { readonly [bytes: number]: number } = { 1: 0x2d, 4: 0x28, 8: 0x29 };
const save: { readonly [bytes: number]: number } = { 1: 0x3a, 4: 0x36, 8: 0x37 };
const alignment: { readonly [bytes: number]: number } = { 1: 0, 4: 2, 8: 3 };

export function emitSort(shape: SortShape): EmittedSort { return new Sorter(shape).run(); }

class Sorter {
  readonly #shape: SortShape;
  readonly #f: FunctionBuilder;
  readonly #keys: DType;
  readonly #scratch: number;
  /** An entry is [payload, key]: 8 bytes, or 16 where the key itself takes 8. */
  readonly #entry: number;
  readonly #keyAt: number;
  /** The payload is the element, else its place in the line. */
  readonly #carriesValue: boolean;
  readonly #digitBits: number;
  readonly #passes: number;

  constructor(shape: SortShape) {
    const [keys = 'f32'] = shape.dtypes;
    this.#shape = shape;
    this.#keys = keys;
    this.#f = new FunctionBuilder(2 * shape.dtypes.length + 1);
    this.#scratch = 2 * shape.dtypes.length;
    this.#entry = keys === 'f64' ? 16 : 8;
    this.#keyAt = keys === 'f64' ? 8 : 4;
    this.#carriesValue = shape.dtypes.length === 1 && keys !== 'f64';
    const width = 8 * elementBytes(keys);
    this.#digitBits = width > 8 && shape.n >= long ? 11 : 8;
    this.#passes = Math.ceil(width / this.#digitBits);
  }
  get #buckets(): number { return 2 ** this.#digitBits; }
  #stride(d: DType): number { return this.#shape.inner * elementBytes(d); }
  #step(pointer: number, by: number): void { this.#f.get(pointer).i32(by).bytes(op.add).set(pointer); }

  run(): EmittedSort {
    const { outer, n, inner, dtypes } = this.#shape;
    const f = this.#f;
    const pointers = dtypes.flatMap((d, i) => [{ p: i, d }, { p: i + dtypes.length, d }]);
    f.loop(f.local(Type.i32), 0, outer, 1, () => {
      const line = (): void => {
        this.#line();
        for (const { p, d } of pointers) this.#step(p, elementBytes(d));
      };
      if (inner === 1) this.#line(); else f.loop(f.local(Type.i32), 0, inner, 1, line);
      // After a walk over the inner lines the rest of the outer step is left.
      for (const { p, d } of pointers) this.#step(p, (inner === 1 ? n : (n - 1) * inner) * elementBytes(d));
    });
    return { f, scratchBytes: 2 * n * this.#entry + (n > short ? this.#passes * this.#buckets * 4 : 0) + 64 };
  }
  #line(): void {
    const { n } = this.#shape;
    const f = this.#f;
    const [source, target] = [f.local(Type.i32), f.local(Type.i32)];
    f.get(this.#scratch).set(source);
    f.get(this.#scratch).i32(n * this.#entry).bytes(op.add).set(target);
    if (n <= short) { this.#read(source, null); this.#insert(source); } else this.#sortDigits(source, target);
    this.#write(source);
  }

  /** Pushes the key at a pointer as an unsigned word whose order is that of the keys. */
  #pushKey(p: number): void {
    const f = this.#f;
    switch (this.#keys) {
      case 'u32': f.get(p).plain(0x28, 2, 0); return;
      case 'i32': f.get(p).plain(0x28, 2, 0).i32(-0x8000_0000).bytes(op.xor); return;
      case 'u8': case 'bool': f.get(p).plain(0x2d, 0, 0); return;
      case 'i8': f.get(p).plain(0x2d, 0, 0).i32(128).bytes(op.xor); return;
      case 'f32': case 'f16': {
        const [x, bits] = [f.local(Type.f32), f.local(Type.i32)];
        // Adding 0 makes 0 of -0. A number's bits are complemented where it is negative, else its sign is; NaN is above all.
        f.get(p).plain(0x2a, 2, 0).f32(0).bytes(0x92).tee(x).bytes(0xbc).set(bits);
        f.i32(-1).get(bits).get(bits).i32(31).bytes(op.shiftRight).i32(-0x8000_0000).bytes(op.or, op.xor).get(x).get(x).bytes(0x5c, op.select);
        return;
      }
      case 'f64': {
        const [x, bits] = [f.local(Type.f64), f.local(Type.i64)];
        f.get(p).plain(0x2b, 3, 0).f64(0).bytes(0xa0).tee(x).bytes(0xbd).set(bits);
        // i64: -1; bits xor (bits >> 63 or 1 << 63).
        f.bytes(0x42, 0x7f).get(bits).get(bits).bytes(0x42, 63, 0x87).bytes(0x42, 1, 0x42, 63, 0x86).bytes(0x84, 0x85).get(x).get(x).bytes(0x62, op.select);
        return;
      }
      default: this.#keys satisfies never;
    }
  }
  /** Entries of the line, in its order; counts digits where there are counters. */
  #read(to: number, counters: number | null): void {
    const { n } = this.#shape;
    const f = this.#f;
    const bytes = elementBytes(this.#keys);
    const [i, p, e] = [f.local(Type.i32), f.get(0).into(Type.i32), f.get(to).into(Type.i32)];
    f.loop(i, 0, n, 1, () => {
      f.get(e);
      this.#pushKey(p);
      f.plain(this.#keys === 'f64' ? 0x37 : 0x36, 2, this.#keyAt);
      f.get(e);
      if (this.#carriesValue) f.get(p).plain(load[bytes] ?? 0x28, 0, 0); else f.get(i);
      f.plain(0x36, 2, 0);
      if (counters !== null) {
        for (let pass = 0; pass < this.#passes; pass++) {
          const at = f.local(Type.i32);
          this.#digit(e, pass);
          f.i32(2).bytes(op.shl).get(counters).bytes(op.add).set(at);
          f.get(at).get(at).plain(0x28, 2, pass * this.#buckets * 4).i32(1).bytes(op.add).plain(0x36, 2, pass * this.#buckets * 4);
        }
      }
      this.#step(p, this.#stride(this.#keys));
      this.#step(e, this.#entry);
    });
  }
  /** Pushes a digit of the key of an entry. */
  #digit(e: number, pass: number): void {
    const f = this.#f;
    const [first, bits] = [pass * this.#digitBits, this.#digitBits];
    if (this.#keys === 'f64') {
      // i64.load, shift, wrap.
      f.get(e).plain(0x29, 3, this.#keyAt).bytes(0x42, first).bytes(0x88, 0xa7);
    } else {
      f.get(e).plain(0x28, 2, this.#keyAt);
      if (first > 0) f.i32(first).bytes(op.shiftRightUnsigned);
    }
    f.i32(2 ** bits - 1).bytes(op.and);
  }
  #copyEntry(to: number, from: number): void {
    const f = this.#f;
    f.get(to).get(from);
    if (this.#entry === 16) f.memory(0x00, 3, 0).memory(0x0b, 3, 0); else f.plain(0x29, 3, 0).plain(0x37, 3, 0);
  }

  #insert(source: number): void {
    const { n } = this.#shape;
    if (n < 2) return;
    const f = this.#f;
    const wide = this.#keys === 'f64';
    const [e, hole, before, payload] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
    const key = f.local(wide ? Type.i64 : Type.i32);
    const pushKey = (at: number): void => { f.get(at).plain(wide ? 0x29 : 0x28, 2, this.#keyAt); };
    f.get(source).i32(this.#entry).bytes(op.add).set(e);
    f.loop(f.local(Type.i32), 1, n, 1, () => {
      pushKey(e);
      f.set(key).get(e).plain(0x28, 2, 0).set(payload).get(e).set(hole);
      f.block(() => {
        f.bytes(0x03, 0x40);
        f.get(hole).i32(this.#entry).bytes(op.sub).set(before);
        // What is greater moves up; what is equal stays before.
        pushKey(before);
        f.get(key).bytes(wide ? 0x58 : op.atMost, op.branchIf, 1);
        this.#copyEntry(hole, before);
        f.get(before).tee(hole).get(source).bytes(0x47, op.branchIf, 0, op.end);
      });
      f.get(hole).get(payload).plain(0x36, 2, 0).get(hole).get(key).plain(wide ? 0x37 : 0x36, 2, this.#keyAt);
      this.#step(e, this.#entry);
    });
  }

  #sortDigits(source: number, target: number): void {
    const { n } = this.#shape;
    const f = this.#f;
    const counters = f.get(this.#scratch).i32(2 * n * this.#entry).bytes(op.add).into(Type.i32);
    f.get(counters).i32(0).i32(this.#passes * this.#buckets * 4).bytes(0xfc, 0x0b, 0);
    this.#read(source, counters);
    const [e, at, sum, count, i] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
    for (let pass = 0; pass < this.#passes; pass++) {
      const own = pass * this.#buckets * 4;
      const counter = (entry: number): void => { this.#digit(entry, pass); f.i32(2).bytes(op.shl).get(counters).bytes(op.add); };
      // A digit that all keys share orders nothing.
      counter(source);
      f.plain(0x28, 2, own).i32(n).bytes(0x47).if(() => {
        f.i32(0).set(sum).get(counters).set(at);
        f.loop(i, 0, this.#buckets, 1, () => {
          f.get(at).plain(0x28, 2, own).set(count);
          f.get(at).get(sum).plain(0x36, 2, own);
          f.get(sum).get(count).bytes(op.add).set(sum);
          this.#step(at, 4);
        });
        f.get(source).set(e);
        f.loop(i, 0, n, 1, () => {
          counter(e);
          f.tee(at).get(at).plain(0x28, 2, own).tee(count).i32(1).bytes(op.add).plain(0x36, 2, own);
          f.get(target).get(count).i32(Math.log2(this.#entry)).bytes(op.shl, op.add).set(sum);
          this.#copyEntry(sum, e);
          this.#step(e, this.#entry);
        });
        f.get(source).get(target).set(source).set(target);
      });
    }
  }

  #write(source: number): void {
    const { n, dtypes } = this.#shape;
    const f = this.#f;
    dtypes.forEach((d, k) => {
      const bytes = elementBytes(d);
      const [e, to] = [f.get(source).into(Type.i32), f.get(k + dtypes.length).into(Type.i32)];
      f.loop(f.local(Type.i32), 0, n, 1, () => {
        f.get(to);
        if (this.#carriesValue) f.get(e).plain(0x28, 2, 0);
        else f.get(k).get(e).plain(0x28, 2, 0).i32(this.#stride(d)).bytes(op.times, op.add).plain(load[bytes] ?? 0x28, alignment[bytes] ?? 0, 0);
        f.plain(save[bytes] ?? 0x36, alignment[bytes] ?? 0, 0);
        this.#step(e, this.#entry);
        this.#step(to, this.#stride(d));
      });
    });
  }
}
