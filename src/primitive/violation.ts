// throwViolation: the identity on values that throws when the violation beside them is one. Reading the values reads the violation.
// Floor 2. A violation is an i32 vector: the site (0 for none), the value at fault, the steps of the loops around, outermost first.
import { CotangentError, DTypeError } from '../error.ts';
import { range, showAval } from '../ir/aval.ts';
import type { NDArray, NoParams, Primitive, TangentOf } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { literal } from '../trace/handle.ts';
import { bind } from '../trace/scope.ts';
import { at, noParams, operand, pure } from './define.ts';

/** A place in a program that may be violated. */
export interface Site {
  readonly primitive: string;
  /** What is wrong, with `{}` for the value at fault. */
  readonly what: string;
  /** The loops around, outermost first. */
  readonly loops: readonly string[];
  /** Path and line of the equation, where they are known. */
  readonly recorded: string;
}
/** Sites are numbered from 1, equal ones alike, so that a program staged again is the same program. */
const sites: Site[] = [];
const numbers = new Map<string, number>();
export function siteNumber(site: Site): number {
  const key = [site.primitive, site.what, site.recorded, ...site.loops].join('\n');
  let n = numbers.get(key);
  if (n === undefined) numbers.set(key, n = sites.push(site));
  return n;
}

/** Slots before the steps: the site, the value. */
export const firstStepSlot = 2;

/** What a violation says, in one line; null where it is none. Of many (a batch) the first one that is. */
export function violationText(data: ArrayLike<number>, width: number): string | null {
  for (let row = 0; row + width <= data.length; row += width) {
    const site = sites[(data[row] ?? 0) - 1];
    if (site === undefined) continue;
    const example = data.length > width ? `, in example ${row / width}` : '';
    const steps = site.loops.map((loop, i) => `step ${data[row + firstStepSlot + i] ?? 0} of ${loop}`).reverse();
    const where = steps.length === 0 ? '' : `, in ${steps.join(' in ')} (counted from 0)`;
    const recorded = site.recorded === '' ? '' : ` of ${site.recorded}`;
    return `checked: ${site.primitive}${recorded}: ${site.what.replace('{}', String(data[row + 1] ?? 0))}${where}${example}`;
  }
  return null;
}

/** violation (leading axes are batch axes), values -> values. */
export const throwViolationP: Primitive<NoParams> = {
  name: 'throwViolation',
  properties: pure,
  type(inputs) {
    const violation = operand(inputs, 0, 'throwViolation');
    if (violation.dtype !== 'i32' || violation.shape.length === 0) throw new DTypeError(`throwViolation: a violation is an i32 vector, got ${showAval(violation)}`);
    return inputs.slice(1);
  },
  evaluate(inputs, _params, outputs) {
    throwWhereViolated(at(inputs, 0));
    outputs.forEach((y, i) => { y.data.set(at(inputs, i + 1).data); });
  },
  rules: {
    kind: 'flat',
    // Derivatives must not be read either: what is not asked for would not throw.
    jvp: ([violation], [, ...t]) => withViolation(violation, t),
    batch: (x, batched) => ({ outputs: bind(throwViolationP, x, noParams), batched: batched.slice(1) }),
  },
  linear: {
    transpose: (cts, [violation]) => [null, ...withViolation(violation?.known ?? undefined, cts)],
    linearIn: n => [range(n).slice(1)],
  },
  lowering: { kind: 'host', looks: { sees: 1, passes: 1, look: x => { throwWhereViolated(at(x, 0)); } } },
  sample(draw) {
    const operands = range(draw.int(1, 2)).map(() => ({ aval: { shape: draw.shape(2), dtype: draw.float() } }));
    return { operands: [{ aval: { shape: [3], dtype: 'i32' }, domain: { intervals: [[0, 0]] } }, ...operands], params: noParams };
  },
  ulp: 0,
};

function throwWhereViolated({ shape, data }: NDArray): void {
  const text = violationText(data, at(shape, shape.length - 1));
  if (text !== null) throw new CotangentError('violation', text);
}
function withViolation(violation: AnyTensor | undefined, ts: readonly TangentOf[]): TangentOf[] {
  const present = ts.filter(t => t !== null);
  if (violation === undefined || present.length === 0) return [...ts];
  const passed = bind(throwViolationP, [violation, ...present], noParams);
  let next = 0;
  return ts.map(t => t === null ? null : at(passed, next++));
}
/** No violation. */
export const noViolation = (width: number): AnyTensor => literal(0, { shape: [width], dtype: 'i32' });
