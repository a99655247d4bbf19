// Contractions of float32 as tiled matrix products: rows, columns, sums and batches may each be several loops, so plain, transposed and batched
// products are one template, and so are convolutions, whose patches are gathered while tiles are staged.
// Precondition: `gemmOf` finds rows and columns. The reference it equals: the sum of products over the loops, in float32.
import type { OuterLoop } from '../../src/compile/contraction.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { Code } from '../../src/compile/wgsl/code.ts';
import { Bindings, shaderText, type Placement, type Shader } from '../../src/compile/wgsl/shader.ts';

/** The loops of a product: A moves along rows and sums, B along columns and sums, the result along rows and columns, all along batches. */
export interface Gemm { readonly batches: readonly OuterLoop[]; readonly rows: readonly OuterLoop[]; readonly columns: readonly OuterLoop[]; readonly sums: readonly OuterLoop[] }
/** A tile: `rows` by `columns` results, staged `depth` products at a time, 4 x 4 of them an invocation. */
export interface GemmTile { readonly name: string; readonly rows: number; readonly columns: number; readonly depth: number }
export const gemmTiles: readonly GemmTile[] = [
  { name: '64x64x16', rows: 64, columns: 64, depth: 16 },
  { name: '32x32x16', rows: 32, columns: 32, depth: 16 },
];
export const turns = (loops: readonly OuterLoop[]): number => loops.reduce((n, l) => n * l.extent, 1);

/** The product that loops are, or null where there are no rows, or no columns. */
export function gemmOf(loops: readonly OuterLoop[]): Gemm | null {
  // The contiguous loop last: neighbours in a tile are neighbours in memory.
  const by = (stride: (l: OuterLoop) => number) => (p: OuterLoop, q: OuterLoop): number => stride(q) - stride(p);
  const outer = loops.filter(l => l.c !== 0);
  const rows = outer.filter(l => l.a !== 0 && l.b === 0).sort(by(l => l.c));
  const columns = outer.filter(l => l.a === 0 && l.b !== 0).sort(by(l => l.c));
  const gemm = { rows, columns, batches: outer.filter(l => !rows.includes(l) && !columns.includes(l)), sums: loops.filter(l => l.c === 0).sort(by(l => Math.max(Math.abs(l.a), Math.abs(l.b)))) };
  return rows.length === 0 || columns.length === 0 || gemm.sums.length === 0 ? null : gemm;
}
/** The tile of a product by default, or null where it is too small to gain from one. */
export function defaultTile({ rows, columns, sums }: Gemm): GemmTile | null {
  const [m, n] = [turns(rows), turns(columns)];
  if (m < 24 || n < 24 || turns(sums) < 16) return null;
  return gemmTiles.find(t => m * n >= 16 * t.rows * t.columns) ?? gemmTiles.at(-1) ?? null;
}

/** What a number among the turns of loops moves by. */
export function offset(loops: readonly OuterLoop[], number: string, stride: (l: OuterLoop) => number): string {
  let around = 1;
  const terms: string[] = [];
  for (const l of [...loops].reverse()) {
    const digit = around * l.extent === turns(loops) ? `${number} / ${around}u` : `(${number} / ${around}u) % ${l.extent}u`;
    if (stride(l) !== 0) terms.push(`${stride(l)}i * i32(${digit})`);
    around *= l.extent;
  }
  return terms.length === 0 ? '0i' : terms.join(' + ');
}

export function gemmShader({ batches, rows, columns, sums }: Gemm, tile: GemmTile, lhs: Var, rhs: Var, out: Var, placement: Placement): Shader {
  const [c, bindings] = [new Code(), new Bindings(placement)];
  const [m, n, k] = [turns(rows), turns(columns), turns(sums)];
  const [acrossRows, acrossColumns] = [Math.ceil(m / tile.rows), Math.ceil(n / tile.columns)];
  const groups = acrossRows * acrossColumns * turns(batches);
  const [threadsX, threadsY] = [tile.columns / 4, tile.rows / 4];
  const size = threadsX * threadsY;
  c.line('let flat = workgroup.y * workgroups.x + workgroup.x;', `if (flat >= ${groups}u) { return; }`);
  c.line(`let batch = flat / ${acrossRows * acrossColumns}u;`, `let row0 = ((flat / ${acrossColumns}u) % ${acrossRows}u) * ${tile.rows}u;`, `let column0 = (flat % ${acrossColumns}u) * ${tile.columns}u;`);
  c.line(`let batchA = ${offset(batches, 'batch', l => l.a)};`, `let batchB = ${offset(batches, 'batch', l => l.b)};`, `let batchC = ${offset(batches, 'batch', l => l.c)};`);
  c.line(`let x = lane % ${threadsX}u;`, `let y = lane / ${threadsX}u;`);
  for (let i = 0; i < 4; i++) c.line(`var sum${i} = vec4f();`);
  /** Stages one operand: neighbours along its contiguous loop are loaded by neighbouring lanes. */
  const stage = (v: Var, array: string, width: number, extent: number, first: string, loops: readonly OuterLoop[], stride: (l: OuterLoop) => number, base: string): void => {
    const contiguous = Math.abs(stride(loops.at(-1) ?? { extent: 1, a: 0, b: 0, c: 0 })) <= Math.abs(stride(sums.at(-1) ?? { extent: 1, a: 0, b: 0, c: 0 }));
    c.block(`for (var e = lane; e < ${width * tile.depth}u; e += ${size}u)`, () => {
      c.line(`let inside = ${contiguous ? `e % ${width}u` : `e / ${tile.depth}u`};`, `let deep = ${contiguous ? `e / ${width}u` : `e % ${tile.depth}u`};`);
      c.line(`let along = ${first} + inside;`, `let depth = step * ${tile.depth}u + deep;`, `let exists = (along < ${extent}u) & (depth < ${k}u);`);
      const value = bindings.load(c, v, `select(0i, ${base} + ${offset(loops, 'along', stride)} + ${offset(sums, 'depth', stride)}, exists)`);
      c.line(`${array}[deep * ${width}u + inside] = select(0.0f, ${value.code}, exists);`);
    });
  };
  c.block(`for (var step = 0u; step < ${Math.ceil(k / tile.depth)}u; step++)`, () => {
    stage(lhs, 'tile_a', tile.rows, m, 'row0', rows, l => l.a, 'batchA');
    stage(rhs, 'tile_b', tile.columns, n, 'column0', columns, l => l.b, 'batchB');
    c.line('workgroupBarrier();');
    c.block(`for (var deep = 0u; deep < ${tile.depth}u; deep++)`, () => {
      c.line(`let at = deep * ${tile.columns}u + x * 4u;`, 'let b = vec4f(tile_b[at], tile_b[at + 1u], tile_b[at + 2u], tile_b[at + 3u]);', `let from_a = deep * ${tile.rows}u + y * 4u;`);
      for (let i = 0; i < 4; i++) c.line(`sum${i} += tile_a[from_a + ${i}u] * b;`);
    });
    c.line('workgroupBarrier();');
  });
  for (let i = 0; i < 4; i++) {
    c.line(`let row${i + 1} = row0 + y * 4u + ${i}u;`);
    for (let j = 0; j < 4; j++) {
      const column = `column0 + x * 4u + ${j}u`;
      c.block(`if ((row${i + 1} < ${m}u) & (${column} < ${n}u))`, () => {
        c.line(`let column = ${column};`);
        bindings.store(c, out, `batchC + ${offset(rows, `row${i + 1}`, l => l.c)} + ${offset(columns, 'column', l => l.c)}`, { code: `sum${i}[${j}]`, type: 'f32' });
      });
    }
  }
  const shared = [`var<workgroup> tile_a: array<f32, ${tile.rows * tile.depth}>;`, `var<workgroup> tile_b: array<f32, ${tile.columns * tile.depth}>;`];
  return { code: shaderText(bindings, size, c, shared), bindings: bindings.list, groups };
}
