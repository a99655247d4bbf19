// Jets: Taylor expansions in two small quantities, cut off at given orders. A function that is computed on jets has its partial
// derivatives with respect to two parameters beside its value (A. Griewank and A. Walther, "Evaluating Derivatives", 2008, chapter 13).
// Floor 2: arithmetic only, knows no record.

/** Coefficient [i][j], that of da^i db^j, stands at i * (orderB + 1) + j. */
export type Jet = Float64Array;

/** The arithmetic of jets of given orders in the parameters `a` and `b`. */
export class Jets {
  readonly orderA: number;
  readonly orderB: number;
  readonly #width: number;
  readonly #size: number;
  constructor(orderA: number, orderB: number) {
    this.orderA = orderA;
    this.orderB = orderB;
    this.#width = orderB + 1;
    this.#size = (orderA + 1) * (orderB + 1);
  }
  constant(value: number): Jet {
    const out = new Float64Array(this.#size);
    out[0] = value;
    return out;
  }
  /** The parameter itself, or the sum of both, at a value. */
  variable(which: 'a' | 'b' | 'a + b', value: number): Jet {
    const out = this.constant(value);
    if (which !== 'b' && this.orderA > 0) out[this.#width] = 1;
    if (which !== 'a' && this.orderB > 0) out[1] = 1;
    return out;
  }
  /** f of the parameter, or of the sum of both, from f and its derivatives at the value. */
  compose(which: 'a' | 'b' | 'a + b', derivative: (order: number) => number): Jet {
    const out = new Float64Array(this.#size);
    for (let i = 0, inA = 1; i <= this.orderA; inA *= ++i) {
      for (let j = 0, inB = 1; j <= this.orderB; inB *= ++j) {
        if ((i > 0 && which === 'b') || (j > 0 && which === 'a')) continue;
        out[i * this.#width + j] = derivative(i + j) / (inA * inB);
      }
    }
    return out;
  }
  add(...xs: readonly Jet[]): Jet {
    const out = new Float64Array(this.#size);
    for (const x of xs) for (let k = 0; k < out.length; k++) out[k] = (out[k] ?? 0) + (x[k] ?? 0);
    return out;
  }
  scale(factor: number, x: Jet): Jet { return x.map(v => factor * v); }
  /** x + constant. */
  shift(x: Jet, constant: number): Jet {
    const out = x.slice();
    out[0] = (out[0] ?? 0) + constant;
    return out;
  }
  multiply(x: Jet, y: Jet): Jet {
    const out = new Float64Array(this.#size);
    for (let i = 0; i <= this.orderA; i++) for (let j = 0; j <= this.orderB; j++) out[i * this.#width + j] = this.#convolve(x, y, i, j, () => 1);
    return out;
  }
  /** x / y, solved from x = (x / y) y, one coefficient after the other. */
  divide(x: Jet, y: Jet): Jet {
    const out = new Float64Array(this.#size);
    const head = y[0] ?? 0;
    for (let i = 0; i <= this.orderA; i++) {
      for (let j = 0; j <= this.orderB; j++) {
        const k = i * this.#width + j;
        // The coefficient that is wanted is still 0 in the sum.
        out[k] = ((x[k] ?? 0) - this.#convolve(out, y, i, j, () => 1)) / head;
      }
    }
    return out;
  }
  /** From e' = x' e, in whichever quantity the coefficient is not constant. */
  exp(x: Jet): Jet {
    const out = this.constant(Math.exp(x[0] ?? 0));
    for (let i = 0; i <= this.orderA; i++) {
      for (let j = i === 0 ? 1 : 0; j <= this.orderB; j++) {
        out[i * this.#width + j] = i > 0 ? this.#convolve(x, out, i, j, p => p / i) : this.#convolve(x, out, 0, j, (_p, q) => q / j);
      }
    }
    return out;
  }
  /** The partial derivative of the orders of these jets. */
  derivative(x: Jet): number {
    let value = x[this.#size - 1] ?? 0;
    for (let i = 2; i <= this.orderA; i++) value *= i;
    for (let j = 2; j <= this.orderB; j++) value *= j;
    return value;
  }
  /** Whether adding `step` to `x` changes no coefficient. */
  negligible(step: Jet, x: Jet): boolean { return step.every((v, k) => Math.abs(v) <= 2e-17 * Math.abs(x[k] ?? 0)); }
  /** The largest change of a coefficient, relative to it. */
  change(x: Jet, next: Jet): number {
    let most = 0;
    for (let k = 0; k < next.length; k++) {
      const [before, after] = [x[k] ?? 0, next[k] ?? 0];
      // Among numbers below the least normal one there is nothing to come to rest.
      if (!(Math.abs(before - after) <= 1e-300)) most = Math.max(most, Math.abs((after - before) / after));
    }
    return most;
  }

  #convolve(x: Jet, y: Jet, i: number, j: number, weight: (p: number, q: number) => number): number {
    let sum = 0;
    for (let p = 0; p <= i; p++) {
      for (let q = 0; q <= j; q++) {
        const factor = weight(p, q);
        // Terms that the formula does not contain must not bring in an infinity.
        if (factor !== 0) sum += factor * (x[p * this.#width + q] ?? 0) * (y[(i - p) * this.#width + j - q] ?? 0);
      }
    }
    return sum;
  }
}

/** How far an iteration has come: it rests when it changes nothing any more, or when its changes, small already, have long stopped shrinking. */
export class Progress {
  #least = Infinity;
  #since = 0;
  /** Whether the iteration may end. `change` is relative; NaN ends it. */
  rests(change: number): boolean {
    if (change < this.#least) [this.#least, this.#since] = [change, 0];
    else this.#since++;
    return !(change > 2e-16) || (this.#least < 1e-8 && this.#since > 12);
  }
}
