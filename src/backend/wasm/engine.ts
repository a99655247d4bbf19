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

interface Flags { setFlagsFromString(flag: string): void }
interface Node { getBuiltinModule(name: string): unknown; readonly arch?: string; readonly versions?: { readonly [name: string]: string | undefined } }
const isNode = (x: unknown): x is Node => typeof x === 'object' && x !== null && 'getBuiltinModule' in x && typeof x.getBuiltinModule === 'function';
const hasFlags = (x: unknown): x is Flags => typeof x === 'object' && x !== null && 'setFlagsFromString' in x && typeof x.setFlagsFromString === 'function';
/**
 * Asks Node 20, which has the fused instructions behind a flag, to compile them. Elsewhere there is nothing to ask: browsers and later
 * versions of Node have them on, or have them not at all. What holds afterwards a module that uses them tells.
 */
export function askForFusedInstructions(): void { setFlag('--experimental-wasm-relaxed-simd'); }
/**
 * Whether the engine keeps loads where they stand. No module can tell, so its age must: V8 that does so came with the half precision of 2025, and
 * the others never did otherwise. A wrong guess costs time, no bit.
 */
export const keepsOrder = (): boolean => typeof Reflect.get(Math, 'f16round') === 'function';
/** Asks Node 24 or later on x64 to join pairs of vectors in what it compiles from now on. Whether it is one that can. */
export function askForPairs(): boolean {
  const node: unknown = Reflect.get(globalThis, 'process');
  if (!isNode(node) || node.arch !== 'x64' || !(Number(node.versions?.['node']?.split('.')[0]) >= 24)) return false;
  return setFlag('--experimental-wasm-revectorize');
}
function setFlag(flag: string): boolean {
  const node: unknown = Reflect.get(globalThis, 'process');
  const v8 = isNode(node) ? node.getBuiltinModule('v8') : null;
  if (!hasFlags(v8)) return false;
  try { v8.setFlagsFromString(flag); } catch { /* an engine that knows no such flag */ return false; }
  return true;
}
