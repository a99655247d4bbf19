// The WebAssembly backend: programs as modules over one linear memory, the embedded default in Node and in the browser.
// Floor 6. Bits depend on the program and the feature rung only.
import { MemoryError } from '../../error.ts';
import { allocate, type HostArray } from '../../dtype/dtype.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { Var, type Jaxpr } from '../../ir/jaxpr.ts';
import type { Rung } from '../../compile/wasm/lanes.ts';
import { FunctionBuilder, ModuleBuilder, Type } from '../../compile/wasm/module.ts';
import { hostFunctions, type HostFunction } from '../../compile/wasm/scalar.ts';
import { errorFunction, inverseErrorFunction } from '../../primitive/errorFunction.ts';
import type { Backend, Buffer, Executable } from '../../trace/backend.ts';
import { countExecution } from '../../trace/statistics.ts';
import { engine, type LinearMemory } from './engine.ts';
import { Heap, WasmBuffer } from './heap.ts';
import { bytesOf, compileProgram, runOnHost, viewOf, type CompiledProgram, type Cut } from './program.ts';

/** Guarded lanes may read a little before a value: nothing lives at the very beginning. */
const firstAddress = 1024;
const initialPages = 256;
const startingBudget = 160 * 2 ** 20;

export interface WasmOptions {
  /** The instructions that may be used; by default all that the machine has. */
  readonly rung?: Rung;
  /** Bytes of linear memory above which least recently used values move out. */
  readonly budget?: number;
}

const plain: Rung = { name: 'simd', fma: false };
const relaxed: Rung = { name: 'relaxed', fma: true };
/** The best rung of this machine, by validating a module that uses it. */
export function bestRung(): Rung {
  const module = new ModuleBuilder([]);
  const f = new FunctionBuilder(0);
  const v = f.v128([0, 0, 0, 0]).into(Type.v128);
  f.get(v).get(v).get(v).simd(0x105).set(v);
  module.add(f);
  return engine().validate(module.encode()) ? relaxed : plain;
}

/** What the host computes for lanes of functions without a vector form. */
const hostMath: { readonly [F in HostFunction]: (x: number, y: number) => number } = {
  expm1: Math.expm1, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, erf: errorFunction, erfinv: inverseErrorFunction,
  // As C's pow: 1 to any power is 1, and so is -1 to an infinite one.
  pow: (x, y) => x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y,
  rem: (x, y) => x % y,
};

function bufferOf(b: Buffer): WasmBuffer {
  if (b instanceof WasmBuffer) return b;
  throw new MemoryError('backend-mismatch', 'wasm: the buffer belongs to another backend');
}

export class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly rung: Rung;
  readonly heap: Heap;
  readonly #memory: LinearMemory;
  /** Temporaries and scratch of all programs: they run one after another, so one arena serves all. */
  #arena = { address: 0, bytes: 0 };
  /** Memory of values whose owners were collected. */
  readonly #registry = new FinalizationRegistry<WasmBuffer>(b => { if (--b.owners <= 0) this.heap.release(b); });

  constructor(options: WasmOptions = {}) {
    const { Memory } = engine();
    this.rung = options.rung ?? bestRung();
    this.#memory = new Memory({ initial: initialPages, maximum: 65536 });
    this.heap = new Heap(this.#memory, firstAddress, options.budget ?? startingBudget);
  }
  checkDType(): void { /* every dtype has a place in memory; what has no lanes runs on the host */ }

  upload(data: HostArray, a: Aval): WasmBuffer {
    const b = this.heap.buffer(bytesOf(a), 'upload');
    viewOf(this.#memory.buffer, b.address, a).data.set(data);
    return b;
  }
  fill(value: number, a: Aval): WasmBuffer {
    const b = this.heap.buffer(bytesOf(a), 'fill');
    viewOf(this.#memory.buffer, b.address, a).data.fill(value);
    return b;
  }
  download(buffer: Buffer, a: Aval): Promise<HostArray> { return Promise.resolve(this.downloadSync(buffer, a)); }
  downloadSync(buffer: Buffer, a: Aval): HostArray {
    const address = this.heap.touch(bufferOf(buffer), 'read');
    const out = allocate(a.dtype, sizeOf(a.shape));
    out.set(viewOf(this.#memory.buffer, address, a).data);
    return out;
  }
  release(buffer: Buffer): void { this.heap.release(bufferOf(buffer)); }
  adopt(owner: object, buffer: Buffer): void {
    const b = bufferOf(buffer);
    b.owners++;
    this.#registry.register(owner, b);
  }
  interpret(jaxpr: Jaxpr, inputs: readonly Buffer[]): readonly Buffer[] { return this.compile(jaxpr).run(inputs, inputs.map(() => false)); }
  compile(jaxpr: Jaxpr, cut?: Cut): WasmExecutable { return new WasmExecutable(this, jaxpr, cut); }

  get memory(): ArrayBuffer { return this.#memory.buffer; }
  get linear(): LinearMemory { return this.#memory; }
  /** The common arena, grown to the size asked for. */
  arena(bytes: number): number {
    if (this.#arena.bytes < bytes) {
      if (this.#arena.address !== 0) this.heap.free(this.#arena.address);
      const size = Math.ceil(bytes * 1.25);
      this.#arena = { address: this.heap.allocate(size, 'temporaries'), bytes: size };
    }
    return this.#arena.address;
  }
}

type Main = () => void;
export class WasmExecutable implements Executable {
  readonly program: CompiledProgram;
  readonly #backend: WasmBackend;
  readonly #table: number;
  readonly #main: Main;
  #arenaAddress = -1;

  constructor(backend: WasmBackend, jaxpr: Jaxpr, cut?: Cut) {
    this.#backend = backend;
    this.program = compileProgram(jaxpr, backend.rung, cut);
    const tableBytes = Math.ceil((4 * (this.program.slots.size + 1)) / 64) * 64;
    this.#table = backend.heap.allocate(tableBytes + 4 * this.program.pool.length, 'program');
    const pool = this.#table + tableBytes;
    new Int32Array(backend.memory, pool, this.program.pool.length).set(this.program.pool);
    const { Module, Instance } = engine();
    const module = new Module(this.program.encode({ table: this.#table, pool }));
    const f = Object.fromEntries(hostFunctions.map(name => [name, hostMath[name]]));
    const instance = new Instance(module, { e: { m: backend.linear, host: (i: number) => this.#host(i) }, f });
    const { main } = instance.exports;
    if (typeof main !== 'function') throw new MemoryError('unsupported', 'wasm: the module has no driver');
    this.#main = () => { Reflect.apply(main, null, []); };
  }

  run(inputs: readonly Buffer[], _donated: readonly boolean[]): readonly Buffer[] {
    const { program } = this;
    const backend = this.#backend;
    const { heap } = backend;
    const pinned = inputs.map(b => { const w = bufferOf(b); w.pins++; return w; });
    const made: WasmBuffer[] = [];
    try {
      const addresses = pinned.map(b => heap.touch(b, 'program'));
      const byVar = new Map<Var, WasmBuffer>();
      program.jaxpr.inputs.forEach((v, i) => { const b = pinned[i]; if (b !== undefined) byVar.set(v, b); });
      const results = program.jaxpr.outputs.map(o => {
        const known = o instanceof Var ? byVar.get(o) : undefined;
        if (known !== undefined) return known;
        const b = o instanceof Var ? heap.buffer(bytesOf(o.aval), 'program') : backend.fill(o.value, o.aval);
        b.pins++;
        made.push(b);
        if (o instanceof Var) byVar.set(o, b);
        return b;
      });
      const arena = backend.arena(program.plan.bytes + program.scratchBytes + 256);
      const table = new Int32Array(backend.memory, this.#table, program.slots.size + 1);
      if (arena !== this.#arenaAddress) {
        for (const [v, offset] of program.plan.offsets) { const s = program.slots.get(v); if (s !== undefined) table[s] = arena + offset; }
        table[program.slots.size] = arena + program.plan.bytes;
        this.#arenaAddress = arena;
      }
      program.jaxpr.inputs.forEach((v, i) => { const s = program.slots.get(v); if (s !== undefined) table[s] = addresses[i] ?? 0; });
      for (const [v, b] of byVar) { const s = program.slots.get(v); if (s !== undefined) table[s] = b.address; }
      for (const e of program.jaxpr.eqns) countExecution(e.primitive.name);
      this.#main();
      return results;
    } finally {
      for (const b of pinned) b.pins--;
      for (const b of made) b.pins--;
    }
  }
  /** An equation without a kernel, on views of memory. */
  #host(i: number): void {
    const step = this.program.hosts[i];
    if (step === undefined) return;
    const table = new Int32Array(this.#backend.memory, this.#table, this.program.slots.size + 1);
    const at = (v: Var): number => table[this.program.slots.get(v) ?? 0] ?? 0;
    runOnHost(step.eqn, step.operands.map(v => viewOf(this.#backend.memory, at(v), v.aval)), step.eqn.outputs.map(v => viewOf(this.#backend.memory, at(v), v.aval)));
  }
}
