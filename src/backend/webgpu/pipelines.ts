// Pipelines by the text of their shader: each is made once, asynchronously, so that many are made side by side. Floor 6.
import { CotangentError } from '../../error.ts';
import type { Binding, Shader } from '../../compile/wgsl/shader.ts';
import { computeStage, type GpuDevice, type GpuObject } from './gpu.ts';
import { whyRefused } from './lost.ts';

export interface Pipeline { readonly pipeline: GpuObject; readonly layout: GpuObject }
const limit = 2048;

export class Pipelines {
  readonly #device: GpuDevice;
  readonly #made = new Map<string, Promise<Pipeline>>();
  readonly #layouts = new Map<string, { readonly group: GpuObject; readonly pipeline: GpuObject }>();
  constructor(device: GpuDevice) { this.#device = device; }

  /** Rejects with the kernel's name, what is wrong, and its text. */
  get({ code, bindings }: Shader, name: string): Promise<Pipeline> {
    const known = this.#made.get(code);
    if (known !== undefined) { this.#made.delete(code); this.#made.set(code, known); return known; }
    const made = this.#make(code, bindings, name);
    made.catch(() => this.#made.delete(code));
    this.#made.set(code, made);
    if (this.#made.size > limit) for (const oldest of this.#made.keys()) { this.#made.delete(oldest); break; }
    return made;
  }
  #layout(bindings: readonly Binding[]): { readonly group: GpuObject; readonly pipeline: GpuObject } {
    const key = bindings.map(b => b.access).join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      const group = this.#device.createBindGroupLayout({
        entries: bindings.map((b, binding) => ({ binding, visibility: computeStage, buffer: { type: b.access === 'read' ? 'read-only-storage' : 'storage' } })),
      });
      this.#layouts.set(key, layout = { group, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) });
    }
    return layout;
  }
  async #make(code: string, bindings: readonly Binding[], name: string): Promise<Pipeline> {
    const device = this.#device;
    const { group, pipeline: layout } = this.#layout(bindings);
    // An invalid module is told by its pipeline too, and must not be told twice.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: name, code });
    const complaint = device.popErrorScope();
    try {
      return { pipeline: await device.createComputePipelineAsync({ label: name, layout, compute: { module, entryPoint: 'main' } }), layout: group };
    } catch (error) {
      await complaint;
      const { messages } = await module.getCompilationInfo();
      const told = messages.filter(m => m.type === 'error').map(m => `line ${m.lineNum}: ${m.message}`).join('; ');
      const words = (told === '' ? error instanceof Error ? error.message : String(error) : told).replace(/\s*\n\s*/g, ' ');
      throw await whyRefused(device, words, new CotangentError('unsupported', `webgpu: the kernel ${name} was refused: ${words}\n${code}`, { cause: error }));
    }
  }
}
