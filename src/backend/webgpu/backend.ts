// The WebGPU backend: programs as WGSL kernels on a device that works asynchronously. A call returns handles at once; an ordered queue gives
// the device what it is to do; values are read with `await`. Floor 6.
import { MemoryError } from '../../error.ts';
import { allocate, type DType, type HostArray } from '../../dtype/dtype.ts';
import { hasWord } from '../../compile/wgsl/convert.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import type { Backend, Buffer } from '../../trace/backend.ts';
import { acquireAdapter, acquireDevice } from './acquire.ts';
import { BufferPool, roundedSize, type DeviceBuffer, type Piece } from './buffers.ts';
import { deviceBuffer, WebGpuExecutable } from './executable.ts';
import { mapModeRead, usage, type GpuAdapter, type GpuBufferHandle, type GpuDevice, type GpuObject } from './gpu.ts';
import { fromWords, toWords } from './memory.ts';
import { Pipelines } from './pipelines.ts';
import { bytesOf } from './program.ts';
import { OrderedQueue } from './queue.ts';

/** Submits that may be unfinished at a time: more would only wait in the driver. */
const inFlightLimit = 3;
const defaultBudget = 8 * 2 ** 30;

export interface WebGpuOptions {
  /** Bytes that values may take in all. */
  readonly budget?: number;
}

export class WebGpuBackend implements Backend {
  readonly name = 'webgpu';
  readonly adapter: GpuAdapter;
  readonly device: GpuDevice;
  readonly pool: BufferPool;
  readonly pipelines: Pipelines;
  readonly #queue = new OrderedQueue();
  #arena: { readonly handle: GpuBufferHandle; readonly generation: number } | null = null;
  #generations = 0;
  #inFlight: Promise<unknown>[] = [];
  #lost: MemoryError | null = null;
  /** What the device complained of, and nobody has heard yet. */
  #complaint: Error | null = null;
  /** Kernels started, and command buffers given to the device. */
  dispatches = 0;
  submits = 0;
  readonly #registry = new FinalizationRegistry<Piece>(piece => { if (--piece.owners <= 0) this.pool.give(piece); });

  constructor(adapter: GpuAdapter, device: GpuDevice, options: WebGpuOptions = {}) {
    this.adapter = adapter;
    this.device = device;
    this.pool = new BufferPool(device, options.budget ?? defaultBudget);
    this.pipelines = new Pipelines(device);
    device.onuncapturederror = ({ error }) => { this.#complaint ??= new MemoryError('unsupported', `webgpu: the device refused a command: ${error.message}`); };
    void device.lost.then(({ reason, message }) => { this.#lost = new MemoryError('unsupported', `webgpu: the device was lost (${reason}${message === '' ? '' : `: ${message}`}); await setBackend('webgpu') gets a new one, tensors that lived on it are gone`); });
  }
  get lost(): boolean { return this.#lost !== null; }

  checkDType(dtype: DType): void {
    if (!hasWord(dtype)) throw new MemoryError('unsupported', `webgpu: ${dtype} does not exist on this backend; use astype(x, 'f32'), or setBackend('wasm')`);
  }
  upload(data: HostArray, a: Aval): DeviceBuffer {
    const b = this.pool.take(bytesOf(a), 'upload');
    const words = toWords(data, a.dtype);
    if (words.length > 0) this.#write(b, words);
    return b;
  }
  #write(b: DeviceBuffer, words: ArrayBufferView): void {
    this.#queue.add(() => { this.device.queue.writeBuffer(b.piece.handle, 0, words); });
  }
  fill(value: number, a: Aval): DeviceBuffer { return this.upload(allocate(a.dtype, sizeOf(a.shape)).fill(value), a); }
  async download(buffer: Buffer, a: Aval): Promise<HostArray> {
    const b = deviceBuffer(buffer);
    const bytes = bytesOf(a);
    if (bytes === 0) return allocate(a.dtype, 0);
    const staging = await new Promise<GpuBufferHandle>((resolve, reject) => {
      const handle = this.pool.staging(bytes);
      this.submit(() => null, () => {
        if (b.piece.failure !== null) throw b.piece.failure;
        const encoder = this.device.createCommandEncoder();
        encoder.copyBufferToBuffer(b.piece.handle, 0, handle, 0, roundedSize(bytes));
        return encoder.finish();
      }, reject, () => resolve(handle));
    });
    try {
      await staging.mapAsync(mapModeRead, 0, bytes);
    } catch (error) { throw this.#lost ?? error; }
    const words = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.pool.giveStaging(staging);
    if (this.#complaint !== null) { const complaint = this.#complaint; this.#complaint = null; throw complaint; }
    return fromWords(words, a);
  }
  downloadSync(): never {
    throw new MemoryError('unsupported', 'webgpu: a device is read asynchronously; use await x.data(), await x.js() or await x.item()');
  }
  compile(jaxpr: Jaxpr): WebGpuExecutable { return new WebGpuExecutable(this, jaxpr); }
  release(buffer: Buffer, owner?: object): void {
    const { piece } = deviceBuffer(buffer);
    if (owner !== undefined) {
      piece.owners--;
      this.#registry.unregister(owner);
    }
    if (piece.owners <= 0) this.pool.give(piece);
  }
  adopt(owner: object, buffer: Buffer): void {
    const { piece } = deviceBuffer(buffer);
    piece.owners++;
    this.#registry.register(owner, piece, owner);
  }

  /** Gives the device what `encode` makes, when all before it was given, what it waits for is there, and the device is not too far behind. */
  submit(waitFor: () => Promise<unknown> | null, encode: () => GpuObject | null, failed: (error: Error) => void, done: () => void = () => undefined): void {
    const give = (): void => {
      try {
        if (this.#lost !== null) throw this.#lost;
        const commands = encode();
        if (commands !== null) {
          this.device.queue.submit([commands]);
          this.submits++;
          const finished: Promise<unknown> = this.device.queue.onSubmittedWorkDone().catch(() => undefined).then(() => { this.#inFlight = this.#inFlight.filter(p => p !== finished); });
          this.#inFlight.push(finished);
        }
        done();
      } catch (error) { failed(error instanceof Error ? error : new Error(String(error))); }
    };
    this.#queue.add(() => {
      const waiting = [waitFor(), ...this.#inFlight.length >= inFlightLimit ? [Promise.race(this.#inFlight)] : []].filter(p => p !== null);
      if (waiting.length === 0) { give(); return; }
      return Promise.all(waiting).then(give);
    });
  }
  /** Temporaries of all programs: they run one after another, so one arena serves all. */
  arena(bytes: number): { readonly arena: GpuBufferHandle; readonly generation: number } {
    if (this.#arena === null || this.#arena.handle.size < bytes) {
      const { maxBufferSize } = this.device.limits;
      if (bytes > maxBufferSize) throw new MemoryError('unsupported', `webgpu: a program needs ${bytes} bytes for temporaries, a buffer of this device has at most ${maxBufferSize}`);
      this.#arena?.handle.destroy();
      const size = Math.min(maxBufferSize, roundedSize(Math.max(65536, bytes * 1.25)));
      this.#arena = { handle: this.device.createBuffer({ label: 'temporaries', size, usage: usage.storage | usage.copySource | usage.copyDestination }), generation: -++this.#generations };
    }
    return { arena: this.#arena.handle, generation: this.#arena.generation };
  }
}

let shared: Promise<WebGpuBackend> | null = null;
/** The process's own backend; a new one when its device was lost. */
export async function webGpuBackend(): Promise<WebGpuBackend> {
  const made = await shared?.catch(() => null);
  if (made != null && !made.lost) return made;
  shared = acquireAdapter().then(async adapter => new WebGpuBackend(adapter, await acquireDevice(adapter)));
  return shared;
}
