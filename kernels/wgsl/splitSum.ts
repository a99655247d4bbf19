// The second half of a product whose sum was cut into parts: one invocation for each result adds its parts in their order, so that no result
// depends on which part was done first. The reference it equals: the sum along the first axis.
import { Code, type Term } from '../../src/compile/wgsl/code.ts';
import { Bindings, groupSize, invocationGroups, openInvocations, shaderText, type Shader } from '../../src/compile/wgsl/shader.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { EpilogueStores } from './epilogue.ts';
import { resultLoops, type Product } from './product.ts';
import type { Site } from './template.ts';

export function splitSumShader(p: Product, parts: number, partials: Var, out: Var, { placement, epilogue }: Site): Shader {
  const [c, bindings] = [new Code(), new Bindings(placement)];
  const size = sizeOf(out.aval.shape);
  openInvocations(c, size);
  const part = (i: string): Term => bindings.load(c, partials, `i32(flat) + ${i}`);
  const total = c.variable('f32', part('0i').code);
  c.block(`for (var part = 1; part < ${parts}; part++)`, () => { c.line(`${total.code} += ${part(`part * ${size}i`).code};`); });
  const stores = new EpilogueStores(c, bindings, out, epilogue, p);
  // The loops of the result are its digits, in the order in which it lies in memory.
  const loops = [...resultLoops(p)].sort((x, y) => y.c - x.c);
  stores.begin('flat', loops);
  stores.store(total, ['flat']);
  return { code: shaderText(bindings, groupSize, c), bindings: bindings.list, groups: invocationGroups(size) };
}
