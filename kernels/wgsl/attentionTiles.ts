// What the kernels of attention share: a workgroup keeps a tile of its own rows (queries, or keys) in workgroup memory, stages tiles of the other
// side, and multiplies them in blocks of registers; which scores exist; exponentials and maxima that keep NaN. Knows no half of attention.
// After Dao, "FlashAttention-2", 2023. What is outside is staged as zeros and seen by nobody.
import { exp } from '../../src/compile/math/exponential.ts';
import { Code, functionText, type Term } from '../../src/compile/wgsl/code.ts';
import { emitScalar } from '../../src/compile/wgsl/scalar.ts';
import { Bindings, keyOf, shaderText, type Shader } from '../../src/compile/wgsl/shader.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import type { Heads } from '../wasm/attention.ts';
import { offset, strideA } from './product.ts';
import type { Limits, Site } from './template.ts';

/**
 * A workgroup has `rows` rows of its own and stages `columns` of the other side at a time. `across` invocations share a row, and each has
 * `rowsEach` rows; `columns` is four times as many, or a multiple of that.
 */
export interface AttentionTile { readonly rows: number; readonly columns: number; readonly rowsEach: number; readonly across: number }
export const attentionTileName = (t: AttentionTile): string => `${t.rows}x${t.columns} ${t.rowsEach} each`;
/** From the largest to the smallest. */
export const attentionTiles: readonly AttentionTile[] = [
  { rows: 64, columns: 32, rowsEach: 4, across: 8 }, { rows: 32, columns: 32, rowsEach: 2, across: 8 },
  { rows: 16, columns: 32, rowsEach: 2, across: 8 }, { rows: 16, columns: 16, rowsEach: 2, across: 4 },
  // For long rows, and little memory.
  { rows: 8, columns: 16, rowsEach: 1, across: 4 }, { rows: 4, columns: 16, rowsEach: 1, across: 4 },
];
export const invocationsOfTile = (t: AttentionTile): number => t.rows / t.rowsEach * t.across;

/** Extents of one use of attention. */
export interface Extents extends Heads { readonly depth: number; readonly features: number }
/** Its operands. */
export interface Operands { readonly query: Var; readonly key: Var; readonly value: Var; readonly mask: Var | null; readonly length: Var | null }

/** Vectors of four in a row, and those that a row takes in workgroup memory: an odd number, so that neighbouring rows lie in different banks. */
const quadsOf = (n: number): number => Math.ceil(n / 4);
const odd = (n: number): number => n + (n + 1) % 2;
export const pitchOf = (n: number): number => odd(quadsOf(n));
/** Bytes of workgroup memory of the largest kernel of a half. */
export function tileBytes(t: AttentionTile, { depth, features }: { readonly depth: number; readonly features: number }, backward: boolean): number {
  const [wide, narrow] = [Math.max(pitchOf(depth), pitchOf(features)), pitchOf(depth)];
  return 16 * (t.rows * (backward ? pitchOf(depth) + pitchOf(features) : narrow) + t.columns * wide + t.rows * pitchOf(t.columns)) + 4 * t.rows * t.across + 4 * wide * 4;
}
export const tileFitsDevice = (t: AttentionTile, e: { readonly depth: number; readonly features: number }, backward: boolean, limits: Limits): boolean =>
  invocationsOfTile(t) <= limits.invocations && tileBytes(t, e, backward) <= limits.workgroupBytes;

export const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const letters = ['x', 'y', 'z', 'w'] as const;
const four = [0, 1, 2, 3] as const;

/** A matrix with one row for each query, or key, of a head. */
export interface Matrix { readonly name: string; readonly v: Var; readonly of: 'queries' | 'keys'; readonly width: number }
/** Rows of a matrix in workgroup memory. */
export interface Staged { readonly array: string; readonly pitch: number; readonly quads: number }

const library = (): string => [
  functionText('exponential_of', ['x'], (c, x = c.float(0)) => exp<Term>(c, x)),
  'fn exponentials(x: vec4f) -> vec4f { return vec4f(exponential_of(x.x), exponential_of(x.y), exponential_of(x.z), exponential_of(x.w)); }',
  // No ||, which would be a branch.
  'fn greater_of(a: f32, b: f32) -> f32 { return select(a, b, (a < b) | ((bitcast<u32>(b) & 0x7fffffffu) > 0x7f800000u)); }',
  'fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }',
  'fn not_finite(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7f800000u)) == vec4u(0x7f800000u); }',
].join('\n');

/** One kernel of attention while it is written. */
export class TileCode {
  readonly c = new Code();
  readonly bindings: Bindings;
  readonly e: Extents;
  readonly t: AttentionTile;
  /** Workgroups along the workgroup's own side. */
  readonly tiles: number;
  readonly groups: number;
  readonly own: 'queries' | 'keys';
  readonly #isWhole: (v: Var) => boolean;
  readonly #operands: Operands;
  readonly #shared: string[] = [];
  /** The memory of matrices that are read and written as vectors: it holds nothing that is read or written by element. */
  readonly #vectors: ReadonlySet<string>;
  constructor(e: Extents, t: AttentionTile, own: 'queries' | 'keys', operands: Operands, matrices: readonly Matrix[], byElement: readonly Var[], { placement }: Site) {
    [this.e, this.t, this.own, this.#operands] = [e, t, own, operands];
    this.bindings = new Bindings(placement);
    const key = (v: Var): string => keyOf(placement(v).piece);
    const whole = ({ v, width }: Matrix): boolean => width % 4 === 0 && (v.aval.dtype === 'f32' || placement.nativeHalf === true) && placement(v).slices.every(s => s.stride % 4 === 0);
    const others = new Set([...matrices.filter(m => !whole(m)).map(m => m.v), ...byElement, ...[operands.mask, operands.length].flatMap(v => v ?? [])].map(key));
    this.#vectors = new Set(matrices.map(m => key(m.v)).filter(k => !others.has(k)));
    this.bindings.asVectors(this.#vectors);
    this.#isWhole = v => this.#vectors.has(key(v));
    this.tiles = Math.ceil(e[own] / t.rows);
    this.groups = this.tiles * e.examples * e.heads;
  }
  get size(): number { return invocationsOfTile(this.t); }
  /** Invocations along the rows. */
  get down(): number { return this.t.rows / this.t.rowsEach; }
  /** Vectors of scores that an invocation has in a row. */
  get quads(): number { return this.t.columns / (4 * this.t.across); }
  /** Vectors of a result of this width that an invocation has in a row. */
  each(width: number): number { return Math.ceil(quadsOf(width) / this.t.across); }
  /** Functions that statements call. */
  uses(...names: readonly ('exponentials' | 'greater_of' | 'is_finite' | 'not_finite')[]): void { for (const name of names) this.c.use(name, library()); }
  shared(name: string, type: string, count: number): string { this.#shared.push(`var<workgroup> ${name}: array<${type}, ${count}>;`); return name; }
  staged(array: string, rows: number, width: number): Staged { return { array: this.shared(array, 'vec4f', rows * pitchOf(width)), pitch: pitchOf(width), quads: quadsOf(width) }; }
  /** Room for rows of one width or of the other. */
  either(array: string, rows: number, width: number, other: number): readonly [Staged, Staged] {
    const name = this.shared(array, 'vec4f', rows * Math.max(pitchOf(width), pitchOf(other)));
    return [{ array: name, pitch: pitchOf(width), quads: quadsOf(width) }, { array: name, pitch: pitchOf(other), quads: quadsOf(other) }];
  }
  barrier(): void { this.c.line('workgroupBarrier();'); }
  shader(): Shader { return { code: shaderText(this.bindings, this.size, this.c, this.#shared), bindings: this.bindings.list, groups: this.groups }; }

  /** Which tile of which head this is. Where a row's walk depends on its place, the longest begin first. */
  begin(): void {
    const { c, e, t, tiles } = this;
    const pairs = e.examples * e.heads;
    c.line('let flat = workgroup.y * workgroups.x + workgroup.x;', `if (flat >= ${this.groups}u) { return; }`);
    if (e.causal) c.line(`let pair = flat % ${pairs}u;`, `let row0 = ${this.own === 'queries' ? `(${tiles - 1}u - flat / ${pairs}u)` : `(flat / ${pairs}u)`} * ${t.rows}u;`);
    else c.line(`let pair = flat / ${tiles}u;`, `let row0 = (flat % ${tiles}u) * ${t.rows}u;`);
    c.line(`let example = pair / ${e.heads}u;`, `let head = pair % ${e.heads}u;`, `let x = lane % ${t.across}u;`, `let y = lane / ${t.across}u;`);
  }
  /** The number of an invocation's i-th row in the tile, and among all. */
  row(i: number): string { return `(y + ${i * this.down}u)`; }
  rowOfAll(i: number): string { return `(row0 + y + ${i * this.down}u)`; }
  /** Where in a value with one number for each query of each head that of a query stands. */
  perQuery(query: string): string { return `i32(pair) * ${this.e.queries}i + i32(min(${query}, ${this.e.queries - 1}u))`; }

  // ---- memory
  /** Where the rows of a head begin, and how far they are apart. */
  #first({ of, width }: Matrix): string { return `i32(example) * ${this.e[of] * this.e.heads * width}i + i32(head) * ${width}i`; }
  /** Four neighbours of a row; what stands behind its end is zero. */
  vector({ name, v, width }: Matrix, row: string, quad: string): string {
    const { c, bindings } = this;
    const place = c.let('i32', `${name}_first + i32(${row}) * ${this.e.heads * width}i + i32(${quad}) * 4i`).code;
    if (this.#isWhole(v)) {
      const x = bindings.loadFour(c, v, place);
      return `vec4f(${four.map(j => x(j).code).join(', ')})`;
    }
    const past = width % 4 === 0 ? '' : c.let('i32', `${width - 1}i - i32(${quad}) * 4i`).code;
    return `vec4f(${four.map(j => {
      const x = bindings.load(c, v, past === '' ? `${place} + ${j}i` : `${place} + min(${j}i, ${past})`).code;
      return past === '' ? x : `select(0.0f, ${x}, ${j}i <= ${past})`;
    }).join(', ')})`;
  }
  /** Names where a matrix begins. */
  place(m: Matrix): void { this.c.line(`let ${m.name}_first = ${this.#first(m)};`); }
  /** Stages `count` rows from `first` on; `scaled` is what becomes of a vector of a row, by its number. */
  stage(m: Matrix, to: Staged, first: string, count: number, scaled: (vector: string, row: string) => string): void {
    const { c } = this;
    const extent = this.e[m.of];
    const total = count * to.quads;
    c.block(`for (var i = 0u; i < ${Math.ceil(total / this.size)}u; i++)`, () => {
      c.line(`let at = lane + i * ${this.size}u;`);
      const body = (): void => {
        c.line(`let line = at / ${to.quads}u;`, `let quad = at % ${to.quads}u;`, `let row = min(${first} + line, ${extent - 1}u);`);
        const value = scaled(this.vector(m, 'row', 'quad'), 'row');
        c.line(`${to.array}[line * ${to.pitch}u + quad] = ${extent % count === 0 ? value : `select(vec4f(), ${value}, ${first} + line < ${extent}u)`};`);
      };
      if (total % this.size === 0) body(); else c.block(`if (at < ${total}u)`, body);
    });
  }

  // ---- products
  /** Products of rows of the workgroup's own with those of the other side: `name` and the row, the vector. Its components lie `across` columns apart. */
  scores(name: string, own: Staged, other: Staged): void {
    const { c, t, quads } = this;
    for (const i of upTo(t.rowsEach)) for (const q of upTo(quads)) c.line(`var ${name}${i}_${q} = vec4f();`);
    c.block(`for (var d = 0u; d < ${own.quads}u; d++)`, () => {
      for (const i of upTo(t.rowsEach)) c.line(`let own${i} = ${own.array}[${this.row(i)} * ${own.pitch}u + d];`);
      for (const q of upTo(quads)) {
        for (const k of four) c.line(`let other${q}_${k} = ${other.array}[(x + ${(4 * q + k) * t.across}u) * ${other.pitch}u + d];`);
        for (const i of upTo(t.rowsEach)) c.line(`${name}${i}_${q} += vec4f(${four.map(k => `dot(own${i}, other${q}_${k})`).join(', ')});`);
      }
    });
  }
  /** Which column a component is. */
  column(q: number, k: number): string { return `(x + ${(4 * q + k) * this.t.across}u)`; }
  /** A tile of weights: what each invocation has of its rows. */
  weights(array: string): Staged { return { array: this.shared(array, 'vec4f', this.t.rows * pitchOf(this.t.columns)), pitch: pitchOf(this.t.columns), quads: this.t.columns / 4 }; }
  putWeights(to: Staged, name: string): void {
    for (const i of upTo(this.t.rowsEach)) for (const q of upTo(this.quads)) this.c.line(`${to.array}[${this.row(i)} * ${to.pitch}u + ${q * this.t.across}u + x] = ${name}${i}_${q};`);
  }
  sums(name: string, width: number): void { for (const i of upTo(this.t.rowsEach)) for (const g of upTo(this.each(width))) this.c.line(`var ${name}${i}_${g} = vec4f();`); }
  /** The vector of a row that an invocation's g-th is, and whether there is one for each invocation. */
  feature(g: number): string { return `(x + ${g * this.t.across}u)`; }
  #allFeatures(width: number): boolean { return quadsOf(width) % this.t.across === 0; }
  #inside(g: number, width: number): string { return this.#allFeatures(width) ? this.feature(g) : `min${this.feature(g).replace(')', `, ${quadsOf(width) - 1}u)`)}`; }
  /** Adds weights times what is staged to sums of this width. */
  accumulate(name: string, weights: Staged, other: Staged, width: number): void {
    const { c, t } = this;
    const each = this.each(width);
    for (const g of upTo(each)) c.line(`let ${name}_at${g} = ${this.#inside(g, width)};`);
    for (const q of upTo(this.quads)) {
      c.block(`for (var p = 0u; p < ${t.across}u; p++)`, () => {
        for (const i of upTo(t.rowsEach)) c.line(`let weight${i} = ${weights.array}[${this.row(i)} * ${weights.pitch}u + ${q * t.across}u + p];`);
        for (const k of four) {
          for (const g of upTo(each)) c.line(`let other${k}_${g} = ${other.array}[(p + ${(4 * q + k) * t.across}u) * ${other.pitch}u + ${name}_at${g}];`);
          for (const i of upTo(t.rowsEach)) for (const g of upTo(each)) c.line(`${name}${i}_${g} += weight${i}.${letters[k]} * other${k}_${g};`);
        }
      });
    }
  }
  /** Stores sums of this width; what an element becomes `value` says. */
  store(m: Matrix, name: string, value: (i: number, element: string) => string): void {
    const { c, bindings } = this;
    const extent = this.e[m.of];
    for (const i of upTo(this.t.rowsEach)) {
      c.block(extent % this.t.rows === 0 ? '' : `if (${this.rowOfAll(i)} < ${extent}u)`, () => {
        for (const g of upTo(this.each(m.width))) {
          if (!this.#isWhole(m.v)) { for (const k of four) this.#storeOne(m, i, g, k, value(i, `${name}${i}_${g}.${letters[k]}`)); continue; }
          const whole = (): void => bindings.storeFour(c, m.v, `${m.name}_first + i32(${this.rowOfAll(i)}) * ${this.e.heads * m.width}i + i32(${this.feature(g)}) * 4i`, four.map(k => ({ code: value(i, `${name}${i}_${g}.${letters[k]}`), type: 'f32' })));
          if (this.#allFeatures(m.width)) whole(); else c.block(`if (${this.feature(g)} < ${quadsOf(m.width)}u)`, whole);
        }
      });
    }
  }
  #storeOne(m: Matrix, i: number, g: number, k: number, value: string): void {
    const { c, bindings } = this;
    const feature = `(${this.feature(g)} * 4u + ${k}u)`;
    const one = (): void => bindings.store(c, m.v, `${m.name}_first + i32(${this.rowOfAll(i)}) * ${this.e.heads * m.width}i + i32(${feature})`, { code: value, type: 'f32' });
    if (m.width % 4 === 0 && this.#allFeatures(m.width)) one(); else c.block(`if (${feature} < ${m.width}u)`, one);
  }

  // ---- which scores exist
  /** Names what does not change: where the mask of this head begins, and how many keys there are. */
  beginVisible(): void {
    const { c, e } = this;
    const { mask, length } = this.#operands;
    if (mask !== null) {
      let stride = 1;
      const strides = [...e.mask].reverse().map(n => { const s = n === 1 ? 0 : stride; stride *= n; return s; }).reverse();
      const lead = e.lead.map((extent, i) => ({ extent, a: strides[i] ?? 0, b: 0, c: 0 })).filter(l => l.extent > 1);
      c.line(`let mask_first = ${offset(lead, 'example', strideA)} + i32(head) * ${strides.at(-3) ?? 0}i;`);
      this.#mask = { v: mask, query: strides.at(-2) ?? 0, key: strides.at(-1) ?? 0 };
    }
    if (length !== null) {
      const n = emitScalar(c, { op: 'convert', args: [this.bindings.load(c, length, 'i32(example)')], from: length.aval.dtype, to: 'i32', params: {} });
      c.line(`let key_count = ${c.i32(n)};`);
    }
  }
  #mask: { readonly v: Var; readonly query: number; readonly key: number } | null = null;
  /** Whether a query sees a key, for a component of the scores of the i-th row and the columns from `column0` on: null where all do. */
  visible(i: number, q: number, column0: string): string | null {
    const { c, e, t } = this;
    const own = this.rowOfAll(i);
    const parts: string[] = [];
    const columns = c.fresh('columns');
    c.line(`let ${columns} = vec4u(${four.map(k => `${column0} + ${this.column(q, k)}`).join(', ')});`);
    const other = this.own === 'queries' ? 'keys' : 'queries';
    if (e[other] % t.columns !== 0) parts.push(`(${columns} < vec4u(${e[other]}u))`);
    if (e.causal) parts.push(this.own === 'queries' ? `(${columns} <= vec4u(${own}))` : `(${columns} >= vec4u(${own}))`);
    if (this.#operands.length !== null) parts.push(this.own === 'queries' ? `(vec4<i32>(${columns}) < vec4<i32>(key_count))` : `vec4<bool>(i32(${own}) < key_count)`);
    const mask = this.#mask;
    if (mask !== null) {
      const [query, key] = this.own === 'queries' ? [mask.query, mask.key] : [mask.key, mask.query];
      const row = c.let('i32', `mask_first + i32(min(${own}, ${e[this.own] - 1}u)) * ${query}i`).code;
      const seen = four.map(k => c.bool(this.bindings.load(c, mask.v, `${row} + i32(min(${columns}.${letters[k]}, ${e[other] - 1}u)) * ${key}i`)));
      parts.push(`vec4<bool>(${seen.join(', ')})`);
    }
    if (parts.length === 0) return null;
    const name = c.fresh('seen');
    c.line(`let ${name} = ${parts.join(' & ')};`);
    return name;
  }
  /** The tiles of the other side that the rows of this workgroup see: from and to. */
  walk(): { readonly from: string; readonly to: string } {
    const { e, t } = this;
    const other = this.own === 'queries' ? e.keys : e.queries;
    const all = Math.ceil(other / t.columns);
    if (!e.causal) return { from: '0u', to: `${all}u` };
    if (this.own === 'queries') return { from: '0u', to: `min(${all}u, (row0 + ${t.rows - 1}u) / ${t.columns}u + 1u)` };
    return { from: `min(${all}u, row0 / ${t.columns}u)`, to: `${all}u` };
  }
  /**
   * Rows that no row of this workgroup sees were left out; a share of nothing in what is infinite or NaN is NaN all the same. Marks in
   * workgroup memory where that is; `poison` reads it.
   */
  leaveTrace(m: Matrix, marks: string, from: string, to: string, scaled: (vector: string, row: string) => string): void {
    const { c } = this;
    this.uses('not_finite');
    c.block(`for (var row = ${from} + y; row < ${to}; row += ${this.down}u)`, () => {
      for (const g of upTo(this.each(m.width))) {
        c.line(`let bad${g} = not_finite(${scaled(this.vector(m, 'row', this.#inside(g, m.width)), 'row')});`);
        for (const k of four) c.line(`if (bad${g}.${letters[k]}) { atomicStore(&${marks}[${this.#inside(g, m.width)} * 4u + ${k}u], 1u); }`);
      }
    });
  }
  marks(name: string, width: number): string { return this.shared(name, 'atomic<u32>', 4 * quadsOf(width)); }
  /** Sums of this width become NaN where there is a mark. */
  poison(name: string, marks: string, width: number): void {
    const { c } = this;
    for (const g of upTo(this.each(width))) {
      c.line(`let ${marks}${g} = vec4<bool>(${four.map(k => `atomicLoad(&${marks}[${this.#inside(g, width)} * 4u + ${k}u]) != 0u`).join(', ')});`);
      for (const i of upTo(this.t.rowsEach)) c.line(`${name}${i}_${g} = select(${name}${i}_${g}, vec4f(${c.float(NaN).code}), ${marks}${g});`);
    }
  }
}
