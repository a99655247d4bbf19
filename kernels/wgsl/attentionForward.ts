// Attention forward in one kernel: for a tile of queries, tiles of keys one after another, with the greatest score of each query so far and the
// sum of its exponentials; where the greatest grows, what was summed is scaled down. Nothing of size queries x keys stands in memory.
// After Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018, and Dao, "FlashAttention-2", 2023.
import type { Var } from '../../src/ir/jaxpr.ts';
import type { Shader } from '../../src/compile/wgsl/shader.ts';
import { TileCode, upTo, type AttentionTile, type Extents, type Matrix, type Operands } from './attentionTiles.ts';
import type { Site } from './template.ts';

/** `saved`: the shift and the sum of exponentials of each query of each head, or null. */
export function attentionForwardShader(e: Extents, t: AttentionTile, operands: Operands, out: Var, saved: { readonly shift: Var; readonly sum: Var } | null, site: Site): Shader {
  const [query, key, value]: readonly Matrix[] = [
    { name: 'query', v: operands.query, of: 'queries', width: e.depth }, { name: 'key', v: operands.key, of: 'keys', width: e.depth }, { name: 'value', v: operands.value, of: 'keys', width: e.features },
  ];
  const result: Matrix = { name: 'out', v: out, of: 'queries', width: e.features };
  if (query === undefined || key === undefined || value === undefined) throw new TypeError('attention: an operand is missing');
  const k = new TileCode(e, t, 'queries', operands, [query, key, value, result], saved === null ? [] : [saved.shift, saved.sum], site);
  const { c, bindings } = k;
  const rows = upTo(t.rowsEach);
  k.uses('exponentials', 'greater_of', 'is_finite');
  k.begin();
  for (const m of [query, key, value, result]) k.place(m);
  k.beginVisible();
  const own = k.staged('own', t.rows, e.depth);
  const [keys, values] = k.either('other', t.columns, e.depth, e.features);
  const tile = k.weights('tile');
  const folded = k.shared('folded', 'f32', t.rows * t.across);
  const marks = e.causal ? k.marks('marks', e.features) : null;
  k.stage(query, own, 'row0', t.rows, v => `${v} * ${c.float(e.scale).code}`);
  k.sums('mixed', e.features);
  for (const i of rows) c.line(`var greatest${i} = ${c.float(-Infinity).code};`, `var total${i} = 0.0f;`);
  const { from, to } = k.walk();
  c.line(`let last = ${to};`);
  c.block(`for (var step = ${from}; step < last; step++)`, () => {
    c.line(`let column0 = step * ${t.columns}u;`);
    k.stage(key, keys, 'column0', t.columns, v => v);
    k.barrier();
    k.scores('score', own, keys);
    const seen = rows.map(i => upTo(k.quads).map(q => k.visible(i, q, 'column0')));
    for (const i of rows) {
      c.line(`var most${i} = ${c.float(-Infinity).code};`);
      upTo(k.quads).forEach(q => {
        const s = seen[i]?.[q] ?? null;
        if (s !== null) c.line(`score${i}_${q} = select(vec4f(${c.float(-Infinity).code}), score${i}_${q}, ${s});`);
        for (const l of 'xyzw') c.line(`most${i} = greater_of(most${i}, score${i}_${q}.${l});`);
      });
      c.line(`${folded}[${k.row(i)} * ${t.across}u + x] = most${i};`);
    }
    k.barrier();
    for (const i of rows) c.line(`var now${i} = greatest${i};`);
    c.block(`for (var j = 0u; j < ${t.across}u; j++)`, () => { for (const i of rows) c.line(`now${i} = greater_of(now${i}, ${folded}[${k.row(i)} * ${t.across}u + j]);`); });
    for (const i of rows) {
      c.line(
        `let shift${i} = select(0.0f, now${i}, is_finite(now${i}));`,
        // As long as nothing finite was seen there is nothing to scale.
        `let scale${i} = select(1.0f, exponential_of(greatest${i} - now${i}), is_finite(greatest${i}) & is_finite(now${i}));`,
        `greatest${i} = now${i};`, `total${i} *= scale${i};`,
      );
      for (const g of upTo(k.each(e.features))) c.line(`mixed${i}_${g} *= scale${i};`);
      for (const q of upTo(k.quads)) c.line(`score${i}_${q} = exponentials(score${i}_${q} - shift${i});`, `total${i} += (score${i}_${q}.x + score${i}_${q}.y) + (score${i}_${q}.z + score${i}_${q}.w);`);
    }
    k.putWeights(tile, 'score');
    k.stage(value, values, 'column0', t.columns, v => v);
    k.barrier();
    k.accumulate('mixed', tile, values, e.features);
    k.barrier();
  });
  for (const i of rows) c.line(`${folded}[${k.row(i)} * ${t.across}u + x] = total${i};`);
  if (marks !== null) k.leaveTrace(value, marks, `min(last * ${t.columns}u, ${e.keys}u)`, `${e.keys}u`, v => v);
  k.barrier();
  for (const i of rows) c.line(`var sum${i} = 0.0f;`);
  c.block(`for (var j = 0u; j < ${t.across}u; j++)`, () => { for (const i of rows) c.line(`sum${i} += ${folded}[${k.row(i)} * ${t.across}u + j];`); });
  for (const i of rows) {
    c.line(`sum${i} = select(sum${i}, 1.0f, sum${i} == 0.0f);`);
    if (saved === null) continue;
    c.block(`if (x == 0u && ${k.rowOfAll(i)} < ${e.queries}u)`, () => {
      bindings.store(c, saved.shift, k.perQuery(k.rowOfAll(i)), { code: `select(0.0f, greatest${i}, is_finite(greatest${i}))`, type: 'f32' });
      bindings.store(c, saved.sum, k.perQuery(k.rowOfAll(i)), { code: `sum${i}`, type: 'f32' });
    });
  }
  if (marks !== null) k.poison('mixed', marks, e.features);
  k.store(result, 'mixed', (i, x) => `${x} / sum${i}`);
  return k.shader();
}
