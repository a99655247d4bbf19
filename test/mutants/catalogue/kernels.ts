// Mistakes in the kernels of WebAssembly: in tiles and bands of attention, in which composite a kernel stands for.
import { mutantsOf, type Mutant } from '../mutant.ts';

const contraction = 'test/backend/contraction.test.ts';
const epilogues = 'test/backend/epilogues.test.ts';
const composites = 'test/backend/compositeKernels.test.ts';

export const kernelMutants: readonly Mutant[] = [
  ...mutantsOf('kernels/wasm/attention.ts', {
    'tiles: every tile begins at the first query': [composites, "add(iota(scores, 'i32', 0), broadcastInDim(first, scores, []))", "iota(scores, 'i32', 0)"],
    'tiles: what is left begins where the tiles do': [composites, "constant(end, [], 'i32'))", "constant(band.first, [], 'i32'))"],
    'tiles: the tiles do not carry to what is left': [composites, 'tile(joined.slice(0, carry.length),', 'tile(carry,'],
    'bands: an infinite value behind a band leaves no trace': [composites, 'const mixed = behind === null ? product : add(product, spreadRows(behind, product));', 'const mixed = product;'],
    'bands: an infinite query leaves no trace on the keys behind': [composites, 'const left = trace(sliceAxis(x, 0, band.first, band.last));', 'const left = constantLike(0, trace(sliceAxis(x, 0, band.first, band.last)));'],
    'bands: the last query of a band does not see its own key': [composites, 'Math.min(keys, last) : keys', 'Math.min(keys, last - 1) : keys'],
    'masks: axes that batching added stand behind': [composites, '[...shape.slice(0, extra), ...range(rank - shape.length).map(() => 1), ...shape.slice(extra)]', '[...range(rank - shape.length).map(() => 1), ...shape]'],
    'masks: a mask of few axes is taken for one that was batched': [composites, 'if (extra !== 0 && extra !== added) return null;', ''],
    'a cotangent of what all examples share is not summed': [composites, 'summedTo(at(all, of), at(call.jaxpr.outputs, i).aval.shape.length)', 'at(all, of)'],
    'everything is left to the decomposition': [composites, 'bytes <= tiles.whole) return null;', 'bytes >= 0) return null;'],
    'queries that see nothing are divided by 0': [composites, 'const total = select(eq(sums, constantLike(0, sums)), constantLike(1, sums), sums);', 'const total = sums;'],
  }),
  ...mutantsOf('src/pass/compositeKernels.ts', {
    'the tangent half is taken for the cotangent half': [composites, "pulls === true ? 'backward' : 'tangent'", "pulls !== true ? 'backward' : 'tangent'"],
    'kernels of other types are taken': [composites, 'got.length === want.length && got.every(', 'got.length >= 0 || got.every('],
  }),
  ...mutantsOf('kernels/wasm/contractionBlock.ts', {
    'products: the last panel is stored whole': [contraction, '* 4, q === p.vectors - 1 ? p.lanes : 4)));', '* 4, 4)));'],
    'products: later blocks of a sum begin anew': [contraction, 'if (!accumulate) { f.v128([first, first, first, first]).set(sum); return; }', 'f.v128([first, first, first, first]).set(sum); if (depth >= 0) return;'],
    'products: the sum of one term begins at 0': ['test/golden/semantics.test.ts', '? 1 << 31 : 0;', '? 0 : 0;'],
    'epilogues: they see sums of one block': [epilogues, 'if (epilogue === null || epilogue.keeps) each(', 'if (epilogue === null) each('],
    'epilogues: what varies along the rows is loaded once': [epilogues, 'const at = (r * rows + 4 * q * columns) * 4;', 'const at = (4 * q * columns) * 4;'],
    'epilogues: their operands stay where the first block is': [epilogues, 'walks.forEach((w, i) => move(firstOfEpilogue + i, rows * w.rows));', ''],
  }),
  ...mutantsOf('kernels/wasm/contraction.ts', {
    'products: the first turn of a sum adds to what was there': [contraction, 'f.get(segment).if(() => call(p.middle), () => call(p.first));', 'call(p.middle);'],
    'epilogues: the last block of a sum has none': [epilogues, 'call(block === p.blocks - 1 ? p.final : p.middle)', 'call(block === p.blocks ? p.final : p.middle)'],
    'epilogues: their operands do not move from panel to panel': [epilogues, 'if (w.columns !== 0) f.get(columnsOfMore[i] ?? 0).i32(16 * p.vectors * w.columns)', 'if (w.columns > 1) f.get(columnsOfMore[i] ?? 0).i32(16 * p.vectors * w.columns)'],
    'epilogues: their operands do not begin where they begin': [epilogues, 'if (w.start !== 0) f.get(4 + i)', 'if (w.start < 0) f.get(4 + i)'],
  }),
  ...mutantsOf('src/compile/epilogue.ts', {
    'epilogues: loops of the product that lie across those of the kernel are taken': [epilogues, 'return [...reach].every(([loop, most]) => most < loop.extent) ? out : null;', 'return out;'],
    'epilogues: a product that is needed is not stored': [epilogues, 'inMemory: keeps || inBlocks(shape)', 'inMemory: inBlocks(shape)'],
    'epilogues: whatever it costs': [epilogues, 'cost > limits.cost ||', ''],
  }),
  ...mutantsOf('src/compile/plan.ts', {
    'epilogues: a product is written over its own operand': [epilogues, '!inputs.includes(r) && loads.every', 'loads.every'],
    'epilogues: an operand read elsewhere is written over': [epilogues, 'loads.every(l => l.from !== r || sameWalk(l.walk, store.walk))', 'loads.some(l => l.from === r)'],
  }),
  ...mutantsOf('src/compile/steps.ts', {
    'epilogues: they run before their operands are made': [epilogues, 'if (!early && readers[0] !== j) continue;', ''],
    'epilogues: they run where the product stood': [epilogues, 'const to = early ? i : j;', 'const to = i;'],
  }),
  ...mutantsOf('src/trace/backend.ts', {
    'auto takes what nobody asked for': ['test/backend/revectorize.test.ts', 'if (fast !== null && await fast()) return name;', 'if (fast === null || await fast()) return name;'],
    'what nobody asked for is listed': ['test/backend/revectorize.test.ts', 'fast !== null || made.has(name) ? [name] : []', 'fast !== undefined ? [name] : []'],
  }),
];
