// Mistakes in how maps and rows are spread over invocations: vectors of four, squares in workgroup memory, rows in registers and in workgroup
// memory, one pass over greatest values and sums; and in what bounds the bodies of loops.
import { mutantsOf, type Mutant } from '../mutant.ts';

const maps = 'test/webgpu/maps.test.ts';
const reductions = 'test/webgpu/reductions.test.ts';
const compile = 'test/webgpu/compile.test.ts';
const limits = 'test/webgpu/limits.test.ts';

export const wgslSchedules: readonly Mutant[] = [
  ...mutantsOf('src/compile/wgsl/quads.ts', {
    'fours: neighbours begin anywhere in a vector': [maps, 'f.c % quad === 0 && f.terms', 'f.terms'],
    'fours: rows begin anywhere in a vector': [maps, 't.atom === l || t.coefficient % quad === 0', 't.atom === l || t.coefficient !== 0'],
    'fours: turns of loops begin anywhere in a vector': [maps, 'slices.every(s => s.stride % quad === 0)', 'slices.every(s => s.stride !== 0)'],
    'fours: what is no number of vectors is bound as vectors': [maps, 'piece.bytes % (quad * elementBytes(v.aval.dtype)) === 0', 'piece.bytes > 0'],
    'fours: the first of four neighbours says whether all exist': [maps, '(g.index.bits & loop.bit) !== 0', 'g.index.bits === 0'],
  }),
  ...mutantsOf('src/compile/wgsl/shader.ts', {
    'words: bytes behind 2^31 others have no place': [limits, 'new Code().int(n).code;', '`${n}i`;'],
    'fours: all bytes of a word are its first': [maps, '`${k % each * 8 * elementBytes(d)}u`', "'0u'"],
    'fours: bytes of a word lie on one another': [maps, "j === 0 ? '' : ` << ${j * 8 * elementBytes(d)}u`", "''"],
    'fours: one element of a vector is another': [maps, ': `${array}[${one} >> 2u][${one} & 3]`);', ': `${array}[${one} >> 2u][${one} & 1]`);'],
  }),
  ...mutantsOf('src/compile/wgsl/map.ts', {
    'maps: turns lie beside each other': [maps, '`let number = flat + turn * ${all}u;`', '`let number = flat + turn * ${size}u;`'],
    'maps: workgroups behind the last have a part in every turn': [limits, 'groups > maxGroups || behind < all) c.line', 'behind < all) c.line'],
  }),
  ...mutantsOf('src/compile/wgsl/tiles.ts', {
    'squares: what is behind the last column is stored': [maps, '...along.extent % side === 0 ? [] : [', '...along.extent >= 0 ? [] : ['],
    'squares: what is behind the last row is stored': [maps, '...across.extent % side === 0 ? [] : [', '...across.extent >= 0 ? [] : ['],
    'squares: they are read before they are there': [maps, "c.line('workgroupBarrier();');", "c.line('');"],
    'squares: all batches are the first': [maps, '`group / ${columns * rows}u`', '`group / ${columns * rows * turnsOf(others)}u`'],
  }),
  ...mutantsOf('src/compile/wgsl/reduce.ts', { 'rows: what is behind the last row is stored, where others read': [reductions, 'exists: exact ? null : `place < ${count}u` };', 'exists: null };'] }),
  ...mutantsOf('src/compile/wgsl/rows.ts', {
    'rows: held steps behind the end count': [reductions, 'this.fold(a, variable, inside === null ? x :', 'this.fold(a, variable, inside !== undefined ? x :'],
    'rows: blocks of four hold as many steps as blocks of one': [reductions, 'if (even && steps % each !== 0)', 'if (even && steps % each === 0)'],
  }),
  ...mutantsOf('src/compile/wgsl/hold.ts', { 'held: room is made before it is free': [reductions, '(until[k] ?? 0) <= at);', '(until[k] ?? 0) <= at + 1);'] }),
  ...mutantsOf('src/compile/wgsl/online.ts', {
    'one pass: nothing times infinity is NaN': [reductions, '`select(${sum.code} * ${by.code}, 0.0f, ${sum.code} == 0.0f)`', '`${sum.code} * ${by.code}`'],
    'one pass: blocks have one greatest value': [reductions, 'rows.fold(a, x, scaled(y, by));', 'rows.fold(a, x, y);'],
    'one pass: invocations have one greatest value': [reductions, 'if (k === first.accumulators.length) rescale', 'if (k < 0) rescale'],
    'one pass: what was summed before a greater value stays as it is': [reductions, 'rescale(sumsOf(into), scale(shiftAt(before), shifted));\n    for', 'for'],
  }),
  ...mutantsOf('src/compile/wgsl/schedule.ts', { 'rows: workgroup memory has no room for folds': [reductions, 'held * longest + foldBytes <= workgroupBytes', 'held * longest <= workgroupBytes'] }),
  ...mutantsOf('src/compile/lower.ts', {
    'long bodies of reductions join what they are made of': [compile, 'if (root !== undefined && others.length > 0) throw', 'if (root === undefined && others.length > 0) throw'],
    'long bodies of stores along rows stay in their loops': [compile, 'const row = s.stores.length === 0 ?', 'const row = s.stores.length >= 0 ?'],
  }),
];
