// Pipelines by the text of their shader: each is made once, asynchronously, so that many are made side by side. Floor 6.
import { CotangentError } from '../../error.ts';
import type { Binding, Shader } from '../../compile/wgsl/shader.ts';
import { computeStage, type GpuDevice, type GpuObject } from './gpu.ts';
import { oneLine, whyRefused } from './lost.ts';

/** `label`: how the device speaks of it. */
export interface Pipeline { readonly pipeline: GpuObject; readonly layout: GpuObject; readonly label: string }
const limit = 2048;

export class Pipelines {
  readonly #device: GpuDevice;
  readonly #made = new Map<string, { readonly name: string; readonly number: number; readonly pipeline: Promise<Pipeline> }>();
  #numbers = 0;
  readonly #layouts = new Map<string, { readonly group: GpuObject; readonly pipeline: GpuObject }>();
  constructor(device: GpuDevice) { this.#device = device; }

  /** Rejects with the kernel's name, what is wrong, and its text. */
  get({ code, bindings }: Shader, name: string): Promise<Pipeline> {
    const known = this.#made.get(code);
    if (known !== undefined) { this.#made.delete(code); this.#made.set(code, known); return known.pipeline; }
    const number = ++this.#numbers;
    const pipeline = this.#make(code, bindings, name, `${name} (kernel ${number})`);
    pipeline.catch(() => this.#made.delete(code));
    this.#made.set(code, { name, number, pipeline });
    if (this.#made.size > limit) for (const oldest of this.#made.keys()) { this.#made.delete(oldest); break; }
    return pipeline;
  }
  /** What the device says of a command that it refused, with the kernel's name and text: of the one that it speaks of, else of those that it may be about. */
  refused(words: string, about: readonly { readonly name: string; readonly shader: { readonly code: string } }[] = []): string {
    const number = Number(/\(kernel (\d+)\)/.exec(words)?.[1]);
    const found = [...this.#made].find(([, k]) => k.number === number);
    const kernels = found === undefined ? [...new Map(about.map(({ name, shader }) => [shader.code, name]))] : [[found[0], found[1].name] as const];
    const names = [...new Set(kernels.map(([, name]) => name))];
    const of = names.length === 0 ? '' : names.length === 1 ? ` of the kernel ${names.join()}` : ` of one of the kernels ${names.join(', ')}`;
    return [`webgpu: the device refused a command${of}: ${oneLine(words)}`, ...kernels.map(([code]) => code)].join('\n');
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
  async #make(code: string, bindings: readonly Binding[], name: string, label: string): Promise<Pipeline> {
    const device = this.#device;
    const { group, pipeline: layout } = this.#layout(bindings);
    // An invalid module is told by its pipeline too, and must not be told twice.
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label: name, code });
    const complaint = device.popErrorScope().catch(() => null);
    try {
      return { pipeline: await device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: 'main' } }), layout: group, label };
    } catch (error) {
      await complaint;
      const { messages } = await module.getCompilationInfo();
      const told = messages.filter(m => m.type === 'error').map(m => `line ${m.lineNum}: ${m.message}`).join('; ');
      const words = oneLine(told === '' ? error instanceof Error ? error.message : String(error) : told);
      throw await whyRefused(device, words, new CotangentError('unsupported', `webgpu: the kernel ${name} was refused: ${words}\n${code}`, { cause: error }));
    }
  }
}
