// What a program asks of the device: kernels in order, bodies repeated, one body of several, bodies repeated as long as a test says so.
// Floor 6: data only.
import type { Place, Shader } from '../../compile/wgsl/shader.ts';

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
export type Command = Dispatch | Repeat | Choose | HostChoose | While;

/** The lists of commands inside a command. */
export function listsOf(c: Command): readonly (readonly Command[])[] {
  switch (c.kind) {
    case 'dispatch': return [];
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

/** The commands of a body that may not be chosen: its kernels, and the decisions inside, as `kernel` and `decision` make them. */
export function mapBody(commands: readonly Command[], kernel: (d: Dispatch) => Dispatch, decision: (c: Choose) => Choose): readonly Command[] {
  const list = (cs: readonly Command[]): readonly Command[] => mapBody(cs, kernel, decision);
  return commands.map((c): Command => {
    switch (c.kind) {
      case 'dispatch': return kernel(c);
      case 'repeat': { const even = list(c.even); return { ...c, even, odd: c.odd === c.even ? even : list(c.odd) }; }
      case 'choose': return decision(c);
      // The host decides alone: nothing around it may be decided by the device.
      case 'hostChoose': case 'while': return c;
      default: return c satisfies never;
    }
  });
}
