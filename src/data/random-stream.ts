// The random numbers of drawn data and of shuffled splits: xoshiro128** (Blackman and Vigna), seeded through splitmix32.
// Only 32-bit integer arithmetic and exact float arithmetic, so a seed means the same numbers on every machine.
// Not the PRNG of programs (that is `random`, counter based and traced): this one is a mutable stream inside a builder.

/** The finaliser of splitmix32: a bijection of 32-bit words that scatters close inputs. */
const mix = (word: number): number => {
  let z = word | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
};

const rotateLeft = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/**
 * A stream of random numbers that depends on `seed` and `stream` only. Equal pairs give equal streams; different
 * pairs give streams that have nothing to do with each other.
 *
 * Seeds are integers from -(2^53 - 1) to 2^53 - 1, all of whose bits count.
 *
 * @example
 * const stream = new RandomStream(7, 0);
 * stream.bits(); // -> 1888100938
 * stream.uniform(); // -> 0.9825885891914368
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, stream: number) {
    const low = seed | 0;
    const high = Math.floor(seed / 0x1_0000_0000) | 0;
    let state = mix(mix(low + 0x9e3779b9) ^ high) ^ mix(stream + 0x7f4a7c15);
    const word = (): number => mix((state = (state + 0x9e3779b9) | 0));
    // A second word of (seed, stream) keeps two pairs that collide in `state` from sharing the whole stream.
    this.#a = word() ^ mix(stream);
    this.#b = word() ^ mix(low ^ 0x3c6ef372);
    this.#c = word() ^ mix(high ^ 0x1b873593);
    this.#d = word() | 1; // an all-zero state would stay zero
  }

  /** The next 32 random bits, as an unsigned integer. */
  bits(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result >>> 0;
  }

  /** A number in [0, 1), a multiple of 2^-24. */
  uniform(): number { return (this.bits() >>> 8) / 0x100_0000; }

  /** A number in [low, high). */
  between(low: number, high: number): number { return low + (high - low) * this.uniform(); }

  /** An integer in [0, count), for count up to 2^24. */
  below(count: number): number { return Math.floor(this.uniform() * count); }

  /** A bell-shaped number with mean 0 and standard deviation 1, within +-3.47: four uniforms, so no logarithm or cosine whose last bit differs between machines. */
  bell(): number { return (this.uniform() + this.uniform() + this.uniform() + this.uniform() - 2) * 1.7320508075688772; }
}

/**
 * The integers 0 ... count - 1 in an order that depends on the seed only (Fisher-Yates).
 *
 * @example
 * shuffledIndices(5, 0); // -> [1, 2, 4, 3, 0]
 */
export const shuffledIndices = (count: number, seed: number): Uint32Array => {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const stream = new RandomStream(seed, 0x5eed);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(stream.bits() / 0x1_0000_0000 * (last + 1));
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
};
