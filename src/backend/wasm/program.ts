// A program as one WebAssembly module: a function for each kernel, and a driver that calls them in order over a table of pointers.
// Floor 6: what is fused, and how memory is laid out, floor 5 decides.
import { CotangentError } from '../../error.ts';
import { roundF16, type HostArray } from '../../dtype/dtype.ts';
import { emitGemm } from '../../../kernels/wasm/gemm.ts';
import { productShape } from '../../compile/contraction.ts';
import { fuse, type Step, type Target } from '../../compile/fuse.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { IndexSpace } from '../../compile/index-map.ts';
import { monoidOf } from '../../compile/lower.ts';
import { planMemory, type Plan } from '../../compile/plan.ts';
import { elementBytes, emitKernel, type EmittedKernel } from '../../compile/wasm/emit.ts';
import type { Rung } from '../../compile/wasm/lanes.ts';
import { FunctionBuilder, ModuleBuilder, Type, type ImportedFunction } from '../../compile/wasm/module.ts';
import { hasScalar, hostFunctions, isLaneDType } from '../../compile/wasm/scalar.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { effectOf, Var, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import type { NDArray } from '../../ir/primitive.ts';
import { optimise } from '../../pass/passes.ts';
import { evaluateJaxpr } from '../reference/evaluate.ts';

export const bytesOf = (a: Aval): number => elementBytes(a.dtype) * sizeOf(a.shape);

/** What one kernel may hold. */
export const target: Target = {
  maxStores: 6,
  fusible(e: Eqn): boolean {
    if (effectOf(e) !== 'none' || e.primitive.properties.barrier || !e.outputs.every(v => isLaneDType(v.aval.dtype)) || !e.inputs.every(a => isLaneDType(a.aval.dtype))) return false;
    const { lowering } = e.primitive;
    switch (lowering.kind) {
      case 'scalar': return e.outputs.every(v => hasScalar(lowering.op, (e.inputs[lowering.op === 'select' ? 1 : 0] ?? v).aval.dtype, v.aval.dtype));
      case 'element': return true;
      case 'reduction': return monoidOf(lowering.monoid) !== null;
      case 'kernel': case 'program': case 'host': return false;
      default: return lowering satisfies never;
    }
  },
};

/** What the driver does for a step. */
type Action =
  | { readonly kind: 'kernel'; readonly emitted: EmittedKernel; readonly index: number }
  | { readonly kind: 'product'; readonly index: number; readonly operands: readonly Var[]; readonly out: Var }
  | { readonly kind: 'host'; readonly eqn: Eqn; readonly operands: readonly Var[] };

export interface CompiledProgram {
  /** The module, for a pointer table and a constant pool at these addresses. Call once. */
  encode(place: { readonly table: number; readonly pool: number }): Uint8Array<ArrayBuffer>;
  readonly jaxpr: Jaxpr;
  readonly steps: readonly Step[];
  readonly plan: Plan;
  /** Slots of the pointer table: one a variable. */
  readonly slots: ReadonlyMap<Var, number>;
  readonly scratchBytes: number;
  /** Words of the constant pools, and where each step's begin. */
  readonly pool: readonly number[];
  /** Equations that the host runs, by the number the driver passes. */
  readonly hosts: readonly { readonly eqn: Eqn; readonly operands: readonly Var[] }[];
}

const numbers = (n: number): readonly (typeof Type.f64)[] => Array.from({ length: n }, () => Type.f64);
const importedFunctions: readonly ImportedFunction[] = [
  { module: 'e', name: 'host', signature: { params: [Type.i32], results: [] } },
  ...hostFunctions.map((name): ImportedFunction => ({ module: 'f', name, signature: { params: numbers(name === 'pow' || name === 'rem' ? 2 : 1), results: [Type.f64] } })),
];

/** Which variables to store besides those that must be: the laws cut programs anywhere, and no cut may change a bit. */
export type Cut = (j: Jaxpr) => readonly Var[];

/** Fuses a program, plans its memory and emits its kernels. */
export function compileProgram(source: Jaxpr, rung: Rung, cut: Cut = () => []): CompiledProgram {
  const jaxpr = withStoredLiterals(optimise(source));
  const steps = withSplats(fuse(jaxpr.program, target, cut(jaxpr.program)), jaxpr.splats);
  const kept = new Set<Var>([...jaxpr.program.inputs, ...jaxpr.program.outputs.filter(o => o instanceof Var)]);
  const plan = planMemory(steps, kept, v => bytesOf(v.aval));
  const slots = new Map<Var, number>();
  const slot = (v: Var): number => { let s = slots.get(v); if (s === undefined) slots.set(v, s = slots.size); return s; };
  jaxpr.program.inputs.forEach(slot);
  for (const o of jaxpr.program.outputs) if (o instanceof Var) slot(o);
  const module = new ModuleBuilder(importedFunctions);
  const hosts: { eqn: Eqn; operands: readonly Var[] }[] = [];
  const pool: number[] = [];
  const poolAt: number[] = [];
  let scratchBytes = 64;
  const actions = steps.map((s, i): Action => {
    poolAt[i] = pool.length * 4;
    if (s.kind === 'kernel') {
      const emitted = emitKernel(s.kernel, rung, name => module.imported(name));
      scratchBytes = Math.max(scratchBytes, emitted.scratchBytes);
      pool.push(...emitted.pool);
      emitted.arguments.forEach(slot);
      return { kind: 'kernel', emitted, index: module.add(emitted.f) };
    }
    const operands = s.eqn.inputs.map(a => { if (a instanceof Var) return a; throw new CotangentError('jaxpr', 'wasm: a literal operand was not stored'); });
    operands.forEach(slot);
    s.eqn.outputs.forEach(slot);
    const shape = productShape(s.eqn);
    const [out] = s.eqn.outputs;
    if (shape !== null && out !== undefined) {
      const gemm = emitGemm(module, rung, shape);
      scratchBytes = Math.max(scratchBytes, gemm.scratchBytes);
      return { kind: 'product', index: gemm.index, operands, out };
    }
    hosts.push({ eqn: s.eqn, operands });
    return { kind: 'host', eqn: s.eqn, operands };
  });
  const scratchSlot = slots.size;

  const encode: CompiledProgram['encode'] = ({ table, pool: poolAddress }) => {
    const f = new FunctionBuilder(0);
    const pointer = (s: number): void => { f.i32(table).plain(0x28, 2, 4 * s); };
    actions.forEach((a, i) => {
      switch (a.kind) {
        case 'kernel':
          for (const v of a.emitted.arguments) pointer(slot(v));
          pointer(scratchSlot);
          f.i32(poolAddress + (poolAt[i] ?? 0)).call(a.index);
          return;
        case 'product':
          for (const v of [...a.operands, a.out]) pointer(slot(v));
          pointer(scratchSlot);
          f.call(a.index);
          return;
        case 'host': f.i32(hosts.findIndex(h => h.eqn === a.eqn)).call(module.imported('host')); return;
        default: a satisfies never;
      }
    });
    module.add(f, 'main');
    return module.encode();
  };
  return { encode, jaxpr: jaxpr.program, steps, plan, slots, scratchBytes, pool, hosts };
}

/** Literal operands of equations that cannot fuse are values in memory: each becomes a variable that a splat kernel writes. */
function withStoredLiterals(j: Jaxpr): { readonly program: Jaxpr; readonly splats: ReadonlyMap<Var, number> } {
  const splats = new Map<Var, number>();
  const eqns = j.eqns.map(e => {
    if (target.fusible(e) || e.inputs.every(a => a instanceof Var)) return e;
    return { ...e, inputs: e.inputs.map(a => { if (a instanceof Var) return a; const v = new Var(a.aval); splats.set(v, a.value); return v; }) };
  });
  return { program: { ...j, eqns }, splats };
}
function withSplats(steps: readonly Step[], splats: ReadonlyMap<Var, number>): readonly Step[] {
  if (splats.size === 0) return steps;
  return steps.flatMap(s => {
    if (s.kind !== 'equation') return [s];
    const before = s.eqn.inputs.flatMap((a): Step[] => {
      const value = a instanceof Var ? splats.get(a) : undefined;
      return value === undefined || !(a instanceof Var) || sizeOf(a.aval.shape) === 0 || !isLaneDType(a.aval.dtype) ? [] : [{ kind: 'kernel', kernel: splatKernel(a, value) }];
    });
    return [...before, s];
  });
}
function splatKernel(v: Var, value: number): Kernel {
  const space = new IndexSpace();
  const loop = space.loop(sizeOf(v.aval.shape));
  return {
    kind: 'map', rows: [loop], reads: [], writes: [v],
    nodes: [{ kind: 'constant', value, dtype: v.aval.dtype, bits: 0, cost: 0, level: 0 }],
    stages: [{ loops: [loop], accumulators: [], stores: [{ to: v, at: space.at(loop), value: 0 }], keep: [], reuse: [] }],
  };
}

/** A typed view of a value in linear memory, as the records' reference rules read and write it. */
export function viewOf(memory: ArrayBuffer, address: number, a: Aval): NDArray {
  const n = sizeOf(a.shape);
  const at = n === 0 ? 0 : address;
  return { shape: a.shape, dtype: a.dtype, data: view(memory, at, a, n) };
}
function view(memory: ArrayBuffer, at: number, a: Aval, n: number): HostArray {
  switch (a.dtype) {
    case 'f32': case 'f16': return new Float32Array(memory, at, n);
    case 'f64': return new Float64Array(memory, at, n);
    case 'i32': return new Int32Array(memory, at, n);
    case 'u32': return new Uint32Array(memory, at, n);
    case 'i8': return new Int8Array(memory, at, n);
    case 'u8': case 'bool': return new Uint8Array(memory, at, n);
    default: return a.dtype satisfies never;
  }
}

/** Runs an equation that has no kernel by its record's own meaning, on views of linear memory. */
export function runOnHost(e: Eqn, inputs: readonly NDArray[], outputs: readonly NDArray[]): void {
  for (const o of outputs) o.data.fill(0);
  e.primitive.evaluate(inputs, e.params, outputs, (body, args) => evaluateJaxpr(body, args));
  for (const o of outputs) if (o.dtype === 'f16') for (let i = 0; i < o.data.length; i++) o.data[i] = roundF16(o.data[i] ?? 0);
}
