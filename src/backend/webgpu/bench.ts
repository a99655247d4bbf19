// Where the tuner tries candidates: a program of one equation on numbers whose sums are exact in any order, so every kernel that is right has
// the same bits as the plain one; timed by the clock of the device. Floor 6.
import type { Candidate, Problem } from '../../../kernels/wgsl/template.ts';
import { allocate, dtypeInfo, isFloat, type HostArray } from '../../dtype/dtype.ts';
import { MemoryError } from '../../error.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { Var, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import type { Buffer } from '../../trace/backend.ts';
import type { DeviceBuffer } from './buffers.ts';
import type { Device } from './device.ts';
import { WebGpuExecutable } from './executable.ts';
import { compileProgram, planProgram, type Limits } from './program.ts';
import type { Bench } from './tuner.ts';

/** No sum of products of quarters. */
const poison = 0.1;

interface Found { readonly problem: Problem; readonly eqn: Eqn }
/** What sums of exponentials may differ by, in any order. */
const rounding = 1e-4;
/** The problems in a program, one of each class, in order. */
export function problemsIn(jaxpr: Jaxpr, limits: Limits): readonly Found[] {
  const found = new Map<string, Found>();
  compileProgram(jaxpr, {
    ...limits,
    template(eqn) {
      const chosen = limits.template(eqn);
      const key = chosen === null ? '' : `${chosen.problem.template} ${chosen.problem.shapeClass}`;
      if (chosen !== null && !found.has(key)) found.set(key, { problem: chosen.problem, eqn });
      return chosen;
    },
  });
  return [...found.values()];
}
/** The equation as a program of its own. */
function alone(e: Eqn): Jaxpr {
  const inputs = e.inputs.map(a => new Var(a.aval));
  const outputs = e.outputs.map(v => new Var(v.aval));
  return { numConsts: 0, inputs, eqns: [{ ...e, inputs, outputs }], outputs };
}
/** Quarters up to 1: a float32 holds sums of a million of their products. */
function quarters({ shape, dtype }: Aval, k: number): HostArray {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = ((Math.imul(i + 7 * k + 1, 0x9e3779b1) >>> 28) % 9 - 4) / 4;
  return data;
}
/** Numbers above zero, sums of which are divided by: what is counted is many, and little is false. */
function positive({ shape, dtype }: Aval, k: number): HostArray {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) { const n = (Math.imul(i + 7 * k + 1, 0x9e3779b1) >>> 28) % 4; data[i] = isFloat(dtype) ? (n + 1) / 4 : dtype === 'bool' ? Math.min(n, 1) : dtypeInfo[dtype].max; }
  return data;
}

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
  readonly #limits: Limits;
  readonly #program: Jaxpr;
  readonly #inputs: readonly Buffer[];
  #want: readonly HostArray[] = [];
  /** The program that the equation means, where only a template computes it. */
  readonly #reference: Jaxpr | null;
  private constructor(backend: Memory, limits: Limits, e: Eqn) {
    [this.#backend, this.#limits, this.#program] = [backend, limits, alone(e)];
    this.#reference = limits.template(e)?.problem.reference ?? null;
    this.#inputs = this.#program.inputs.map(({ aval }, k) => backend.upload(this.#reference === null ? quarters(aval, k) : positive(aval, k), aval));
  }
  /** Tries candidates for an equation, then gives its memory back. */
  static async with<A>(backend: Memory, limits: Limits, e: Eqn, f: (bench: Bench) => Promise<A>): Promise<A> {
    const bench = new DeviceBench(backend, limits, e);
    try {
      bench.#want = await bench.#run(null);
      return await f(bench);
    } finally { for (const b of bench.#inputs) backend.release(b); }
  }
  #compiled(c: Candidate | null): WebGpuExecutable {
    const { template } = this.#limits;
    const limits: Limits = {
      ...this.#limits,
      template(e) {
        const found = c === null ? null : template(e);
        const candidate = found?.problem.candidates.find(x => x.name === c?.name);
        return found === null || candidate === undefined ? null : { problem: found.problem, candidate };
      },
    };
    return new WebGpuExecutable(this.#backend.device, planProgram(c === null ? this.#reference ?? this.#program : this.#program, limits), (value, a) => this.#backend.fill(value, a), limits);
  }
  async #ran<A>(c: Candidate | null, f: (executable: WebGpuExecutable, outs: readonly Buffer[]) => Promise<A>): Promise<A> {
    const executable = this.#compiled(c);
    await executable.ready();
    // The results take memory that was given back last: none may hold what another candidate left.
    const poisoned = this.#program.outputs.map(o => this.#backend.fill(poison, o.aval));
    for (const b of poisoned) this.#backend.release(b);
    const outs = executable.run(this.#inputs);
    try { return await f(executable, outs); } finally { for (const b of outs) this.#backend.release(b); }
  }
  #run(c: Candidate | null): Promise<readonly HostArray[]> {
    return this.#ran(c, (_, outs) => Promise.all(this.#program.outputs.map((o, i) => {
      const b = outs[i];
      if (b === undefined) throw new MemoryError('unsupported', 'tune: a result is missing');
      return this.#backend.download(b, o.aval);
    })));
  }
  async verify(c: Candidate): Promise<boolean> {
    const got = await this.#run(c);
    const near = (x: number, want: number): boolean => x === want || (this.#reference !== null && Math.abs(x - want) <= rounding * Math.max(1, Math.abs(want)));
    return got.every((x, i) => { const want = this.#want[i]; return want?.length === x.length && x.every((v, k) => near(v, want[k] ?? NaN)); });
  }
  time(c: Candidate, samples: number): Promise<readonly number[]> {
    return this.#ran(c, (executable, outs) => executable.timed(this.#inputs, outs, samples));
  }
}
