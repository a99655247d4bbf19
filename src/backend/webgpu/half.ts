// Whether a device keeps halves of its own: it says that it has them, and converts every one of them, subnormal ones too, as IEEE 754 wants.
// Floor 6: one kernel, run once for a device.
import { fromHalves, toHalves } from './memory.ts';
import { computeStage, mapModeRead, usage, type GpuBufferHandle, type GpuDevice } from './gpu.ts';

const count = 65536;
const text = `enable f16;
@group(0) @binding(0) var<storage, read_write> halves: array<f16>;
@group(0) @binding(1) var<storage, read_write> floats: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let half = halves[id.x];
  halves[id.x] = f16(floats[id.x]);
  floats[id.x] = f32(half);
}`;

/** Converts every half to float32 and back on the device. What is not converted right is unpacked from words, in integers. */
export async function convertsHalves(device: GpuDevice): Promise<boolean> {
  if (!device.features.has('shader-f16')) return false;
  const buffer = (size: number, how: number): GpuBufferHandle => device.createBuffer({ size, usage: how });
  const storage = usage.storage | usage.copySource | usage.copyDestination;
  const [halves, floats, staging] = [buffer(2 * count, storage), buffer(4 * count, storage), buffer(6 * count, usage.mapRead | usage.copyDestination)];
  const bits = Uint16Array.from({ length: count }, (_, k) => k);
  // Each half stands beside the number of another one, so that a kernel that does not run is none that converts.
  const numbers = fromHalves(bits);
  device.queue.writeBuffer(halves, 0, bits);
  device.queue.writeBuffer(floats, 0, numbers.map((_, k) => numbers[k ^ 1] ?? NaN));
  try {
    const layout = device.createBindGroupLayout({ entries: [0, 1].map(binding => ({ binding, visibility: computeStage, buffer: { type: 'storage' } })) });
    const module = device.createShaderModule({ label: 'halves', code: text });
    const pipeline = await device.createComputePipelineAsync({ label: 'halves', layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: 'main' } });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries: [halves, floats].map((b, binding) => ({ binding, resource: { buffer: b, offset: 0, size: b.size } })) }));
    pass.dispatchWorkgroups(count / 64);
    pass.end();
    encoder.copyBufferToBuffer(halves, 0, staging, 0, 2 * count);
    encoder.copyBufferToBuffer(floats, 0, staging, 2 * count, 4 * count);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapModeRead);
    const made = new Uint16Array(staging.getMappedRange(0, 2 * count));
    const read = new Float32Array(staging.getMappedRange(2 * count, 4 * count));
    const same = toHalves(numbers);
    return made.every((b, k) => { const want = same[k ^ 1] ?? 0; return b === want || ((want & 0x7fff) > 0x7c00 && (b & 0x7fff) > 0x7c00); }) && read.every((x, k) => Object.is(x, numbers[k]));
  } catch {
    // A device that is refused or lost here says so where it is used.
    return false;
  } finally { for (const b of [halves, floats, staging]) b.destroy(); }
}
