// Attention backward in three kernels: for each query the level <cotangent, result> / sum; the cotangents of queries, for a tile of queries with
// the keys they see; and those of keys and values, for a tile of keys with the queries that see them. Scores are computed again from the shift
// and the sum that the forward half saved. Each result has one writer, and its sum one order: nothing is added atomically.
// After Dao, "FlashAttention-2", 2023.
import type { Shader } from '../../src/compile/wgsl/shader.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { TileCode, upTo, type AttentionTile, type Extents, type Matrix, type Operands } from './attentionTiles.ts';
import type { Site } from './template.ts';

/** What the forward half saved, and the cotangent of its result; `numbers`: three for each query of each head, together, since a kernel binds few values. */
export interface Saved { readonly out: Var; readonly shift: Var; readonly sum: Var; readonly cotangent: Var; readonly numbers: Var }
const parts = { shift: 0, sum: 1, level: 2 } as const;
/** Where one of the numbers of a query stands. */
const number = (k: TileCode, name: keyof typeof parts, query: string): string => `${parts[name] * k.e.examples * k.e.heads * k.e.queries}i + ${k.perQuery(query)}`;

/** Eight invocations a query. */
const levelTile: AttentionTile = { rows: 8, columns: 32, rowsEach: 1, across: 8 };
export function levelShader(e: Extents, operands: Operands, s: Saved, site: Site): Shader {
  const t = levelTile;
  const [out, ct]: readonly Matrix[] = [{ name: 'out', v: s.out, of: 'queries', width: e.features }, { name: 'cotangent', v: s.cotangent, of: 'queries', width: e.features }];
  if (out === undefined || ct === undefined) throw new TypeError('attention: an operand is missing');
  const k = new TileCode({ ...e, causal: false }, t, 'queries', { ...operands, mask: null, length: null }, [out, ct], [s.shift, s.sum, s.numbers], site);
  const { c, bindings } = k;
  k.begin();
  k.place(out);
  k.place(ct);
  const folded = k.shared('folded', 'f32', t.rows * t.across);
  const quads = Math.ceil(e.features / 4);
  c.line(`let query = min(row0 + y, ${e.queries - 1}u);`, 'var part = 0.0f;');
  c.line(`let sum = ${bindings.load(c, s.sum, k.perQuery('query')).code};`);
  c.block(`for (var g = 0u; g < ${Math.ceil(quads / t.across)}u; g++)`, () => {
    c.line(`let quad = g * ${t.across}u + x;`);
    const add = (): void => { c.line(`part += dot(${k.vector(ct, 'query', 'quad')} / sum, ${k.vector(out, 'query', 'quad')});`); };
    if (quads % t.across === 0) add(); else c.block(`if (quad < ${quads}u)`, add);
  });
  c.line(`${folded}[lane] = part;`);
  k.barrier();
  c.block(`if (x == 0u && row0 + y < ${e.queries}u)`, () => {
    c.line(`var level = ${folded}[lane];`);
    for (const j of upTo(t.across).slice(1)) c.line(`level += ${folded}[lane + ${j}u];`);
    bindings.store(c, s.numbers, number(k, 'shift', 'query'), bindings.load(c, s.shift, k.perQuery('query')));
    bindings.store(c, s.numbers, number(k, 'sum', 'query'), { code: 'sum', type: 'f32' });
    bindings.store(c, s.numbers, number(k, 'level', 'query'), { code: 'level', type: 'f32' });
  });
  return k.shader();
}

const matrices = (e: Extents, operands: Operands, s: Saved): { readonly query: Matrix; readonly key: Matrix; readonly value: Matrix; readonly share: Matrix } => ({
  query: { name: 'query', v: operands.query, of: 'queries', width: e.depth }, key: { name: 'key', v: operands.key, of: 'keys', width: e.depth },
  value: { name: 'value', v: operands.value, of: 'keys', width: e.features }, share: { name: 'share', v: s.cotangent, of: 'queries', width: e.features },
});

export function queryGradientShader(e: Extents, t: AttentionTile, operands: Operands, s: Saved, to: Var, site: Site): Shader {
  const { query, key, value, share } = matrices(e, operands, s);
  const result: Matrix = { name: 'result', v: to, of: 'queries', width: e.depth };
  const k = new TileCode(e, t, 'queries', operands, [query, key, value, share, result], [s.numbers], site);
  const { c, bindings } = k;
  const rows = upTo(t.rowsEach);
  const scale = c.float(e.scale).code;
  k.uses('exponentials');
  k.begin();
  for (const m of [query, key, value, share, result]) k.place(m);
  k.beginVisible();
  const [own, shares] = [k.staged('own', t.rows, e.depth), k.staged('shares', t.rows, e.features)];
  const [keys, values] = k.either('other', t.columns, e.depth, e.features);
  const tile = k.weights('tile');
  const marks = e.causal ? k.marks('marks', e.depth) : null;
  for (const name of ['shift', 'level'] as const) for (const i of rows) c.line(`let ${name}${i} = ${bindings.load(c, s.numbers, number(k, name, k.rowOfAll(i))).code};`);
  k.stage(query, own, 'row0', t.rows, v => `${v} * ${scale}`);
  k.stage(share, shares, 'row0', t.rows, (v, row) => `${v} / ${bindings.load(c, s.numbers, number(k, 'sum', row)).code}`);
  k.sums('gradient', e.depth);
  const { from, to: end } = k.walk();
  c.line(`let last = ${end};`);
  c.block(`for (var step = ${from}; step < last; step++)`, () => {
    c.line(`let column0 = step * ${t.columns}u;`);
    k.stage(value, values, 'column0', t.columns, v => v);
    k.barrier();
    k.scores('weight_of', shares, values);
    k.barrier();
    k.stage(key, keys, 'column0', t.columns, v => v);
    k.barrier();
    k.scores('score', own, keys);
    for (const i of rows) for (const q of upTo(k.quads)) {
      const seen = k.visible(i, q, 'column0');
      const moved = `exponentials(score${i}_${q} - shift${i}) * (weight_of${i}_${q} - level${i})`;
      c.line(`score${i}_${q} = ${seen === null ? moved : `select(vec4f(), ${moved}, ${seen})`};`);
    }
    k.putWeights(tile, 'score');
    k.barrier();
    k.accumulate('gradient', tile, keys, e.depth);
    k.barrier();
  });
  if (marks !== null) {
    k.leaveTrace(key, marks, `min(last * ${t.columns}u, ${e.keys}u)`, `${e.keys}u`, v => v);
    k.barrier();
    k.poison('gradient', marks, e.depth);
  }
  k.store(result, 'gradient', (_, x) => `${x} * ${scale}`);
  return k.shader();
}

/** Keys and values in one kernel: their scores are the same. */
export function keyGradientShader(e: Extents, t: AttentionTile, operands: Operands, s: Saved, toKey: Var, toValue: Var, site: Site): Shader {
  const { query, key, value, share } = matrices(e, operands, s);
  const [ofKey, ofValue]: readonly Matrix[] = [{ name: 'of_key', v: toKey, of: 'keys', width: e.depth }, { name: 'of_value', v: toValue, of: 'keys', width: e.features }];
  if (ofKey === undefined || ofValue === undefined) throw new TypeError('attention: a result is missing');
  const k = new TileCode(e, t, 'keys', operands, [query, key, value, share, ofKey, ofValue], [s.numbers], site);
  const { c, bindings } = k;
  const rows = upTo(t.rowsEach);
  const scale = c.float(e.scale).code;
  const scaled = (v: string): string => `${v} * ${scale}`;
  const shared = (v: string, row: string): string => `${v} / ${bindings.load(c, s.numbers, number(k, 'sum', row)).code}`;
  k.uses('exponentials');
  k.begin();
  for (const m of [query, key, value, share, ofKey, ofValue]) k.place(m);
  k.beginVisible();
  const [keys, values] = [k.staged('own', t.rows, e.depth), k.staged('own_values', t.rows, e.features)];
  const [queries, shares] = k.either('other', t.columns, e.depth, e.features);
  const tile = k.weights('tile');
  const [keyMarks, valueMarks] = e.causal ? [k.marks('key_marks', e.depth), k.marks('value_marks', e.features)] : [null, null];
  k.stage(key, keys, 'row0', t.rows, v => v);
  k.stage(value, values, 'row0', t.rows, v => v);
  k.sums('key_gradient', e.depth);
  k.sums('value_gradient', e.features);
  const { from, to } = k.walk();
  c.line(`let first = ${from};`);
  c.block(`for (var step = first; step < ${to}; step++)`, () => {
    c.line(`let column0 = step * ${t.columns}u;`);
    k.stage(query, queries, 'column0', t.columns, scaled);
    k.barrier();
    k.scores('score', keys, queries);
    for (const name of ['shift', 'level'] as const) for (const q of upTo(k.quads)) {
      const four = [0, 1, 2, 3].map(j => bindings.load(c, s.numbers, number(k, name, `column0 + ${k.column(q, j)}`)).code);
      c.line(`let ${name}${q} = vec4f(${four.join(', ')});`);
    }
    const seen = rows.map(i => upTo(k.quads).map(q => k.visible(i, q, 'column0')));
    for (const i of rows) upTo(k.quads).forEach(q => {
      const sees = seen[i]?.[q] ?? null;
      const weight = `exponentials(score${i}_${q} - shift${q})`;
      c.line(`score${i}_${q} = ${sees === null ? weight : `select(vec4f(), ${weight}, ${sees})`};`);
    });
    k.putWeights(tile, 'score');
    k.barrier();
    k.stage(share, shares, 'column0', t.columns, shared);
    k.barrier();
    k.accumulate('value_gradient', tile, shares, e.features);
    k.scores('weight_of', values, shares);
    for (const i of rows) upTo(k.quads).forEach(q => {
      const sees = seen[i]?.[q] ?? null;
      const moved = `score${i}_${q} * (weight_of${i}_${q} - level${q})`;
      c.line(`score${i}_${q} = ${sees === null ? moved : `select(vec4f(), ${moved}, ${sees})`};`);
    });
    k.barrier();
    k.putWeights(tile, 'score');
    k.stage(query, queries, 'column0', t.columns, scaled);
    k.barrier();
    k.accumulate('key_gradient', tile, queries, e.depth);
    k.barrier();
  });
  if (keyMarks !== null && valueMarks !== null) {
    const before = `min(first * ${t.columns}u, ${e.queries}u)`;
    c.block('', () => k.leaveTrace(query, keyMarks, '0u', before, scaled));
    c.block('', () => k.leaveTrace(share, valueMarks, '0u', before, shared));
    k.barrier();
    k.poison('key_gradient', keyMarks, e.depth);
    k.poison('value_gradient', valueMarks, e.features);
  }
  k.store(ofKey, 'key_gradient', (_, x) => x);
  k.store(ofValue, 'value_gradient', (_, x) => x);
  return k.shader();
}
