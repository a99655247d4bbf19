// The composites that have programs of their own on WebAssembly; all others are their decompositions. Floor 6.
import { attentionKernels } from '../../../kernels/wasm/attention.ts';
import type { CompositeKernels } from '../../pass/compositeKernels.ts';

export const compositeKernels: CompositeKernels = attentionKernels();
