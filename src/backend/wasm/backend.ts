// The WebAssembly backend: programs as modules over one linear memory, the embedded default in Node and in the browser.
// Floor 6. Bits depend on the program and the feature rung only.
import { MemoryError } from '../../error.ts';
import { allocate, type HostArray } from '../../dtype/dtype.ts';
import { showAval, sizeOf, type Aval } from '../../ir/aval.ts';
import { effectOf, Var, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import { emptyArray, splatArray } from '../../ir/ndarray.ts';
import { originAt, placeOf, withLine, withPlaces, type EqnPlace } from '../../ir/origins.ts';
import type { NDArray } from '../../ir/primitive.ts';
import type { Cut } from '../../compile/steps.ts';
import type { Rung } from '../../compile/wasm/lanes.ts';
import { FunctionBuilder, ModuleBuilder, Type } from '../../compile/wasm/module.ts';
import type { CompositeKernels } from '../../pass/compositeKernels.ts';
import type { Backend, Buffer, Executable } from '../../trace/backend.ts';
import { countProgram } from '../../trace/statistics.ts';
import { compositeKernels } from './composites.ts';
import { askForFusedInstructions, askForPairs, engine, keepsOrder, type LinearMemory } from './engine.ts';
import { Heap, WasmBuffer, type Place } from './heap.ts';
import { hostMath } from './hostMath.ts';
import { bytesOf, runOnHost, viewOf } from './memory.ts';
import { explainProgram } from './explain.ts';
import { arenaSlot, poolSlot, scratchSlot } from './pointers.ts';
import { compileProgram, type CompiledProgram } from './program.ts';
import { isWatched, watchedExecutable } from './watched.ts';

/** Guarded lanes may read a little before a value: nothing lives at the very beginning. */
const firstAddress = 1024;
const initialPages = 256;
const startingBudget = 64 * 2 ** 20;
const pageBytes = 65536;
/** What 32-bit addresses reach. */
const addressable = 2 ** 32;

export interface WasmOptions {
  /** What it is called: part of every cache key. */
  readonly name?: string;
  /** The instructions that may be used; by default all that the machine has. */
  readonly rung?: Rung;
  /** Bytes of linear memory above which least recently used values move out. */
  readonly budget?: number;
  /** Programs of composites that are preferred to their decompositions; by default those that are registered. */
  readonly kernels?: CompositeKernels;
  /** Bytes that linear memory may grow to, 4 GiB by default. Fixed from here on, as is that the memory is not shared. */
  readonly maximum?: number;
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
  const probe = module.encode();
  if (engine().validate(probe)) return keepsOrder() ? { ...relaxed, ordered: true } : relaxed;
  askForFusedInstructions();
  return engine().validate(probe) ? relaxed : plain;
}

function bufferOf(b: Buffer): WasmBuffer {
  if (b instanceof WasmBuffer) return b;
  throw new MemoryError('backend-mismatch', 'wasm: the buffer belongs to another backend');
}

export class WasmBackend implements Backend {
  readonly name: string;
  readonly rung: Rung;
  readonly heap: Heap;
  readonly kernels: CompositeKernels;
  readonly #memory: LinearMemory;
  /** Temporaries and scratch of all programs: they run one after another, so one arena serves all. */
  #arena = { address: 0, bytes: 0 };
  /** A callback may run a program while another one runs. */
  #running = false;
  /** Memory of values whose owners were collected. */
  readonly #registry = new FinalizationRegistry<Place>(place => { if (--place.owners <= 0) this.heap.vacate(place); });

  /** Pointer tables of executables that were collected. */
  readonly #tables = new FinalizationRegistry<number>(address => this.heap.free(address));

  constructor(options: WasmOptions = {}) {
    const { Memory } = engine();
    this.name = options.name ?? 'wasm';
    this.rung = options.rung ?? bestRung();
    this.kernels = options.kernels ?? compositeKernels;
    const maximum = Math.floor(Math.min(options.maximum ?? addressable, addressable) / pageBytes);
    this.#memory = new Memory({ initial: Math.min(initialPages, maximum), maximum });
    this.heap = new Heap(this.#memory, firstAddress, options.budget ?? startingBudget, maximum);
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
    const b = bufferOf(buffer);
    const out = allocate(a.dtype, sizeOf(a.shape));
    // What moved out is read where it is: to be read is not to be worked on.
    out.set(b.moved === null ? viewOf(this.#memory.buffer, this.heap.touch(b, 'read'), a).data : viewOf(b.moved, 0, a).data);
    return out;
  }
  release(buffer: Buffer, owner?: object): void {
    const b = bufferOf(buffer);
    if (owner !== undefined) {
      b.place.owners--;
      this.#registry.unregister(owner);
    }
    if (b.place.owners <= 0) this.heap.release(b);
  }
  adopt(owner: object, buffer: Buffer): void {
    const b = bufferOf(buffer);
    b.place.owners++;
    this.#registry.register(owner, b.place, owner);
  }
  compile(jaxpr: Jaxpr): Executable { return isWatched(jaxpr) ? watchedExecutable(this, jaxpr) : this.module(jaxpr); }
  explain(jaxpr: Jaxpr): readonly string[] { return explainProgram(jaxpr, this.rung, this.kernels); }
  /** The program as a module, whatever is in it. */
  module(jaxpr: Jaxpr, cut?: Cut): WasmExecutable {
    const executable = new WasmExecutable(this, jaxpr, cut);
    this.#tables.register(executable, executable.table);
    return executable;
  }

  get memory(): ArrayBuffer { return this.#memory.buffer; }
  get linear(): LinearMemory { return this.#memory; }
  /** Runs `f` with an arena: the common one, grown to the size asked for, or one of its own while another program is running. */
  withArena<R>(bytes: number, f: (address: number) => R): R {
    if (this.#running) {
      const own = this.heap.allocate(bytes, 'temporaries of a program');
      try { return f(own); } finally { this.heap.free(own); }
    }
    if (this.#arena.bytes < bytes) {
      const size = Math.ceil(bytes * 1.25);
      if (this.#arena.address !== 0) this.heap.free(this.#arena.address);
      // Where there is no memory for a larger one, there is none: the old one is no longer ours.
      this.#arena = { address: 0, bytes: 0 };
      this.#arena = { address: this.heap.allocate(size, 'temporaries of a program'), bytes: size };
    }
    this.#running = true;
    try { return f(this.#arena.address); } finally { this.#running = false; }
  }
}

type Main = (table: number) => void;
/** Where a result lies: where an input or an earlier result does, in a buffer of its own (or of a donated input that dies there), or it is a literal. */
type Result =
  | { readonly kind: 'same'; readonly input: number; readonly result: number }
  | { readonly kind: 'own'; readonly what: string; readonly slot: number; readonly bytes: number; readonly inPlaceOf: number }
  | { readonly kind: 'literal'; readonly value: number; readonly aval: Aval };
function resultsOf({ jaxpr: { inputs, outputs }, slots, inPlace }: CompiledProgram): readonly Result[] {
  return outputs.map((o, i): Result => {
    if (!(o instanceof Var)) return { kind: 'literal', value: o.value, aval: o.aval };
    const [input, result] = [inputs.indexOf(o), outputs.indexOf(o)];
    if (input >= 0 || result < i) return { kind: 'same', input, result };
    const dying = inPlace.get(o);
    return { kind: 'own', what: `result ${showAval(o.aval)} of a program`, slot: slots.get(o) ?? 0, bytes: bytesOf(o.aval), inPlaceOf: dying === undefined ? -1 : inputs.indexOf(dying) };
  });
}
export class WasmExecutable implements Executable {
  readonly program: CompiledProgram;
  readonly #backend: WasmBackend;
  /** The pointer table, and the constants behind it. */
  readonly table: number;
  readonly #pool: number;
  readonly #main: Main;
  #arenaAddress = -1;
  #busy = false;
  readonly #source: Jaxpr;
  /** Slots of the pointer table by input, -1 where there is none. */
  readonly #inputSlots: readonly number[];
  readonly #results: readonly Result[];
  readonly #names: readonly string[];

  constructor(backend: WasmBackend, jaxpr: Jaxpr, cut?: Cut) {
    this.#backend = backend;
    this.#source = jaxpr;
    // Executables are shared by programs that differ in their lines: an equation that fails knows its place, and each program its own lines.
    const program = compileProgram(withPlaces(jaxpr), backend.rung, cut, backend.kernels);
    this.program = program;
    this.#inputSlots = program.jaxpr.inputs.map(v => program.slots.get(v) ?? -1);
    this.#results = resultsOf(program);
    this.#names = program.jaxpr.eqns.map(e => e.primitive.name);
    const tableBytes = Math.ceil((4 * program.slotCount) / 64) * 64;
    this.table = backend.heap.allocate(tableBytes + 4 * program.pool.length, 'program');
    this.#pool = this.table + tableBytes;
    new Int32Array(backend.memory, this.#pool, program.pool.length).set(program.pool);
    const { Module, Instance } = engine();
    const instance = new Instance(new Module(program.bytes), { e: { m: backend.linear, host: (i: number) => this.#host(i), math: hostMath } });
    const { main } = instance.exports;
    if (!isMain(main)) throw new MemoryError('unsupported', 'wasm: the module has no driver');
    this.#main = main;
  }

  run(inputs: readonly Buffer[], donated: readonly boolean[], lines: Jaxpr = this.#source): readonly Buffer[] {
    const { program } = this;
    const backend = this.#backend;
    const { heap } = backend;
    // A callback inside it calls it again: the second run needs a table of its own.
    if (this.#busy) return backend.compile(this.#source).run(inputs, donated, lines);
    const made: WasmBuffer[] = [];
    const held = inputs.map(b => { const w = bufferOf(b); w.place.pins++; return w; });
    try {
      for (const b of held) heap.touch(b, 'an operand of a program');
      const results: WasmBuffer[] = [];
      for (const o of this.#results) {
        const b = this.#resultBuffer(o, donated, held, results);
        results.push(b);
        if (o.kind === 'same') continue;
        b.place.pins++;
        held.push(b);
        if (b.place.owners === 0) made.push(b);
      }
      backend.withArena(program.arenaBytes + program.scratchBytes + 256, arena => {
        const table = new Int32Array(backend.memory, this.table, program.slotCount);
        if (arena !== this.#arenaAddress) {
          for (const [v, offset] of program.offsets) { const s = program.slots.get(v); if (s !== undefined) table[s] = arena + offset; }
          table[arenaSlot] = arena;
          table[scratchSlot] = arena + program.arenaBytes;
          table[poolSlot] = this.#pool;
          this.#arenaAddress = arena;
        }
        this.#inputSlots.forEach((s, i) => { if (s >= 0) table[s] = held[i]?.address ?? 0; });
        this.#results.forEach((o, i) => { if (o.kind === 'own') table[o.slot] = results[i]?.address ?? 0; });
        countProgram(this.#names);
        this.#busy = true;
        try { this.#main(this.table); } finally { this.#busy = false; }
      });
      return results;
    } catch (error) {
      for (const b of made) heap.release(b);
      throw error instanceof HostFailure ? withLine(error.cause, () => originAt(lines, error.place)) : error;
    } finally {
      for (const b of held) b.place.pins--;
    }
  }
  #resultBuffer(o: Result, donated: readonly boolean[], inputs: readonly WasmBuffer[], results: readonly WasmBuffer[]): WasmBuffer {
    switch (o.kind) {
      case 'same': {
        const b = o.input >= 0 ? inputs[o.input] : results[o.result];
        if (b === undefined) throw new MemoryError('unsupported', 'wasm: a result is missing');
        return b;
      }
      case 'literal': return this.#backend.fill(o.value, o.aval);
      case 'own': {
        const b = o.inPlaceOf >= 0 && donated[o.inPlaceOf] === true ? inputs[o.inPlaceOf] : undefined;
        // Donated once and held by nobody else: the pin is this run's own.
        return b !== undefined && b.place.pins === 1 ? b : this.#backend.heap.buffer(o.bytes, o.what);
      }
      default: return o satisfies never;
    }
  }
  /** An equation without a kernel, on views of memory. */
  #host(i: number): void {
    const eqn = this.program.hosts[i];
    if (eqn === undefined) return;
    const at = (v: Var): NDArray => {
      // Addresses above 2 GiB are no negative numbers.
      const table = new Uint32Array(this.#backend.memory, this.table, this.program.slotCount);
      return viewOf(this.#backend.memory, table[this.program.slots.get(v) ?? 0] ?? 0, v.aval);
    };
    const inputs = eqn.inputs.map(a => a instanceof Var ? at(a) : splatArray(a.value, a.aval));
    if (effectOf(eqn) === 'none') { evaluate(eqn, inputs, eqn.outputs.map(at)); return; }
    // A callback may run programs, which may grow and so move the memory: it works on copies.
    const outputs = eqn.outputs.map(v => emptyArray(v.aval));
    evaluate(eqn, inputs.map(x => ({ ...x, data: x.data.slice() })), outputs);
    eqn.outputs.forEach((v, k) => { const y = outputs[k]; if (y !== undefined) at(v).data.set(y.data); });
  }
}
/** On its way out of a program: what an equation that the host runs has thrown, and its place. */
class HostFailure extends Error {
  readonly place: EqnPlace;
  constructor(cause: unknown, place: EqnPlace) {
    super('an equation failed', { cause });
    this.place = place;
  }
}
function evaluate(eqn: Eqn, inputs: readonly NDArray[], outputs: readonly NDArray[]): void {
  try { runOnHost(eqn, inputs, outputs); } catch (error) { throw new HostFailure(error, placeOf(eqn.origin)); }
}
const isMain = (x: unknown): x is Main => typeof x === 'function';

let shared: WasmBackend | null = null;
/** The process's own backend: one linear memory for all programs. */
export const wasmBackend = (): WasmBackend => shared ??= new WasmBackend();
/** The name of the backend that {@link revectorizedBackend} makes. */
export const revectorized = 'wasm-revectorize';
/**
 * A second WebAssembly backend, with a memory of its own, whose code Node 24 and later on x64 compile to vectors of 256 bits: products run up
 * to twice as fast. The engine calls it experimental, so nobody gets it unasked.
 */
export function revectorizedBackend(): WasmBackend {
  if (!bestRung().fma || !askForPairs()) throw new MemoryError('unsupported', `${revectorized}: this engine cannot join vectors; it takes Node 24 or later on x64 (use setBackend('wasm'))`);
  return new WasmBackend({ name: revectorized, rung: { name: 'revectorized', fma: true, pairs: true } });
}
/**
 * Whether this machine has WebAssembly with SIMD, and lets it be compiled: a page whose Content-Security-Policy has no `wasm-unsafe-eval` validates
 * modules and refuses to compile them.
 */
export function wasmWorks(): boolean {
  try {
    const module = new ModuleBuilder([]);
    module.add(new FunctionBuilder(0).v128([0, 0, 0, 0]).bytes(0x1a));
    const { Module } = engine();
    return new Module(module.encode()) instanceof Module;
  } catch { return false; }
}
