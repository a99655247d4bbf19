// The greatest of a row, and sums of exponentials over it, in one pass: what was summed under a smaller greatest value is scaled down to the next.
// Milakov and Gimelshein, Online normalizer calculation for softmax (2018). The shift is the greatest value, or constant where that is infinite or
// NaN, so a row of -inf sums to what it does in two passes, and so do rows with infinities and NaN. Floor 5.
import { bitsOfLoops, operandsOf } from '../kernel.ts';
import type { Term } from './code.ts';
import { foldLanes } from './fold.ts';
import type { Online } from './hold.ts';
import type { Rows, Walk } from './rows.ts';
import { emitScalar } from './scalar.ts';
import { Scope } from './values.ts';

export function onlineStage(rows: Rows, { first, second, greatest, shift }: Online, rowScope: Scope, w: Walk): void {
  const { values, shared } = rows;
  const c = values.code;
  values.hoist([...first.accumulators.map(a => a.value), ...first.stores.flatMap(operandsOf)], bitsOfLoops(first.loops), rowScope);
  const accumulators = [...first.accumulators, ...second.accumulators];
  const sumsOf = (all: readonly Term[]): readonly Term[] => all.slice(first.accumulators.length);
  const greatestOf = (all: readonly Term[]): Term => c.let('f32', all[first.accumulators.indexOf(greatest)]?.code ?? '');
  /** What is subtracted where this is the greatest value. */
  const shiftAt = (most: Term): Term => {
    const scope = new Scope(rowScope);
    for (const i of rows.nodesOf(greatest)) scope.set(i, most);
    return values.value(shift, scope);
  };
  const scale = (from: Term, to: Term): Term => emitScalar(c, { op: 'exp', args: [c.sub(from, to)], from: 'f32', to: 'f32', params: {} });
  // Nothing stays nothing, whatever the scale.
  const scaled = (sum: Term, by: Term): Term => c.let('f32', `select(${sum.code} * ${by.code}, 0.0f, ${sum.code} == 0.0f)`);
  const rescale = (sums: readonly Term[], by: Term): void => { for (const s of sums) c.line(`${s.code} = ${scaled(s, by).code};`); };

  const totals = accumulators.map(a => rows.begin(a));
  rows.inSteps(accumulators, first.loops, w, totals, (number, into) => {
    const step = rows.step(first, number, rowScope, w.by);
    const before = greatestOf(into);
    for (const part of step.parts) first.accumulators.forEach((a, k) => { const x = into[k]; if (x !== undefined) rows.fold(a, x, values.value(a.value, part)); });
    const after = greatestOf(into);
    const shifted = shiftAt(after);
    rescale(sumsOf(into), scale(shiftAt(before), shifted));
    for (const part of step.parts) {
      const scope = new Scope(part);
      scope.set(shift, shifted);
      second.accumulators.forEach((a, k) => { const x = sumsOf(into)[k]; if (x !== undefined) rows.fold(a, x, values.value(a.value, scope)); });
    }
    if (step.parts.length === 1) values.stores(first.stores, step.around, w.exists); else values.storesOfFour(first.stores, step.around, step.parts, w.exists);
  }, (into, parts) => {
    const [before, inPart] = [greatestOf(into), greatestOf(parts)];
    first.accumulators.forEach((a, k) => { const [x, y] = [into[k], parts[k]]; if (x !== undefined && y !== undefined) rows.fold(a, x, y); });
    const shifted = shiftAt(greatestOf(into));
    rescale(sumsOf(into), scale(shiftAt(before), shifted));
    const by = scale(shiftAt(inPart), shifted);
    sumsOf(into).forEach((x, k) => { const y = sumsOf(parts)[k]; const a = second.accumulators[k]; if (y !== undefined && a !== undefined) rows.fold(a, x, scaled(y, by)); });
  });
  const own = greatestOf(totals);
  accumulators.forEach((a, k) => {
    const total = totals[k];
    if (total === undefined) return;
    if (k === first.accumulators.length) rescale(sumsOf(totals), scale(shiftAt(own), values.value(shift, rowScope)));
    foldLanes(c, shared, a, total, w.group);
    rows.finish(a, total, rowScope);
  });
}
