// Measured choices between kernels, as data: what a backend was told, or has found out, about its device. Floor 1: knows no kernel.
import { CotangentError } from '../error.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';

/**
 * Which kernel is fastest for which class of equations on which device, by measurement: plain data, to be kept as JSON. A choice that names a
 * kernel that does not exist, or a device that is not there, does nothing.
 */
export interface Tuning { readonly version: 1; readonly choices: readonly TunedChoice[] }
export interface TunedChoice {
  /** Adapter, driver and features. */
  readonly device: string;
  readonly template: string;
  readonly shapeClass: string;
  readonly candidate: string;
  /** What it took. */
  readonly microseconds: number;
}
/** What a backend with measured choices offers. */
export interface Tunable {
  readonly tuning: Tuning;
  /** Choices that hold from now on; programs that were compiled by others are compiled anew. */
  useTuning(tuning: Tuning): void;
  /** Measures what a program needs and no choice tells. */
  tune(jaxpr: Jaxpr): Promise<void>;
}

const fields = ['device', 'template', 'shapeClass', 'candidate'] as const;
function isChoice(x: unknown): x is TunedChoice {
  if (typeof x !== 'object' || x === null) return false;
  const entry = new Map<string, unknown>(Object.entries(x));
  const time = entry.get('microseconds');
  return fields.every(f => typeof entry.get(f) === 'string') && typeof time === 'number' && Number.isFinite(time) && time >= 0;
}
/** Data from outside as choices. Throws `options` and says which entry is none. */
export function decodeTuning(x: unknown): Tuning {
  const wrong = (why: string): never => { throw new CotangentError('options', `tuning: ${why}; give what tuning() returned`); };
  if (typeof x !== 'object' || x === null || !('version' in x) || !('choices' in x)) return wrong('no version and choices');
  if (x.version !== 1) return wrong(`version ${String(x.version)} is unknown`);
  if (!Array.isArray(x.choices)) return wrong('choices are no array');
  const choices = x.choices.map((c: unknown, i) => isChoice(c) ? { device: c.device, template: c.template, shapeClass: c.shapeClass, candidate: c.candidate, microseconds: c.microseconds } : wrong(`choice ${i} lacks ${fields.join(', ')} or microseconds`));
  return { version: 1, choices };
}
