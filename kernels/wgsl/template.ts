// Templates: kernels written by hand for some equations, with parameters. Each says which equations it knows, which candidates a device can run
// for one of them, which of these is taken where nothing was measured, and what class of equations shares a measurement.
// Types only: the table of templates is kernels/wgsl/templates.ts.
import type { Epilogue } from '../../src/compile/epilogue.ts';
import type { Prologues } from '../../src/compile/fuse.ts';
import type { Kernel } from '../../src/compile/kernel.ts';
import type { Prologue } from '../../src/compile/prologue.ts';
import type { Placement, Shader } from '../../src/compile/wgsl/shader.ts';
import type { Aval } from '../../src/ir/aval.ts';
import type { Eqn, Jaxpr, Var } from '../../src/ir/jaxpr.ts';

/** What a device allows a kernel. `nativeHalf`: it reads and writes halves as such; where they are taken out of words, products of them have no template. */
export interface Limits { readonly workgroupBytes: number; readonly invocations: number; readonly bindings: number; readonly bindingBytes: number; readonly nativeHalf?: boolean }
/** Where a kernel is to run: where its values lie, what becomes of its results, and room for values of its own. */
export interface Site {
  readonly placement: Placement;
  readonly epilogue: Epilogue | null;
  /** What makes operands where they are loaded, by their number. */
  readonly prologues: Prologues | null;
  scratch(a: Aval): Var;
}
export interface Launch { readonly name: string; readonly shader: Shader }
/** One way to compute an equation. Its name says all of its parameters. */
export interface Candidate {
  readonly name: string;
  emit(site: Site): readonly Launch[];
  /** A kernel that makes an operand, by its number, as part of the loads, or null; absent where operands are read too often for that. */
  prologue?(kernel: Kernel, operand: number): Prologue | null;
}
/** An equation that a template knows. */
export interface Problem {
  readonly template: string;
  /** Equations of one class are computed alike: extents to the next power of two, and what decides how memory is read. */
  readonly shapeClass: string;
  /** Those that this device can run. */
  readonly candidates: readonly Candidate[];
  /** The one that is taken where nothing was measured, or null where the equation is better computed without a template. */
  readonly preferred: Candidate | null;
  /** A kernel as part of the equation's own stores, or null. `keeps`: the result itself is needed, too. */
  epilogue(kernel: Kernel, keeps: boolean): Epilogue | null;
  /** The program that the equation means, where nothing but a template computes it: candidates equal it up to the order of sums. */
  readonly reference?: Jaxpr;
}
export interface Template { readonly name: string; problem(e: Eqn, limits: Limits): Problem | null }
