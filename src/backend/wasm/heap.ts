// Linear memory in blocks: best fit by size class, neighbours coalesce, least recently used buffers move out when the budget is exceeded.
// Floor 6. The heap holds resident buffers, never handles: what nobody holds any more is found by eviction or by the registry.
import { MemoryError } from '../../error.ts';
import type { Buffer } from '../../trace/backend.ts';
import type { LinearMemory } from './engine.ts';

const alignment = 64;
const pageBytes = 65536;
const smallBlock = 4096;
const quickLimit = 2 ** 20;

/**
 * A value's place in linear memory. Who waits for the value's owners to be collected holds the place alone, never the value: a finalizer
 * does not run inside a synchronous job, and what moved out must be collected there.
 */
export class Place {
  readonly bytes: number;
  /** Address, or 0 while the value is not resident. */
  address = 0;
  /** Cells that own the value. */
  owners = 0;
  /** Programs that are running on it now. */
  pins = 0;
  /** Whether it was used since it was last passed over. */
  used = false;
  constructor(bytes: number) { this.bytes = bytes; }
}
/** A value in linear memory, or moved out of it. */
export class WasmBuffer implements Buffer {
  readonly place: Place;
  /** The bytes while the value is not resident: reachable from here alone, so that the collector frees them with the last handle. */
  moved: ArrayBuffer | null = null;
  constructor(bytes: number) { this.place = new Place(bytes); }
  get bytes(): number { return this.place.bytes; }
  get address(): number { return this.place.address; }
}

/** Free blocks by size class: four classes an octave. */
const classOf = (size: number): number => {
  const octave = 31 - Math.clz32(size);
  return octave * 4 + ((size >>> Math.max(0, octave - 2)) & 3);
};

export class Heap {
  readonly memory: LinearMemory;
  /** Pages that the memory may grow to. */
  readonly #maxPages: number;
  /** Block sizes by start, of free and of taken blocks, and free blocks by end. */
  readonly #taken = new Map<number, number>();
  readonly #freeByStart = new Map<number, number>();
  readonly #freeByEnd = new Map<number, number>();
  readonly #classes: Set<number>[] = Array.from({ length: 132 }, () => new Set<number>());
  /** Small free blocks by size, kept apart: they are asked for again soon, and are not joined with their neighbours. */
  readonly #quick: number[][] = Array.from({ length: smallBlock / alignment + 1 }, () => []);
  #quickBytes = 0;
  #end: number;
  /** Resident values by their places, in the order in which they came, or came by once more since they were used. */
  readonly #resident = new Map<Place, WasmBuffer>();
  #residentBytes = 0;
  /** Resident bytes above which buffers move out; grows when what moved out is needed again. */
  budget: number;
  readonly statistics = { evictions: 0, reloads: 0, peakBytes: 0 };

  constructor(memory: LinearMemory, start: number, budget: number, maxPages: number) {
    this.memory = memory;
    this.#maxPages = maxPages;
    this.#end = align(start);
    this.budget = budget;
  }
  get liveBytes(): number { return this.#residentBytes; }
  /** The end of what was ever taken. */
  get end(): number { return this.#end; }

  /** The address of a fresh block. Where there is no room left, whatever is not in use moves out, the least recently used first. */
  allocate(bytes: number, what: string): number {
    const size = align(Math.max(bytes, 1)) + alignment;
    if (size <= smallBlock) {
      const quick = this.#quick[size / alignment]?.pop();
      if (quick !== undefined) {
        this.#quickBytes -= size;
        this.#taken.set(quick, size);
        return quick;
      }
    }
    const live = this.#residentBytes;
    const start = this.#take(size) ?? this.#extend(size) ?? this.#makeRoom(size);
    if (start === null) {
      throw new MemoryError('out-of-memory', `${what}: out of memory: ${size} bytes wanted, ${live} bytes live in linear memory of ${this.memory.buffer.byteLength}, at most ${this.#maxPages * pageBytes}; free tensors (using, donate) or use smaller batches`);
    }
    this.#taken.set(start, this.#taken.get(start) ?? size);
    return start;
  }
  free(address: number): void {
    const size = this.#taken.get(address);
    if (size === undefined) return;
    this.#taken.delete(address);
    if (size <= smallBlock && this.#quickBytes + size <= quickLimit) {
      this.#quick[size / alignment]?.push(address);
      this.#quickBytes += size;
      return;
    }
    this.#release(address, size);
  }
  #take(size: number): number | null {
    for (let c = classOf(size); c < this.#classes.length; c++) {
      for (const start of this.#classes[c] ?? []) {
        const have = this.#freeByStart.get(start) ?? 0;
        if (have < size) continue;
        this.#removeFree(start, have);
        if (have - size >= 2 * alignment) this.#addFree(start + size, have - size);
        this.#taken.set(start, have - size >= 2 * alignment ? size : have);
        return start;
      }
    }
    return null;
  }
  #extend(size: number): number | null {
    // A free block at the end of memory is grown rather than left behind.
    const tail = this.#freeByEnd.get(this.#end);
    const start = tail ?? this.#end;
    const end = start + size;
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      const have = this.memory.buffer.byteLength / pageBytes;
      // A quarter more than asked, so that growth stays rare.
      const wanted = Math.min(this.#maxPages - have, Math.max(missing, Math.ceil(have / 4)));
      if (wanted < missing || !this.#grow(wanted, missing)) return null;
    }
    if (tail !== undefined) this.#removeFree(tail, this.#end - tail);
    this.#end = end;
    return start;
  }
  /** Moves values out until a block of this size is free, or grows at the end; null where all that may move has moved. */
  #makeRoom(size: number): number | null {
    // What could not fit into an empty memory moves nobody out.
    if (size > this.#maxPages * pageBytes) return null;
    for (const [place, b] of this.#resident) {
      if (place.pins > 0) continue;
      try { this.#moveOut(place, b); } catch { return null; /* JavaScript has no memory either */ }
      const start = this.#take(size) ?? this.#extend(size);
      if (start !== null) return start;
    }
    return null;
  }
  #grow(wanted: number, missing: number): boolean {
    for (const pages of wanted === missing ? [missing] : [wanted, missing]) {
      try { this.memory.grow(pages); return true; } catch { /* try the smaller growth */ }
    }
    return false;
  }
  #release(at: number, bytes: number): void {
    let start = at;
    let size = bytes;
    const before = this.#freeByEnd.get(start);
    if (before !== undefined) { const n = this.#freeByStart.get(before) ?? 0; this.#removeFree(before, n); start = before; size += n; }
    const after = this.#freeByStart.get(start + size);
    if (after !== undefined) { this.#removeFree(start + size, after); size += after; }
    this.#addFree(start, size);
  }
  #addFree(start: number, size: number): void {
    this.#freeByStart.set(start, size);
    this.#freeByEnd.set(start + size, start);
    this.#classes[classOf(size)]?.add(start);
  }
  #removeFree(start: number, size: number): void {
    this.#freeByStart.delete(start);
    this.#freeByEnd.delete(start + size);
    this.#classes[classOf(size)]?.delete(start);
  }

  /** A resident buffer with undefined content. */
  buffer(bytes: number, what: string): WasmBuffer {
    const b = new WasmBuffer(bytes);
    this.#settle(b, what);
    return b;
  }
  /** Makes a buffer resident and marks it as just used. */
  touch(b: WasmBuffer, what: string): number {
    const { place } = b;
    if (place.address !== 0) { place.used = true; return place.address; }
    if (b.moved === null) throw new MemoryError('disposed', `${what}: the value was released`);
    // What moved out was needed after all: the working set is larger than the budget.
    this.statistics.reloads++;
    this.budget = Math.min(this.budget * 1.25, 3.5 * 2 ** 30);
    const { moved } = b;
    this.#settle(b, what);
    new Uint8Array(this.memory.buffer, place.address, place.bytes).set(new Uint8Array(moved));
    b.moved = null;
    return place.address;
  }
  #settle(b: WasmBuffer, what: string): void {
    const { place } = b;
    this.#evict(place.bytes);
    place.address = this.allocate(place.bytes, what);
    this.#resident.set(place, b);
    this.#residentBytes += place.bytes;
    this.statistics.peakBytes = Math.max(this.statistics.peakBytes, this.#residentBytes);
  }
  /** Moves out what was not used since it was last passed over, until `more` bytes fit into the budget: the second chance of paging. */
  #evict(more: number): void {
    if (this.#residentBytes + more <= this.budget) return;
    // What is used, or pinned, goes to the end of the queue: two rounds see everything twice.
    let left = 2 * this.#resident.size;
    for (const [place, b] of this.#resident) {
      if (this.#residentBytes + more <= this.budget || left-- <= 0) return;
      if (place.pins > 0 || place.used) {
        place.used = false;
        this.#resident.delete(place);
        this.#resident.set(place, b);
        continue;
      }
      this.#moveOut(place, b);
    }
  }
  #moveOut(place: Place, b: WasmBuffer): void {
    b.moved = this.memory.buffer.slice(place.address, place.address + place.bytes);
    this.statistics.evictions++;
    this.vacate(place);
  }
  /** Gives a place back. */
  vacate(place: Place): void {
    if (place.address === 0) return;
    this.free(place.address);
    place.address = 0;
    this.#resident.delete(place);
    this.#residentBytes -= place.bytes;
  }
  /** Gives a buffer's memory back. */
  release(b: WasmBuffer): void {
    this.vacate(b.place);
    b.moved = null;
  }
}
const align = (n: number): number => Math.ceil(n / alignment) * alignment;
