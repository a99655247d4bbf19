// What a turn of the vector loop writes: results, elements that go to places of their own, rows that a later stage reads.
// Floor 5.
import { strideOf, type Loop } from '../index-map.ts';
import type { Stage, Store } from '../kernel.ts';
import { shifted, type Context } from './context.ts';
import { settled } from './convert.ts';
import type { Value } from './lanes.ts';
import { elementBytes, laneBytes, loadFour, loadLanes, loadSplat, store, storeRaw } from './memory.ts';
import { Type } from './module.ts';
import { combine } from './monoid.ts';
import type { Values } from './values.ts';
import { laneFirst } from './wide.ts';

/** The stores of a stage, and what it keeps for later ones. */
export function storeStage(values: Values, x: Context, v: Loop | null, s: Stage): void {
  const stored = s.stores.map(t => values.emit(t.value, x, v, s));
  s.stores.forEach((t, i) => {
    if (t.update === undefined) storeOne(values, x, v, t, stored[i] ?? 0);
    else storeUpdate(values, x, v, s, t, t.update, stored[i] ?? 0);
  });
  if (v === null) return;
  for (const n of s.keep) {
    const { dtype } = values.node(n);
    storeRaw(values.lanes, values.emit(n, x, v, s), () => (values.keptAt.get(n) ?? 0) + values.addresses.address(x, v, values.scratch, laneBytes(dtype)));
  }
}
function storeOne(values: Values, x: Context, v: Loop | null, t: Store, value: Value): void {
  const { dtype } = t.to.aval;
  const bytes = elementBytes(dtype);
  if (v === null || (t.at.bits & v.bit) === 0) {
    store(values.lanes, dtype, 1, value, () => { values.addresses.index(t.at, x, null, bytes); values.lanes.f.get(values.addresses.pointerOf(t.to)).bytes(0x6a); return 0; });
    return;
  }
  const pointer = values.addresses.pointer(values.addresses.pointerKey(t.to, t.at, x, v), x, v, t.to, t.at);
  store(values.lanes, dtype, x.lanes, value, () => values.addresses.address(x, v, pointer, bytes));
}

/** Elements that go to places of their own: whole vectors where these are neighbours, else one after the other, in order. */
function storeUpdate(values: Values, x: Context, v: Loop | null, s: Stage, t: Store, update: NonNullable<Store['update']>, value: Value): void {
  const { f } = values.lanes;
  const l = values.lanes;
  const { dtype } = t.to.aval;
  const bytes = elementBytes(dtype);
  const { guards, combine: monoid } = update;
  values.ready([t.at, ...guards.map(g => g.index)], x, v, s);
  const combined = (old: Value, y: Value): Value => {
    if (monoid === null) return y;
    const both = combine(l, monoid, dtype, old, y);
    // Half precision is rounded when all updates are there.
    return dtype === 'f16' ? both : settled(l, dtype, both);
  };
  const where = (y: Context, write: () => void): void => {
    if (guards.length === 0) { write(); return; }
    values.addresses.holds(guards, y);
    f.if(write);
  };
  if (v !== null && strideOf(t.at, v) === 1 && guards.every(g => (g.index.bits & v.bit) === 0)) {
    const pointer = values.addresses.pointer(values.addresses.pointerKey(t.to, t.at, x, v), x, v, t.to, t.at);
    const push = (): number => values.addresses.address(x, v, pointer, bytes);
    where(x, () => {
      if (monoid === null) { store(l, dtype, x.lanes, value, push); return; }
      const old = x.lanes === 4 ? loadFour(l, dtype, push) : loadLanes(l, dtype, x.lanes, lane => push() + lane * bytes);
      store(l, dtype, x.lanes, combined(old, value), push);
    });
    return;
  }
  for (let lane = 0; lane < (v === null ? 1 : x.lanes); lane++) {
    const y = shifted(x, v, lane);
    where(y, () => {
      values.addresses.index(t.at, y, null, bytes);
      const address = f.get(values.addresses.pointerOf(t.to)).bytes(0x6a).into(Type.i32);
      const push = (): number => { f.get(address); return 0; };
      const own = laneFirst(l, value, lane);
      store(l, dtype, 1, monoid === null ? own : combined(loadSplat(l, dtype, push), own), push);
    });
  }
}
