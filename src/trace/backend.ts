// What a backend must offer, and which one is current. Implemented on floor 6 and installed from above.
import { CotangentError, MemoryError } from '../error.ts';
import type { DType, HostArray } from '../dtype/dtype.ts';
import type { Aval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import { optionsOf } from '../shape/options.ts';
import { decodeTuning, type Tunable, type Tuning } from './tuning.ts';

/** A backend's memory of one value. Only its backend looks inside. */
export interface Buffer {
  readonly bytes: number;
  /** How many cells hold it: a result that is an input shares that input's. Cells that were collected still count. Kept by who makes cells. */
  holders?: number;
}

/** A program made ready to run. Holds no user tensors. */
export interface Executable {
  /**
   * `donated[i]` allows input i's buffer to be overwritten. Results may share buffers with inputs that are not donated.
   * `program` is an equal program that knows its lines, for errors: executables are shared by programs that differ in them.
   */
  run(inputs: readonly Buffer[], donated: readonly boolean[], program?: Jaxpr): readonly Buffer[];
  /** When it can run without waiting and give these inputs away, where a device compiles by itself; rejects where the device refuses it. */
  ready?(donated?: readonly boolean[]): Promise<void>;
}

export interface Backend {
  readonly name: string;
  /** Whether its device is gone: the next `setBackend` makes a new one. */
  readonly lost?: boolean;
  /** The same by all that happened so far, though nobody may have been told yet. */
  isLost?(): Promise<boolean>;
  /** Measured choices between its kernels, where it has several. */
  readonly tunable?: Tunable;
  /** Programs compiled under another value are compiled anew. */
  readonly configuration?: number;
  /** Throws `unsupported` and names the remedy when the backend has no such dtype. */
  checkDType(dtype: DType): void;
  /** Copies host data in. */
  upload(data: HostArray, aval: Aval): Buffer;
  /** A buffer whose elements are all `value`. */
  fill(value: number, aval: Aval): Buffer;
  /** Copies data out. */
  download(buffer: Buffer, aval: Aval): Promise<HostArray>;
  /** Copies data out at once; throws a clear error where the device cannot. */
  downloadSync(buffer: Buffer, aval: Aval): HostArray;
  /** Runs a program once, equation by equation, without making an executable of it. Absent where compiling costs no more. */
  interpret?(jaxpr: Jaxpr, inputs: readonly Buffer[]): readonly Buffer[];
  /** `donated`: which inputs its runs will mostly give away, so that what these need is made first. Others run all the same. */
  compile(jaxpr: Jaxpr, donated?: readonly boolean[]): Executable;
  /** What the backend makes of a program, for people: lines of text. */
  explain?(jaxpr: Jaxpr): readonly string[];
  /** An owner gives a buffer up, before it is collected; without an owner, the run that made it does. Memory returns with the last one. */
  release(buffer: Buffer, owner?: object): void;
  /** Tells the backend which object owns a buffer, so that its memory returns when the owners are collected. Several may share one. */
  adopt?(owner: object, buffer: Buffer): void;
}

interface Installed { readonly make: () => Promise<Backend>; readonly fast: (() => Promise<boolean>) | null }
const installed = new Map<string, Installed>();
/** Each is made once: a tensor belongs to a backend, not to its name. */
const made = new Map<string, Promise<Backend>>();
let current: Backend | null = null;

/**
 * Makes a backend known by name. `make` runs when it is first chosen; `fast` says whether this machine runs it faster than those registered
 * before: null where it is never chosen unasked, nor listed before it is.
 */
export function registerBackend(name: string, make: () => Promise<Backend>, fast: (() => Promise<boolean>) | null = () => Promise.resolve(true)): void {
  installed.set(name, { make, fast });
  made.delete(name);
}
export function installBackend(backend: Backend): void { current = backend; }
export function currentBackend(): Backend {
  if (current === null) throw new MemoryError('unsupported', 'no backend is installed: import from cotangent, not from its inner files');
  return current;
}

/**
 * Chooses the backend that runs what is forced from now on. `'auto'` takes the fastest one there is: WebGPU on a hardware adapter, else
 * WebAssembly. `'wasm-revectorize'` is `'wasm'` with vectors of 256 bits, in Node 24 or later on x64: products run up to twice as fast, by an
 * option of the engine that is experimental there.
 * Tensors that were forced before stay where they are; mixing them in throws `backend-mismatch`.
 *
 * `tuning` are choices between kernels that `tune` measured: they hold for devices they were measured on, and replace those in use.
 *
 * @throws `unsupported` where there is no such backend, or this machine cannot run it, or it has no choices; `options` where `tuning` is none.
 * @example
 * import { setBackend, getBackend } from 'cotangent';
 * await setBackend('reference');
 * getBackend(); // -> 'reference'
 */
export async function setBackend(name: string, options: { readonly tuning?: Tuning } = {}): Promise<void> {
  optionsOf('setBackend', options, { tuning: 'any' });
  const tuning = options.tuning === undefined ? null : decodeTuning(options.tuning);
  const wanted = name === 'auto' ? await fastest() : name;
  const chosen = installed.get(wanted);
  if (chosen === undefined) throw new CotangentError('unsupported', `setBackend: no backend ${JSON.stringify(name)}; there are ${backends().join(', ')}`);
  const before = made.get(wanted);
  const backend = before === undefined || await (await before).isLost?.() === true ? chosen.make() : before;
  made.set(wanted, backend);
  try {
    const ready = await backend;
    if (tuning !== null) {
      if (ready.tunable === undefined) throw new CotangentError('unsupported', `setBackend: ${wanted} has one kernel for each equation: leave tuning out`);
      ready.tunable.useTuning(tuning);
    }
    current = ready;
  } catch (error) {
    // What failed once may work when it is asked for again.
    made.delete(wanted);
    throw error;
  }
}
async function fastest(): Promise<string> {
  for (const [name, { fast }] of [...installed].reverse()) if (fast !== null && await fast()) return name;
  return '';
}
/**
 * The name of the current backend.
 *
 * @example
 * import { backends, getBackend } from 'cotangent';
 * backends().includes(getBackend()); // -> true
 */
export const getBackend = (): string => currentBackend().name;
/**
 * The names of the backends that `setBackend` takes.
 *
 * @example
 * import { backends } from 'cotangent';
 * backends().includes('reference'); // -> true
 */
export const backends = (): readonly string[] => [...installed].flatMap(([name, { fast }]) => fast !== null || made.has(name) ? [name] : []);
