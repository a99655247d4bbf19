// The template of products: tiles of several sizes, sums in one part or in several, products in registers, and matrices times vectors.
// What is taken where nothing was measured follows from the shape alone, so a program has the same bits on every run.
import { epilogueAlong } from '../../src/compile/epilogue.ts';
import type { Kernel } from '../../src/compile/kernel.ts';
import { prologueAlong, type Prologue } from '../../src/compile/prologue.ts';
import { rounded } from '../../src/compile/wgsl/alternatives.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import { Var, type Eqn } from '../../src/ir/jaxpr.ts';
import { directName, directShader } from './direct.ts';
import { gemmShader, groupsOfTiles, partOf, stepsOf, tileFits, tileName, tiles, type Tile } from './gemm.ts';
import { gemvShader, lanesFit, lanesName, lanesOf, sumsContiguous } from './gemv.ts';
import { innermost, loopsOf, productOfEquation, resultLoops, strideA, strideB, strideC, turns, type Product, type Stride } from './product.ts';
import { splitSumShader } from './splitSum.ts';
import type { Candidate, Launch, Limits, Problem, Site, Template } from './template.ts';

/** Workgroups below which a large machine, of 132 multiprocessors, does not have one for each of them. */
const fillingGroups = 128;
/** Into how many parts a sum may be cut, and how many steps each has at least. */
const parts = [1, 2, 4, 8, 16, 32] as const;
const leastSteps = 4;
/** Products below these sizes gain nothing from tiles. */
const least = { side: 4, depth: 16 };
/** Additions that an epilogue may cost: it is written out for each result of an invocation. */
const epilogueCost = 12;

/** A tile, and into how many parts the sum is cut. */
export interface Choice { readonly tile: Tile; readonly parts: number }
export const choiceName = ({ tile, parts: n }: Choice): string => n === 1 ? tileName(tile) : `${tileName(tile)} split ${n}`;
/** Ways to cut the work, those with the largest tiles first. */
const choicesOf = (p: Product, limits: Limits): readonly Choice[] => tiles.filter(t => tileFits(t, limits)).flatMap(tile =>
  parts.filter(n => n === 1 || (stepsOf(p, tile) >= n * leastSteps && partOf(p, tile, n).parts === n && groupsOfTiles(p, tile) * n <= 8 * fillingGroups
    && 4 * n * turns(resultLoops(p)) <= limits.bindingBytes)).map(n => ({ tile, parts: n })));

/** The largest tile whose grid still fills the machine; where none does, the smallest, with the sum cut into as many parts as fill it. */
function preferredChoice(p: Product, choices: readonly Choice[]): Choice | null {
  const [m, n] = [turns(p.rows), turns(p.columns)];
  if (Math.min(m, n) < least.side || turns(p.sums) < least.depth) return null;
  const plain = choices.filter(c => !c.tile.prefetch);
  const filling = plain.find(c => c.parts === 1 && groupsOfTiles(p, c.tile) >= fillingGroups && m >= c.tile.rows && n >= c.tile.columns);
  if (filling !== undefined) return filling;
  const ways = plain.filter(c => c.tile === plain.at(-1)?.tile);
  return ways.find(c => groupsOfTiles(p, c.tile) * c.parts >= fillingGroups) ?? ways.at(-1) ?? null;
}

/** A choice for an equation, whether its template offers it or not. */
export function tiledCandidate(e: Eqn, choice: Choice, loads = 2): Candidate | null {
  const p = productOfEquation(e, true);
  const [lhs, rhs] = e.inputs;
  const [out] = e.outputs;
  if (p === null || !(lhs instanceof Var) || !(rhs instanceof Var) || out === undefined) return null;
  return {
    name: choiceName(choice), emit: site => emitTiles(p, choice, `${e.primitive.name} ${choiceName(choice)}`, lhs, rhs, out, site),
    prologue: (kernel, operand) => prologueOf(p, operand, operand === 0 ? lhs : rhs, kernel, loads),
  };
}
const prologueOf = (p: Product, operand: number, v: Var, kernel: Kernel, loads: number): Prologue | null => prologueAlong(loopsOf(p), operand === 0 ? strideA : strideB, v, kernel, loads);
/** Values that an operand may be made of: with two for each of them a product and what follows it bind twelve. */
const loadsOf = (limits: Limits): number => limits.bindings >= 12 ? 2 : 1;
function emitTiles(p: Product, { tile, parts: n }: Choice, name: string, lhs: Var, rhs: Var, out: Var, site: Site): readonly Launch[] {
  const part = partOf(p, tile, n);
  if (part.parts === 1) return [{ name, shader: gemmShader(p, tile, part, lhs, rhs, out, null, site) }];
  const partials = site.scratch({ shape: [part.parts, sizeOf(out.aval.shape)], dtype: 'f32' });
  return [{ name, shader: gemmShader(p, tile, part, lhs, rhs, out, partials, site) }, { name: `${name}, sum of parts`, shader: splitSumShader(p, part.parts, partials, out, site) }];
}

/** The largest power of two, up to 16, that divides a number. */
const alignmentOf = (n: number): number => [16, 8, 4, 2].find(k => n % k === 0) ?? 1;
/** How an operand is read: which axis is contiguous, and how far its vectors are aligned. */
function layoutOf(p: Product, loops: Product['rows'], stride: Stride): string {
  const [along, across] = [innermost(loops), innermost(p.sums)];
  const deep = stride(across) !== 0 && Math.abs(stride(across)) < Math.abs(stride(along));
  const contiguous = deep ? across : along;
  return `${deep ? 'sums' : 'side'}${stride(contiguous) === 1 ? alignmentOf(contiguous.extent) : 'x'}`;
}
/** Convolutions have several loops where matrices have one: what is measured for one says little about the other. */
const classOf = (p: Product): string => [
  ...[p.rows, p.columns, p.sums, p.batches].map(loops => `${rounded(turns(loops))}${loops.length > 1 ? `/${loops.length}` : ''}`),
  layoutOf(p, p.rows, strideA), layoutOf(p, p.columns, strideB), Math.abs(strideC(innermost(p.columns))) === 1 ? 'row' : 'column',
].join(' ');

function problemOf(e: Eqn, limits: Limits): Problem | null {
  const p = productOfEquation(e, limits.nativeHalf === true);
  const [lhs, rhs] = e.inputs;
  const [out] = e.outputs;
  if (p === null || !(lhs instanceof Var) || !(rhs instanceof Var) || out === undefined || sizeOf(out.aval.shape) === 0) return null;
  const { name } = e.primitive;
  const common = {
    template: 'product', shapeClass: out.aval.dtype === 'f32' ? classOf(p) : `${out.aval.dtype} ${classOf(p)}`,
    epilogue: (kernel: Parameters<Problem['epilogue']>[0], keeps: boolean) => out.aval.dtype !== 'f32' ? null : epilogueAlong(resultLoops(p), out, kernel, keeps, { cost: epilogueCost, operands: Math.min(6, limits.bindings - 4) }),
  };
  if (p.rows.length === 0 || p.columns.length === 0) {
    const candidates = lanesOf.filter(l => lanesFit(l, limits)).map((l): Candidate & { readonly deep: boolean } => (
      {
        name: lanesName(l), deep: l.deep > l.across, emit: site => [{ name: `${name} ${lanesName(l)}`, shader: gemvShader(p, l, lhs, rhs, out, site) }],
        // Of the matrix, which is read once.
        prologue: (kernel, operand) => (operand === 0) === (p.columns.length === 0) ? prologueOf(p, operand, operand === 0 ? lhs : rhs, kernel, loadsOf(limits)) : null,
      }));
    return { ...common, candidates, preferred: turns(p.sums) < least.depth ? null : candidates.find(c => c.deep === sumsContiguous(p)) ?? null };
  }
  const choices = choicesOf(p, limits);
  const direct: Candidate = { name: directName, emit: site => [{ name: `${name} ${directName}`, shader: directShader(p, lhs, rhs, out, site) }] };
  const candidates = [...choices.flatMap(c => tiledCandidate(e, c, loadsOf(limits)) ?? []), direct];
  const preferred = preferredChoice(p, choices);
  return { ...common, candidates, preferred: candidates.find(c => preferred !== null && c.name === choiceName(preferred)) ?? null };
}
export const productTemplate: Template = { name: 'product', problem: problemOf };
