// WebGPU, typed by what is used of it, so that neither browser nor package types are needed by who compiles against this library.
// Floor 6: types and numbers of the standard, nothing else.

export interface GpuLimits {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupSizeX: number;
  readonly maxComputeWorkgroupsPerDimension: number;
}
export interface GpuAdapterInfo { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string; readonly isFallbackAdapter?: boolean }
export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  readonly limits: GpuLimits;
  readonly features: { has(name: string): boolean };
  readonly isFallbackAdapter?: boolean;
  requestDevice(options: { readonly requiredLimits: { readonly [name: string]: number }; readonly requiredFeatures: readonly string[] }): Promise<GpuDevice>;
}
export interface Gpu {
  readonly wgslLanguageFeatures?: { has(name: string): boolean };
  requestAdapter(options?: { readonly powerPreference?: 'high-performance' }): Promise<GpuAdapter | null>;
}

export interface GpuBufferHandle {
  readonly size: number;
  destroy(): void;
  unmap(): void;
  mapAsync(mode: number, offset?: number, size?: number): Promise<unknown>;
  getMappedRange(offset?: number, size?: number): ArrayBuffer;
}
/** What only the device looks inside. */
export interface GpuObject { readonly label: string }
export interface GpuCompilationMessage { readonly type: string; readonly message: string; readonly lineNum: number; readonly linePos: number }
export interface GpuShaderModule extends GpuObject { getCompilationInfo(): Promise<{ readonly messages: readonly GpuCompilationMessage[] }> }
export interface GpuComputePass {
  setPipeline(pipeline: GpuObject): void;
  setBindGroup(index: number, group: GpuObject): void;
  dispatchWorkgroups(x: number, y?: number, z?: number): void;
  dispatchWorkgroupsIndirect(buffer: GpuBufferHandle, offset: number): void;
  end(): void;
}
export interface GpuQuerySet { destroy(): void }
export interface GpuCommandEncoder {
  beginComputePass(options?: { readonly timestampWrites: { readonly querySet: GpuQuerySet; readonly beginningOfPassWriteIndex: number; readonly endOfPassWriteIndex: number } }): GpuComputePass;
  resolveQuerySet(set: GpuQuerySet, first: number, count: number, to: GpuBufferHandle, offset: number): void;
  copyBufferToBuffer(from: GpuBufferHandle, fromOffset: number, to: GpuBufferHandle, toOffset: number, bytes: number): void;
  clearBuffer(buffer: GpuBufferHandle, offset?: number, bytes?: number): void;
  finish(): GpuObject;
}
export interface GpuQueue {
  submit(commands: readonly GpuObject[]): void;
  writeBuffer(buffer: GpuBufferHandle, offset: number, data: ArrayBufferView, dataOffset?: number, size?: number): void;
  onSubmittedWorkDone(): Promise<unknown>;
}
export interface GpuLayoutEntry { readonly binding: number; readonly visibility: number; readonly buffer: { readonly type: 'storage' | 'read-only-storage' } }
export interface GpuGroupEntry { readonly binding: number; readonly resource: { readonly buffer: GpuBufferHandle; readonly offset: number; readonly size: number } }
export interface GpuPipelineDescriptor { readonly label: string; readonly layout: GpuObject; readonly compute: { readonly module: GpuShaderModule; readonly entryPoint: 'main' } }
export interface GpuLost { readonly reason: string; readonly message: string }
export interface GpuDevice {
  readonly queue: GpuQueue;
  readonly limits: GpuLimits;
  readonly features: { has(name: string): boolean };
  readonly lost: Promise<GpuLost>;
  onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
  createBuffer(descriptor: { readonly label?: string; readonly size: number; readonly usage: number }): GpuBufferHandle;
  createShaderModule(descriptor: { readonly label: string; readonly code: string }): GpuShaderModule;
  createBindGroupLayout(descriptor: { readonly entries: readonly GpuLayoutEntry[] }): GpuObject;
  createPipelineLayout(descriptor: { readonly bindGroupLayouts: readonly GpuObject[] }): GpuObject;
  createBindGroup(descriptor: { readonly label?: string; readonly layout: GpuObject; readonly entries: readonly GpuGroupEntry[] }): GpuObject;
  createComputePipelineAsync(descriptor: GpuPipelineDescriptor): Promise<GpuObject>;
  createCommandEncoder(): GpuCommandEncoder;
  createQuerySet(descriptor: { readonly type: 'timestamp'; readonly count: number }): GpuQuerySet;
  pushErrorScope(filter: 'validation' | 'out-of-memory' | 'internal'): void;
  popErrorScope(): Promise<{ readonly message: string } | null>;
  destroy(): void;
}

/** GPUBufferUsage. */
export const usage = { mapRead: 1, copySource: 4, copyDestination: 8, storage: 128, indirect: 256, queryResolve: 512 } as const;
/** GPUShaderStage.COMPUTE and GPUMapMode.READ. */
export const computeStage = 4;
export const mapModeRead = 1;
/** Where a binding may begin. */
export const bindingAlignment = 256;
