// The cache of executables: bounded, keyed by backend and structural hash, verified by full comparison on a hit.
// A structure is compiled at its second sight; before that it is interpreted.
import { hashJaxpr, sameJaxpr } from '../ir/hash.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import { withoutOrigins } from '../ir/origins.ts';
import type { Backend, Buffer, Executable } from './backend.ts';
import { statistics } from './statistics.ts';

/** Programs are kept without origins: a captured line would hold the user's functions and tensors. */
interface Entry { readonly jaxpr: Jaxpr; executable: Executable | null; /** Whose it is: of one name there is a second backend when a device was lost. */ owner: Backend | null; configuration: number | undefined }
const limit = 512;
/** How many programs with one key are kept. */
const sharing = 4;
/** Insertion order is order of use: the first is the least recently used. */
const cache = new Map<string, Entry[]>();

/** What a program object found last: a jitted function asks with the same one at each call. */
let found = new WeakMap<Jaxpr, { readonly backend: Backend; readonly entry: Entry }>();

export function clearExecutables(): void {
  cache.clear();
  found = new WeakMap();
}

function entryFor(backend: Backend, jaxpr: Jaxpr): { readonly entry: Entry; readonly seen: boolean } {
  const last = found.get(jaxpr);
  if (last?.backend === backend) return { entry: last.entry, seen: true };
  const looked = lookUp(backend, jaxpr);
  found.set(jaxpr, { backend, entry: looked.entry });
  return looked;
}
function lookUp(backend: Backend, jaxpr: Jaxpr): { readonly entry: Entry; readonly seen: boolean } {
  const key = `${backend.name}:${hashJaxpr(jaxpr)}`;
  const sharers = cache.get(key);
  const same = sharers?.find(e => sameJaxpr(e.jaxpr, jaxpr));
  if (sharers !== undefined) { cache.delete(key); cache.set(key, sharers); }
  if (same !== undefined) return { entry: same, seen: true };
  const entry: Entry = { jaxpr: withoutOrigins(jaxpr), executable: null, owner: null, configuration: undefined };
  if (sharers === undefined) cache.set(key, [entry]);
  // Programs that differ in their records alone (callbacks) share a key: only the latest are worth keeping.
  else if (sharers.push(entry) > sharing) sharers.shift();
  if (cache.size > limit) for (const oldest of cache.keys()) { cache.delete(oldest); break; }
  return { entry, seen: false };
}

function compiled(backend: Backend, entry: Entry, donated?: readonly boolean[]): Executable {
  if (entry.executable === null || entry.owner !== backend || entry.configuration !== backend.configuration) {
    statistics.compiled++;
    entry.executable = backend.compile(entry.jaxpr, donated);
    entry.owner = backend;
    entry.configuration = backend.configuration;
  } else statistics.hits++;
  return entry.executable;
}

/** The executable of a program, compiled at once, for runs that mostly give these inputs away. */
export const executableFor = (backend: Backend, jaxpr: Jaxpr, donated?: readonly boolean[]): Executable => compiled(backend, entryFor(backend, jaxpr).entry, donated);

/** Runs a program that may never be seen again. */
export function runOnce(backend: Backend, jaxpr: Jaxpr, inputs: readonly Buffer[]): readonly Buffer[] {
  statistics.programs++;
  const { entry, seen } = entryFor(backend, jaxpr);
  if (!seen && entry.executable === null && backend.interpret !== undefined) return backend.interpret(jaxpr, inputs);
  return compiled(backend, entry).run(inputs, inputs.map(() => false), jaxpr);
}
