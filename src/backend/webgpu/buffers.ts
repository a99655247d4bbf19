// Memory of the device: buffers for values, given back to a pool by size, staging buffers for reads. Floor 6.
// A buffer given back may be handed out at once: whatever still reads it was asked for earlier, and the queue keeps that order.
import { MemoryError } from '../../error.ts';
import type { Buffer } from '../../trace/backend.ts';
import { Outcome } from './outcome.ts';
import { bindingAlignment, usage, type GpuBufferHandle, type GpuDevice } from './gpu.ts';

export class DeviceBuffer implements Buffer {
  readonly bytes: number;
  readonly piece: Piece;
  holders?: number;
  /** What went wrong when it was to be written: of this value, not of its memory, which others may have by then. */
  failure: Error | null = null;
  /** What went wrong beside it: who reads this value is not told. */
  spared: Error | null = null;
  /** What came of what wrote it. */
  outcome = new Outcome();
  constructor(bytes: number, piece: Piece) { this.bytes = bytes; this.piece = piece; }
  /** Why it is no value, as far as is known. */
  get fault(): Error | null { return this.failure ?? this.outcome.error; }
}
/** Memory that values own. `pool`: where it comes from, and goes back to: each device has its own. */
export interface Piece { readonly pool: BufferPool; readonly handle: GpuBufferHandle; readonly id: number; owners: number; free: boolean; /** Whether it stands in the pool's list. */ listed: boolean; /** Whether it is gone, or never was: the device had no memory for it. */ broken: boolean; /** Settles when it is known whether the device has it; null where it is. */ lacking: Promise<unknown> | null }

/** Sizes in steps of at most a quarter, so that buffers fit again. */
export function roundedSize(bytes: number): number {
  const least = Math.max(bindingAlignment, Math.ceil(bytes / bindingAlignment) * bindingAlignment);
  const step = Math.max(bindingAlignment, 2 ** Math.floor(Math.log2(least)) / 4);
  return Math.ceil(least / step) * step;
}

const remedies = 'await a result so that dead values are collected, donate, or dispose with using';
/** From this size on a buffer has an error scope of its own. */
const largeBuffer = 2 ** 22;

export class BufferPool {
  readonly #device: GpuDevice;
  /** What was given back, the last on top; some of it may be in use again. */
  readonly #free = new Map<number, Piece[]>();
  readonly #staging = new Map<number, GpuBufferHandle[]>();
  #ids = 0;
  /** Bytes of the buffers that values own, and of those that wait in the pool. */
  used = 0;
  pooled = 0;
  readonly #budget: number;
  readonly #complain: (error: Error) => void;
  readonly #later: (job: () => void) => void;
  /** `complain` hears of memory that the device has not, which it tells after the call; `later` does what is to be done when all that was asked for so far was given to the device. */
  constructor(device: GpuDevice, budget: number, complain: (error: Error) => void, later: (job: () => void) => void) {
    this.#device = device;
    this.#budget = budget;
    this.#complain = complain;
    this.#later = later;
  }

  /** `liked`: pieces that serve better than others where they are free. A training loop that gets the same ones again needs no other bind groups. */
  take(bytes: number, who: string, liked: readonly Piece[] = []): DeviceBuffer {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const size = Math.min(roundedSize(bytes), Math.max(bytes, Math.floor(most / 4) * 4));
    if (bytes > most) throw new MemoryError('unsupported', `webgpu: ${who} asks for a buffer of ${bytes} bytes, this device has at most ${most}`);
    const waiting = this.#waiting(size, liked);
    if (waiting !== null) {
      this.pooled -= size;
      this.used += size;
      waiting.free = false;
      return new DeviceBuffer(bytes, waiting);
    }
    if (this.used + this.pooled + size > this.#budget) this.trim();
    if (this.used + size > this.#budget) throw new MemoryError('unsupported', `webgpu: ${who} asks for ${bytes} bytes, and ${this.used} of the ${this.#budget} bytes allowed are in use; ${remedies}`);
    this.used += size;
    const made = this.#made(size, who, bytes, usage.storage | usage.copySource | usage.copyDestination);
    const piece: Piece = { pool: this, handle: made.handle, id: this.#ids++, owners: 0, free: false, listed: false, broken: false, lacking: null };
    const buffer = new DeviceBuffer(bytes, piece);
    if (made.lacking !== null) {
      const known = made.lacking.then(error => {
        piece.lacking = null;
        if (error !== null) this.#discard(piece);
        return error;
      });
      piece.lacking = known;
      buffer.outcome.needs([known]);
    }
    return buffer;
  }
  /** A buffer, and whether the device lacks the memory for it, where that is asked: small buffers are many, and what it lacks for them its own words tell. */
  #made(size: number, who: string, bytes: number, how: number): { readonly handle: GpuBufferHandle; readonly lacking: Promise<MemoryError | null> | null } {
    if (size < largeBuffer) return { handle: this.#device.createBuffer({ label: who, size, usage: how }), lacking: null };
    const used = this.used;
    this.#device.pushErrorScope('out-of-memory');
    const handle = this.#device.createBuffer({ label: who, size, usage: how });
    const lacking = this.#device.popErrorScope().then(found => {
      if (found === null) return null;
      const error = new MemoryError('out-of-memory', `webgpu: the device has no memory for ${bytes} bytes that ${who} asks for, ${used} in use (${found.message}); ${remedies}`);
      // What waits in the pool makes room for who tries again.
      this.trim();
      this.#complain(error);
      return error;
    }, () => null /* A lost device is told of elsewhere. */);
    return { handle, lacking };
  }
  /** Memory that is nobody's value, and what it lacks, while that is not known. */
  own(size: number, who: string): { readonly handle: GpuBufferHandle; readonly lacking: Promise<MemoryError | null> | null } {
    return this.#made(size, who, size, usage.storage | usage.copySource | usage.copyDestination);
  }
  /** A buffer that the device has not got serves nobody again. */
  #discard(piece: Piece): void {
    piece.broken = true;
    if (!piece.free) return;
    this.pooled -= piece.handle.size;
    piece.handle.destroy();
  }
  /** What was given back last comes first, so that few pieces take turns, however many wait. */
  #waiting(size: number, liked: readonly Piece[]): Piece | null {
    for (const p of liked) if (p.free && !p.broken && p.handle.size === size) return p;
    const pieces = this.#free.get(size) ?? [];
    for (let p = pieces.pop(); p !== undefined; p = pieces.pop()) {
      p.listed = false;
      if (p.free && !p.broken) return p;
    }
    return null;
  }
  give(piece: Piece): void {
    if (piece.free) return;
    piece.free = true;
    const { size } = piece.handle;
    this.used -= size;
    if (piece.broken) { piece.handle.destroy(); return; }
    this.pooled += size;
    if (piece.listed) return;
    piece.listed = true;
    const pieces = this.#free.get(size);
    if (pieces === undefined) this.#free.set(size, [piece]); else pieces.push(piece);
  }
  /** Destroys what waits in the pool. What waits for the device may still use it; the device frees it when its work is done. */
  trim(): void {
    const waiting = [...this.#free.values()].flat().filter(p => p.free);
    for (const pieces of this.#free.values()) for (const p of pieces) p.listed = false;
    for (const p of waiting) p.broken = true;
    this.#free.clear();
    this.pooled = 0;
    if (waiting.length > 0) this.#later(() => { for (const p of waiting) p.handle.destroy(); });
  }
  staging(bytes: number): GpuBufferHandle { return this.stagingFor(bytes).handle; }
  /** The same, and what it lacks, while that is not known. */
  stagingFor(bytes: number): { readonly handle: GpuBufferHandle; readonly lacking: Promise<MemoryError | null> | null } {
    const size = Math.min(roundedSize(bytes), Math.max(bytes, Math.floor(this.#device.limits.maxBufferSize / 4) * 4));
    const waiting = this.#staging.get(size)?.pop();
    return waiting === undefined ? this.#made(size, 'a read', bytes, usage.mapRead | usage.copyDestination) : { handle: waiting, lacking: null };
  }
  giveStaging(handle: GpuBufferHandle): void {
    const list = this.#staging.get(handle.size);
    if (list === undefined) this.#staging.set(handle.size, [handle]);
    else if (list.length < 4) list.push(handle); else handle.destroy();
  }
}
