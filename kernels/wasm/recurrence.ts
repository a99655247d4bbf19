// Recurrences along an axis in WebAssembly SIMD: running sums, products, extrema, log-sums, and h[k] = a[k] h[k-1] + b[k].
// Lanes are neighbouring lines where there are some; along a single contiguous line four elements are combined first, where that is exact,
// so that one step in four waits for the last. Floats run in float64 and are rounded when stored: equal to the reference, but for log-sums
// (float32 polynomials inside) and for sums along a line, which are rounded once from float64 sums of another order.
import type { RecurrenceStep } from '../../src/ir/primitive.ts';
import { isFloat, type DType } from '../../src/dtype/dtype.ts';
import { exp, log1p } from '../../src/compile/math/exponential.ts';
import { convert, settled } from '../../src/compile/wasm/convert.ts';
import { byHostWide, type ScalarContext } from '../../src/compile/wasm/host.ts';
import { Lanes, type Rung, type Value } from '../../src/compile/wasm/lanes.ts';
import { elementBytes, loadFour, loadLanes, loadSplat, store } from '../../src/compile/wasm/memory.ts';
import { FunctionBuilder, Type } from '../../src/compile/wasm/module.ts';
import { laneFirst, narrow, partsOf, wide, WideLanes } from '../../src/compile/wasm/wide.ts';

export interface RecurrenceShape {
  /** `outer * inner` lines of `n` elements that lie `inner` apart. */
  readonly outer: number; readonly n: number; readonly inner: number;
  readonly reverse: boolean;
  readonly step: RecurrenceStep;
  readonly dtype: DType;
}
/** A function (operands, result, constants). */
export interface EmittedRecurrence { readonly f: FunctionBuilder; readonly pool: readonly number[] }

/** Lines side by side in one turn, in vectors of four. */
const blockLanes = 16;

export function emitRecurrence(rung: Rung, hostMath: number, shape: RecurrenceShape): EmittedRecurrence {
  return new Recurrence(rung, hostMath, shape).run();
}

class Recurrence {
  readonly #shape: RecurrenceShape;
  readonly #f: FunctionBuilder;
  readonly #l: Lanes;
  readonly #w: WideLanes;
  readonly #context: ScalarContext;
  readonly #operands: readonly number[];
  readonly #out: number;
  readonly #bytes: number;
  /** The dtype in which values run. */
  readonly #running: DType;

  constructor(rung: Rung, hostMath: number, shape: RecurrenceShape) {
    const count = shape.step === 'affine' ? 2 : 1;
    this.#shape = shape;
    this.#f = new FunctionBuilder(count + 2);
    this.#l = new Lanes(this.#f, rung, count + 1);
    this.#w = new WideLanes(this.#l);
    this.#context = { lanes: this.#l, hostMath };
    this.#operands = Array.from({ length: count }, (_, i) => i);
    this.#out = count;
    this.#bytes = elementBytes(shape.dtype);
    this.#running = isFloat(shape.dtype) && shape.step !== 'max' && shape.step !== 'min' ? 'f64' : shape.dtype;
  }
  run(): EmittedRecurrence {
    const { outer, n, inner, reverse } = this.#shape;
    const f = this.#f;
    // The pointers walk over the outer axis.
    const whole = n * inner * this.#bytes;
    const first = reverse ? (n - 1) * inner * this.#bytes : 0;
    if (first > 0) for (const p of [...this.#operands, this.#out]) this.#move(p, first);
    const left = f.local(Type.i32);
    const each = (turns: number, by: number, body: () => void): void => {
      if (turns === 0) return;
      f.i32(turns).set(left).bytes(0x03, 0x40);
      body();
      for (const p of [...this.#operands, this.#out]) this.#move(p, by);
      f.get(left).i32(-1).bytes(0x6a).tee(left).bytes(0x0d, 0, 0x0b);
    };
    if (inner === 1 && this.#regroups()) each(outer, whole, () => this.#alongLine());
    else if (inner === 1) {
      // Four lines at a time, then the others.
      each(Math.floor(outer / 4), 4 * whole, () => this.#lines(1, 4, n));
      each(outer % 4, whole, () => this.#lines(1, 1, n));
    } else each(outer, whole, () => this.#across());
    this.#l.loadPool();
    return { f, pool: this.#l.pool };
  }
  /** Whether four elements may be combined before the running value is: where it changes no bit of an integer, an extremum or a special value. */
  #regroups(): boolean {
    const { step, dtype } = this.#shape;
    switch (step) {
      case 'max': case 'min': return true;
      case 'add': return dtype !== 'f64';
      // Products in between could overflow, or vanish, where the running one does not.
      case 'mul': return !isFloat(dtype);
      case 'logAddExp': return dtype !== 'f64';
      case 'affine': return false;
      default: return step satisfies never;
    }
  }
  #move(pointer: number, by: number): void { this.#f.get(pointer).i32(by).bytes(0x6a).set(pointer); }
  #register(): Value { const v = (): number => this.#f.local(Type.v128); return this.#running === 'f64' ? { lo: v(), hi: v() } : v(); }
  #assign(to: Value, from: Value): void {
    const parts = partsOf(from);
    partsOf(to).forEach((t, i) => { this.#f.get(parts[i] ?? 0).set(t); });
  }
  #widened(x: Value): Value { return convert(this.#l, x, this.#shape.dtype, this.#running); }
  #rounded(x: Value): Value { return convert(this.#l, x, this.#running, this.#shape.dtype); }

  /** One step, of the running value and an element of each operand. */
  #step(h: Value, xs: readonly Value[]): Value {
    const { step, dtype } = this.#shape;
    const [x = h, b = x] = xs;
    const l = this.#l;
    if (step === 'logAddExp') return this.#logAddExp(h, x);
    if (step === 'affine') return this.#w.add(this.#w.mul(wide(x), wide(h)), wide(b));
    if (this.#running === 'f64') {
      const [p, q] = [wide(h), wide(x)];
      switch (step) {
        case 'add': return this.#w.add(p, q);
        case 'mul': return this.#w.mul(p, q);
        case 'max': return this.#w.max(p, q);
        case 'min': return this.#w.min(p, q);
        default: return step satisfies never;
      }
    }
    const [p, q] = [narrow(h), narrow(x)];
    if (dtype === 'bool') return step === 'max' ? l.or(p, q) : l.and(p, q);
    const float = isFloat(dtype);
    switch (step) {
      case 'add': return settled(l, dtype, l.iadd(p, q));
      case 'mul': return settled(l, dtype, l.imul(p, q));
      case 'max': return float ? l.max(p, q) : l.imax(p, q, dtype !== 'u32');
      case 'min': return float ? l.min(p, q) : l.imin(p, q, dtype !== 'u32');
      default: return step satisfies never;
    }
  }
  /** The greater of both plus log1p(exp(-their distance)); an infinity or NaN is itself. */
  #logAddExp(h: Value, x: Value): Value {
    const w = this.#w;
    const l = this.#l;
    const [a, b] = [wide(h), wide(x)];
    const greatest = w.max(a, b);
    const distance = w.neg(w.abs(w.sub(a, b)));
    const more = this.#shape.dtype === 'f64'
      ? byHostWide(this.#context, 'log1p', [byHostWide(this.#context, 'exp', [distance])])
      : w.promote(log1p(l, exp(l, w.demote(distance))));
    return w.select(w.lt(w.abs(greatest), w.constant(Infinity)), w.add(greatest, more), greatest);
  }

  // ---- lines side by side
  /** Lines that are neighbours in memory: blocks of vectors, then one vector, then the lanes that are left. */
  #across(): void {
    const { n, inner } = this.#shape;
    const f = this.#f;
    const saved = [...this.#operands, this.#out].map(p => f.get(p).into(Type.i32));
    const advance = (lanes: number): void => { for (const p of [...this.#operands, this.#out]) this.#move(p, lanes * this.#bytes); };
    const vectors = this.#running === 'f64' ? blockLanes / 8 : blockLanes / 4;
    const turns = Math.floor(inner / (4 * vectors));
    if (turns > 0) f.loop(f.local(Type.i32), 0, turns, 1, () => { this.#lines(vectors, 4, n); advance(4 * vectors); });
    for (let at = turns * 4 * vectors; at < inner; at += 4) {
      const lanes = Math.min(4, inner - at);
      this.#lines(1, lanes, n);
      advance(lanes);
    }
    saved.forEach((s, i) => f.get(s).set([...this.#operands, this.#out][i] ?? 0));
  }
  /** Walks `vectors` times `lanes` lines at once, from where the pointers stand. */
  #lines(vectors: number, lanes: number, n: number): void {
    const { inner, reverse } = this.#shape;
    const f = this.#f;
    const bytes = this.#bytes;
    const laneStride = inner === 1 ? n * bytes : bytes;
    const own = this.#operands.map(p => f.get(p).into(Type.i32));
    const to = f.get(this.#out).into(Type.i32);
    const contiguous = laneStride === bytes && lanes === 4;
    const load = (p: number, vector: number): Value => {
      const at = vector * 4 * laneStride;
      if (lanes === 1) return loadSplat(this.#l, this.#shape.dtype, () => { f.get(p); return at; });
      if (contiguous) return loadFour(this.#l, this.#shape.dtype, () => { f.get(p); return at; });
      return loadLanes(this.#l, this.#shape.dtype, lanes, lane => { f.get(p); return at + lane * laneStride; });
    };
    const write = (value: Value, vector: number): void => {
      const at = vector * 4 * laneStride;
      if (lanes === 1 || laneStride === bytes) { store(this.#l, this.#shape.dtype, lanes, value, () => { f.get(to); return at; }); return; }
      for (let lane = 0; lane < lanes; lane++) {
        store(this.#l, this.#shape.dtype, 1, laneFirst(this.#l, value, lane), () => { f.get(to); return at + lane * laneStride; });
      }
    };
    const running = Array.from({ length: vectors }, () => this.#register());
    // The first value is the last operand's own.
    const last = own.at(-1) ?? 0;
    running.forEach((h, i) => { this.#assign(h, this.#widened(load(last, i))); write(this.#rounded(h), i); });
    if (n === 1) return;
    const by = (reverse ? -inner : inner) * bytes;
    f.loop(f.local(Type.i32), 1, n, 1, () => {
      for (const p of [...own, to]) this.#move(p, by);
      running.forEach((h, i) => {
        this.#assign(h, this.#step(h, own.map(p => this.#widened(load(p, i)))));
        write(this.#rounded(h), i);
      });
    });
  }

  // ---- along one line
  #reversed(x: Value): Value {
    const l = this.#l;
    if (typeof x === 'number') return l.shuffle(x, x, [3, 2, 1, 0]);
    return { lo: l.shuffle(x.hi, x.hi, [2, 3, 0, 1]), hi: l.shuffle(x.lo, x.lo, [2, 3, 0, 1]) };
  }
  /** The last lane in all lanes. */
  #splatLast(x: Value): Value {
    const l = this.#l;
    if (typeof x === 'number') return l.shuffle(x, x, [3, 3, 3, 3]);
    const hi = l.shuffle(x.hi, x.hi, [2, 3, 2, 3]);
    return { lo: hi, hi };
  }
  /** Each lane combined with those before it. */
  #prefixes(x: Value): Value {
    const l = this.#l;
    if (typeof x === 'number') {
      // A lane without predecessor is combined with the neutral element; extrema with themselves.
      const { step } = this.#shape;
      const repeats = step === 'max' || step === 'min';
      const neutral = l.int(step === 'mul' ? 1 : 0);
      const shift = (v: number, words: readonly number[]): number => repeats ? l.shuffle(v, v, words) : l.shuffle(v, neutral, words);
      const pairs = this.#step(x, [shift(x, repeats ? [0, 0, 1, 2] : [4, 0, 1, 2])]);
      return this.#step(pairs, [shift(narrow(pairs), repeats ? [0, 1, 0, 1] : [4, 5, 0, 1])]);
    }
    const neutrals: { readonly [S in RecurrenceStep]: number } = { add: -0, mul: 1, max: -Infinity, min: Infinity, logAddExp: -Infinity, affine: 0 };
    const zero = wide(this.#w.constant(neutrals[this.#shape.step]));
    const pairs = wide(this.#step(x, [{ lo: l.shuffle(zero.lo, x.lo, [0, 1, 4, 5]), hi: l.shuffle(zero.lo, x.hi, [0, 1, 4, 5]) }]));
    const second = l.shuffle(pairs.lo, pairs.lo, [2, 3, 2, 3]);
    const upper = this.#step({ lo: pairs.hi, hi: pairs.hi }, [{ lo: second, hi: second }]);
    return { lo: pairs.lo, hi: wide(upper).lo };
  }
  #alongLine(): void {
    const { n, reverse, dtype } = this.#shape;
    const f = this.#f;
    const bytes = this.#bytes;
    const from = f.get(this.#operands[0] ?? 0).into(Type.i32);
    const to = f.get(this.#out).into(Type.i32);
    const carry = this.#register();
    // Four elements from `at` on; backwards they end there.
    const four = reverse ? -3 * bytes : 0;
    const vector = (start: boolean): void => {
      const address = (p: number) => (): number => { f.get(p); if (four !== 0) f.i32(four).bytes(0x6a); return 0; };
      const loaded = loadFour(this.#l, dtype, address(from));
      const prefixes = this.#prefixes(this.#widened(reverse ? this.#reversed(loaded) : loaded));
      const sums = start ? prefixes : this.#step(carry, [prefixes]);
      this.#assign(carry, this.#splatLast(sums));
      const rounded = this.#rounded(sums);
      store(this.#l, dtype, 4, reverse ? this.#reversed(rounded) : rounded, address(to));
      for (const p of [from, to]) this.#move(p, reverse ? -4 * bytes : 4 * bytes);
    };
    const vectors = Math.floor(n / 4);
    if (vectors > 0) vector(true);
    if (vectors > 1) f.loop(f.local(Type.i32), 1, vectors, 1, () => vector(false));
    for (let i = 4 * vectors; i < n; i++) {
      const x = this.#widened(loadSplat(this.#l, dtype, () => { f.get(from); return 0; }));
      this.#assign(carry, i === 0 ? x : this.#step(carry, [x]));
      store(this.#l, dtype, 1, this.#rounded(carry), () => { f.get(to); return 0; });
      for (const p of [from, to]) this.#move(p, reverse ? -bytes : bytes);
    }
  }
}
