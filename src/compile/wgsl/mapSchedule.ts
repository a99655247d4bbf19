// How maps may be spread over invocations: every candidate for a kernel, with what it needs, and the one that is taken unless somebody measures.
// Floor 5: decided from extents and lengths alone.

/** One element an invocation: as many as share a word, where results are narrower than one. */
export interface Elements { readonly kind: 'elements'; readonly turns: number }
/** Four neighbours an invocation, which are loaded and stored at once. */
export interface Fours { readonly kind: 'fours'; readonly turns: number }
/** Squares of a value whose neighbours lie across memory, brought to workgroup memory along it; `by`: how many neighbours are taken at once. */
export interface Tiles { readonly kind: 'tiles'; readonly by: 1 | 4 }
/** `turns`: how many times an invocation goes on, by as many elements as there are invocations. */
export type MapSchedule = Elements | Fours | Tiles;
export function mapScheduleName(s: MapSchedule): string {
  switch (s.kind) {
    case 'elements': case 'fours': return s.turns === 1 ? s.kind : `${s.kind}, ${s.turns} turns`;
    case 'tiles': return s.by === 1 ? 'tiles' : 'tiles by fours';
    default: return s satisfies never;
  }
}

/** What a schedule depends on. */
export interface MapShape {
  readonly count: number;
  /** Statements for one element. */
  readonly statements: number;
  /** Whether neighbours can be taken by fours. */
  readonly fours: boolean;
  /** Whether results are elements that share a word, and whole words are written. */
  readonly words: boolean;
  /** The extents of the squares that a value is read across, and how it may be read; null where none is. */
  readonly across: { readonly rows: number; readonly columns: number; readonly by: readonly (1 | 4)[] } | null;
}
/** Statements of an invocation: a driver compiles them in little time, and where there are more, memory is not what is waited for. */
const mostStatements = 384;
/** Turns of an invocation, where it takes several. */
const severalTurns = 4;
/** Invocations that keep a large device busy with several turns each. */
const enough = 2 ** 20;

/** All that can run a kernel. */
export function mapSchedulesOf({ count, statements, fours, words, across }: MapShape): readonly MapSchedule[] {
  const kinds = ['elements', ...fours && 4 * statements <= mostStatements ? ['fours' as const] : []] as const;
  const out: MapSchedule[] = kinds.flatMap(kind => [1, severalTurns].filter(turns => turns === 1 || (count >= 4 * turns && !(words && kind === 'elements'))).map(turns => ({ kind, turns })));
  for (const by of across?.by ?? []) if (4 * statements <= mostStatements) out.push({ kind: 'tiles', by });
  return out;
}
/** A square that is mostly empty gains nothing. */
const leastSide = 16;
const leastTiles = 4096;

/** The schedule by default. */
export function defaultMapSchedule({ count, across }: MapShape, candidates: readonly MapSchedule[]): MapSchedule {
  const best = <K extends MapSchedule['kind']>(kind: K): MapSchedule | undefined => {
    const found = candidates.filter(c => c.kind === kind);
    return (kind === 'tiles' ? found.at(-1) : count >= enough * (kind === 'fours' ? 4 : 1) * severalTurns ? found.at(-1) : found[0]);
  };
  const tiles = across !== null && count >= leastTiles && Math.min(across.rows, across.columns) >= leastSide ? best('tiles') : undefined;
  return tiles ?? best('fours') ?? best('elements') ?? { kind: 'elements', turns: 1 };
}
/** On a processor barriers cost more than neighbours in memory save. */
export function softwareMapSchedule(_: MapShape, candidates: readonly MapSchedule[]): MapSchedule {
  return candidates.find(c => c.kind === 'elements' && c.turns === 1) ?? { kind: 'elements', turns: 1 };
}
