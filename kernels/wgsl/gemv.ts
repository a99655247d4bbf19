// Products of a matrix and a vector: several invocations add parts of each sum, four products at a time, and fold them in workgroup memory
// in a fixed tree. Along the sums where these are contiguous, so that neighbours read neighbours, else along the results.
// Precondition: one side of the product has no loops. The reference it equals: the sum of products over the loops, in float32.
import { Code } from '../../src/compile/wgsl/code.ts';
import { Bindings, keyOf, shaderText, type Shader } from '../../src/compile/wgsl/shader.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { EpilogueStores, isQuad, valuesBeside } from './epilogue.ts';
import { innermost, loopsOf, offset, strideA, strideB, turns, type Product } from './product.ts';
import { operandOf, valuesOf, vectorOf, type Operand } from './sources.ts';
import type { Limits, Site } from './template.ts';

/** Results of a workgroup, and invocations that share the sum of each. */
export interface Lanes { readonly across: number; readonly deep: number }
export const lanesName = (l: Lanes): string => `vector ${l.across}x${l.deep}`;
export const lanesOf: readonly Lanes[] = [{ across: 4, deep: 64 }, { across: 8, deep: 32 }, { across: 64, deep: 4 }, { across: 16, deep: 8 }];
export const lanesFit = (l: Lanes, limits: Limits): boolean => l.across * l.deep <= limits.invocations && 4 * l.across * l.deep <= limits.workgroupBytes;
/** Whether the sums are the contiguous axis of the matrix. */
export function sumsContiguous(p: Product): boolean {
  const stride = p.columns.length === 0 ? strideA : strideB;
  const [along, across] = [innermost(p.columns.length === 0 ? p.rows : p.columns), innermost(p.sums)].map(l => Math.abs(stride(l)));
  return across !== 0 && (across ?? 0) < (along ?? 0);
}

export function gemvShader(p: Product, l: Lanes, lhs: Var, rhs: Var, out: Var, site: Site): Shader {
  const [c, bindings] = [new Code(), new Bindings(site.placement)];
  const side = p.columns.length === 0 ? p.rows : p.columns;
  const [extent, depth, size] = [turns(side), turns(p.sums), l.across * l.deep];
  const perBatch = Math.ceil(extent / l.across);
  const groups = perBatch * turns(p.batches);
  const contiguous = sumsContiguous(p);
  c.line('let flat = workgroup.y * workgroups.x + workgroup.x;', `if (flat >= ${groups}u) { return; }`, `let batch = flat / ${perBatch}u;`);
  c.line(contiguous ? `let inside = lane / ${l.deep}u;` : `let inside = lane % ${l.across}u;`, contiguous ? `let share = lane % ${l.deep}u;` : `let share = lane / ${l.across}u;`);
  c.line(`let at = (flat % ${perBatch}u) * ${l.across}u + inside;`, `let known = min(at, ${extent - 1}u);`, 'var sum = vec4f();');
  const last = innermost(p.sums);
  const even = last.extent % 4 === 0;
  const operands = [operandOf(0, lhs, 'a', strideA, loopsOf(p), site), operandOf(1, rhs, 'b', strideB, loopsOf(p), site)] as const;
  const matrix = operands[p.columns.length === 0 ? 0 : 1];
  const all = [...valuesOf(operands), ...valuesBeside(out, site.epilogue)].map(v => keyOf(site.placement(v).piece));
  const alone = (v: Var): boolean => all.filter(x => x === keyOf(site.placement(v).piece)).length === 1;
  for (const o of operands) for (const { tag, stride, start } of o.sources) c.line(`let place_${tag} = ${start === 0 ? '' : `${start}i + `}${offset(p.batches, 'batch', stride)}${o === matrix ? ` + ${offset(side, 'known', stride)}` : ''};`);
  const quad = (o: Operand, depths: readonly string[]): string => vectorOf(
    c, bindings, o, (x, i) => `place_${x.tag} + ${offset(p.sums, depths[i] ?? '0u', x.stride)}`, x => even && alone(x.v) && isQuad(x, last, loopsOf(p), site.placement), x => even && x.stride(last) === 0);
  const step = 4 * l.deep;
  const add = (ends: boolean, number: string): void => {
    c.line(`let first = ${number} * ${step}u + share * 4u;`);
    const depths = [0, 1, 2, 3].map(i => c.let('u32', ends ? `min(first${i === 0 ? '' : ` + ${i}u`}, ${depth - 1}u)` : `first${i === 0 ? '' : ` + ${i}u`}`).code);
    // With whole vectors the end of the sum is the end of one of them.
    const clamped = ends && even ? [c.let('u32', `min(first, ${depth - 4}u)`).code, ...depths.slice(1)] : depths;
    const [a, b] = operands.map(o => quad(o, even ? clamped.map((d, i) => i === 0 ? d : `(${clamped[0]} + ${i}u)`) : clamped));
    const exists = `vec4<bool>(${[0, 1, 2, 3].map(i => `first + ${i}u < ${depth}u`).join(', ')})`;
    c.line(ends ? `sum += select(vec4f(), ${a} * ${b}, ${exists});` : `sum += ${a} * ${b};`);
  };
  const whole = Math.floor(depth / step);
  if (whole > 0) c.block(`for (var step = 0u; step < ${whole}u; step++)`, () => add(false, 'step'));
  if (whole * step < depth) c.block('', () => add(true, `${whole}u`));
  c.line('parts[lane] = (sum.x + sum.y) + (sum.z + sum.w);', 'workgroupBarrier();');
  for (let w = l.deep / 2; w >= 1; w /= 2) c.line(`if (share < ${w}u) { parts[lane] += parts[lane + ${contiguous ? w : w * l.across}u]; }`, 'workgroupBarrier();');
  const stores = new EpilogueStores(c, bindings, out, site.epilogue, p);
  c.block(`if (share == 0u && at < ${extent}u)`, () => {
    stores.begin('batch', p.batches);
    stores.begin('at', side);
    stores.store({ code: 'parts[lane]', type: 'f32' }, ['batch', 'at']);
  });
  return { code: shaderText(bindings, size, c, [`var<workgroup> parts: array<f32, ${size}>;`]), bindings: bindings.list, groups };
}
