// Loop IR to WebAssembly. One code path: every value is four lanes; what does not vary along the vector loop is a splat; tails run the
// same code on fewer lanes. So neither tails, nor splats, nor segments, nor unrolling can change a bit.
// Floor 5: emits one function for one kernel. Its parameters: a pointer for each operand and result, then scratch memory, then constants.
import type { Var } from '../../ir/jaxpr.ts';
import { whole } from '../index-map.ts';
import type { Kernel } from '../kernel.ts';
import { Addresses } from './addresses.ts';
import type { Context } from './context.ts';
import { Lanes, type Rung } from './lanes.ts';
import { Loops } from './loops.ts';
import { MapKernel } from './mapKernel.ts';
import { FunctionBuilder } from './module.ts';
import { ReductionKernel } from './reductionKernel.ts';
import { Values } from './values.ts';

export interface EmittedKernel {
  readonly f: FunctionBuilder;
  /** What the pointer parameters stand for, in order. */
  readonly arguments: readonly Var[];
  readonly scratchBytes: number;
  /** Words of the constant pool. */
  readonly pool: readonly number[];
}

/** The function of one kernel. `hostMath`: the imported function that computes what has no instructions. */
export function emitKernel(k: Kernel, rung: Rung, hostMath: number): EmittedKernel {
  const operands = [...new Set([...k.reads, ...k.writes])];
  const f = new FunctionBuilder(operands.length + 2);
  const lanes = new Lanes(f, rung, operands.length + 1);
  const values = new Values(k, lanes, new Addresses(f, operands), operands.length, hostMath);
  const loops = new Loops(values);
  const rowVector = k.kind === 'lanes' ? undefined : k.rows.at(-1);
  if (k.kind === 'rows') for (const s of k.stages) for (const a of s.accumulators) values.accumulatorAt.set(a.id, values.scratchRow(rowVector?.extent ?? 1, a.dtype));
  for (const s of k.stages) for (const n of s.keep) values.keptAt.set(n, values.scratchRow(s.loops[0]?.extent ?? 1, values.node(n).dtype));
  const root: Context = { env: new Map(), lanes: 1, lane: 0, ranges: whole, memo: new Map() };
  if (k.kind === 'map') {
    const map = new MapKernel(values, loops);
    for (const s of k.stages) map.run(root, s);
  } else {
    const reduction = new ReductionKernel(values, loops);
    const outer = k.kind === 'rows' ? k.rows.slice(0, -1) : k.rows;
    loops.sequential(root, outer, x => {
      for (const s of k.stages) {
        values.addresses.clear();
        if (k.kind === 'lanes') reduction.lanes(x, s); else reduction.rows(x, s);
      }
    });
  }
  lanes.loadPool();
  return { f, arguments: operands, scratchBytes: values.scratchBytes + 64, pool: lanes.pool };
}
