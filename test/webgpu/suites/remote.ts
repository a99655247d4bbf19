// WebGPU behind a thread, so that its values can be read at once: tests that were written for backends that compute on the spot run on it
// unchanged. Programs travel as their serial form, values as arrays; what the backend does, it does in deviceThread.ts.
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { hasWord } from '../../../src/compile/wgsl/convert.ts';
import type { DType, HostArray } from '../../../src/dtype/dtype.ts';
import { CotangentError, MemoryError, type ErrorCode } from '../../../src/error.ts';
import type { Aval } from '../../../src/ir/aval.ts';
import type { Jaxpr } from '../../../src/ir/jaxpr.ts';
import type { Backend, Buffer, Executable } from '../../../src/trace/backend.ts';
import { countProgram } from '../../../src/trace/statistics.ts';
import { looks } from '../../../src/backend/webgpu/shown.ts';
import { bundled } from './bundleThread.ts';
import { withStandIns, type Sight } from './looks.ts';
import { portable } from './portable.ts';

/** What the thread is asked. Buffers and programs are numbers that who asks gives them. */
export type Request =
  | { readonly kind: 'upload'; readonly id: number; readonly data: HostArray; readonly aval: Aval }
  | { readonly kind: 'fill'; readonly id: number; readonly value: number; readonly aval: Aval }
  | { readonly kind: 'compile'; readonly id: number; readonly program: string; readonly donated: readonly boolean[] }
  | { readonly kind: 'run'; readonly program: number; readonly inputs: readonly number[]; readonly donated: readonly boolean[]; readonly results: readonly number[]; /** Whether the host looks at something: then there is a reply. */ readonly looks: boolean }
  | { readonly kind: 'read'; readonly id: number; readonly aval: Aval }
  | { readonly kind: 'explain'; readonly program: string }
  | { readonly kind: 'release'; readonly id: number };
export type Reply =
  | { readonly kind: 'error'; readonly code: string | null; readonly message: string }
  /** For each result of a program, the input or the earlier result that it shares memory with, or null. */
  | { readonly kind: 'compiled'; readonly shared: readonly ({ readonly kind: 'input' | 'result'; readonly index: number } | null)[]; readonly names: readonly string[] }
  | { readonly kind: 'values'; readonly data: HostArray }
  | { readonly kind: 'seen'; readonly sights: readonly Sight[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[] };

class RemoteBuffer implements Buffer {
  readonly id: number;
  readonly bytes: number;
  owners = 0;
  holders?: number;
  constructor(id: number, bytes: number) { this.id = id; this.bytes = bytes; }
}
function remote(b: Buffer): RemoteBuffer {
  if (b instanceof RemoteBuffer) return b;
  throw new MemoryError('backend-mismatch', 'webgpu: the buffer belongs to another backend');
}
const bytesOf = (a: Aval): number => 4 * a.shape.reduce((n, d) => n * d, 1);

export class RemoteWebGpu implements Backend {
  readonly name = 'webgpu';
  readonly #port: MessagePort;
  /** Replies given so far; the thread counts them up, and wakes who waits. */
  readonly #replies = new Int32Array(new SharedArrayBuffer(4));
  #ids = 0;
  readonly #registry = new FinalizationRegistry<RemoteBuffer>(b => { if (--b.owners <= 0) this.#tell({ kind: 'release', id: b.id }); });
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const worker = new Worker(bundled, { workerData: { port: port2, replies: this.#replies }, transferList: [port2] });
    // The process ends with its tests.
    worker.unref();
  }
  #tell(r: Request): void { this.#port.postMessage(r); }
  #ask(r: Request): Reply {
    const before = Atomics.load(this.#replies, 0);
    this.#tell(r);
    const patience = performance.now() + 600_000;
    for (;;) {
      Atomics.wait(this.#replies, 0, before, 1000);
      // The count may be seen before the message.
      const got: unknown = receiveMessageOnPort(this.#port)?.message;
      if (got !== undefined) return this.#told(got as Reply);
      if (performance.now() > patience) throw new Error(`the thread of WebGPU is silent: ${r.kind}`);
    }
  }
  #told(reply: Reply): Reply {
    if (reply.kind !== 'error') return reply;
    const { code, message } = reply;
    throw code === null ? new Error(message) : code === 'unsupported' ? new MemoryError(code, message) : new CotangentError(code as ErrorCode, message);
  }
  #buffer(bytes: number): RemoteBuffer { return new RemoteBuffer(this.#ids++, bytes); }

  checkDType(dtype: DType): void {
    if (!hasWord(dtype)) throw new MemoryError('unsupported', `webgpu: ${dtype} does not exist on this backend; use astype(x, 'f32'), or setBackend('wasm')`);
  }
  upload(data: HostArray, aval: Aval): Buffer {
    const b = this.#buffer(bytesOf(aval));
    this.#tell({ kind: 'upload', id: b.id, data, aval: { shape: aval.shape, dtype: aval.dtype } });
    return b;
  }
  fill(value: number, aval: Aval): Buffer {
    const b = this.#buffer(bytesOf(aval));
    this.#tell({ kind: 'fill', id: b.id, value, aval: { shape: aval.shape, dtype: aval.dtype } });
    return b;
  }
  download(b: Buffer, a: Aval): Promise<HostArray> { return Promise.resolve().then(() => this.downloadSync(b, a)); }
  downloadSync(b: Buffer, { shape, dtype }: Aval): HostArray {
    const reply = this.#ask({ kind: 'read', id: remote(b).id, aval: { shape, dtype } });
    if (reply.kind !== 'values') throw new Error('the thread of WebGPU answered something else');
    return reply.data;
  }
  #text(jaxpr: Jaxpr): string {
    for (const a of [...jaxpr.inputs, ...jaxpr.outputs]) this.checkDType(a.aval.dtype);
    return portable(jaxpr);
  }
  compile(jaxpr: Jaxpr, donated: readonly boolean[] = []): Executable {
    const program = this.#ids++;
    const looked = looks(jaxpr) ? withStandIns(jaxpr) : null;
    const reply = this.#ask({ kind: 'compile', id: program, program: this.#text(looked?.program ?? jaxpr), donated });
    if (reply.kind !== 'compiled') throw new Error('the thread of WebGPU answered something else');
    const { shared, names } = reply;
    return {
      run: (inputs, donated, lines = jaxpr) => {
        const given = inputs.map(remote);
        const results: RemoteBuffer[] = [];
        shared.forEach((s, i) => {
          const same = s === null ? undefined : s.kind === 'input' ? given[s.index] : results[s.index];
          const aval = jaxpr.outputs[i]?.aval;
          results.push(same ?? this.#buffer(aval === undefined ? 0 : bytesOf(aval)));
        });
        countProgram(names);
        const run: Request = { kind: 'run', program, inputs: given.map(b => b.id), donated, results: results.map(b => b.id), looks: looked !== null };
        if (looked === null) { this.#tell(run); return results; }
        const done = this.#ask(run);
        // As where programs are computed on the spot: the call throws.
        if (done.kind === 'seen') for (const sight of done.sights) looked.look(sight, lines);
        return results;
      },
    };
  }
  explain(jaxpr: Jaxpr): readonly string[] {
    const reply = this.#ask({ kind: 'explain', program: this.#text(jaxpr) });
    return reply.kind === 'lines' ? reply.lines : [];
  }
  release(buffer: Buffer, owner?: object): void {
    const b = remote(buffer);
    if (owner !== undefined) { b.owners--; this.#registry.unregister(owner); }
    if (b.owners <= 0) this.#tell({ kind: 'release', id: b.id });
  }
  adopt(owner: object, buffer: Buffer): void {
    const b = remote(buffer);
    b.owners++;
    this.#registry.register(owner, b, owner);
  }
}
