// A device at work: what it is asked for it does in that order, a few submits ahead at most; its memory, its pipelines, the arena of
// temporaries; what went wrong with it. Floor 6: knows commands and buffers, not programs.
import { MemoryError } from '../../error.ts';
import { wordBytes } from '../../compile/wgsl/shader.ts';
import { Faults } from './faults.ts';
import { BufferPool, roundedSize, type DeviceBuffer } from './buffers.ts';
import { mapModeRead, usage, type GpuBufferHandle, type GpuCommandEncoder, type GpuComputePass, type GpuDevice, type GpuObject } from './gpu.ts';
import { heardFrom, lostError, oneLine, saysLost, whyRefused } from './lost.ts';
import { Outcome } from './outcome.ts';
import { Pipelines } from './pipelines.ts';
import { OrderedQueue } from './queue.ts';

/** Submits that may be unfinished at a time: more would only wait in the driver. */
const inFlightLimit = 3;
const leastArena = 65536;

/** The buffer of temporaries; bind groups made of another generation are stale. */
export interface Arena { readonly handle: GpuBufferHandle; readonly generation: number; /** What it lacks, while that is not known. */ readonly lacking: () => Promise<Error | null> | null }
/** Bytes up to which reads go together. */
const mostReadTogether = 2 ** 24;
interface Read { readonly buffer: DeviceBuffer; readonly bytes: number; readonly resolve: (words: ArrayBuffer) => void; readonly reject: (error: Error) => void }
/** Where a mapped range may begin. */
const mappedAlignment = 8;
const wholeWords = (bytes: number): number => Math.ceil(bytes / wordBytes) * wordBytes;
/** A job for the device: what it waits for, what it gives it, and who hears of a failure. */
export interface Work { readonly outcome: Outcome; waitFor(): Promise<unknown> | null; encode(): GpuObject | null; failed(error: Error): void; done?(): void }
/** A job of several submits, between which values are read. */
export interface LongWork { waitFor(): Promise<unknown> | null; steps(): Promise<void>; failed(error: Error): void }

/** Whether it says no more than that something else went wrong. */
const isDerived = (words: string): boolean => /due to a previous error/.test(words);
export const asError = (x: unknown): Error => x instanceof Error ? x : new Error(String(x));

export class Device {
  readonly gpu: GpuDevice;
  readonly pool: BufferPool;
  readonly pipelines: Pipelines;
  readonly #queue = new OrderedQueue();
  #arena: Arena | null = null;
  #counts: { readonly handle: GpuBufferHandle; readonly generation: number } | null = null;
  #generations = 0;
  #inFlight: readonly Promise<unknown>[] = [];
  /** Reads between which nothing else was asked for. */
  #reads: Read[] = [];
  #readBytes = 0;
  /** Reads that are not answered yet. */
  #reading = 0;
  #lost: MemoryError | null = null;
  readonly faults = new Faults(() => this.#reading > 0);
  /** What the device said last to nobody in particular. */
  #said = '';
  /** Kernels started, and command buffers given to the device. */
  dispatches = 0;
  submits = 0;

  constructor(gpu: GpuDevice, budget: number) {
    this.gpu = gpu;
    this.pool = new BufferPool(gpu, budget, error => { this.faults.complain(error); }, job => { this.#add(job); });
    this.pipelines = new Pipelines(gpu);
    gpu.onuncapturederror = ({ error }) => { if (!isDerived(error.message)) this.#said = oneLine(error.message); this.faults.complain(new MemoryError('unsupported', this.pipelines.refused(error.message))); };
    void gpu.lost.then(how => { this.#lost = lostError(how); });
  }
  get lost(): boolean { return this.#lost !== null; }
  /** Throws where it is lost, as far as is known. */
  alive(): void { if (this.#lost !== null) throw this.#lost; }
  /** Whether it is lost, by all that happened so far. */
  async isLost(): Promise<boolean> {
    if (this.#lost === null) await heardFrom(this.gpu);
    return this.lost;
  }

  write(b: DeviceBuffer, words: ArrayBufferView): void {
    this.#add(() => {
      try { this.#asked(b.outcome, () => { this.gpu.queue.writeBuffer(b.piece.handle, 0, words); }); } catch (error) {
        b.failure ??= new MemoryError('unsupported', `webgpu: the device did not take ${words.byteLength} bytes of data: ${oneLine(asError(error).message)}`, { cause: error });
        this.failed(b.failure);
      }
    });
  }
  /** Asks the device for something; what it refuses of it is told later. */
  #asked(outcome: Outcome, ask: () => void): void {
    this.gpu.pushErrorScope('validation');
    try { ask(); } finally {
      // A lost device is told of elsewhere.
      outcome.needs([this.gpu.popErrorScope().then(found => {
        if (found === null) return null;
        const cause = isDerived(found.message) && this.#said !== '' ? ` (before that: ${this.#said})` : '';
        const error = new MemoryError('unsupported', this.pipelines.refused(`${oneLine(found.message)}${cause}`, outcome.kernels()));
        void outcome.answered?.then(() => { if (outcome.error === error) this.failed(error); });
        return whyRefused(this.gpu, found.message, error);
      }, () => null)]);
    }
  }
  /** All that is asked for goes through here: in its order, reads included. */
  #add(job: () => void | Promise<void>): void {
    this.#giveReads();
    this.#queue.add(job);
  }
  /** The words of a buffer, once all that was asked for before is done. Reads that are asked for one after another are one copy and one map. */
  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    this.#reading++;
    return new Promise<ArrayBuffer>((resolve, reject) => {
      if (this.#reads.length > 0 && this.#readBytes + bytes > mostReadTogether) this.#giveReads();
      if (this.#reads.length === 0) queueMicrotask(() => { this.#giveReads(); });
      this.#reads.push({ buffer, bytes, resolve, reject });
      this.#readBytes += Math.ceil(bytes / mappedAlignment) * mappedAlignment;
    }).finally(() => { this.#reading--; });
  }
  #giveReads(): void {
    if (this.#reads.length === 0) return;
    const reads = this.#reads;
    [this.#reads, this.#readBytes] = [[], 0];
    const failed = (error: Error): void => { this.faults.heard(error); for (const r of reads) r.reject(error); };
    // What is asked for here, and what the values come from: of that each is told its own.
    const [outcome, sources] = [new Outcome(), new Outcome()];
    let staging: GpuBufferHandle | null = null;
    const copied: { readonly read: Read; readonly at: number }[] = [];
    this.submit({
      outcome,
      waitFor: () => {
        const asked: Promise<unknown>[] = reads.map(r => r.buffer.piece.lacking).filter(p => p !== null);
        const { handle, lacking } = this.pool.stagingFor(reads.reduce((n, r) => n + Math.ceil(r.bytes / mappedAlignment) * mappedAlignment, 0));
        staging = handle;
        if (lacking !== null) {
          outcome.needs([lacking]);
          asked.push(lacking);
        }
        return asked.length === 0 ? null : Promise.all(asked);
      },
      encode: () => {
        let end = 0;
        // Who reads what failed has heard of it before the others.
        if (outcome.error !== null) throw outcome.error;
        for (const { buffer } of reads) this.faults.heard(buffer.fault);
        for (const read of reads) {
          const told = read.buffer.fault ?? this.faults.beside(read.buffer.spared);
          if (told !== null) {
            this.faults.heard(told);
            read.reject(told);
            continue;
          }
          const at = Math.ceil(end / mappedAlignment) * mappedAlignment;
          copied.push({ read, at });
          end = at + wholeWords(read.bytes);
        }
        if (copied.length === 0 || staging === null) return null;
        sources.follows(copied.map(c => c.read.buffer));
        const encoder = this.gpu.createCommandEncoder();
        for (const { read, at } of copied) encoder.copyBufferToBuffer(read.buffer.piece.handle, 0, staging, at, wholeWords(read.bytes));
        return encoder.finish();
      },
      failed,
      done: () => {
        if (staging === null) return;
        if (copied.length === 0) { this.pool.giveStaging(staging); return; }
        const ranges = copied.map(({ read, at }) => ({ at, bytes: read.bytes }));
        this.#mapped(staging, ranges, outcome).then(async all => {
          await sources.answered;
          copied.forEach(({ read }, i) => {
            const fault = read.buffer.fault ?? outcome.error;
            this.faults.heard(fault);
            if (fault === null) read.resolve(all[i] ?? new ArrayBuffer()); else read.reject(fault);
          });
        }, (error: unknown) => { failed(asError(error)); });
      },
    });
  }
  /** The bytes of a staging buffer that a submit has filled, which then serves others. */
  async mapped(staging: GpuBufferHandle, bytes: number, outcome: Outcome): Promise<ArrayBuffer> {
    const [told] = await this.#mapped(staging, [{ at: 0, bytes }], outcome);
    if (outcome.error !== null) throw outcome.error;
    return told ?? new ArrayBuffer();
  }
  /** Copies of parts of a staging buffer. */
  async #mapped(staging: GpuBufferHandle, ranges: readonly { readonly at: number; readonly bytes: number }[], outcome: Outcome): Promise<readonly ArrayBuffer[]> {
    const bytes = Math.max(...ranges.map(r => r.at + wholeWords(r.bytes)));
    let words: readonly ArrayBuffer[];
    try {
      let mapping: Promise<unknown> = Promise.resolve();
      this.#asked(outcome, () => { mapping = staging.mapAsync(mapModeRead, 0, bytes); });
      await mapping;
      // At once: a device that is lost takes them back.
      words = ranges.map(({ at, bytes: n }) => staging.getMappedRange(at, wholeWords(n)).slice(0, n));
      staging.unmap();
    } catch (error) {
      await this.isLost();
      staging.destroy();
      const why = asError(error);
      throw this.#lost ?? (saysLost(why.message) ? await whyRefused(this.gpu, why.message, why) : null) ?? outcome.error ?? this.faults.complaint() ?? new MemoryError('unsupported', `webgpu: the device gave no access to ${bytes} bytes of results: ${oneLine(asError(error).message)}`, { cause: error });
    }
    this.pool.giveStaging(staging);
    await outcome.answered;
    const complaint = this.faults.complaint();
    if (complaint !== null) throw complaint;
    return words;
  }
  /** Microseconds of `samples` passes, one after another, by the clock of the device. */
  async timed(samples: number, encode: (pass: GpuComputePass) => void): Promise<readonly number[]> {
    const bytes = 16 * samples;
    const set = this.gpu.createQuerySet({ type: 'timestamp', count: 2 * samples });
    const resolved = this.gpu.createBuffer({ label: 'timestamps', size: bytes, usage: usage.queryResolve | usage.copySource });
    const staging = this.pool.staging(bytes);
    const outcome = new Outcome();
    await new Promise<void>((done, failed) => {
      this.submit({
        outcome,
        waitFor: () => null,
        encode: () => {
          const encoder = this.gpu.createCommandEncoder();
          for (let i = 0; i < samples; i++) {
            const pass = encoder.beginComputePass({ timestampWrites: { querySet: set, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 } });
            encode(pass);
            pass.end();
          }
          encoder.resolveQuerySet(set, 0, 2 * samples, resolved, 0);
          encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
          return encoder.finish();
        },
        failed, done,
      });
    });
    const ticks = new BigUint64Array(await this.mapped(staging, bytes, outcome));
    set.destroy();
    resolved.destroy();
    // A clock that was set back in between says nothing.
    return Array.from({ length: samples }, (_, i) => { const ns = Number((ticks[2 * i + 1] ?? 0n) - (ticks[2 * i] ?? 0n)); return ns < 0 ? Infinity : ns / 1000; });
  }
  /** Values are not what was asked for. That the device was lost is told where it is asked for more. */
  failed(error: Error): void { if (this.#lost === null) this.faults.note(error); }
  /** Whoever reads next hears of it, whatever is read. */
  tell(error: Error): void { if (this.#lost === null) this.faults.tell(error); }
  /** Runs a job that needs the queue for itself until it is done. */
  drive(work: LongWork): void {
    this.#add(async () => {
      try {
        await work.waitFor();
        await work.steps();
      } catch (error) { work.failed(asError(error)); }
    });
  }
  /** Within a job of several submits: gives the device what was recorded, then reads words. */
  async flush(outcome: Outcome, encoder: GpuCommandEncoder, words: readonly { readonly buffer: GpuBufferHandle; readonly offset: number }[]): Promise<Int32Array> {
    const staging = this.pool.staging(4 * Math.max(1, words.length));
    words.forEach(({ buffer, offset }, i) => encoder.copyBufferToBuffer(buffer, offset, staging, 4 * i, 4));
    while (this.#inFlight.length >= inFlightLimit) await Promise.race(this.#inFlight);
    this.#asked(outcome, () => { this.#submit(encoder.finish()); });
    if (words.length === 0) { this.pool.giveStaging(staging); return new Int32Array(); }
    return new Int32Array(await this.mapped(staging, 4 * words.length, outcome));
  }
  /** Gives the device what `encode` makes, when all before it was given, what it waits for is there, and the device is not too far behind. */
  submit(work: Work): void {
    this.#add(() => {
      let asked: Promise<unknown> | null;
      try { asked = work.waitFor(); } catch (error) { return this.#refused(work, error); }
      const waiting = [asked, ...this.#inFlight.length >= inFlightLimit ? [Promise.race(this.#inFlight)] : []].filter(p => p !== null);
      return waiting.length === 0 ? this.#give(work) : Promise.all(waiting).then(() => this.#give(work));
    });
  }
  #give(work: Work): void | Promise<void> {
    try {
      if (this.#lost !== null) throw this.#lost;
      this.#asked(work.outcome, () => {
        const commands = work.encode();
        if (commands !== null) this.#submit(commands);
      });
      work.done?.();
    } catch (error) { return this.#refused(work, error); }
  }
  #refused(work: Work, error: unknown): void | Promise<void> {
    const refused = asError(error);
    if (!saysLost(refused.message)) { work.failed(refused); return; }
    return whyRefused(this.gpu, refused.message, refused).then(why => { work.failed(why); });
  }
  #submit(commands: GpuObject): void {
    if (this.#lost !== null) throw this.#lost;
    this.gpu.queue.submit([commands]);
    this.submits++;
    const finished: Promise<unknown> = this.gpu.queue.onSubmittedWorkDone().catch(() => undefined).then(() => { this.#inFlight = this.#inFlight.filter(p => p !== finished); });
    this.#inFlight = [...this.#inFlight, finished];
  }
  /** Workgroup counts that kernels decide: programs run one after another, so one buffer serves all. */
  counts(bytes: number): { readonly handle: GpuBufferHandle; readonly generation: number } {
    if (this.#counts !== null && this.#counts.handle.size >= bytes) return this.#counts;
    this.#counts?.handle.destroy();
    const handle = this.gpu.createBuffer({ label: 'counts', size: roundedSize(bytes * 1.25), usage: usage.storage | usage.indirect | usage.copySource });
    return this.#counts = { handle, generation: ++this.#generations };
  }
  /** Temporaries of all programs: they run one after another, so one arena serves all. */
  arena(bytes: number): Arena {
    if (this.#arena !== null && this.#arena.handle.size >= bytes) return this.#arena;
    const { maxBufferSize } = this.gpu.limits;
    if (bytes > maxBufferSize) throw new MemoryError('unsupported', `webgpu: a program needs ${bytes} bytes for temporaries, a buffer of this device has at most ${maxBufferSize}`);
    this.#arena?.handle.destroy();
    const size = Math.min(maxBufferSize, roundedSize(Math.max(leastArena, bytes * 1.25)));
    const generation = -++this.#generations;
    const { handle, lacking } = this.pool.own(size, 'a program, for temporaries,');
    let asked = lacking;
    void lacking?.then(error => {
      asked = null;
      // An arena that the device has not got is none: the next program asks again.
      if (error !== null && this.#arena?.generation === generation) this.#arena = null;
    });
    return this.#arena = { handle, generation, lacking: () => asked };
  }
}
