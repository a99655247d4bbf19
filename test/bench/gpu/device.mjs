// A device of this machine's adapter, or of the software one, in Node; how long the device itself takes, by timestamps around its passes; and
// what it reaches where nothing stands in its way.
import { offerVulkan } from './vulkan.mjs';

/** Where the library looks for Dawn's instance, which must never be collected. */
const instance = Symbol.for('cotangent.webgpu.instance');
/** Features of Dawn that a page cannot ask for: halves on NVIDIA's Vulkan, and what tensor cores need. The file of results names them. */
export const toggles = 'enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia,use_vulkan_memory_model';

/** Installs Dawn for the library and its peers. `software`: SwiftShader. */
export async function install(software) {
  offerVulkan(software);
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create(['backend=vulkan', ...software ? [] : [toggles]]);
  Reflect.set(globalThis, instance, gpu);
  // Peers look for it where a browser has it.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  return gpu;
}
const numbers = limits => Object.fromEntries(['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupsPerDimension'].map(n => [n, limits[n]]));
export function describe(adapter) {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs } = adapter.info;
  const matrices = [...subgroupMatrixConfigs ?? []].map(({ M, N, K, componentType, resultComponentType }) => ({ M, N, K, componentType, resultComponentType }));
  return {
    vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize, matrices, features: [...adapter.features].toSorted((a, b) => a < b ? -1 : 1), limits: numbers(adapter.limits),
  };
}

const most = 4096;
/**
 * Nanoseconds that the device spends in compute passes, by timestamp-query: every pass that the library begins from now on is between two
 * of them. `take()` gives the sum since the last call; null where the device has no such feature.
 */
export function passTimer(device) {
  if (!device.features.has('timestamp-query')) return null;
  const querySet = device.createQuerySet({ type: 'timestamp', count: most });
  const resolved = device.createBuffer({ size: 8 * most, usage: 0x200 | 0x4 });
  const staging = device.createBuffer({ size: 8 * most, usage: 0x1 | 0x8 });
  const createEncoder = device.createCommandEncoder.bind(device);
  let next = 0;
  device.createCommandEncoder = descriptor => {
    const encoder = createEncoder(descriptor);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = d => {
      // Who measures a pass by itself, as the tuner does, is left to it.
      if (next + 2 > most || d?.timestampWrites !== undefined) return begin(d);
      const at = next;
      next += 2;
      return begin({ ...d, timestampWrites: { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 } });
    };
    return encoder;
  };
  return {
    async take() {
      const count = next;
      next = 0;
      if (count === 0) return 0;
      const encoder = createEncoder();
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(1, 0, 8 * count);
      const times = new BigUint64Array(staging.getMappedRange(0, 8 * count).slice(0));
      staging.unmap();
      let sum = 0;
      for (let k = 0; k < count; k += 2) sum += Number((times[k + 1] ?? 0n) - (times[k] ?? 0n));
      return sum;
    },
  };
}

/** What the device reaches where nothing stands in its way: multiply-adds in registers, and a copy of memory. `scale` makes both smaller, to try them. */
export async function peak(device, timer, scale = 1) {
  const chains = 8;
  const turns = 4096;
  const groups = Math.ceil(132 * 64 * scale);
  const code = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
    @compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u) {
      let a = vec4f(f32(id.x & 7u) * 1e-9 + 0.999999); let b = vec4f(1e-7);
      ${Array.from({ length: chains }, (_, k) => `var x${k} = vec4f(f32(${k}));`).join(' ')}
      for (var t = 0u; t < ${turns}u; t++) { ${Array.from({ length: chains }, (_, k) => `x${k} = fma(x${k}, a, b);`).join(' ')} }
      let s = ${Array.from({ length: chains }, (_, k) => `x${k}`).join(' + ')};
      if (s.x + s.y + s.z + s.w == 12345.0) { out[id.x & 63u] = s.x; }
    }`;
  const copyCode = `@group(0) @binding(0) var<storage, read_write> y: array<vec4f>; @group(0) @binding(1) var<storage, read> x: array<vec4f>;
    @compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) n: vec3u) { for (var i = id.x; i < arrayLength(&x); i += n.x * 256u) { y[i] = x[i]; } }`;
  const run = async (text, buffers, count) => {
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module: device.createShaderModule({ code: text }), entryPoint: 'main' } });
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
    let best = Infinity;
    for (let k = 0; k < 6; k++) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(count);
      pass.end();
      device.queue.submit([encoder.finish()]);
      best = Math.min(best, await timer.take());
    }
    return best;
  };
  const bytes = Math.min(2 ** 30 * scale, device.limits.maxStorageBufferBindingSize);
  const [a, b] = [device.createBuffer({ size: bytes, usage: 128 }), device.createBuffer({ size: bytes, usage: 128 })];
  const fma = await run(code, [a], groups);
  const copy = await run(copyCode, [a, b], 132 * 16);
  a.destroy();
  b.destroy();
  return { f32Gflops: 2 * 4 * chains * turns * groups * 256 / fma, copyGBs: 2 * bytes / copy };
}
