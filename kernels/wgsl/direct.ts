// Contractions of float32 in registers alone: each invocation computes a block of results and reads what it multiplies from memory, without
// workgroup memory or barriers. For devices where a barrier costs more than reading again (software adapters), and for few results.
// Precondition: there are rows and columns. The reference it equals: the sum of products over the loops, in float32.
import type { Var } from '../../src/ir/jaxpr.ts';
import { Code } from '../../src/compile/wgsl/code.ts';
import { Bindings, invocationGroups, openInvocations, shaderText, type Shader } from '../../src/compile/wgsl/shader.ts';
import { EpilogueStores } from './epilogue.ts';
import { offset, strideA, strideB, turns, type Product } from './product.ts';
import type { Site } from './template.ts';

/** Most results of an invocation along rows and along columns. */
const most = 4;
/** As few blocks as can be, and those of one size. */
const blockOf = (extent: number): number => Math.ceil(extent / Math.ceil(extent / most));
/** From so many products on, a sum is cut at its outermost loop, and the parts are added: rounding then grows with the longer of both. */
const longSum = 1024;

export const directName = 'in registers';
export function directShader(p: Product, lhs: Var, rhs: Var, out: Var, site: Site): Shader {
  const { batches, rows, columns, sums } = p;
  const [c, bindings] = [new Code(), new Bindings(site.placement)];
  const [m, n] = [turns(rows), turns(columns)];
  const [height, width] = [blockOf(m), blockOf(n)];
  const [down, across] = [Math.ceil(m / height), Math.ceil(n / width)];
  const count = down * across * turns(batches);
  const upTo = (k: number): readonly number[] => Array.from({ length: k }, (_, i) => i);
  openInvocations(c, count);
  c.line(`let batch = flat / ${down * across}u;`, `let row0 = ((flat / ${across}u) % ${down}u) * ${height}u;`, `let column0 = (flat % ${across}u) * ${width}u;`);
  // What lies outside is the last row, or column, once more, and is not stored.
  const numbered = (name: string, i: number, extent: number, block: number): string => extent % block === 0 ? `${name}0 + ${i}u` : `min(${name}0 + ${i}u, ${extent - 1}u)`;
  for (const i of upTo(height)) c.line(`let row${i + 1} = ${numbered('row', i, m, height)};`, `let left${i} = ${offset(batches, 'batch', strideA)} + ${offset(rows, `row${i + 1}`, strideA)};`);
  for (const j of upTo(width)) c.line(`let column${j + 1} = ${numbered('column', j, n, width)};`, `let right${j} = ${offset(batches, 'batch', strideB)} + ${offset(columns, `column${j + 1}`, strideB)};`);
  const vector = width === 1 ? 'f32' : `vec${width}f`;
  for (const i of upTo(height)) c.line(`var sum${i} = ${vector}();`);

  /** `into`: which sums the loops from `depth` on add to. */
  const nest = (depth: number, into: string, atA: string, atB: string): void => {
    const l = sums[depth];
    if (l === undefined) {
      const load = (v: Var, at: string): string => bindings.load(c, v, at).code;
      const right = upTo(width).map(j => load(rhs, `right${j} + ${atB}`));
      c.line(`let across = ${width === 1 ? right[0] ?? '0.0f' : `${vector}(${right.join(', ')})`};`);
      for (const i of upTo(height)) c.line(`${into}${i} += ${load(lhs, `left${i} + ${atA}`)} * across;`);
      return;
    }
    const cut = depth === 0 && sums.length > 1 && turns(sums) >= longSum;
    c.block(`for (var k${depth} = 0; k${depth} < ${l.extent}; k${depth}++)`, () => {
      const moved = (at: string, stride: number): string => { const name = c.fresh('at'); c.line(`let ${name} = ${at} + ${stride}i * k${depth};`); return name; };
      const [nextA, nextB] = [moved(atA, l.a), moved(atB, l.b)];
      if (cut) for (const i of upTo(height)) c.line(`var part${i} = ${vector}();`);
      nest(depth + 1, cut ? 'part' : into, nextA, nextB);
      if (cut) for (const i of upTo(height)) c.line(`${into}${i} += part${i};`);
    });
  };
  nest(0, 'sum', '0i', '0i');

  const stores = new EpilogueStores(c, bindings, out, site.epilogue, p);
  stores.begin('batch', batches);
  for (const j of upTo(width)) stores.begin(`column${j + 1}`, columns);
  const guarded = (test: string, always: boolean, body: () => void): void => { if (always) body(); else c.block(`if (${test})`, body); };
  for (const i of upTo(height)) guarded(`row0 + ${i}u < ${m}u`, m % height === 0, () => {
    stores.begin(`row${i + 1}`, rows);
    for (const j of upTo(width)) guarded(`column0 + ${j}u < ${n}u`, n % width === 0, () => {
      stores.store({ code: width === 1 ? `sum${i}` : `sum${i}[${j}]`, type: 'f32' }, ['batch', `row${i + 1}`, `column${j + 1}`]);
    });
  });
  return { code: shaderText(bindings, 64, c), bindings: bindings.list, groups: invocationGroups(count) };
}
