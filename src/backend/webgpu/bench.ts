// Where the tuner tries candidates: a program of one equation or one kernel, whose results are compared with those of the plainest way to compute
// it, timed by the clock of the device. Floor 6.
import { MemoryError } from '../../error.ts';
import type { HostArray } from '../../dtype/dtype.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import type { Named } from '../../compile/wgsl/alternatives.ts';
import type { Buffer } from '../../trace/backend.ts';
import type { DeviceBuffer } from './buffers.ts';
import type { Device } from './device.ts';
import { WebGpuExecutable } from './executable.ts';
import type { Trial } from './trials.ts';
import type { Bench } from './tuner.ts';

/** No sum of products of quarters. */
const poison = 0.1;

/** What a bench needs of its backend. */
interface Memory {
  readonly device: Device;
  upload(data: HostArray, a: Aval): DeviceBuffer;
  fill(value: number, a: Aval): DeviceBuffer;
  download(b: Buffer, a: Aval): Promise<HostArray>;
  release(b: Buffer): void;
}
export class DeviceBench implements Bench {
  readonly #backend: Memory;
  readonly #trial: Trial;
  readonly #inputs: readonly Buffer[];
  #want: readonly HostArray[] = [];
  private constructor(backend: Memory, trial: Trial) {
    [this.#backend, this.#trial] = [backend, trial];
    this.#inputs = trial.inputs.map((a, k) => backend.upload(trial.numbers(a, k), a));
  }
  /** Tries candidates, then gives the memory of the trial back. */
  static async with<A>(backend: Memory, trial: Trial, f: (bench: Bench) => Promise<A>): Promise<A> {
    const bench = new DeviceBench(backend, trial);
    try {
      bench.#want = await bench.#run(null);
      return await f(bench);
    } finally { for (const b of bench.#inputs) backend.release(b); }
  }
  async #ran<A>(c: Named | null, f: (executable: WebGpuExecutable, outs: readonly Buffer[]) => Promise<A>): Promise<A> {
    const { plan, limits } = this.#trial.planned(c?.name ?? null);
    const executable = new WebGpuExecutable(this.#backend.device, plan, (value, a) => this.#backend.fill(value, a), limits);
    await executable.ready();
    // The results take memory that was given back last: none may hold what another candidate left.
    const poisoned = this.#trial.outputs.map(a => this.#backend.fill(poison, a));
    for (const b of poisoned) this.#backend.release(b);
    const outs = executable.run(this.#inputs);
    try { return await f(executable, outs); } finally { for (const b of outs) this.#backend.release(b); }
  }
  #run(c: Named | null): Promise<readonly HostArray[]> {
    const { compared, outputs } = this.#trial;
    return this.#ran(c, (_, outs) => Promise.all(outputs.map((a, i) => {
      const b = outs[i];
      if (b === undefined) throw new MemoryError('unsupported', 'tune: a result is missing');
      return this.#backend.download(b, sizeOf(a.shape) <= compared ? a : { ...a, shape: [compared] });
    })));
  }
  async verify(c: Named): Promise<boolean> {
    const got = await this.#run(c);
    return this.#trial.outputs.every((a, i) => {
      const [x, want] = [got[i], this.#want[i]];
      return x !== undefined && want?.length === x.length && x.every((v, k) => this.#trial.near(v, want[k] ?? NaN, a));
    });
  }
  time(c: Named, samples: number): Promise<readonly number[]> {
    return this.#ran(c, (executable, outs) => executable.timed(this.#inputs, outs, samples));
  }
}
