// The WebGPU backend: programs as WGSL kernels on a device that works asynchronously. A call returns handles at once; values are read with
// `await`. Floor 6.
import { directName } from '../../../kernels/wgsl/direct.ts';
import type { Limits as TemplateLimits } from '../../../kernels/wgsl/template.ts';
import { scanAlternatives } from '../../../kernels/wgsl/scan.ts';
import { chosenBy, type Choose } from '../../../kernels/wgsl/templates.ts';
import { MemoryError } from '../../error.ts';
import { allocate, type DType, type HostArray } from '../../dtype/dtype.ts';
import { hasWord } from '../../compile/wgsl/convert.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import type { CompositeKernels } from '../../pass/compositeKernels.ts';
import type { Backend, Buffer } from '../../trace/backend.ts';
import type { Tunable } from '../../trace/tuning.ts';
import { mapAlternatives, rowAlternatives } from '../../compile/wgsl/alternatives.ts';
import { softwareMapSchedule } from '../../compile/wgsl/mapSchedule.ts';
import { softwareSchedule, type Scheduling } from '../../compile/wgsl/schedule.ts';
import { acquireAdapter, acquireDevice, deviceName, hasSubgroups, isSoftware } from './acquire.ts';
import { DeviceBench } from './bench.ts';
import type { DeviceBuffer, Piece } from './buffers.ts';
import { Device } from './device.ts';
import { deviceBuffer, WebGpuExecutable } from './executable.ts';
import { explainProgram } from './explain.ts';
import type { GpuAdapter, GpuDevice, GpuLimits } from './gpu.ts';
import { convertsHalves } from './half.ts';
import { fromBytes, toBytes } from './memory.ts';
import { bytesOf } from './places.ts';
import { problemsIn } from './trials.ts';
import { Choices } from './tuner.ts';
import { planProgram, type Limits } from './program.ts';

const defaultBudget = 8 * 2 ** 30;
export const templateLimits = (l: GpuLimits, nativeHalf = false): TemplateLimits => ({
  nativeHalf,
  workgroupBytes: l.maxComputeWorkgroupStorageSize, invocations: Math.min(l.maxComputeInvocationsPerWorkgroup, l.maxComputeWorkgroupSizeX), bindings: l.maxStorageBuffersPerShaderStage,
  bindingBytes: Math.min(l.maxBufferSize, l.maxStorageBufferBindingSize),
});

const withoutBarriers: Choose = p => p.candidates.find(c => c.name === directName) ?? null;

export interface WebGpuOptions {
  /** Bytes that values may take in all. */
  readonly budget?: number;
  /** Which candidate of its template computes an equation; by default chosen from its shape, and on a software adapter, where barriers cost more than they save, one without them. */
  readonly choose?: Choose;
  /** Composites with programs of their own, instead of those of this backend. */
  readonly composites?: CompositeKernels;
  /** Whether kernels read and write halves as such, as `convertsHalves` finds; by default they take them out of words. */
  readonly nativeHalf?: boolean;
  /** The schedule of each reduction; by default chosen from its extents. */
  readonly schedule?: Scheduling['choose'];
  /** The schedule of each map; by default chosen from its extents. */
  readonly mapSchedule?: Scheduling['chooseMap'];
  /** How running values are computed; by default chosen from their extents. */
  readonly scan?: Limits['scan'];
  /** Whether reductions use subgroups; by default they do not. */
  readonly subgroups?: boolean;
}

export class WebGpuBackend implements Backend {
  readonly name = 'webgpu';
  readonly adapter: GpuAdapter;
  readonly device: Device;
  readonly #limits: Limits;
  readonly #choices: Choices;
  readonly #registry = new FinalizationRegistry<Piece>(piece => { if (--piece.owners <= 0) this.device.pool.give(piece); });

  constructor(adapter: GpuAdapter, gpu: GpuDevice, options: WebGpuOptions = {}) {
    this.adapter = adapter;
    const choices = this.#choices = new Choices(deviceName(adapter, gpu));
    const software = isSoftware(adapter);
    const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize } = gpu.limits;
    this.#limits = {
      maxBindings: maxStorageBuffersPerShaderStage, maxBindingBytes: maxStorageBufferBindingSize, nativeHalf: options.nativeHalf ?? false,
      ...options.composites === undefined ? {} : { composites: options.composites },
      template: chosenBy(templateLimits(gpu.limits, options.nativeHalf), options.choose ?? (software ? withoutBarriers : p => choices.candidate(p))),
      scheduling: {
        subgroups: options.subgroups ?? false, workgroupBytes: gpu.limits.maxComputeWorkgroupStorageSize,
        choose: options.schedule ?? (software ? softwareSchedule : (shape, candidates) => choices.candidate(rowAlternatives(shape, candidates)).schedule),
        chooseMap: options.mapSchedule ?? (software ? softwareMapSchedule : (shape, candidates) => choices.candidate(mapAlternatives(shape, candidates)).schedule),
      },
      scan: options.scan ?? (software ? () => 'serial' : (shape, candidates) => choices.candidate(scanAlternatives(shape, candidates)).schedule),
    };
    this.device = new Device(gpu, options.budget ?? defaultBudget);
  }
  get lost(): boolean { return this.device.lost; }
  isLost(): Promise<boolean> { return this.device.isLost(); }

  get configuration(): number { return this.#choices.generation; }
  get tunable(): Tunable {
    const choices = this.#choices;
    return {
      get tuning() { return choices.tuning; },
      useTuning: t => { choices.replace(t); },
      tune: async jaxpr => {
        if (isSoftware(this.adapter)) throw new MemoryError('unsupported', 'tune: this adapter computes in software, and its times say nothing of a GPU; kernels stay those that follow from shapes');
        if (!this.device.gpu.features.has('timestamp-query')) throw new MemoryError('unsupported', 'tune: this device has no clock (timestamp-query); kernels stay those that follow from shapes');
        // What a template makes of an operand, or stores, is no kernel of its own any more: other choices leave other kernels.
        for (let round = 0; round < 2; round++) await choices.measure(problemsIn(jaxpr, this.#limits), (trial, use) => DeviceBench.with(this, trial, use));
      },
    };
  }

  checkDType(dtype: DType): void {
    if (!hasWord(dtype)) throw new MemoryError('unsupported', `webgpu: ${dtype} does not exist on this backend; use astype(x, 'f32'), or setBackend('wasm')`);
  }
  upload(data: HostArray, a: Aval): DeviceBuffer {
    const b = this.device.pool.take(bytesOf(a), 'upload');
    if (data.length > 0) this.device.write(b, toBytes(data, a.dtype));
    return b;
  }
  fill(value: number, a: Aval): DeviceBuffer { return this.upload(allocate(a.dtype, sizeOf(a.shape)).fill(value), a); }
  async download(buffer: Buffer, a: Aval): Promise<HostArray> {
    const bytes = bytesOf(a);
    return bytes === 0 ? allocate(a.dtype, 0) : fromBytes(await this.device.read(deviceBuffer(buffer, this.device), bytes), a);
  }
  downloadSync(): never {
    throw new MemoryError('unsupported', 'webgpu: a device is read asynchronously; use await x.data(), await x.js() or await x.item()');
  }
  compile(jaxpr: Jaxpr, donated: readonly boolean[] = []): WebGpuExecutable {
    for (const a of [...jaxpr.inputs, ...jaxpr.outputs]) this.checkDType(a.aval.dtype);
    return new WebGpuExecutable(this.device, planProgram(jaxpr, this.#limits), (value, a) => this.fill(value, a), this.#limits, donated);
  }
  explain(jaxpr: Jaxpr): readonly string[] {
    for (const a of [...jaxpr.inputs, ...jaxpr.outputs]) this.checkDType(a.aval.dtype);
    return explainProgram(jaxpr, this.#limits);
  }
  release(buffer: Buffer, owner?: object): void {
    const { piece } = deviceBuffer(buffer, this.device);
    if (owner !== undefined) {
      piece.owners--;
      this.#registry.unregister(owner);
    }
    if (piece.owners <= 0) this.device.pool.give(piece);
  }
  adopt(owner: object, buffer: Buffer): void {
    const { piece } = deviceBuffer(buffer, this.device);
    piece.owners++;
    this.#registry.register(owner, piece, owner);
  }
}

let shared: Promise<WebGpuBackend> | null = null;
/** The process's own backend; a new one when its device was lost. Who asks while it is made gets the same. */
export function webGpuBackend(): Promise<WebGpuBackend> {
  const before = shared?.catch(() => null) ?? Promise.resolve(null);
  return shared = before.then(async made => {
    if (made !== null && !await made.isLost()) return made;
    const adapter = await acquireAdapter();
    const gpu = await acquireDevice(adapter);
    return new WebGpuBackend(adapter, gpu, { nativeHalf: await convertsHalves(gpu), subgroups: await hasSubgroups(adapter) });
  });
}
