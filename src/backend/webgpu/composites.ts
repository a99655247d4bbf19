// The composites that have programs of their own on WebGPU; all others are their decompositions. Floor 6.
import { attentionKernels } from '../../../kernels/wasm/attention.ts';
import { tiledAttentionKernels } from '../../../kernels/wgsl/attention.ts';
import type { Eqn } from '../../ir/jaxpr.ts';
import type { CompositeKernels } from '../../pass/compositeKernels.ts';

/**
 * Where attention has no kernels of its own it is a program. A device runs the products of all heads at once, and those of tiles one after another: attention is cut only where its scores would take a
 * large part of the memory, and into tiles as large as fill the device.
 */
export const compositeKernels: CompositeKernels = attentionKernels({ whole: 2 ** 28, bytes: 2 ** 26, fewest: 64, most: 4096, bands: 4 });
/** With the kernels of this backend, where a template has one for a composite. */
export const kernelsOf = (template: (e: Eqn) => object | null, others: CompositeKernels = compositeKernels): CompositeKernels => tiledAttentionKernels(e => template(e) !== null, others);
