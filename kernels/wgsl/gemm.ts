// Products in tiles: each workgroup computes a tile of the result from slices of both operands that it stages in workgroup memory, each
// invocation a block of it in registers. Four neighbours of an operand, along whichever of its axes is contiguous, are staged as one vector.
// What lies outside is another row's or column's value, which is not stored; sums end exactly: trip counts are literals.
// After Boehm, "How to Optimize a CUDA Matmul Kernel", 2022. The reference it equals: the sum of products over the loops, in float32.
import type { OuterLoop } from '../../src/compile/contraction.ts';
import { Code } from '../../src/compile/wgsl/code.ts';
import { Bindings, keyOf, shaderText, type Shader } from '../../src/compile/wgsl/shader.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { EpilogueStores, isQuad, valuesBeside } from './epilogue.ts';
import { innermost, loopsOf, offset, resultLoops, strideA, strideB, strideC, turns, type Product, type Stride } from './product.ts';
import { operandOf, valuesOf, vectorOf, type Operand, type Source } from './sources.ts';
import type { Limits, Site } from './template.ts';

/** `rows` by `columns` results of a workgroup, `rowsEach` by `columnsEach` of an invocation; `depth` products are staged at a time. */
export interface Tile {
  readonly rows: number; readonly columns: number; readonly depth: number; readonly rowsEach: number; readonly columnsEach: number;
  /** Whether the next slices are loaded into registers while these are multiplied. */
  readonly prefetch: boolean;
}
export const tileName = (t: Tile): string => `${t.rows}x${t.columns}x${t.depth} ${t.rowsEach}x${t.columnsEach}${t.prefetch ? ' prefetch' : ''}`;
const forms = [[128, 128, 8, 8], [128, 64, 8, 4], [64, 64, 4, 4], [32, 32, 4, 4]] as const;
/** From the largest to the smallest. */
export const tiles: readonly Tile[] = forms.flatMap(([rows, columns, rowsEach, columnsEach]) => [false, true].map((prefetch): Tile => ({ rows, columns, depth: 16, rowsEach, columnsEach, prefetch })));

const invocationsOf = (t: Tile): number => t.rows / t.rowsEach * (t.columns / t.columnsEach);
/** Vectors of a staged row of either form; rows of sums are padded by one, so that neighbours in them lie in different banks. */
const pitch = (t: Tile, width: number, deep: boolean): number => deep ? t.depth / 4 + 1 : width / 4;
const vectors = (t: Tile, width: number, deep: boolean): number => pitch(t, width, deep) * (deep ? width : t.depth);
/** Whether a device can run the tile, whichever axes are contiguous. */
export function tileFits(t: Tile, limits: Limits): boolean {
  const bytes = [t.rows, t.columns].reduce((n, width) => n + 16 * Math.max(vectors(t, width, true), vectors(t, width, false)), 0);
  return invocationsOf(t) <= limits.invocations && bytes <= limits.workgroupBytes;
}
export const groupsOfTiles = ({ rows, columns, batches }: Product, t: Tile): number => Math.ceil(turns(rows) / t.rows) * Math.ceil(turns(columns) / t.columns) * turns(batches);
export const stepsOf = ({ sums }: Product, t: Tile): number => Math.ceil(turns(sums) / t.depth);

const letters = ['x', 'y', 'z', 'w'] as const;
const four = [0, 1, 2, 3] as const;
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** One of the operands while it is staged. */
interface Side {
  readonly operand: Operand;
  readonly name: 'a' | 'b';
  readonly stride: Stride;
  /** Results along it: of the whole product, of the tile, of an invocation; and invocations along it. */
  readonly loops: readonly OuterLoop[];
  readonly width: number;
  readonly each: number;
  readonly threads: number;
  /** Its invocation's number along it. */
  readonly thread: 'x' | 'y';
  /** Whether four neighbours lie along the sums: they are staged together, else four along the side. */
  readonly deep: boolean;
  /** Whether four neighbours of the axis they lie along are evenly spaced, and which of the values it is made of have them as one vector in memory. */
  readonly even: boolean;
  readonly quads: ReadonlySet<Source>;
}
function sideOf(p: Product, t: Tile, operand: Operand, name: 'a' | 'b', site: Site, shared: (v: Var) => boolean): Side {
  const stride = name === 'a' ? strideA : strideB;
  const loops = name === 'a' ? p.rows : p.columns;
  const [width, each] = name === 'a' ? [t.rows, t.rowsEach] : [t.columns, t.columnsEach];
  const [along, across] = [innermost(loops), innermost(p.sums)];
  const deep = loops.length === 0 || (stride(across) !== 0 && Math.abs(stride(across)) < Math.abs(stride(along)));
  const quad = deep ? across : along;
  const even = quad.extent % 4 === 0;
  const quads = new Set(operand.sources.filter(s => !shared(s.v) && isQuad(s, quad, loopsOf(p), site.placement)));
  return { operand, name, stride, loops, width, each, threads: width / each, thread: name === 'a' ? 'y' : 'x', deep, even, quads };
}

/** Where the part of the sum that a workgroup computes begins, in steps, and how many steps it has. */
export interface Part { readonly parts: number; readonly steps: number }
export const partOf = (p: Product, t: Tile, parts: number): Part => { const steps = Math.ceil(stepsOf(p, t) / parts); return { parts: Math.ceil(stepsOf(p, t) / steps), steps }; };

/** `partials`: where the parts of the sum go, each as large as the result; null where there is one part, and its result is complete. */
export function gemmShader(p: Product, t: Tile, part: Part, lhs: Var, rhs: Var, out: Var, partials: Var | null, site: Site): Shader {
  return new TileShader(p, t, part, [lhs, rhs, out], partials, site).run();
}
class TileShader {
  readonly #c = new Code();
  readonly #bindings: Bindings;
  readonly #p: Product;
  readonly #t: Tile;
  readonly #part: Part;
  readonly #a: Side;
  readonly #b: Side;
  readonly #partials: Var | null;
  readonly #size: number;
  readonly #depth: number;
  readonly #stores: EpilogueStores;
  /** Whether four neighbours in a row of results are one vector in memory. */
  readonly #vectors: boolean;
  constructor(p: Product, t: Tile, part: Part, [lhs, rhs, out]: readonly [Var, Var, Var], partials: Var | null, site: Site) {
    this.#bindings = new Bindings(site.placement);
    [this.#p, this.#t, this.#part, this.#partials] = [p, t, part, partials];
    const piece = (v: Var): string => keyOf(site.placement(v).piece);
    const [a, b] = [operandOf(0, lhs, 'a', strideA, loopsOf(p), site), operandOf(1, rhs, 'b', strideB, loopsOf(p), site)];
    const all = [...valuesOf([a, b]), ...partials === null ? valuesBeside(out, site.epilogue) : [partials]].map(piece);
    const shared = (v: Var): boolean => all.filter(k => k === piece(v)).length > 1;
    this.#a = sideOf(p, t, a, 'a', site, shared);
    this.#b = sideOf(p, t, b, 'b', site, shared);
    this.#stores = new EpilogueStores(this.#c, this.#bindings, partials === null ? out : null, partials === null ? site.epilogue : null, p);
    const along = innermost(p.columns);
    if (this.#b.deep) this.#vectors = false;
    else if (partials === null) this.#vectors = this.#stores.asVectors(along, site.placement);
    else {
      this.#vectors = isQuad({ v: partials, stride: strideC, start: 0 }, along, resultLoops(p), site.placement) && (partials.aval.shape[1] ?? 0) % 4 === 0;
      if (this.#vectors) this.#bindings.asVectors([piece(partials)]);
    }
    this.#size = invocationsOf(t);
    this.#depth = turns(p.sums);
  }
  run(): Shader {
    const [c, t, { rows, columns, batches }] = [this.#c, this.#t, this.#p];
    const [m, n] = [turns(rows), turns(columns)];
    const [down, across] = [Math.ceil(m / t.rows), Math.ceil(n / t.columns)];
    const groups = down * across * turns(batches) * this.#part.parts;
    const inPart = down * across * turns(batches);
    c.line('let flat = workgroup.y * workgroups.x + workgroup.x;', `if (flat >= ${groups}u) { return; }`);
    if (this.#part.parts > 1) c.line(`let part = flat / ${inPart}u;`, `let first = part * ${this.#part.steps}u;`);
    c.line(`let tile = ${this.#part.parts > 1 ? `flat % ${inPart}u` : 'flat'};`, `let batch = tile / ${down * across}u;`, `let row0 = ((tile / ${across}u) % ${down}u) * ${t.rows}u;`, `let column0 = (tile % ${across}u) * ${t.columns}u;`);
    c.line(`let x = lane % ${this.#b.threads}u;`, `let y = lane / ${this.#b.threads}u;`);
    for (const s of [this.#a, this.#b]) this.#begin(s, s.name === 'a' ? 'row0' : 'column0');
    for (const i of upTo(t.rowsEach)) for (const q of upTo(t.columnsEach / 4)) c.line(`var sum${i}_${q} = vec4f();`);
    this.#steps();
    this.#store(m, n);
    const shared = [this.#a, this.#b].map(s => `var<workgroup> tile_${s.name}: array<vec4f, ${vectors(t, s.width, s.deep)}>;`);
    return { code: shaderText(this.#bindings, this.#size, c, shared), bindings: this.#bindings.list, groups };
  }

  // ---- staging
  /** How many vectors of a side an invocation stages. */
  #count(s: Side): number { return s.width * this.#t.depth / 4 / this.#size; }
  /** Where the vectors of an invocation stand in the tile, and what of their places in memory does not change. */
  #begin(s: Side, first: string): void {
    const [c, t, { name }] = [this.#c, this.#t, s];
    const extent = turns(s.loops);
    const perRow = s.deep ? t.depth / 4 : s.width / 4;
    const step = this.#size / perRow;
    c.line(`let ${name}_quad = lane % ${perRow}u;`, `let ${name}_line = lane / ${perRow}u;`);
    for (const { tag, stride, start } of s.operand.sources) c.line(`let ${tag}_batch = ${start === 0 ? '' : `${start}i + `}${offset(this.#p.batches, 'batch', stride)};`);
    const placed = (suffix: string): void => { for (const { tag, stride } of s.operand.sources) c.line(`let ${tag}_place${suffix} = ${tag}_batch + ${offset(s.loops, `${name}_at${suffix}`, stride)};`); };
    const whole = extent % s.width === 0;
    // Beyond the last there is the last again.
    const inside = (at: string, last: number): string => whole ? at : `min(${at}, ${Math.max(0, last)}u)`;
    if (s.deep) {
      for (const j of upTo(this.#count(s))) { c.line(`let ${name}_at${j} = ${inside(`${first} + ${name}_line + ${j * step}u`, extent - 1)};`); placed(`${j}`); }
      return;
    }
    if (s.even) { c.line(`let ${name}_at = ${inside(`${first} + ${name}_quad * 4u`, extent - 4)};`); placed(''); }
    else for (const j of four) { c.line(`let ${name}_at${j} = ${inside(`${first} + ${name}_quad * 4u + ${j}u`, extent - 1)};`); placed(`${j}`); }
  }
  /** Loads the vectors of step `step` into registers. `ends`: whether the sum may end within the step. */
  #load(s: Side, step: string, ends: boolean, declare: boolean): void {
    const [c, t, { name }] = [this.#c, this.#t, s];
    const perRow = s.deep ? t.depth / 4 : s.width / 4;
    const quad = s.deep ? innermost(this.#p.sums) : innermost(s.loops);
    const spaced = ({ stride }: Source, i: number): string => i === 0 || stride(quad) === 0 ? '' : ` + ${i * stride(quad)}i`;
    const set = (j: number, value: string): void => { c.line(`${declare ? 'let ' : ''}${name}_next${j} = ${value};`); };
    const base = `${step} * ${t.depth}u`;
    /** The number of a product, and whether there is one. */
    const numbered = (at: string, last: number): { readonly depth: string; readonly exists: string } => {
      const number = c.let('u32', at).code;
      return ends ? { depth: c.let('u32', `min(${number}, ${Math.max(0, last)}u)`).code, exists: c.let('bool', `${number} < ${this.#depth}u`).code } : { depth: number, exists: 'true' };
    };
    /** By how much a product moves each of the values that the side is made of. */
    const along = (depth: string): (s: Source) => string => { const moved = new Map(s.operand.sources.map(x => [x, c.let('i32', offset(this.#p.sums, depth, x.stride)).code])); return x => moved.get(x) ?? '0i'; };
    const elements = (place: (x: Source, i: number) => string, even: boolean): string => vectorOf(c, this.#bindings, s.operand, place, x => even && s.quads.has(x), x => even && x.stride(quad) === 0);
    if (s.deep) {
      const at = `${base} + ${name}_quad * 4u`;
      if (s.even) {
        const { depth, exists } = numbered(at, this.#depth - 4);
        const moved = along(depth);
        for (const j of upTo(this.#count(s))) {
          const value = elements((x, i) => `${x.tag}_place${j} + ${moved(x)}${spaced(x, i)}`, true);
          set(j, ends ? `select(vec4f(), ${value}, ${exists})` : value);
        }
        return;
      }
      const products = four.map(i => { const { depth, exists } = numbered(`${at} + ${i}u`, this.#depth - 1); return { moved: along(depth), exists }; });
      for (const j of upTo(this.#count(s))) {
        const value = elements((x, i) => `${x.tag}_place${j} + ${products[i]?.moved(x) ?? '0i'}`, false);
        set(j, ends ? `select(vec4f(), ${value}, vec4<bool>(${products.map(p => p.exists).join(', ')}))` : value);
      }
      return;
    }
    const lines = this.#size / perRow;
    for (const j of upTo(this.#count(s))) {
      const { depth, exists } = numbered(`${base} + ${name}_line + ${j * lines}u`, this.#depth - 1);
      const moved = along(depth);
      const value = elements((x, i) => s.even ? `${x.tag}_place + ${moved(x)}${spaced(x, i)}` : `${x.tag}_place${i} + ${moved(x)}`, s.even);
      set(j, ends ? `select(vec4f(), ${value}, ${exists})` : value);
    }
  }
  #put(s: Side): void {
    const perRow = s.deep ? this.#t.depth / 4 : s.width / 4;
    const step = this.#size / perRow;
    for (const j of upTo(this.#count(s))) this.#c.line(`tile_${s.name}[(${s.name}_line + ${j * step}u) * ${pitch(this.#t, s.width, s.deep)}u + ${s.name}_quad] = ${s.name}_next${j};`);
  }

  /** All steps of the sum: those that are whole counted by a literal, then one that may not be. */
  #steps(): void {
    const [c, t] = [this.#c, this.#t];
    const { parts, steps } = this.#part;
    const sides = [this.#a, this.#b];
    const exact = parts * steps * t.depth === this.#depth;
    // Parts are equally long, so of several any may be where the sum ends.
    const whole = exact ? steps : parts > 1 ? 0 : Math.floor(this.#depth / t.depth);
    const numbered = (step: string): string => parts > 1 ? `(first + ${step})` : step;
    const multiplied = (): void => { c.line('workgroupBarrier();'); this.#multiply(); c.line('workgroupBarrier();'); };
    const load = (step: string, ends: boolean, declare: boolean): void => { for (const s of sides) this.#load(s, numbered(step), ends, declare); };
    const put = (): void => { for (const s of sides) this.#put(s); };
    if (!t.prefetch) {
      const run = (step: string, ends: boolean): void => { load(step, ends, true); put(); multiplied(); };
      const loop = (count: number, from: number, ends: boolean): void => {
        if (count > 0) c.block(`for (var step = ${from}u; step < ${from + count}u; step++)`, () => run('step', ends));
      };
      loop(whole, 0, false);
      loop(steps - whole, whole, true);
      return;
    }
    for (const s of sides) for (const j of upTo(this.#count(s))) c.line(`var ${s.name}_next${j}: vec4f;`);
    const ends = (step: number): boolean => step >= whole;
    c.block('', () => load('0u', ends(0), false));
    const turn = (step: string, end: boolean): void => {
      put();
      c.line('workgroupBarrier();');
      c.block('', () => load(step, end, false));
      this.#multiply();
      c.line('workgroupBarrier();');
    };
    const loop = (from: number, to: number, end: boolean): void => {
      if (to > from) c.block(`for (var step = ${from}u; step < ${to}u; step++)`, () => turn('step', end));
    };
    loop(1, whole, false);
    loop(Math.max(1, whole), steps, true);
    put();
    multiplied();
  }

  // ---- multiplying
  /** Which of the side's results an invocation's i-th is. */
  #number(s: Side, i: number): string { return s.deep ? `${s.thread} + ${i * s.threads}u` : `${s.thread} * 4u + ${Math.floor(i / 4) * 4 * s.threads + i % 4}u`; }
  /** The blocks of registers of four products at a time. */
  #multiply(): void {
    const [c, t] = [this.#c, this.#t];
    c.block(`for (var deep = 0u; deep < ${t.depth / 4}u; deep++)`, () => {
      for (const s of [this.#a, this.#b]) if (s.deep) for (const i of upTo(s.each)) c.line(`let ${s.name}${i} = tile_${s.name}[(${this.#number(s, i)}) * ${pitch(t, s.width, true)}u + deep];`);
      for (const k of four) {
        for (const s of [this.#a, this.#b]) if (!s.deep) for (const q of upTo(s.each / 4)) c.line(`let ${s.name}${k}_${q} = tile_${s.name}[(deep * 4u + ${k}u) * ${pitch(t, s.width, false)}u + ${s.thread} + ${q * s.threads}u];`);
        const columns = upTo(t.columnsEach / 4).map(q => this.#b.deep ? c.fresh('column') : `b${k}_${q}`);
        if (this.#b.deep) columns.forEach((name, q) => c.line(`let ${name} = vec4f(${four.map(j => `b${4 * q + j}.${letters[k]}`).join(', ')});`));
        for (const i of upTo(t.rowsEach)) {
          const a = this.#a.deep ? `a${i}.${letters[k]}` : `a${k}_${Math.floor(i / 4)}.${letters[i % 4]}`;
          columns.forEach((column, q) => c.line(`sum${i}_${q} += ${a} * ${column};`));
        }
      }
    });
  }

  // ---- results
  #store(m: number, n: number): void {
    const [c, t, { rows, columns, batches }] = [this.#c, this.#t, this.#p];
    const guards = (i: string, extent: number, width: number): string => extent % width === 0 ? '' : `${i} < ${extent}u`;
    const stores = this.#stores;
    stores.begin('batch', batches);
    const partial = this.#partials;
    if (partial !== null) c.line(`let part_place = ${this.#part.parts > 1 ? `i32(part) * ${partial.aval.shape[1] ?? 0}i` : '0i'} + ${offset(batches, 'batch', strideC)};`);
    for (const j of upTo(t.columnsEach).filter(k => !this.#vectors || k % 4 === 0)) {
      c.line(`let column${j}_at = column0 + ${this.#number(this.#b, j)};`);
      stores.begin(`column${j}_at`, columns);
      if (partial !== null) c.line(`let part_column${j} = ${offset(columns, `column${j}_at`, strideC)};`);
    }
    for (const i of upTo(t.rowsEach)) {
      c.line(`let row${i}_at = row0 + ${this.#number(this.#a, i)};`);
      const inRow = guards(`row${i}_at`, m, t.rows);
      c.block(inRow === '' ? '' : `if (${inRow})`, () => {
        stores.begin(`row${i}_at`, rows);
        if (partial !== null) c.line(`let part_row = part_place + ${offset(rows, `row${i}_at`, strideC)};`);
        for (const j of upTo(t.columnsEach).filter(k => !this.#vectors || k % 4 === 0)) {
          const inColumn = guards(`column${j}_at`, n, t.columns);
          c.block(inColumn === '' ? '' : `if (${inColumn})`, () => {
            const vector = `sum${i}_${Math.floor(j / 4)}`;
            if (this.#vectors) {
              if (partial === null) stores.storeFour(vector, ['batch', `row${i}_at`, `column${j}_at`]);
              else this.#bindings.storeFour(c, partial, `part_row + part_column${j}`, letters.map(l => ({ code: `${vector}.${l}`, type: 'f32' })));
              return;
            }
            const value = { code: `${vector}.${letters[j % 4]}`, type: 'f32' } as const;
            if (partial !== null) this.#bindings.store(c, partial, `part_row + part_column${j}`, value);
            else stores.store(value, ['batch', `row${i}_at`, `column${j}_at`]);
          });
        }
      });
    }
  }
}
