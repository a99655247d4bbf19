// All mutants. A survivor that changes nothing is no mutant and is not listed; one that a test ought to notice is a missing test.
import type { Mutant } from './mutant.ts';
import { compositeMutants } from './catalogue/composites.ts';
import { elementwise } from './catalogue/elementwise.ts';
import { kernelMutants } from './catalogue/kernels.ts';
import { memory } from './catalogue/memory.ts';
import { nested } from './catalogue/nested.ts';
import { numerics } from './catalogue/numerics.ts';
import { reductions } from './catalogue/reductions.ts';
import { special } from './catalogue/special.ts';
import { staging } from './catalogue/staging.ts';
import { structural } from './catalogue/structural.ts';
import { templateMutants } from './catalogue/templates.ts';
import { transforms } from './catalogue/transforms.ts';
import { wasmKernels } from './catalogue/wasmKernels.ts';
import { watching } from './catalogue/watching.ts';
import { wgsl } from './catalogue/wgsl.ts';
import { wgslSchedules } from './catalogue/wgslSchedules.ts';

export const catalogue: readonly Mutant[] = [...elementwise, ...special, ...numerics, ...structural, ...templateMutants, ...reductions, ...nested, ...compositeMutants, ...kernelMutants, ...transforms, ...watching, ...wasmKernels, ...wgsl, ...wgslSchedules, ...memory, ...staging];
