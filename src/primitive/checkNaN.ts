// checkNaN: a call whose equations are watched. The first one that makes a NaN its operands did not have stops the program.
// Floor 2. Watching needs the host: it sees each equation's operands and results.
import { CotangentError } from '../error.ts';
import { isFloat } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import { avalsOf, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import type { NDArray, Primitive, Watch } from '../ir/primitive.ts';
import { bind } from '../trace/scope.ts';
import { callRules, callTranspose, expectBodyInputs, sampleBody } from './call.ts';
import { at, pure } from './define.ts';

type CheckNaNParams = {
  readonly jaxpr: Jaxpr;
  /** Infinities are stopped, too. */
  readonly infinities: boolean;
};

export const checkNaNP: Primitive<CheckNaNParams> = {
  name: 'checkNaN',
  properties: { ...pure, call: true },
  type(inputs, { jaxpr }) {
    expectBodyInputs(inputs, jaxpr, 'checkNaN');
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr, infinities }, outputs, run) {
    run(jaxpr, inputs, new NaNWatch(infinities, [])).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: callRules((x, p, jaxpr) => bind(checkNaNP, x, { ...p, jaxpr })),
  linear: callTranspose((x, p, jaxpr) => bind(checkNaNP, x, { ...p, jaxpr })),
  lowering: { kind: 'host', watch: ({ infinities }, steps) => new NaNWatch(infinities, steps) },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    return { operands: [{ aval }], params: { jaxpr: sampleBody(aval), infinities: false } };
  },
  ulp: 0,
};

class NaNWatch implements Watch {
  readonly #infinities: boolean;
  /** The steps of the loops around, outermost first. */
  readonly #steps: readonly string[];
  /** How often each body was entered. */
  readonly #entered = new Map<Eqn, Map<Jaxpr, number>>();
  constructor(infinities: boolean, steps: readonly string[]) {
    this.#infinities = infinities;
    this.#steps = steps;
  }
  enter(eqn: Eqn, body: Jaxpr): Watch {
    const bodies = this.#entered.get(eqn) ?? new Map<Jaxpr, number>();
    const step = bodies.get(body) ?? 0;
    this.#entered.set(eqn, bodies.set(body, step + 1));
    return new NaNWatch(this.#infinities, eqn.primitive.properties.loop ? [...this.#steps, `step ${step} of ${eqn.primitive.name}`] : this.#steps);
  }
  after(eqn: Eqn, inputs: readonly NDArray[], outputs: readonly NDArray[]): void {
    // What a body computed was seen inside.
    if (this.#entered.has(eqn)) return;
    this.#stop(eqn, inputs, outputs, 'NaN', Number.isNaN);
    if (this.#infinities) this.#stop(eqn, inputs, outputs, 'an infinity', x => x === Infinity || x === -Infinity);
  }
  /** The evaluator adds where the equation was recorded. */
  #stop(eqn: Eqn, inputs: readonly NDArray[], outputs: readonly NDArray[], what: string, bad: (x: number) => boolean): void {
    for (const y of outputs) {
      const k = isFloat(y.dtype) ? y.data.findIndex(bad) : -1;
      if (k < 0 || inputs.some(x => isFloat(x.dtype) && x.data.some(bad))) continue;
      const operands = inputs.length === 0 ? 'no operands' : `operands ${inputs.map(showRange).join(' and ')}`;
      const steps = this.#steps.length === 0 ? '' : `, in ${[...this.#steps].reverse().join(' in ')} (counted from 0)`;
      throw new CotangentError('nan', `checkNaN: ${eqn.primitive.name} made ${what} at ${showIndex(k, y.shape)} of ${showAval(y)} from ${operands}${steps}`);
    }
  }
}

/** `[1, 2]`: the index of the k-th element. */
function showIndex(k: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = k;
  for (const d of [...shape].reverse()) {
    index.unshift(rest % d);
    rest = Math.floor(rest / d);
  }
  return `[${index.join(', ')}]`;
}
/** `f32[3] in -1..2.5` */
function showRange(x: NDArray): string {
  let [lo, hi] = [Infinity, -Infinity];
  for (const v of x.data) {
    if (v < lo) lo = v;
    if (v > hi) hi = v;
  }
  const show = (v: number): string => String(Number(v.toPrecision(6)));
  if (x.data.length === 0) return `${showAval(x)} (empty)`;
  return `${showAval(x)} ${lo === hi ? `= ${show(lo)}` : lo > hi ? 'of NaN' : `in ${show(lo)}..${show(hi)}`}`;
}
