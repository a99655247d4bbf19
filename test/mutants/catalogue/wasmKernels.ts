// Mistakes in WebAssembly kernels and in what emits them: edges, strides, masks, orders, first turns, room behind values.
import { mutantsOf, type Mutant } from '../mutant.ts';

const contraction = 'test/backend/contraction.test.ts';
const indexed = 'test/backend/indexed.test.ts';
const corners = 'test/backend/corners.test.ts';
const shapes = 'test/backend/shapes.test.ts';
const dtypes = 'test/backend/dtypes.test.ts';
const special = 'test/backend/special.test.ts';

export const wasmKernels: readonly Mutant[] = [
  ...mutantsOf('kernels/wasm/contraction.ts', {
    'contraction: a rest of rows is forgotten': [contraction, 'for (const h of rest) walk(h, 1);', 'for (const h of rest.slice(1)) walk(h, 1);'],
    'contraction: two thin blocks share one row': [contraction, 'Math.ceil((height + left) / 2), Math.floor((height + left) / 2)', 'Math.ceil((height + left) / 2), Math.ceil((height + left) / 2)'],
    'contraction: the last panel begins too early': [contraction, 'first: full * 4 * vectors, count: 1', 'first: full * 4, count: 1'],
    'contraction: the last block of a sum is as deep as the others': [contraction, 'Math.min(p.depth, p.total - block * p.depth)', 'p.depth'],
    'contraction: C does not move with a loop of the result': [contraction, 'const moves = [loop.a, loop.b, loop.c,', 'const moves = [loop.a, loop.b, 0,'],
    'contraction: too little scratch memory': [contraction, 'align(depth * 4 * panels', 'align(depth * 2 * panels'],
    'contraction: register blocks of other strides are shared': [contraction, 'const strides = `${s.rows.a},', 'const strides = `'],
    'contraction: register blocks that begin and that add are shared': [contraction, '${p.lanes},${accumulate}|', '${p.lanes}|'],
    'contraction: rows of a stripe begin one stripe late': [contraction, 'i32(stripe * s.rows.a * 4)', 'i32((stripe + 1) * s.rows.a * 4)'],
  }),
  ...mutantsOf('kernels/wasm/contractionBlock.ts', {
    'contraction: B does not come back after an inner sum': [contraction, 'move(b, l.b - (next === undefined ? 0 : next.extent * next.b))', 'move(b, l.b)'],
    'contraction: A does not come back after an inner sum': [contraction, 'move(a, l.a - (next === undefined ? 0 : next.extent * next.a));', 'move(a, l.a);'],
  }),
  ...mutantsOf('kernels/wasm/pack.ts', {
    'pack: rows left after fours are miscounted': [contraction, 'f.i32(3).bytes(0x71);', 'f.i32(1).bytes(0x71);'],
    'pack: the next panel lies too near': [contraction, 'step(start, 4 * p.vectors * stride * 4)', 'step(start, 4 * p.vectors * 4)'],
    'pack: an outer sum does not come back': [contraction, 'step(from, (l.b - next.extent * next.b) * 4)', 'step(from, l.b * 4)'],
  }),
  ...mutantsOf('kernels/wasm/sort.ts', {
    'sort: equal keys of short lines change places': [indexed, 'bytes(wide ? 0x58 : op.atMost, op.branchIf, 1)', 'bytes(wide ? 0x58 : 0x49, op.branchIf, 1)'],
    'sort: -0 comes before 0': [indexed, '.plain(0x2a, 2, 0).f32(0).bytes(0x92).tee(x)', '.plain(0x2a, 2, 0).tee(x)'],
    'sort: NaN of float64 is no last': [indexed, 'get(x).get(x).bytes(0x62, op.select)', 'get(x).get(x).bytes(0x61, op.select)'],
    'sort: the highest digit is left out': [indexed, 'this.#passes = Math.ceil(width / this.#digitBits)', 'this.#passes = Math.floor(width / this.#digitBits)'],
    'sort: a digit that all but one share is passed over': [indexed, 'f.plain(0x28, 2, own).i32(n).bytes(0x47)', 'f.plain(0x28, 2, own).i32(n - 1).bytes(0x47)'],
    'sort: too little scratch memory': [indexed, '2 * n * this.#entry + (n > short', 'n * this.#entry + (n > short'],
    'sort: what is carried is read as contiguous': [indexed, '.i32(this.#stride(d)).bytes(op.times', '.i32(elementBytes(d)).bytes(op.times'],
    'sort: after inner lines the outer step is a whole one': [corners, '(inner === 1 ? n : (n - 1) * inner)', '(inner === 1 ? n : n * inner)'],
  }),
  ...mutantsOf('kernels/wasm/recurrence.ts', {
    'recurrence: backwards it begins behind the end': [indexed, 'reverse ? (n - 1) * inner * this.#bytes : 0', 'reverse ? n * inner * this.#bytes : 0'],
    'recurrence: lines that are left after fours are forgotten': [indexed, 'each(outer % 4, whole, () => this.#lines(1, 1, n));', 'each(0, whole, () => this.#lines(1, 1, n));'],
    'recurrence: lanes that are left run over': [corners, 'const lanes = Math.min(4, inner - at);', 'const lanes = 4;'],
    'recurrence: unsigned words are compared as signed ones': [indexed, `case 'max': return float ? l.max(p, q) : l.imax(p, q, dtype !== 'u32');`, `case 'max': return float ? l.max(p, q) : l.imax(p, q);`],
    'recurrence: infinities of log-sums are subtracted': [indexed, 'w.select(w.lt(w.abs(greatest), w.constant(Infinity)),', 'w.select(w.lt(w.constant(0), w.constant(Infinity)),'],
    'recurrence: the third lane lacks the first': [indexed, 'repeats ? [0, 1, 0, 1] : [4, 5, 0, 1]', 'repeats ? [0, 1, 1, 1] : [4, 5, 4, 1]'],
    'recurrence: the carry of a line is not its last element': [indexed, 'l.shuffle(x, x, [3, 3, 3, 3])', 'l.shuffle(x, x, [2, 2, 2, 2])'],
  }),
  ...mutantsOf('src/compile/wasm/values.ts', {
    'wasm: every other element is every element': [shapes, '[0, 2, 4, 6]', '[0, 1, 2, 3]'],
    'wasm: what is read backwards begins one too early': [shapes, 'shifted(x, vector, 3)', 'shifted(x, vector, 2)'],
    'wasm: the greater of -0 and 0 is -0': [special, 'if (zero(constant)) return this.lanes.select(this.lanes.le(a, b), b, a);', ''],
    'wasm: where no guard holds the other branch is taken': [shapes, `guardState(g, x.ranges) === false)) return go(third);`, `guardState(g, x.ranges) === false)) return go(second);`],
    'wasm: a lower bound is not taken off before the comparison': [shapes, 'g.lo === 0 ? at : this.lanes.isub(at, this.lanes.int(g.lo))', 'at'],
    'wasm: sums of columns are taken from the first row of scratch memory': [shapes, 'this.accumulatorAt.get(n.accumulator) ?? 0', '0'],
  }),
  ...mutantsOf('src/compile/wasm/loops.ts', {
    'wasm: tails run over their end': [shapes, 'Math.min(4, to - p), between', '4, between'],
    'wasm: interiors are told to be shorter than they are': [shapes, 'between(from, from + main)), u);', 'between(from, from + main - step)), u);'],
  }),
  ...mutantsOf('src/compile/wasm/addresses.ts', {
    'wasm: a value shorter than the loop is read beyond its end': ['test/backend/heap.test.ts', 'sizeOf(buffer.aval.shape) < v.extent ? [] : unsure', 'unsure'],
    'wasm: pointers do not tell guards apart': [corners, '?${guards.map(g => `${g.index.id}:${g.lo}:${g.hi}`).join()}~', '?~'],
    'wasm: a guard holds one further': [indexed, '.i32(g.hi - g.lo).bytes(0x49)', '.i32(g.hi - g.lo + 1).bytes(0x49)'],
  }),
  ...mutantsOf('src/compile/wasm/memory.ts', {
    'wasm: the upper pair of float64 overlaps the lower one': [dtypes, 'f.memory(0x00, 2, push() + 16)', 'f.memory(0x00, 2, push() + 8)'],
  }),
  ...mutantsOf('src/compile/wasm/monoid.ts', {
    'wasm: the least of unsigned words is the least of signed ones': [dtypes, `case 'min': return float ? l.min(a, b) : l.imin(a, b, dtype !== 'u32');`, `case 'min': return float ? l.min(a, b) : l.imin(a, b);`],
    'wasm: all of bools is any of them': [dtypes, `return monoid === 'max' ? l.or(a, b) : l.and(a, b);`, 'return l.or(a, b);'],
  }),
  ...mutantsOf('src/compile/wasm/reductionKernel.ts', {
    'wasm: lanes that do not exist take part in a reduction of three': [shapes, 'z.lanes < 4 ? this.#tail', 'z.lanes < 3 ? this.#tail'],
    'wasm: a NaN in the first vector of four is lost': [dtypes, 'if (losesNaN(a)) f.get(l.or(nan', 'if (losesNaN(a) && turn > 0) f.get(l.or(nan'],
    'wasm: what moved to the second level is forgotten': [dtypes, 'this.#assign(r, this.#combineLanes(a, t, r)); });', 'this.#assign(r, r); });'],
    'wasm: what moved to the second level stays on the first': [dtypes, 'this.#assign(t, this.#combineLanes(a, t, r));\n      this.#assign(r, this.#unit(a));', 'this.#assign(t, this.#combineLanes(a, t, r));'],
    'wasm: columns begin with what memory held': [shapes, 'for (const a of s.accumulators) storeRaw(this.#l, this.#unit(a)', 'for (const a of s.accumulators.slice(1)) storeRaw(this.#l, this.#unit(a)'],
    'wasm: one row that is left is forgotten': [shapes, 'if (main < last.extent) pass(', 'if (main + 1 < last.extent) pass('],
    'wasm: lanes are folded twice over the same half': [shapes, 'l.shuffle(pairs, pairs, [2, 3, 0, 1])', 'l.shuffle(pairs, pairs, [1, 0, 3, 2])'],
  }),
  ...mutantsOf('src/compile/wasm/mapKernel.ts', {
    'wasm: rows that are left after tiles run over': [corners, 'Math.min(4, jam.extent - p)', '4'],
    'wasm: a tile is transposed in its corners alone': [shapes, 'shuffle(a, b, [2, 3, 6, 7]), shuffle(c, d, [0, 1, 4, 5])', 'shuffle(c, d, [0, 1, 4, 5]), shuffle(a, b, [2, 3, 6, 7])'],
  }),
  ...mutantsOf('src/compile/wasm/stores.ts', {
    'wasm: updates outside are written': [indexed, 'if (guards.length === 0) { write(); return; }', 'if (guards.length >= 0) { write(); return; }'],
  }),
  ...mutantsOf('src/compile/index-map.ts', {
    'index: a guard holds one beyond its end': [shapes, 'if (lo >= g.lo && hi < g.hi) return true;', 'if (lo >= g.lo && hi <= g.hi) return true;'],
    'index: any two loops are walked as one': [shapes, 'sb !== null && sa === b.extent * sb', 'sb !== null'],
    'index: a quotient of any multiple undoes a remainder': [shapes, 'sum.get(quotient) !== k * atom.by', 'sum.get(quotient) === undefined'],
    'index: a remainder that begins inside a period does not wrap': [shapes, 'return first === last ? [lo - first * a.by, hi - first * a.by] : [0, a.by - 1];', 'return [Math.max(0, lo - first * a.by), Math.min(a.by - 1, Math.max(0, hi - first * a.by))];'],
  }),
];
