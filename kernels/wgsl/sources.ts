// Where an operand of a product comes from: memory, or a prologue, which computes each element from elements of other values at places of
// their own. Four neighbours at a time. Knows where elements lie, not what they are multiplied by.
import type { OuterLoop } from '../../src/compile/contraction.ts';
import type { Prologue } from '../../src/compile/prologue.ts';
import type { Code, Term } from '../../src/compile/wgsl/code.ts';
import type { Bindings } from '../../src/compile/wgsl/shader.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { valueOf } from './epilogue.ts';
import type { Stride } from './product.ts';
import type { Site } from './template.ts';

/** A value that an operand is made of. `tag`: what the names of its places begin with. */
export interface Source { readonly v: Var; readonly stride: Stride; readonly start: number; readonly tag: string }
export interface Operand { readonly sources: readonly Source[]; readonly prologue: Prologue | null }
const letters = ['x', 'y', 'z', 'w'] as const;
const four = [0, 1, 2, 3] as const;

/** The operand of this number, which moves along these loops by `stride`, or what it is made of. */
export function operandOf(number: number, v: Var, tag: string, stride: Stride, loops: readonly OuterLoop[], { prologues }: Site): Operand {
  const prologue = prologues?.get(number) ?? null;
  if (prologue === null) return { sources: [{ v, stride, start: 0, tag }], prologue };
  return { prologue, sources: prologue.loads.map(({ from, walk }, i) => ({ v: from, start: walk.start, tag: i === 0 ? tag : `${tag}${letters[i] ?? i}`, stride: (l): number => walk.own[loops.indexOf(l)] ?? 0 })) };
}
/** What a kernel reads for its operands. */
export const valuesOf = (operands: readonly Operand[]): readonly Var[] => operands.flatMap(o => o.sources.map(s => s.v));
/** Four elements of an operand: `place` says where the i-th of a source is, `quads` which sources are read as vectors, `same` which have one element for all four. */
export function vectorOf(c: Code, bindings: Bindings, { sources, prologue }: Operand, place: (s: Source, i: number) => string, quads: (s: Source) => boolean, same: (s: Source) => boolean): string {
  const [only] = sources;
  if (prologue === null && only !== undefined) return quads(only) ? bindings.quad(only.v, place(only, 0)) : `vec4f(${four.map(i => bindings.load(c, only.v, place(only, i)).code).join(', ')})`;
  const loaded = sources.map((s): readonly Term[] => {
    if (quads(s)) {
      const name = c.fresh('four');
      c.line(`let ${name} = ${bindings.quad(s.v, place(s, 0))};`);
      return four.map(i => ({ code: `${name}.${letters[i]}`, type: 'f32' }));
    }
    if (!same(s)) return four.map(i => bindings.load(c, s.v, place(s, i)));
    const one = bindings.load(c, s.v, place(s, 0));
    return four.map(() => one);
  });
  return `vec4f(${four.map(i => {
    const known = new Map<number, Term>();
    prologue?.loads.forEach(({ node }, k) => { const x = loaded[k]?.[i]; if (x !== undefined) known.set(node, x); });
    return prologue === null ? '0.0f' : c.f32(valueOf(c, prologue.kernel, prologue.value, known));
  }).join(', ')})`;
}
