// The cache of executables: bounded, keyed by backend and structural hash, verified by full comparison on a hit.
// A structure is compiled at its second sight; before that it is interpreted.
import { hashJaxpr, sameJaxpr } from '../ir/hash.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { Backend, Buffer, Executable } from './backend.ts';
import { statistics } from './statistics.ts';

interface Entry { readonly jaxpr: Jaxpr; executable: Executable | null }
const limit = 512;
/** How many programs with one key are kept. */
const sharing = 4;
/** Insertion order is order of use: the first is the least recently used. */
const cache = new Map<string, Entry[]>();

export const clearExecutables = (): void => cache.clear();

function entryFor(backend: Backend, jaxpr: Jaxpr): { readonly entry: Entry; readonly seen: boolean } {
  const key = `${backend.name}:${hashJaxpr(jaxpr)}`;
  const found = cache.get(key);
  const same = found?.find(e => sameJaxpr(e.jaxpr, jaxpr));
  if (found !== undefined) { cache.delete(key); cache.set(key, found); }
  if (same !== undefined) return { entry: same, seen: true };
  const entry: Entry = { jaxpr, executable: null };
  if (found === undefined) cache.set(key, [entry]);
  // Programs that differ in their records alone (callbacks) share a key: only the latest are worth keeping.
  else if (found.push(entry) > sharing) found.shift();
  if (cache.size > limit) for (const oldest of cache.keys()) { cache.delete(oldest); break; }
  return { entry, seen: false };
}

function compiled(backend: Backend, entry: Entry): Executable {
  if (entry.executable === null) {
    statistics.compiled++;
    entry.executable = backend.compile(entry.jaxpr);
  } else statistics.hits++;
  return entry.executable;
}

/** The executable of a program, compiled at once. */
export const executableFor = (backend: Backend, jaxpr: Jaxpr): Executable => compiled(backend, entryFor(backend, jaxpr).entry);

/** Runs a program that may never be seen again. */
export function runOnce(backend: Backend, jaxpr: Jaxpr, inputs: readonly Buffer[]): readonly Buffer[] {
  statistics.programs++;
  const { entry, seen } = entryFor(backend, jaxpr);
  if (!seen && entry.executable === null) return backend.interpret(jaxpr, inputs);
  return compiled(backend, entry).run(inputs, inputs.map(() => false));
}
