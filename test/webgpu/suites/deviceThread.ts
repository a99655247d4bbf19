// The thread in which WebGPU works for who cannot wait (remote.ts): one request after another, and a reply to each that asks for one.
import { workerData, type MessagePort } from 'node:worker_threads';
import { webGpuBackend, type WebGpuBackend } from '../../../src/backend/webgpu/backend.ts';
import { CotangentError } from '../../../src/error.ts';
import { isLeft } from '../../../src/fp.ts';
import { deserialise } from '../../../src/ir/deserialise.ts';
import type { Jaxpr } from '../../../src/ir/jaxpr.ts';
import { primitiveByName } from '../../../src/primitive/index.ts';
import type { Buffer, Executable } from '../../../src/trace/backend.ts';
import { installSoftwareGpu } from '../software.ts';
import { standIn, type Sight } from './looks.ts';
import { hosted, never } from './portable.ts';
import type { Reply, Request } from './remote.ts';

const { port, replies } = workerData as { readonly port: MessagePort; readonly replies: Int32Array<SharedArrayBuffer> };
const buffers = new Map<number, Buffer>();
const programs = new Map<number, Executable>();
const started = installSoftwareGpu().then(webGpuBackend);

/** What callbacks will look at, elsewhere. */
let seen: Sight[] = [];
const stand = standIn(sight => { seen.push(sight); });
function read(text: string): Jaxpr {
  const program = deserialise(text, name => name === stand.name ? stand : name === never.name ? never : primitiveByName(name) ?? hosted(name));
  if (isLeft(program)) throw program.left;
  return program.right.jaxpr;
}
const buffer = (id: number): Buffer => {
  const b = buffers.get(id);
  if (b === undefined) throw new Error(`no buffer ${id}`);
  return b;
};
/** How many numbers name a buffer: a result may take the place of a donated operand. */
const named = new Map<Buffer, number>();
function keep(id: number, b: Buffer): void {
  if (buffers.get(id) === b) return;
  buffers.set(id, b);
  named.set(b, (named.get(b) ?? 0) + 1);
}
function release(backend: WebGpuBackend, id: number): void {
  const b = buffers.get(id);
  if (b === undefined) return;
  buffers.delete(id);
  const left = (named.get(b) ?? 1) - 1;
  if (left > 0) { named.set(b, left); return; }
  named.delete(b);
  backend.release(b);
}
async function answer(backend: WebGpuBackend, r: Request): Promise<Reply | null> {
  switch (r.kind) {
    case 'upload': keep(r.id, backend.upload(r.data, r.aval)); return null;
    case 'fill': keep(r.id, backend.fill(r.value, r.aval)); return null;
    case 'compile': {
      const executable = backend.compile(read(r.program), r.donated);
      programs.set(r.id, executable);
      return { kind: 'compiled', names: executable.program.jaxpr.eqns.map(e => e.primitive.name), shared: executable.program.results.map(s => s.kind === 'input' || s.kind === 'result' ? { kind: s.kind, index: s.index } : null) };
    }
    case 'run': {
      const results = programs.get(r.program)?.run(r.inputs.map(buffer), r.donated) ?? [];
      results.forEach((b, i) => { const id = r.results[i]; if (id !== undefined) keep(id, b); });
      if (!r.looks) return null;
      // Whatever is read comes after all that was shown.
      await backend.download(backend.fill(0, { shape: [], dtype: 'f32' }), { shape: [], dtype: 'f32' });
      const sights = seen;
      seen = [];
      return { kind: 'seen', sights };
    }
    case 'read': return { kind: 'values', data: await backend.download(buffer(r.id), r.aval) };
    case 'explain': return { kind: 'lines', lines: backend.explain(read(r.program)) };
    case 'release': release(backend, r.id); return null;
    default: return r satisfies never;
  }
}
/** What went wrong where nobody waited for a reply: told with the next one. */
let failed: Error | null = null;
const asks = (r: Request): boolean => (r.kind === 'run' && r.looks) || r.kind === 'compile' || r.kind === 'read' || r.kind === 'explain';
async function serve(r: Request): Promise<void> {
  let reply: Reply | null = null;
  try {
    if (failed !== null && asks(r)) { const error = failed; failed = null; throw error; }
    reply = await answer(await started, r);
  } catch (error) {
    if (!asks(r)) { failed = error instanceof Error ? error : new Error(String(error)); return; }
    reply = { kind: 'error', code: error instanceof CotangentError ? error.code : null, message: error instanceof Error ? error.message : String(error) };
  }
  if (reply === null) return;
  port.postMessage(reply);
  Atomics.add(replies, 0, 1);
  Atomics.notify(replies, 0);
}
let last = Promise.resolve();
port.on('message', (r: Request) => { last = last.then(() => serve(r)); });
