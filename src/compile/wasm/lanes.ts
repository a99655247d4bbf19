// Arithmetic on four lanes: each method emits one instruction on locals and returns the local of its result.
// Floor 5: the vocabulary in which the scalar table and the kernels are written.
import { floatBits } from '../math/words.ts';
import { Type, type FunctionBuilder } from './module.ts';

/** A local that holds a v128. */
export type Vector = number;
/** Four float64 lanes: two vectors. */
export interface Wide { readonly lo: Vector; readonly hi: Vector }
/** Four lanes of any dtype. */
export type Value = Vector | Wide;

/** Features of the machine that the code is emitted for: bits may differ between rungs, never within one. */
export interface Rung {
  readonly name: 'simd' | 'relaxed' | 'revectorized';
  readonly fma: boolean;
  /** The engine joins pairs of neighbouring vectors into one of 256 bits, where they are loaded, computed and stored alike. */
  readonly pairs?: boolean;
  /** The engine loads what an instruction needs where it stands, not all of a step before. */
  readonly ordered?: boolean;
}

export class Lanes {
  readonly f: FunctionBuilder;
  readonly rung: Rung;
  /** Constants come from memory into locals before the loops: engines re-materialise v128.const inside them. One word, or two, splatted. */
  readonly #pool: { readonly words: readonly number[]; readonly local: Vector }[] = [];
  readonly #poolPointer: number;
  constructor(f: FunctionBuilder, rung: Rung, poolPointer: number) {
    this.f = f;
    this.rung = rung;
    this.#poolPointer = poolPointer;
  }
  /** The splatted words of the constants, in the order in which the pool must hold them. */
  get pool(): readonly number[] { return this.#pool.flatMap(p => p.words); }
  /** Loads the pool; call once, when the body is complete. */
  loadPool(): void {
    this.f.prologue(() => {
      let at = 0;
      for (const { words: { length }, local } of this.#pool) {
        this.f.get(this.#poolPointer).memory(length === 1 ? 0x09 : 0x0a, 2, at).set(local);
        at += 4 * length;
      }
    });
  }
  #constant(words: readonly number[]): Vector {
    let p = this.#pool.find(x => x.words.length === words.length && x.words.every((w, i) => w === words[i]));
    if (p === undefined) this.#pool.push(p = { words, local: this.f.local(Type.v128) });
    return p.local;
  }
  float(x: number): Vector { return this.#constant([floatBits(x)]); }
  int(n: number): Vector { return this.#constant([n | 0]); }
  double(x: number): Vector { return this.#constant(doubleBits(x)); }
  /** A pair of words in both halves. */
  pair(low: number, high: number): Vector { return this.#constant([low | 0, high | 0]); }

  #one(op: number, a: Vector): Vector { return this.f.get(a).simd(op).into(Type.v128); }
  #two(op: number, a: Vector, b: Vector): Vector { return this.f.get(a).get(b).simd(op).into(Type.v128); }
  #shift(op: number, a: Vector, by: number): Vector { return this.f.get(a).i32(by).simd(op).into(Type.v128); }

  // f32x4
  add(a: Vector, b: Vector): Vector { return this.#two(0xe4, a, b); }
  sub(a: Vector, b: Vector): Vector { return this.#two(0xe5, a, b); }
  mul(a: Vector, b: Vector): Vector { return this.#two(0xe6, a, b); }
  div(a: Vector, b: Vector): Vector { return this.#two(0xe7, a, b); }
  /** NaN in either operand is NaN, as IEEE 754-2019 maximum; seven instructions on x64. */
  max(a: Vector, b: Vector): Vector { return this.#two(0xe9, a, b); }
  min(a: Vector, b: Vector): Vector { return this.#two(0xe8, a, b); }
  /** a < b ? b : a, one instruction: `a` where either is NaN. */
  pmax(a: Vector, b: Vector): Vector { return this.#two(0xeb, a, b); }
  /** b < a ? b : a. */
  pmin(a: Vector, b: Vector): Vector { return this.#two(0xea, a, b); }
  abs(a: Vector): Vector { return this.#one(0xe0, a); }
  neg(a: Vector): Vector { return this.#one(0xe1, a); }
  sqrt(a: Vector): Vector { return this.#one(0xe3, a); }
  ceil(a: Vector): Vector { return this.#one(0x67, a); }
  floor(a: Vector): Vector { return this.#one(0x68, a); }
  trunc(a: Vector): Vector { return this.#one(0x69, a); }
  nearest(a: Vector): Vector { return this.#one(0x6a, a); }
  /** a * b + c: fused where the rung has it, else rounded twice. Only inside one equation's own formula. */
  fma(a: Vector, b: Vector, c: Vector): Vector {
    return this.rung.fma ? this.f.get(a).get(b).get(c).simd(0x105).into(Type.v128) : this.add(this.mul(a, b), c);
  }
  /** Engines change no float. */
  kept(a: Vector): Vector { return a; }
  /** Horner's rule; coefficients from the highest power down. */
  polynomial(x: Vector, coefficients: readonly number[]): Vector {
    const [first = 0, ...rest] = coefficients;
    return rest.reduce((sum, c) => this.fma(sum, x, this.float(c)), this.float(first));
  }
  // f32x4 comparisons: all bits or none
  eq(a: Vector, b: Vector): Vector { return this.#two(0x41, a, b); }
  ne(a: Vector, b: Vector): Vector { return this.#two(0x42, a, b); }
  lt(a: Vector, b: Vector): Vector { return this.#two(0x43, a, b); }
  gt(a: Vector, b: Vector): Vector { return this.#two(0x44, a, b); }
  le(a: Vector, b: Vector): Vector { return this.#two(0x45, a, b); }
  ge(a: Vector, b: Vector): Vector { return this.#two(0x46, a, b); }
  // i32x4
  iadd(a: Vector, b: Vector): Vector { return this.#two(0xae, a, b); }
  isub(a: Vector, b: Vector): Vector { return this.#two(0xb1, a, b); }
  imul(a: Vector, b: Vector): Vector { return this.#two(0xb5, a, b); }
  ineg(a: Vector): Vector { return this.#one(0xa1, a); }
  iabs(a: Vector): Vector { return this.#one(0xa0, a); }
  imin(a: Vector, b: Vector, signed = true): Vector { return this.#two(signed ? 0xb6 : 0xb7, a, b); }
  imax(a: Vector, b: Vector, signed = true): Vector { return this.#two(signed ? 0xb8 : 0xb9, a, b); }
  ieq(a: Vector, b: Vector): Vector { return this.#two(0x37, a, b); }
  ine(a: Vector, b: Vector): Vector { return this.#two(0x38, a, b); }
  ilt(a: Vector, b: Vector, signed = true): Vector { return this.#two(signed ? 0x39 : 0x3a, a, b); }
  igt(a: Vector, b: Vector, signed = true): Vector { return this.#two(signed ? 0x3b : 0x3c, a, b); }
  ile(a: Vector, b: Vector, signed = true): Vector { return this.#two(signed ? 0x3d : 0x3e, a, b); }
  ige(a: Vector, b: Vector, signed = true): Vector { return this.#two(signed ? 0x3f : 0x40, a, b); }
  shiftLeft(a: Vector, by: number): Vector { return this.#shift(0xab, a, by); }
  shiftRight(a: Vector, by: number, signed = true): Vector { return this.#shift(signed ? 0xac : 0xad, a, by); }
  /** Truncates and saturates; NaN gives 0. */
  toInt(a: Vector, signed = true): Vector { return this.#one(signed ? 0xf8 : 0xf9, a); }
  toFloat(a: Vector, signed = true): Vector { return this.#one(signed ? 0xfa : 0xfb, a); }
  // bits
  not(a: Vector): Vector { return this.#one(0x4d, a); }
  and(a: Vector, b: Vector): Vector { return this.#two(0x4e, a, b); }
  or(a: Vector, b: Vector): Vector { return this.#two(0x50, a, b); }
  xor(a: Vector, b: Vector): Vector { return this.#two(0x51, a, b); }
  /** a & ~b */
  andNot(a: Vector, b: Vector): Vector { return this.#two(0x4f, a, b); }
  /** `a` where the mask, all bits or none of each lane, is set, `b` elsewhere. One instruction where the rung has it, else three. */
  select(mask: Vector, a: Vector, b: Vector): Vector { return this.f.get(a).get(b).get(mask).simd(this.rung.fma ? 0x10b : 0x52).into(Type.v128); }
  /** Four of the eight words of `a` and `b`. */
  shuffle(a: Vector, b: Vector, words: readonly number[]): Vector {
    return this.f.get(a).get(b).simd(13).bytes(...words.flatMap(w => [4 * w, 4 * w + 1, 4 * w + 2, 4 * w + 3])).into(Type.v128);
  }
  /** What is rarely needed: computed where some lane of the mask is set, and taken in these lanes alone, so that neighbours change no bit. */
  rarely(mask: Vector, usual: Vector, rare: () => Vector): Vector {
    const out = this.f.get(usual).into(Type.v128);
    this.f.get(mask).simd(0x53);
    this.f.if(() => { this.f.get(this.select(mask, rare(), usual)).set(out); });
    return out;
  }

  /** Applies a scalar instruction sequence to each lane: for what has no vector form. `type` is the lane's type on the stack. */
  eachLane(inputs: readonly Vector[], type: 'i32' | 'f32' | 'f64', apply: () => void): Vector {
    const [extract, replace, lanes] = type === 'i32' ? [0x1b, 0x1c, 4] : type === 'f32' ? [0x1f, 0x20, 4] : [0x21, 0x22, 2];
    const out = this.f.local(Type.v128);
    this.f.v128([0, 0, 0, 0]).set(out);
    for (let lane = 0; lane < lanes; lane++) {
      this.f.get(out);
      for (const x of inputs) this.f.get(x).simd(extract).bytes(lane);
      apply();
      this.f.simd(replace).bytes(lane).set(out);
    }
    return out;
  }
}
const words = new DataView(new ArrayBuffer(8));
export function doubleBits(x: number): readonly [low: number, high: number] { words.setFloat64(0, x, true); return [words.getInt32(0, true), words.getInt32(4, true)]; }
