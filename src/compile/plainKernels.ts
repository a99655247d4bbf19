// Kernels that no equation asks for: a literal that must stand in memory, sums of half precision that are rounded when they are complete, a
// value in another dtype. Floor 5.
import { sizeOf } from '../ir/aval.ts';
import type { Var } from '../ir/jaxpr.ts';
import { IndexSpace } from './index-map.ts';
import type { Kernel } from './kernel.ts';

/** Whether a kernel combines its updates with what is there. */
export const combines = (k: Kernel): boolean => k.stages.some(s => s.stores.some(t => t.update !== undefined && t.update.combine !== null));
/** Rounds sums of half precision that are complete. */
export function roundingKernel(v: Var): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(v.aval.shape));
  const at = space.at(loop);
  const common = { bits: loop.bit, cost: 1, level: 0 };
  return {
    kind: 'map', rows: [loop], reads: [], writes: [v],
    nodes: [{ kind: 'load', from: v, at, guards: [], dtype: 'f32', ...common }, { kind: 'op', op: 'convert', args: [0], from: 'f32', params: {}, dtype: 'f16', ...common }],
    stages: [{ loops: [loop], accumulators: [], stores: [{ to: v, at, value: 1 }], keep: [], reuse: [] }],
  };
}
/** Writes a value in another dtype. */
export function convertKernel(to: Var, from: Var): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(to.aval.shape));
  const at = space.at(loop);
  const common = { bits: loop.bit, cost: 1, level: 0 };
  return {
    kind: 'map', rows: [loop], reads: [from], writes: [to],
    nodes: [{ kind: 'load', from, at, guards: [], dtype: from.aval.dtype, ...common }, { kind: 'op', op: 'convert', args: [0], from: from.aval.dtype, params: {}, dtype: to.aval.dtype, ...common }],
    stages: [{ loops: [], accumulators: [], stores: [{ to, at, value: 1 }], keep: [], reuse: [] }],
  };
}
/** A kernel that writes another variable instead. */
export const storedTo = (k: Kernel, to: Var, other: Var): Kernel => ({
  ...k,
  writes: k.writes.map(v => v === to ? other : v),
  stages: k.stages.map(s => ({ ...s, stores: s.stores.map(t => t.to === to ? { ...t, to: other } : t) })),
});
/** Writes a literal to every element of its variable. */
export function splatKernel(v: Var, value: number): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(v.aval.shape));
  return {
    kind: 'map', rows: [loop], reads: [], writes: [v],
    nodes: [{ kind: 'constant', value, dtype: v.aval.dtype, bits: 0, cost: 0, level: 0 }],
    stages: [{ loops: [loop], accumulators: [], stores: [{ to: v, at: space.at(loop), value: 0 }], keep: [], reuse: [] }],
  };
}
