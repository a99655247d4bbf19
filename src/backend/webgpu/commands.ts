// What a program asks of the device: kernels in order, bodies repeated, one body of several, bodies repeated as long as a test says so, values
// for the host to look at.
// Floor 6: data only.
import type { Place, Shader } from '../../compile/wgsl/shader.ts';
import type { Aval } from '../../ir/aval.ts';
import type { Origin } from '../../ir/primitive.ts';
import { bytesOf } from './places.ts';
import type { Shown } from './shown.ts';

/** `slot`: where in the buffer of counts the device finds how many workgroups it has; null where the number is known. */
export interface Dispatch { readonly kind: 'dispatch'; readonly name: string; readonly shader: Shader; readonly slot: number | null }
/** `even` and `odd` turns differ in which of two buffers of a carry is read and which is written. */
export interface Repeat { readonly kind: 'repeat'; readonly turns: number; readonly even: readonly Command[]; readonly odd: readonly Command[] }
/**
 * `decide` writes the counts of the kernels of all bodies: zero for those that are not chosen. Inside another body it runs in any case, as
 * `gated`, since the device cannot read the counts that a kernel writes: where the count in its own slot is zero, it chooses none.
 */
export interface Choose { readonly kind: 'choose'; readonly decide: Dispatch; readonly gated: Dispatch; readonly gate: number; readonly bodies: readonly (readonly Command[])[] }
/** The same where a body waits for the host: `index` is read, and its body alone is given to the device. */
export interface HostChoose { readonly kind: 'hostChoose'; readonly index: Place; readonly bodies: readonly (readonly Command[])[] }
export interface Turn { readonly test: readonly Command[]; readonly decide: Dispatch; readonly body: readonly Command[] }
/**
 * Several turns are given to the device at a time, each under the condition that the test still holds; then the host reads whether it
 * does (`alive`), and how many turns were taken (`taken`). `waits`: a body waits for the host itself, so `answer` is read at each turn.
 */
export interface While {
  readonly kind: 'while'; readonly even: Turn; readonly odd: Turn; readonly waits: boolean;
  readonly answer: Place; readonly alive: Place; readonly taken: Place;
  /** What follows an even number of turns, and an odd one. */
  readonly afterEven: readonly Command[]; readonly afterOdd: readonly Command[];
}
/** Values are copied for the host, which looks at them after the submit, in the order of the program, where all gates were open. */
export interface Show { readonly kind: 'show'; readonly name: string; readonly shown: Shown; readonly origin: Origin; readonly values: readonly ShownValue[]; readonly gates: readonly Gate[] }
export interface ShownValue { readonly aval: Aval; /** A literal has no place. */ readonly at: Place | { readonly value: number } }
/** A word that is not 0 where the gate is open: the count of a slot, which its branch has or not; whether a loop went on. */
export type Gate = { readonly slot: number } | { readonly word: Place };
export type Command = Dispatch | Repeat | Choose | HostChoose | While | Show;

/** The lists of commands inside a command. */
export function listsOf(c: Command): readonly (readonly Command[])[] {
  switch (c.kind) {
    case 'dispatch': case 'show': return [];
    case 'repeat': return c.odd === c.even ? [c.even] : [c.even, c.odd];
    case 'choose': return [[c.decide], ...c.bodies];
    case 'hostChoose': return c.bodies;
    case 'while': return [...[c.even, ...c.odd === c.even ? [] : [c.odd]].flatMap(t => [t.test, [t.decide], t.body]), c.afterEven, c.afterOdd];
    default: return c satisfies never;
  }
}
export const dispatchesOf = (commands: readonly Command[]): readonly Dispatch[] => commands.flatMap(c => c.kind === 'dispatch' ? [c] : listsOf(c).flatMap(dispatchesOf));
/** Whether the host must read a value before it knows what follows. */
export const waitsForHost = (commands: readonly Command[]): boolean => commands.some(c => c.kind === 'while' || c.kind === 'hostChoose' || listsOf(c).some(waitsForHost));

/** Bytes of a copy for the host: its gates, then its values. */
export const bytesShown = ({ values, gates }: Show): number => 4 * gates.length + values.reduce((n, v) => n + ('value' in v.at ? 0 : bytesOf(v.aval)), 0);
const shown = new WeakMap<Command, number>();
/** Bytes that a command shows to the host in all; of a loop whose end nobody knows, infinitely many. */
export function bytesShownBy(c: Command): number {
  let bytes = shown.get(c);
  if (bytes === undefined) {
    const inside = (lists: readonly (readonly Command[])[]): number => lists.reduce((n, list) => n + list.reduce((m, x) => m + bytesShownBy(x), 0), 0);
    switch (c.kind) {
      // A show of literals alone is one, too.
      case 'show': bytes = Math.max(1, bytesShown(c)); break;
      case 'repeat': bytes = c.turns * inside([c.even]); break;
      case 'while': bytes = inside(listsOf(c)) === 0 ? 0 : Infinity; break;
      case 'dispatch': case 'choose': case 'hostChoose': bytes = inside(listsOf(c)); break;
      default: return c satisfies never;
    }
    shown.set(c, bytes);
  }
  return bytes;
}
/** Commands whose values the host looks at only where one more gate is open, too. */
export function gated(commands: readonly Command[], gate: Gate): readonly Command[] {
  return commands.map((c): Command => {
    if (bytesShownBy(c) === 0) return c;
    switch (c.kind) {
      case 'show': return { ...c, gates: [...c.gates, gate] };
      case 'repeat': { const even = gated(c.even, gate); return { ...c, even, odd: c.odd === c.even ? even : gated(c.odd, gate) }; }
      case 'choose': return { ...c, bodies: c.bodies.map(b => gated(b, gate)) };
      // The host decides alone: nothing around it may be decided by the device.
      case 'dispatch': case 'hostChoose': case 'while': return c;
      default: return c satisfies never;
    }
  });
}

/** The commands of a body that may not be chosen: its kernels, what it shows, and the decisions inside, as `kernel`, `show` and `decision` make them. */
export function mapBody(commands: readonly Command[], kernel: (d: Dispatch) => Dispatch, show: (s: Show) => Show, decision: (c: Choose) => Choose): readonly Command[] {
  const list = (cs: readonly Command[]): readonly Command[] => mapBody(cs, kernel, show, decision);
  return commands.map((c): Command => {
    switch (c.kind) {
      case 'dispatch': return kernel(c);
      case 'show': return show(c);
      case 'repeat': { const even = list(c.even); return { ...c, even, odd: c.odd === c.even ? even : list(c.odd) }; }
      case 'choose': return decision(c);
      // The host decides alone: nothing around it may be decided by the device.
      case 'hostChoose': case 'while': return c;
      default: return c satisfies never;
    }
  });
}
