// A compiled program on the device: its pipelines, its bind groups, and the commands of one run in one encoder and one submit.
// Floor 6.
import { MemoryError } from '../../error.ts';
import { keyOf, maxGroups, type Binding } from '../../compile/wgsl/shader.ts';
import type { Aval } from '../../ir/aval.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import type { Buffer, Executable } from '../../trace/backend.ts';
import { countProgram } from '../../trace/statistics.ts';
import { DeviceBuffer } from './buffers.ts';
import { asError, type Arena, type Device } from './device.ts';
import type { GpuComputePass, GpuObject } from './gpu.ts';
import type { Pipeline } from './pipelines.ts';
import { compileProgram, type Command, type CompiledProgram, type Dispatch } from './program.ts';

export function deviceBuffer(b: Buffer): DeviceBuffer {
  if (b instanceof DeviceBuffer) return b;
  throw new MemoryError('backend-mismatch', 'webgpu: the buffer belongs to another backend');
}

/** A dispatch whose pipeline is ready, with the bind group that it had last. */
interface Ready { readonly pipeline: Pipeline; readonly bindings: readonly Binding[]; readonly x: number; readonly y: number; last: { readonly key: string; readonly group: GpuObject } | null }
/** The memory of one run. */
interface Run { readonly inputs: readonly DeviceBuffer[]; readonly results: readonly DeviceBuffer[]; readonly arena: Arena }

export class WebGpuExecutable implements Executable {
  readonly program: CompiledProgram;
  readonly #device: Device;
  readonly #fill: (value: number, a: Aval) => DeviceBuffer;
  readonly #ready = new Map<Dispatch, Ready>();
  /** Settles when all pipelines are there; null from then on. */
  #making: Promise<void> | null;
  #refused: Error | null = null;
  readonly #names: readonly string[];

  /** `fill` makes a buffer whose elements are all one value. */
  constructor(device: Device, jaxpr: Jaxpr, fill: (value: number, a: Aval) => DeviceBuffer) {
    this.#device = device;
    this.#fill = fill;
    const program = compileProgram(jaxpr);
    this.program = program;
    this.#names = program.jaxpr.eqns.map(e => e.primitive.name);
    const dispatches = [...new Set(dispatchesOf(program.commands))];
    const most = device.gpu.limits.maxStorageBuffersPerShaderStage;
    for (const { shader, name } of dispatches) if (shader.bindings.length > most) throw new MemoryError('unsupported', `webgpu: the ${name} reads and writes ${shader.bindings.length} buffers, this device binds at most ${most}`);
    this.#making = Promise.all(dispatches.map(async d => {
      const pipeline = await device.pipelines.get(d.shader, d.name);
      const { groups, bindings } = d.shader;
      const x = Math.min(groups, maxGroups);
      this.#ready.set(d, { pipeline, bindings, x, y: Math.ceil(groups / x), last: null });
    })).then(() => undefined, (error: unknown) => { this.#refused = asError(error); }).finally(() => { this.#making = null; });
  }
  /** When it can run at once; rejects where the device refused a kernel. */
  async ready(): Promise<void> {
    await this.#making;
    if (this.#refused !== null) throw this.#refused;
  }

  run(inputs: readonly Buffer[]): readonly Buffer[] {
    const device = this.#device;
    const held = inputs.map(deviceBuffer);
    const results: DeviceBuffer[] = [];
    for (const r of this.program.results) {
      if (r.kind === 'own') results.push(device.pool.take(r.bytes, 'program'));
      else if (r.kind === 'literal') results.push(this.#fill(r.value, r.aval));
      else { const same = r.kind === 'input' ? held[r.index] : results[r.index]; if (same !== undefined) results.push(same); }
    }
    countProgram(this.#names);
    device.submit({ waitFor: () => this.#making, encode: () => this.#encode(held, results), failed: error => { for (const r of results) r.piece.failure ??= error; } });
    return results;
  }
  #encode(inputs: readonly DeviceBuffer[], results: readonly DeviceBuffer[]): GpuObject | null {
    if (this.#refused !== null) throw this.#refused;
    for (const { piece: { failure } } of inputs) if (failure !== null) throw failure;
    const { commands, arenaBytes } = this.program;
    if (commands.length === 0) return null;
    const arena = this.#device.arena(arenaBytes);
    const encoder = this.#device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.#all(pass, commands, { inputs, results, arena });
    pass.end();
    return encoder.finish();
  }
  #all(pass: GpuComputePass, commands: readonly Command[], run: Run): void {
    for (const c of commands) {
      switch (c.kind) {
        case 'dispatch': this.#dispatch(pass, c, run); break;
        case 'repeat': for (let turn = 0; turn < c.turns; turn++) this.#all(pass, turn % 2 === 0 ? c.even : c.odd, run); break;
        default: c satisfies never;
      }
    }
  }
  #dispatch(pass: GpuComputePass, d: Dispatch, run: Run): void {
    const ready = this.#ready.get(d);
    if (ready === undefined) throw new MemoryError('unsupported', 'webgpu: a kernel is not ready');
    pass.setPipeline(ready.pipeline.pipeline);
    pass.setBindGroup(0, this.#group(ready, run));
    pass.dispatchWorkgroups(ready.x, ready.y);
    this.#device.dispatches++;
  }
  #group(ready: Ready, run: Run): GpuObject {
    let key = '';
    const entries = ready.bindings.map(({ place: { piece } }, binding) => {
      if (piece.kind === 'arena') {
        key += `${run.arena.generation},`;
        return { binding, resource: { buffer: run.arena.handle, offset: piece.offset, size: Math.max(4, piece.bytes) } };
      }
      const b = piece.kind === 'input' ? run.inputs[piece.index] : run.results[piece.index];
      if (b === undefined) throw new MemoryError('unsupported', `webgpu: no buffer for ${keyOf(piece)}`);
      key += `${b.piece.id},`;
      return { binding, resource: { buffer: b.piece.handle, offset: 0, size: Math.max(4, piece.bytes) } };
    });
    if (ready.last?.key === key) return ready.last.group;
    const group = this.#device.gpu.createBindGroup({ layout: ready.pipeline.layout, entries });
    ready.last = { key, group };
    return group;
  }
}
export function dispatchesOf(commands: readonly Command[]): readonly Dispatch[] {
  return commands.flatMap(c => c.kind === 'dispatch' ? [c] : [...dispatchesOf(c.even), ...c.odd === c.even ? [] : dispatchesOf(c.odd)]);
}
