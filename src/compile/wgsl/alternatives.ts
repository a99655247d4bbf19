// What there is to choose between, by name: the ways to run a map, or rows, with the class of kernels that one measurement speaks for.
// Floor 5: knows shapes and schedules; who chooses, and by what, others know.
import { defaultMapSchedule, mapScheduleName, type MapSchedule, type MapShape } from './mapSchedule.ts';
import { defaultSchedule, scheduleName, type RowShape, type Schedule } from './schedule.ts';

/** Something that is known by its name, which says all of its parameters. */
export interface Named { readonly name: string }
/** Ways to do one thing. */
export interface Alternatives<C extends Named> {
  readonly template: string;
  /** What is measured for one of a class holds for all of it. */
  readonly shapeClass: string;
  readonly candidates: readonly C[];
  /** The one that is taken where nothing was measured; null where none of them is. */
  readonly preferred: C | null;
}
/** The next power of two. */
export const rounded = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));
const classOf = (...parts: readonly (string | number | null)[]): string => parts.filter(p => p !== null).join(' ');

export interface NamedMap extends Named { readonly schedule: MapSchedule }
export function mapAlternatives(shape: MapShape, candidates: readonly MapSchedule[]): Alternatives<NamedMap> & { readonly preferred: NamedMap } {
  const { count, statements, fours, words, across } = shape;
  const named = (schedule: MapSchedule): NamedMap => ({ name: mapScheduleName(schedule), schedule });
  return {
    template: 'map',
    shapeClass: classOf(rounded(count), `of ${rounded(statements)}`, fours ? 'fours' : null, words ? 'words' : null, across === null ? null : `across ${rounded(across.rows)}x${rounded(across.columns)} by ${across.by.join('/')}`),
    candidates: candidates.map(named), preferred: named(defaultMapSchedule(shape, candidates)),
  };
}

/** Elements of a row that one invocation is worth trying on. */
const mostAlone = 2 ** 14;
export interface NamedRows extends Named { readonly schedule: Schedule }
export function rowAlternatives(shape: RowShape, candidates: readonly Schedule[]): Alternatives<NamedRows> & { readonly preferred: NamedRows } {
  const { rows, longest, along, again, statements, fours, held, online } = shape;
  const named = (schedule: Schedule): NamedRows => ({ name: scheduleName(schedule), schedule });
  const preferred = named(defaultSchedule(shape, candidates));
  return {
    template: 'rows',
    shapeClass: classOf(`${rounded(rows)}x${rounded(longest)}`, along ? 'along' : 'across', `of ${rounded(statements)}`, again ? 'again' : null, fours ? 'fours' : null, held === null ? null : `held ${held}`, online ? 'online' : null),
    candidates: candidates.map(named).filter(c => c.schedule.kind !== 'serial' || longest <= mostAlone || c.name === preferred.name), preferred,
  };
}
