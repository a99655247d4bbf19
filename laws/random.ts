// A small seeded generator for the values that laws try: fast, reproducible, not for statistics.
// Stands beside the laws; knows nothing of tensors.

/** Numbers that follow from one seed (Steele et al., "Fast splittable pseudorandom number generators": SplitMix, 32 bits). */
export class Random {
  #state: number;
  constructor(seed: number) { this.#state = seed | 0; }
  /** 32 random bits as a natural number. */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number { return (this.bits() * 2 ** 21 + (this.bits() >>> 11)) / 2 ** 53; }
  /** An integer in lo..hi, both included. */
  int(lo: number, hi: number): number { return hi <= lo ? lo : lo + Math.floor(this.uniform() * (hi - lo + 1)); }
  bool(): boolean { return this.bits() % 2 === 1; }
  /** A magnitude in [1/4, 1] with either sign: a direction whose entries are never negligible. */
  signed(): number { const x = 0.25 + 0.75 * this.uniform(); return this.bool() ? x : -x; }
  /** A generator that does not depend on how often this one is asked. */
  split(label: number): Random { return new Random(Math.imul(this.#state ^ 0x5bd1e995, 0x27d4eb2d) + Math.imul(label + 1, 0x165667b1)); }
}
