// What a run shows to the host: copies of values in a buffer that the host maps after the submit, and looks at in the order of the program.
// Bounded: what does not fit goes with the next submit. Floor 6: knows places as buffers, and nothing of programs but what they show.
import { MemoryError } from '../../error.ts';
import { originAt, placeOf, withLine } from '../../ir/origins.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import { splatArray } from '../../ir/ndarray.ts';
import type { NDArray } from '../../ir/primitive.ts';
import { bytesShown, type Show } from './commands.ts';
import type { Device } from './device.ts';
import type { GpuBufferHandle, GpuCommandEncoder } from './gpu.ts';
import { fromBytes } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { bytesOf } from './places.ts';

/** Bytes shown at a time, but for one value that is larger. */
const mostBytes = 2 ** 22;
/** Where in the log a copy begins, and the turns of the loops around it. */
interface Entry { readonly show: Show; readonly at: number; readonly turns: readonly number[] }
/** What went wrong where the host looked, and the results of the program that there are not for that; null for all. */
export interface Fault { readonly error: unknown; readonly concerns: readonly number[] | null }
export interface Source { readonly handle: GpuBufferHandle; readonly offset: number }

export class Log {
  readonly #device: Device;
  readonly #outcome: Outcome;
  /** The program as it was staged, which knows its lines. */
  readonly #lines: Jaxpr;
  #expected: number;
  #buffer: GpuBufferHandle | null = null;
  #used = 0;
  #entries: Entry[] = [];
  /** What went wrong so far, the first thing of each watch. */
  readonly #faults = new Map<object, Fault>();
  /** `outcome`: of the run; `expected`: bytes that will be shown in all. */
  constructor(device: Device, outcome: Outcome, lines: Jaxpr, expected: number) {
    this.#device = device;
    this.#outcome = outcome;
    this.#lines = lines;
    this.#expected = expected;
  }
  /** Whether there is room for what is shown, behind what waits to be looked at. */
  hasRoom(show: Show): boolean { return this.#buffer === null || this.#used + bytesShown(show) <= this.#buffer.size; }
  /** Copies what is shown, as it is at this point of the encoder. */
  write(encoder: GpuCommandEncoder, show: Show, turns: readonly number[], sourceOf: (of: Show['gates'][number] | Show['values'][number]['at']) => Source | null): void {
    const bytes = bytesShown(show);
    const { maxBufferSize } = this.#device.gpu.limits;
    if (bytes > maxBufferSize) throw new MemoryError('unsupported', `webgpu: ${show.name} shows ${bytes} bytes to the host, a buffer of this device has at most ${maxBufferSize}; show less`);
    this.#buffer ??= this.#device.pool.staging(Math.max(4, bytes, Math.min(this.#expected, mostBytes)));
    this.#entries.push({ show, at: this.#used, turns: [...turns] });
    const copy = (source: Source | null, size: number): void => {
      if (source === null || this.#buffer === null || size === 0) return;
      encoder.copyBufferToBuffer(source.handle, source.offset, this.#buffer, this.#used, size);
      this.#used += size;
    };
    for (const gate of show.gates) copy(sourceOf(gate), 4);
    for (const { aval, at } of show.values) copy(sourceOf(at), bytesOf(aval));
  }
  /** What was to be shown is not: the run has ended. */
  drop(): void {
    if (this.#buffer !== null) this.#device.pool.giveStaging(this.#buffer);
    [this.#buffer, this.#entries] = [null, []];
  }
  get faults(): readonly Fault[] { return [...this.#faults.values()]; }
  /** After the submit: the host looks. Throws what an effect throws; what else goes wrong is kept. */
  async lookedAt(): Promise<void> {
    const [buffer, entries, used] = [this.#buffer, this.#entries, this.#used];
    [this.#buffer, this.#entries, this.#used] = [null, [], 0];
    if (buffer === null) return;
    this.#expected -= used;
    const bytes = await this.#device.mapped(buffer, Math.max(4, used), this.#outcome);
    for (const { show, at, turns } of entries) {
      const { effect, watch, concerns } = show.shown;
      // A program that fails does nothing more for its own sake.
      if (effect ? this.#faults.size > 0 : this.#faults.has(watch)) continue;
      const gates = new Int32Array(bytes, at, show.gates.length);
      if (gates.includes(0)) continue;
      let next = at + 4 * gates.length;
      const values = show.values.map(({ aval, at: place }): NDArray => {
        if ('value' in place) return splatArray(place.value, aval);
        const begin = next;
        next += bytesOf(aval);
        return { shape: aval.shape, dtype: aval.dtype, data: fromBytes(bytes.slice(begin, next), aval) };
      });
      try { show.shown.look(values, turns); } catch (thrown) {
        const error = withLine(thrown, () => originAt(this.#lines, placeOf(show.origin)));
        if (effect) throw error;
        this.#faults.set(watch, { error, concerns });
      }
    }
  }
}
