// Which loops of an update may run side by side: those whose turns never meet at one place, whatever the computed indices are. So updates
// need no atomics, and happen in the order in which the language says that they do.
// Floor 5: decided from the places alone.
import { range, whole, type Atom, type Form, type Guard, type Loop } from '../index-map.ts';
import { bitsOfLoops, type Store } from '../kernel.ts';

/** What a term of a place adds, at most `span` more at one turn than at another. */
interface Digit { readonly atom: Atom; readonly weight: number; readonly span: number; readonly free: boolean }

/**
 * The loops that must keep their order. A place is a sum of digits: what loops add, and what computed indices add. Where each digit weighs
 * more than all smaller ones together two equal places have equal digits, and so the same turn of every loop that is a digit of its own.
 */
export function serialLoops(loops: readonly Loop[], stores: readonly Store[]): readonly Loop[] {
  let serial: readonly Loop[] = loops.filter(l => stores.some(t => t.at.terms.every(x => x.atom !== l)));
  for (;;) {
    const meeting = stores.flatMap(t => meetingLoops(t.at, t.update?.guards ?? [], serial));
    const more = loops.filter(l => !serial.includes(l) && meeting.includes(l));
    if (more.length === 0) return loops.filter(l => serial.includes(l));
    serial = [...serial, ...more];
  }
}
const bitsOf = (a: Atom): number => a.kind === 'loop' ? a.bit : a.bits;
/** What guards leave of the values of an atom. */
function valuesOf(a: Atom, guards: readonly Guard[]): readonly [lo: number, hi: number] {
  let [lo, hi] = range({ id: -1, c: 0, terms: [{ atom: a, coefficient: 1 }], bits: 0, nodes: [] }, whole);
  for (const { index, lo: from, hi: to } of guards) {
    const [only] = index.terms;
    if (only === undefined || index.terms.length !== 1 || only.atom !== a || only.coefficient !== 1) continue;
    lo = Math.max(lo, from - index.c);
    hi = Math.min(hi, to - 1 - index.c);
  }
  return [lo, hi];
}
/** Loops among the digits of a place that other digits reach, or that stand in a computed index, a quotient or a remainder. */
function meetingLoops(f: Form, guards: readonly Guard[], serial: readonly Loop[]): readonly Loop[] {
  // What varies with no loop is the same at each turn.
  const digits = f.terms.filter(t => bitsOf(t.atom) !== 0).map(({ atom, coefficient }): Digit => {
    const [lo, hi] = valuesOf(atom, guards);
    return { atom, weight: Math.abs(coefficient), span: Math.abs(coefficient) * Math.max(0, hi - lo), free: atom.kind === 'loop' && !serial.includes(atom) };
  }).sort((a, b) => a.weight - b.weight || a.span - b.span);
  const hidden = digits.reduce((bits, d) => d.atom.kind === 'loop' ? bits : bits | d.atom.bits, 0) & ~bitsOfLoops(serial);
  const found: Loop[] = [];
  let below = 0;
  digits.forEach((d, i) => {
    if (d.weight <= below) for (const e of digits.slice(0, i + 1)) if (e.free && e.atom.kind === 'loop') found.push(e.atom);
    if (d.atom.kind === 'loop' && (d.atom.bit & hidden) !== 0) found.push(d.atom);
    below += d.span;
  });
  return found;
}
