// What the host looks at, for programs that run in another thread: callbacks cannot go there. The program that goes has a stand-in that sends back
// what it is shown; here, in the order of the program, the callbacks look at it.
import { originAt, placeOf, withLine, withPlaces } from '../../../src/ir/origins.ts';
import { bodiesOf, mapBodies, type Jaxpr } from '../../../src/ir/jaxpr.ts';
import type { NDArray, Primitive } from '../../../src/ir/primitive.ts';
import { shownBy, withShows, withWatches } from '../../../src/backend/webgpu/shown.ts';
import { optimise } from '../../../src/pass/passes.ts';
import { optimizationBarrierP } from '../../../src/primitive/barrier.ts';
import { tapRecord } from '../../../src/primitive/tap.ts';

/** What a stand-in was shown. */
export interface Sight { readonly id: number; readonly values: readonly NDArray[]; readonly turns: readonly number[] }
export interface Looks { readonly program: Jaxpr; /** Throws what looking throws, with the line that `lines` knows. */ look(sight: Sight, lines: Jaxpr): void }

const name = 'look';
const blank = tapRecord(name, () => undefined);
/** The record that stands in for what looks: its parameter says for which. `seen` is told. */
export const standIn = (seen: (sight: Sight) => void): Primitive => ({
  ...blank, type: () => [],
  lowering: { kind: 'host', looks: { passes: 0, look: (values, { id }, turns) => { seen({ id: Number(id), values: values.map(v => ({ ...v, data: v.data.slice() })), turns }); } } },
});
const stand = standIn(() => undefined);

/** A program whose looks are stand-ins. */
export function withStandIns(source: Jaxpr): Looks {
  const looking: ((sight: Sight, lines: Jaxpr) => void)[] = [];
  // Of a watch only the first fault counts: looking throws, and nobody looks any more.
  const replaced = (j: Jaxpr): Jaxpr => ({
    ...j, eqns: j.eqns.map(e => {
      const shown = shownBy(e);
      if (shown !== null) {
        const id = looking.push(({ values, turns }, lines) => {
          try { shown.look(values, turns); } catch (error) { throw withLine(error, () => originAt(lines, placeOf(e.origin))); }
        }) - 1;
        return { ...e, primitive: stand, params: { id } };
      }
      // Records of this backend alone stand for the same values.
      const primitive = e.primitive.lowering.kind === 'identity' ? optimizationBarrierP : e.primitive;
      return bodiesOf(e.params).length === 0 ? { ...e, primitive } : { ...e, params: mapBodies(e.params, replaced) };
    }),
  });
  const program = replaced(withShows(optimise(withWatches(withPlaces(source)))));
  return { program, look: (sight, lines) => { looking[sight.id]?.(sight, lines); } };
}
