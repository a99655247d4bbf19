// Mistakes in the templates of WebGPU: in tiles of products and what ends within one, in sums of parts, in epilogues, in the tuner.
import { mutantsOf, type Mutant } from '../mutant.ts';

const gemm = 'test/webgpu/gemm.test.ts';
const attention = 'test/webgpu/attentionTiles.test.ts';
const tuner = 'test/webgpu/tuner.test.ts';

export const templateMutants: readonly Mutant[] = [
  ...mutantsOf('kernels/wgsl/gemm.ts', {
    'tiles: a step is staged while another invocation still multiplies': [gemm, "this.#multiply(); c.line('workgroupBarrier();'); };", 'this.#multiply(); };'],
    'tiles: what lies behind the sum is added': [gemm, 'ends ? `select(vec4f(), ${value}, vec4<bool>(${products', 'ends && s.even ? `select(vec4f(), ${value}, vec4<bool>(${products'],
    'tiles: columns that are none are stored': [gemm, 'const inColumn = guards(`column${j}_at`, n, t.columns);', "const inColumn = '';"],
    'tiles: every part of a sum is the first': [gemm, 'parts > 1 ? `(first + ${step})` : step', 'step'],
    'tiles: what is loaded ahead is loaded again': [gemm, 'load(step, end, false)', 'load(`(${step} - 1u)`, end, false)'],
    'tiles: memory of the workgroup is not asked for': [gemm, ' && bytes <= limits.workgroupBytes', ''],
  }),
  ...mutantsOf('kernels/wgsl/sources.ts', {
    'prologues: all four have the first element': ['test/webgpu/prologues.test.ts', 'if (!same(s)) return', 'if (s.v.aval.dtype !== s.v.aval.dtype) return'],
  }),
  ...mutantsOf('src/compile/prologue.ts', { 'prologues: what lies elsewhere is read where the operand is': ['test/webgpu/prologues.test.ts', 'const walk = walkOf(loops, n.at, kernel.rows, places);', 'const walk = walkOf(loops, store.at, kernel.rows, places);'] }),
  ...mutantsOf('src/compile/steps.ts', { 'prologues: whoever else reads the operand finds nothing': ['test/webgpu/prologues.test.ts', '|| readers.get(a) !== 1 ', ''] }),
  ...mutantsOf('src/compile/plan.ts', { 'prologues: what an operand is made of is written over': ['test/webgpu/prologues.test.ts', 'overwrites(operandsRead(s), s.epilogue, r, w)', 'overwrites([], s.epilogue, r, w)'] }),
  ...mutantsOf('kernels/wgsl/splitSum.ts', { 'parts: the results are walked in another order': [gemm, 'sort((x, y) => y.c - x.c)', 'sort((x, y) => x.c - y.c)'] }),
  ...mutantsOf('kernels/wgsl/gemv.ts', { 'vectors: the tree of a sum ends early': [gemm, 'w >= 1; w /= 2', 'w >= 2; w /= 2'] }),
  ...mutantsOf('kernels/wgsl/epilogue.ts', {
    'sources: fours that begin anywhere are read as vectors': [gemm, '.every(n => n % 4 === 0);', '.every(n => n % 1 === 0);'],
    'epilogues: vectors begin where their memory does': [gemm, '&& start % 4 === 0 && stride', '&& stride'],
    'epilogues: operands begin where their memory does': [gemm, '...this.#starts[i] === 0 ? [] : [`${this.#starts[i]}i`]', ''] }),
  ...mutantsOf('kernels/wgsl/productTemplate.ts', { 'classes: how an operand lies does not matter': [gemm, 'layoutOf(p, p.rows, strideA), ', ''] }),
  ...mutantsOf('kernels/wgsl/attentionForward.ts', {
    'attention: what was summed stays as it is when the greatest score grows': [attention, 'c.line(`mixed${i}_${g} *= scale${i};`);', "c.line('');"],
    'attention: values that no query of a tile sees leave no trace': [attention, "if (marks !== null) k.poison('mixed', marks, e.features);", ''],
    'attention: queries that see nothing are divided by 0': [attention, 'select(sum${i}, 1.0f, sum${i} == 0.0f)', 'sum${i}'],
  }),
  ...mutantsOf('kernels/wgsl/attentionBackward.ts', {
    'attention: the cotangents of queries are not scaled': [attention, '(_, x) => `${x} * ${scale}`', '(_, x) => x'],
    'attention: the level is that of the sum': [attention, "'level', 'query'), { code: 'level', type: 'f32' }", "'level', 'query'), { code: 'sum', type: 'f32' }"],
    'attention: queries before a tile of keys leave no trace': [attention, "k.poison('key_gradient', keyMarks, e.depth);", ''],
  }),
  ...mutantsOf('kernels/wgsl/attentionTiles.ts', {
    'attention: queries do not see the keys of their own tile': [attention, '/ ${t.columns}u + 1u)` };', '/ ${t.columns}u)` };'],
    'attention: what stands behind the last key is seen': [attention, 'parts.push(`(${columns} < vec4u(${e[other]}u))`);', 'parts.push(`(${columns} < vec4u(${e[other] + 1}u))`);'],
    'attention: memory of the workgroup is not asked for': [attention, '&& tileBytes(t, e, backward) <= limits.workgroupBytes;', ';'],
    'attention: every head has the mask of the first example': [attention, "offset(lead, 'example', strideA)", "offset(lead.slice(1), 'example', strideA)"],
  }),
  ...mutantsOf('kernels/wgsl/attention.ts', { 'attention: kernels bind more values than a device does': [attention, '|| bindings > limits.bindings', ''] }),
  ...mutantsOf('src/backend/webgpu/tuner.ts', {
    'the tuner: wrong kernels are timed': [tuner, 'if (await bench.verify(candidate)) running', 'await bench.verify(candidate); running'],
    'the tuner: nobody is dropped': [tuner, '<= leader * survives', '>= 0'],
    'the tuner: the last of equals wins': [tuner, 'times.find(t =>', '[...times].reverse().find(t =>'],
    'the tuner: choices of other devices hold': [tuner, 'JSON.stringify([c.device, c.template', 'JSON.stringify([c.template'],
    'the tuner: programs stay what they were compiled to': [tuner, "    for (const c of t.choices) this.#known.set(this.#key(c), c);\n    this.generation++;", '    for (const c of t.choices) this.#known.set(this.#key(c), c);'],
  }),
  ...mutantsOf('src/backend/webgpu/trials.ts', { 'the tuner: every schedule is right': [tuner, "isFloat(dtype) ? within(got, want, dtype === 'f16' ? halves : contracted) : got === want", 'isFloat(dtype) || within(got, want, 1)'] }),
  ...mutantsOf('src/backend/webgpu/backend.ts', {
    'the tuner: choices of rows are not used': [tuner, 'choices.candidate(rowAlternatives(shape, candidates)).schedule', 'rowAlternatives(shape, candidates).preferred.schedule'],
    'the tuner: nothing is measured': [tuner, 'for (let round = 0; round < 2; round++) await choices', 'for (let round = 0; round < 0; round++) await choices'],
  }),
  ...mutantsOf('src/backend/webgpu/bench.ts', { 'the tuner: a kernel that writes nothing inherits the results of another': [tuner, 'const poisoned = this.#trial.outputs.map(', 'const poisoned = this.#trial.outputs.slice(0, 0).map('] }),
];
