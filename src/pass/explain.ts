// What the passes make of a program, for people. Floor 4: reads what they do, decides nothing.
import type { Jaxpr } from '../ir/jaxpr.ts';
import { printJaxpr } from '../ir/print.ts';
import { withKernels, type CompositeKernels } from './compositeKernels.ts';
import { optimise } from './passes.ts';

/** The program after all passes on a backend with these kernels, and lines that say what it is after each. */
export function explainPasses(source: Jaxpr, kernels: CompositeKernels): { readonly flat: Jaxpr; readonly lines: readonly string[] } {
  const lines: string[] = [];
  let before = withKernels(source, kernels, name => { lines.push(`${name} has a program of its own`); });
  const flat = optimise(before, (pass, after) => {
    lines.push(after === before || printJaxpr(after) === printJaxpr(before) ? `after ${pass.name}: the same` : `after ${pass.name}: ${after.eqns.length} equations\n${printJaxpr(after)}`);
    before = after;
  });
  return { flat, lines };
}
