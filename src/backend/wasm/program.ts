// A program as one WebAssembly module: a function for each kernel, a function for each body that calls them in order, and loops and
// branches around bodies. All of them find their operands through one table of pointers.
// Floor 6: what is fused, and how memory is laid out, floor 5 decides.
import { CotangentError } from '../../error.ts';
import { emitContraction } from '../../../kernels/wasm/contraction.ts';
import { emitRecurrence } from '../../../kernels/wasm/recurrence.ts';
import { emitSort } from '../../../kernels/wasm/sort.ts';
import { planBlock, type Block, type Body, type Machine } from '../../compile/block.ts';
import { contractionOf } from '../../compile/contraction.ts';
import { contractionKernel } from '../../compile/contractionKernel.ts';
import { contractionEpilogue } from '../../compile/epilogue.ts';
import { readsOf, type Step, type Target } from '../../compile/fuse.ts';
import { fusibleOn } from '../../compile/fusible.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { combines, roundingKernel, splatKernel } from '../../compile/plainKernels.ts';
import { inPlaceResults } from '../../compile/plan.ts';
import { needsStoredOperands, type Cut } from '../../compile/steps.ts';
import { emitKernel } from '../../compile/wasm/emit.ts';
import type { Rung } from '../../compile/wasm/lanes.ts';
import { FunctionBuilder, ModuleBuilder, Type, type ImportedFunction } from '../../compile/wasm/module.ts';
import { hasScalar } from '../../compile/wasm/scalar.ts';
import { sizeOf } from '../../ir/aval.ts';
import { Var, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import { withKernels, type CompositeKernels } from '../../pass/compositeKernels.ts';
import { optimise } from '../../pass/passes.ts';
import { compositeKernels } from './composites.ts';
import { ControlWriter } from './control.ts';
import { bytesOf } from './memory.ts';
import { PointerTable, poolSlot, scratchSlot } from './pointers.ts';

/** What one kernel may hold, and one product. */
export const targetOf = (rung: Rung): Target => ({
  maxStores: 6,
  epilogue: (e, kernel, keeps) => contractionEpilogue(e, kernel, keeps, rung.pairs === true),
  fusible: fusibleOn({ scalar: hasScalar, element: () => true }),
});

export interface CompiledProgram {
  /** The module; its export `main` takes the address of the pointer table. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly jaxpr: Jaxpr;
  readonly steps: readonly Step[];
  /** Places of temporaries in the arena, those of nested bodies included. */
  readonly offsets: ReadonlyMap<Var, number>;
  readonly arenaBytes: number;
  readonly scratchBytes: number;
  readonly slots: ReadonlyMap<Var, number>;
  readonly slotCount: number;
  /** Words of the constant pools. */
  readonly pool: readonly number[];
  /** Equations without a kernel, which the host runs, by the number that the module passes. */
  readonly hosts: readonly Eqn[];
  /** Results that may take the buffer of an input that is donated. */
  readonly inPlace: ReadonlyMap<Var, Var>;
}

const importedFunctions: readonly ImportedFunction[] = [
  { module: 'e', name: 'host', signature: { params: [Type.i32], results: [] } },
  { module: 'e', name: 'math', signature: { params: [Type.f64, Type.f64, Type.i32], results: [Type.f64] } },
];

/** Fuses a program, plans its memory and emits its module. */
export function compileProgram(source: Jaxpr, rung: Rung, cut?: Cut, kernels: CompositeKernels = compositeKernels): CompiledProgram {
  const machine: Machine = { target: targetOf(rung), bytesOf };
  return new ProgramWriter(rung).finish(planBlock(optimise(withKernels(source, kernels)), 0, machine, cut));
}

class ProgramWriter {
  readonly #rung: Rung;
  readonly #module = new ModuleBuilder(importedFunctions);
  readonly #table = new PointerTable();
  readonly #control = new ControlWriter(this.#table, { body: b => this.#body(b), splat: (f, v, value) => this.#splat(f, v, value) });
  readonly #offsets = new Map<Var, number>();
  readonly #hosts: Eqn[] = [];
  readonly #pool: number[] = [];
  #scratchBytes = 64;

  constructor(rung: Rung) { this.#rung = rung; }
  finish(block: Block): CompiledProgram {
    const index = this.#block(block);
    const f = new FunctionBuilder(1);
    this.#module.add(f.get(0).call(index), 'main');
    return {
      bytes: this.#module.encode(), jaxpr: block.jaxpr, steps: block.steps, offsets: this.#offsets, arenaBytes: block.end, scratchBytes: this.#scratchBytes,
      slots: this.#table.slots, slotCount: this.#table.slotCount, pool: this.#pool, hosts: this.#hosts, inPlace: inPlaceResults(block.jaxpr, block.steps),
    };
  }

  /** The function that runs a block once: its index. */
  #block(block: Block): number {
    const table = this.#table;
    for (const [v, at] of block.offsets) { this.#offsets.set(v, at); table.slot(v); }
    for (const v of block.aliases) table.slot(v);
    for (const v of block.kept) table.slot(v);
    const f = new FunctionBuilder(1);
    for (const s of block.steps) this.#step(f, s, block);
    return this.#module.add(f);
  }
  #body({ block, results }: Body): number {
    const index = this.#block(block);
    for (const r of results) this.#table.slot(r.made);
    return index;
  }

  #step(f: FunctionBuilder, s: Step, block: Block): void {
    if (s.kind === 'kernel') { this.#kernel(f, s.kernel); return; }
    if (s.kind === 'splat') { this.#table.slot(s.variable); this.#splat(f, s.variable, s.value); return; }
    if (s.kind === 'update') {
      for (const v of [...readsOf(s), s.to]) this.#table.slot(v);
      if (s.from instanceof Var) this.#table.copy(f, s.to, s.from); else this.#splat(f, s.to, s.from.value);
      if (s.kernel !== null) this.#kernel(f, s.kernel);
      if (s.kernel !== null && s.to.aval.dtype === 'f16' && combines(s.kernel)) this.#kernel(f, roundingKernel(s.to));
      return;
    }
    const { eqn } = s;
    for (const v of [...eqn.inputs, ...eqn.outputs]) if (v instanceof Var) this.#table.slot(v);
    const { lowering } = eqn.primitive;
    if (!needsStoredOperands(eqn)) { this.#askHost(f, eqn); return; }
    const operands = eqn.inputs.map(a => { if (a instanceof Var) return a; throw new CotangentError('jaxpr', 'wasm: a literal operand was not stored'); });
    if (lowering.kind === 'identity') {
      eqn.outputs.forEach((v, i) => {
        const x = operands[i];
        if (x === undefined) return;
        if (block.aliases.has(v)) this.#table.setPointer(f, this.#table.slot(v), () => this.#table.pointer(f, this.#table.slot(x))); else this.#table.copy(f, v, x);
      });
      return;
    }
    const control = block.controls.get(eqn);
    if (control !== undefined) { this.#control.write(f, control, operands, eqn.outputs); return; }
    if (lowering.kind === 'recurrence' || lowering.kind === 'sort') { this.#alongAxis(f, eqn, operands); return; }
    const shape = contractionOf(eqn, this.#rung.pairs);
    if (shape !== null) {
      const epilogue = s.epilogue ?? null;
      const gemm = emitContraction(this.#module, this.#rung, shape, epilogue);
      this.#scratchBytes = Math.max(this.#scratchBytes, gemm.scratchBytes);
      const [lhs, rhs] = operands;
      // The operand that the contiguous axis of the result belongs to is the one that is packed.
      for (const v of [...(shape.swapped ? [rhs, lhs] : [lhs, rhs]), ...eqn.outputs]) if (v !== undefined) this.#table.pointer(f, this.#table.slot(v));
      this.#table.pointer(f, scratchSlot);
      if (epilogue !== null) {
        for (const v of [...epilogue.loads.map(l => l.from), ...epilogue.stores.map(t => t.to)]) this.#table.pointer(f, this.#table.slot(v));
        this.#table.pointer(f, poolSlot);
        f.i32(4 * this.#pool.length).bytes(0x6a);
        this.#pool.push(...gemm.pool);
      }
      f.call(gemm.index);
      return;
    }
    const [out] = eqn.outputs;
    if (lowering.kind === 'contraction' && out !== undefined) {
      const loops = lowering.contract(eqn.params, operands.map(v => v.aval), out.aval);
      const kernel = 'eqns' in loops || loops.some(l => l.extent === 0) ? null : contractionKernel({ ...eqn, inputs: operands }, loops);
      if (kernel !== null) this.#kernel(f, kernel); else if (sizeOf(out.aval.shape) > 0) this.#splat(f, out, 0);
      return;
    }
    this.#askHost(f, eqn);
  }
  #kernel(f: FunctionBuilder, k: Kernel): void {
    const emitted = emitKernel(k, this.#rung, this.#module.imported('math'));
    this.#scratchBytes = Math.max(this.#scratchBytes, emitted.scratchBytes);
    for (const v of emitted.arguments) this.#table.pointer(f, this.#table.slot(v));
    this.#table.pointer(f, scratchSlot);
    this.#table.pointer(f, poolSlot);
    f.i32(4 * this.#pool.length).bytes(0x6a).call(this.#module.add(emitted.f));
    this.#pool.push(...emitted.pool);
  }
  /** Running values and orders, line by line. */
  #alongAxis(f: FunctionBuilder, { primitive: { lowering }, params, outputs }: Eqn, operands: readonly Var[]): void {
    const [x] = operands;
    if (x === undefined || sizeOf(x.aval.shape) === 0) return;
    const { shape, dtype } = x.aval;
    const lines = (axis: number): { readonly outer: number; readonly n: number; readonly inner: number } =>
      ({ outer: sizeOf(shape.slice(0, axis)), n: shape[axis] ?? 1, inner: sizeOf(shape.slice(axis + 1)) });
    for (const v of [...operands, ...outputs]) this.#table.pointer(f, this.#table.slot(v));
    if (lowering.kind === 'sort') {
      const emitted = emitSort({ ...lines(lowering.axis(params)), dtypes: operands.map(v => v.aval.dtype) });
      this.#scratchBytes = Math.max(this.#scratchBytes, emitted.scratchBytes);
      this.#table.pointer(f, scratchSlot);
      f.call(this.#module.add(emitted.f));
    } else if (lowering.kind === 'recurrence') {
      const { axis, reverse } = lowering.along(params);
      const emitted = emitRecurrence(this.#rung, this.#module.imported('math'), { ...lines(axis), reverse, step: lowering.step, dtype });
      this.#table.pointer(f, poolSlot);
      f.i32(4 * this.#pool.length).bytes(0x6a).call(this.#module.add(emitted.f));
      this.#pool.push(...emitted.pool);
    }
  }
  #askHost(f: FunctionBuilder, eqn: Eqn): void { f.i32(this.#hosts.push(eqn) - 1).call(this.#module.imported('host')); }
  #splat(f: FunctionBuilder, v: Var, value: number): void { this.#kernel(f, splatKernel(v, value)); }
}
