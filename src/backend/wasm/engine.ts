// The WebAssembly engine of the machine, typed by what is used of it, so that neither browser nor Node types are needed.
// Floor 6.
import { MemoryError } from '../../error.ts';

export interface LinearMemory { readonly buffer: ArrayBuffer; grow(pages: number): number }
export interface CompiledModule { readonly compiled: true }
export interface Instance { readonly exports: { readonly [name: string]: unknown } }
type Imports = { readonly [module: string]: { readonly [name: string]: unknown } };
export interface Engine {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => LinearMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => CompiledModule;
  readonly Instance: new (module: CompiledModule, imports: Imports) => Instance;
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** The engine, or a clear error where there is none. */
export function engine(): Engine {
  const found: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (isEngine(found)) return found;
  throw new MemoryError('unsupported', "wasm: this machine has no WebAssembly; use setBackend('reference')");
}
const isEngine = (x: unknown): x is Engine => typeof x === 'object' && x !== null && 'Memory' in x && 'Module' in x && 'Instance' in x && 'validate' in x;
