// Loop IR to WGSL. A map runs one invocation an element; rows are walked as their schedule says; updates keep the order of the language.
// Floor 5: emits the shaders of one kernel, in the order in which they run.
import { sizeOf } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { IndexSpace } from '../index-map.ts';
import { bitsOfLoops, operandsOf, type Kernel, type Stage } from '../kernel.ts';
import { Code } from './code.ts';
import { mapKernel, mapShader } from './map.ts';
import { mapSchedulesOf, type MapSchedule } from './mapSchedule.ts';
import { rowAccess, rowShaders, type Scratch } from './reduce.ts';
import { Rows, serialWalk } from './rows.ts';
import { plainScheduling, rowShape, schedulesOf, type Schedule, type Scheduling } from './schedule.ts';
import { Bindings, groupSize, invocationGroups, openInvocations, shaderText, type Placement, type Shader } from './shader.ts';
import { serialLoops } from './update.ts';
import { Scope, turnsOf, Values } from './values.ts';

/** What a kernel is emitted for. */
export interface Site {
  readonly placement: Placement;
  /** A part of the arena that is bound as one, for kernels of many values. */
  readonly span?: { readonly offset: number; readonly bytes: number };
  /** Memory between the shaders of the kernel; without it there is one shader. */
  readonly scratch?: Scratch;
  readonly scheduling?: Scheduling;
}
export interface Emitted { readonly schedule: Schedule | MapSchedule | null; readonly shaders: readonly Shader[] }

export function emitKernel(kernel: Kernel, site: Site): Emitted {
  // Rows are walked already.
  const stages = kernel.stages.map(s => ({ ...s, loops: s.loops.filter(l => !kernel.rows.includes(l)) }));
  const bindings = (): Bindings => new Bindings(site.placement, site.span ?? null);
  if (stages.some(s => s.stores.some(t => t.update !== undefined))) return { schedule: null, shaders: [updates(kernel, stages, bindings())] };
  const { choose, chooseMap, subgroups, workgroupBytes } = site.scheduling ?? plainScheduling;
  if (kernel.kind === 'map') {
    const map = mapKernel(kernel, stages, bindings(), site.span === undefined ? site.placement : null);
    const schedule = chooseMap(map.shape, mapSchedulesOf(map.shape), kernel);
    return { schedule, shaders: [mapShader(map, schedule)] };
  }
  const { quads, held, online } = rowAccess(kernel, stages, site.span === undefined ? site.placement : null);
  const shape = rowShape(kernel, stages, { fours: quads !== null, held: held === null ? null : 4 * held.slots.length, online: online !== null, workgroupBytes, subgroups });
  const { scratch } = site;
  const schedule = choose(shape, schedulesOf(shape).filter(s => s.kind !== 'split' || scratch !== undefined), kernel);
  const noScratch = (): never => { throw new TypeError('a split needs scratch memory'); };
  return { schedule, shaders: rowShaders({ kernel, stages, bindings, scratch: scratch ?? noScratch, quads, held, online }, schedule) };
}

/** Updates: loops whose turns may meet at one place run in their order inside an invocation, the others side by side. */
function updates(kernel: Kernel, stages: readonly Stage[], bindings: Bindings): Shader {
  const c = new Code();
  const values = new Values(kernel, c, bindings);
  const rows = new Rows(values);
  const stores = stages.flatMap(s => s.stores);
  // What is folded is folded within an invocation, and so are the loops that are walked beside it.
  const folds = stages.some(s => s.accumulators.length > 0);
  const inner = stages.flatMap(s => s.loops);
  const meeting = serialLoops([...kernel.rows, ...inner], stores);
  const serial = folds ? kernel.rows.filter(l => meeting.includes(l)) : meeting;
  const free = [...kernel.rows, ...folds ? [] : inner].filter(l => !serial.includes(l));
  const count = turnsOf(free);
  openInvocations(c, count);
  const scope = new Scope(null);
  values.counters(free, 'flat', scope);
  if (!folds) values.hoist(stores.flatMap(operandsOf), bitsOfLoops(serial), scope);
  const nest = (k: number, around: Scope): void => {
    const l = serial[k];
    if (l === undefined) {
      if (folds) for (const s of stages) rows.stage(s, around, serialWalk); else values.stores(stores, around);
      return;
    }
    const i = c.fresh('i');
    c.block(`for (var ${i} = 0i; ${i} < ${l.extent}i; ${i}++)`, () => {
      const inside = new Scope(around);
      inside.setCounter(l, i);
      nest(k + 1, inside);
    });
  };
  nest(0, new Scope(scope));
  return { code: shaderText(bindings, groupSize, c, rows.shared.list), bindings: bindings.list, groups: invocationGroups(count) };
}

/** Writes one value over another of its size. */
export function copyKernel(to: Var, from: Var): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(to.aval.shape));
  const at = space.at(loop);
  return {
    kind: 'map', rows: [loop], reads: [from], writes: [to],
    nodes: [{ kind: 'load', from, at, guards: [], dtype: to.aval.dtype, bits: loop.bit, cost: 1, level: 0 }],
    stages: [{ loops: [], accumulators: [], stores: [{ to, at, value: 0 }], keep: [], reuse: [] }],
  };
}
