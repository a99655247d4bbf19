// Mistakes in the transforms themselves, program to program and function to function.
import { mutantsOf, type Mutant } from '../mutant.ts';

const grad = 'test/transform/grad.test.ts';
const vmap = 'test/transform/vmap.test.ts';
const jit = 'test/transform/jit.test.ts';
const linear = 'test/transform/linear.test.ts';
const nesting = 'test/transform/nesting.test.ts';
const loops = 'test/transform/loops.test.ts';
const jacobian = 'test/transform/jacobian.test.ts';

export const transforms: readonly Mutant[] = [
  ...mutantsOf('src/transform/differentiate.ts', {
    'reverse mode: of two uses the last one counts': ['laws.programs', 'cts.set(a, sum ? add(sum, ct) : ct);', 'cts.set(a, ct);'],
    'reverse mode: of two uses the first one counts': ['laws.programs', 'cts.set(a, sum ? add(sum, ct) : ct);', 'cts.set(a, sum ?? ct);'],
    'reverse mode: equations are transposed in their own order': ['laws.programs', 'for (const e of backward.reverse()) {', 'for (const e of backward) {'],
    'reverse mode: cotangents of the wrong results': ['laws.programs', 'at(args, known.length + i)', 'at(args, args.length - 1 - i)'],
    'reverse mode: an equation with one missing cotangent is skipped': ['laws.primitive:call', 'if (ct.every(c => c === null)) continue;', 'if (ct.some(c => c === null)) continue;'],
    'forward mode: a tangent is read from the wrong operand': ['laws.programs', 'const t = e.inputs.map(readTangent);', 'const t = e.inputs.map(readTangent).reverse();'],
    'forward mode: integers carry tangents on': [linear, 'hasTangent(v.aval) ? checkedTangent(touts[i] ?? null, v.aval, e) : null', 'touts[i] ?? null'],
    'forward mode: a tangent of another type is let through': [linear, 'if (got.dtype === a.dtype && got.shape.length === a.shape.length && got.shape.every((d, i) => d === a.shape[i])) {', 'if (got.dtype === a.dtype) {'],
    'forward mode: a zero that a rule wrote down is a tangent': ['test/transform/branchResiduals.test.ts', "state.kind === 'literal' && state.value === 0 ? null : t", 't'],
    'linearize: results that are not wanted have tangents': [grad, 'wanted[i] === true ? demanded(t, at(j.outputs, i).aval, force[i] ?? false) : null', 'demanded(t, at(j.outputs, i).aval, force[i] ?? false)'],
    'vjp: one residual too many counts as linear': ['laws.programs', 'lin.linear.inputs.map((_, i) => i >= lin.residuals)', 'lin.linear.inputs.map((_, i) => i >= lin.residuals - 1)'],
    'transpose: what is not linear passes for linear': ['test/transform/linearTranspose.test.ts', 'set.includes(i) ? x.known === null || (a !== undefined && isZero(a)) : x.known !== null', 'set.includes(i) || x.known === null || a !== undefined'],
    'transpose: zeros that a batching rule has repeated count as values': ['test/transform/linearTranspose.test.ts', 'e.outputs.forEach(v => zeros.add(v))', 'e.outputs.forEach(v => zeros.delete(v))'],
    'demanded tangents are not made values': ['test/transform/branches.test.ts', 't ?? (force && hasTangent(a) ? zerosLike(a) : null)', 't'],
  }),
  ...mutantsOf('src/transform/batch.ts', {
    'batch: an equation with an unbatched operand is not batched': ['laws.programs', 'const out = !mask.includes(true) &&', 'const out = mask.includes(false) &&'],
    'batch: forced results are not copied': [vmap, 'outBatched[i] === true && !isBatched.has(o) ? addBatchAxis(read(o), size) : read(o)', 'read(o)'],
    'batch: a named axis inside a body is not seen': [vmap, '|| bodiesOf(e.params).some(b => b.eqns.some(inner => usesAxis(inner, name)))', ''],
    'batch: bodies lose the name of the axis': [vmap, 'batchJaxpr(body, n, mask, forced, axisName) };', 'batchJaxpr(body, n, mask, forced) };'],
    'batch: results of batched equations count as unbatched': ['laws.programs', 'if (lifted) isBatched.add(v);', 'if (lifted && out.batched.length > 1) isBatched.add(v);'],
  }),
  ...mutantsOf('src/transform/forward.ts', {
    'jvp: tangents stand before the primals': [linear, 'applyJaxpr(\'jvp\', d.jaxpr, [...consts, ...a.leaves, ...t.filter(x => x !== null)])', 'applyJaxpr(\'jvp\', d.jaxpr, [...consts, ...t.filter(x => x !== null), ...a.leaves])'],
    'jvp: programs of other active inputs are remembered as this one': [linear, 'jvpMemo.get(jaxpr, maskKey(active), j => jvpJaxpr(j, active))', `jvpMemo.get(jaxpr, '', j => jvpJaxpr(j, active))`],
    'vjp: a missing cotangent is one of its own': [nesting, 'const back = spread(applyJaxpr(\'vjp\', pullbackJaxpr(m), [...m.residuals, ...given]), m.active);', 'const back = applyJaxpr(\'vjp\', pullbackJaxpr(m), [...m.residuals, ...given]);'],
    'vjp: a pullback of another function is remembered as this one': [nesting, 'const mask = m.linear.inputs.map((_, i) => i >= m.residuals.length);', 'const mask = m.linear.inputs.map((_, i) => i > m.residuals.length);'],
    'jvp: what has no tangent has a zero one': [linear, 'tangents[i] ?? (hasTangent(x.aval) ? zerosLike(x.aval) : null)', 'tangents[i] ?? zerosLike(x.aval)'],
  }),
  ...mutantsOf('src/transform/grad.ts', {
    'grad: argnums are no part of what is remembered': [grad, '`${maskKey(mask)}${wantValue ? \'v\' : \'\'}`', '`${wantValue ? \'v\' : \'\'}`'],
    'grad: value and gradient are remembered as the gradient': [grad, '`${maskKey(mask)}${wantValue ? \'v\' : \'\'}`', 'maskKey(mask)'],
    'grad: the seed is 0': [grad, 'd.seeded ? [literal(1, out)] : []', 'd.seeded ? [literal(0, out)] : []'],
    'grad: a constant function is seeded, too': [grad, '...(d.seeded ? [literal(1, out)] : [])', 'literal(1, out)'],
    'grad: gradients begin among the aux': [grad, 'results.slice(first + auxCount)', 'results.slice(first)'],
    'grad: gradients of the leaves before': [grad, 'grads.slice(r.start, r.end)', 'grads.slice(0, r.end - r.start)'],
    'grad: argnums in ascending order': [grad, 'const trees = numbers.map(n => {', 'const trees = [...numbers].sort().map(n => {'],
    'grad: aux is differentiated': [grad, 'j.outputs.map((_, i) => i === 0)', 'j.outputs.map(() => true)'],
    'valueAndGrad: aux stands before the value': [grad, 'options.hasAux === true ? [g.value, g.aux] : g.value', 'options.hasAux === true ? [g.aux, g.value] : g.value'],
    'grad: a vector is let through': [grad, 'if (aval.shape.length > 0) throw', 'if (aval.shape.length > 9) throw'],
  }),
  ...mutantsOf('src/transform/arguments.ts', {
    'argnums: negative ones are one off': [grad, 'n < 0 ? n + a.ranges.length : n', 'n < 0 ? n + a.ranges.length - 1 : n'],
    'argnums: integer leaves are active': [grad, 'if (aval !== undefined && hasTangent(aval)) active[i] = any = true;', 'if (aval !== undefined) active[i] = any = true;'],
    'tangents: their shapes are not checked': [linear, 'if (!sameShape(t.shape, want.shape)) throw', 'if (t.shape.length !== want.shape.length) throw'],
  }),
  ...mutantsOf('src/transform/vmap.ts', {
    'vmap: a negative outAxes is one off': [vmap, 'axis < 0 ? axis + y.shape.length : axis;', 'axis < 0 ? axis + y.shape.length - 1 : axis;'],
    'vmap: a negative inAxes is one off': [vmap, 'axis < 0 ? axis + x.shape.length : axis;', 'axis < 0 ? axis + x.shape.length - 1 : axis;'],
    'vmap: the mapped axis is not brought to the front': [vmap, 'handleOf(moveAxis(x, axis, 0))', 'x'],
    'vmap: the first axis is brought to the mapped one': [vmap, 'handleOf(moveAxis(x, axis, 0))', 'handleOf(moveAxis(x, 0, axis))'],
    'vmap: outAxes are ignored': [vmap, 'return handleOf(moveAxis(y, 0, to));', 'return y;'],
    'vmap: the size is no part of what is remembered': [vmap, '`${size}|${maskKey(mask)}|${maskKey(forced)}|${axisName ?? \'\'}`', '`${maskKey(mask)}|${maskKey(forced)}|${axisName ?? \'\'}`'],
    'vmap: what is mapped is no part of what is remembered': [vmap, '`${size}|${maskKey(mask)}|${maskKey(forced)}|${axisName ?? \'\'}`', '`${size}|${maskKey(forced)}|${axisName ?? \'\'}`'],
    'vmap: mapped sizes may differ': [vmap, 'if (want !== got) throw', 'if (want === undefined && got !== undefined) throw'],
    'vmap: a result that depends on the axis passes for one that does not': [vmap, 'if (batched) throw new ShapeError(`vmap: outAxes is null', 'if (batched && y.shape.length === 0) throw new ShapeError(`vmap: outAxes is null'],
    'vmap: an axis tree stands for the first leaf only': [vmap, 'for (let i = leafCount(s); i > 0; i--) out.push(t); return;', 'out.push(t); for (let i = leafCount(s); i > 1; i--) out.push(null); return;'],
  }),
  ...mutantsOf('src/transform/jacobian.ts', {
    'jacfwd: columns are rows': [jacobian, 'reshape(moveAxis(rows, 0, rows.shape.length - 1), block.shape)', 'reshape(rows, block.shape)'],
    'jacfwd: every leaf has the first leaf\'s unit vectors': [jacobian, 'constantLike(starts[k] ?? 0, column)', 'constantLike(0, column)'],
    'jacfwd: every leaf reads the first leaf\'s columns': [jacobian, 'const start = starts[k] ?? 0;', 'const start = 0;'],
    'jacrev: the argument\'s shape stands before the result\'s': [jacobian, '[...y.shape, ...ct.shape.slice(1)]', '[...ct.shape.slice(1), ...y.shape]'],
    'jacrev: the rows of the first result': [jacobian, 'const row = blocks[o];', 'const row = blocks[0];'],
    'jacrev: other results are seeded, too': [jacobian, 'i === k ? unitVectors(a) : zerosLike(a)', 'i === k ? unitVectors(a) : literal(1, a)'],
  }),
  ...mutantsOf('src/transform/linearTranspose.ts', {
    'linearTranspose: known values count as linear': ['test/transform/linearTranspose.test.ts', 'i < count ? forward.input(v.aval) : linear.input(v.aval)', 'i <= count ? forward.input(v.aval) : linear.input(v.aval)'],
    'linearTranspose: constants pass for linear functions': ['test/transform/linearTranspose.test.ts', 'if (affine >= 0) throw', 'if (affine >= 99) throw'],
  }),
  ...mutantsOf('src/transform/jit.ts', {
    'jit: static values are no part of the signature': [jit, 'a.structureKey === b.structureKey && a.statics === b.statics && a.backend', 'a.structureKey === b.structureKey && a.backend'],
    'jit: shapes are no part of the signature': [jit, 'return y !== undefined && sameAval(x, y); });', 'return y !== undefined && x.dtype === y.dtype; });'],
    'jit: dtypes are no part of the signature': [jit, 'return y !== undefined && sameAval(x, y); });', 'return y !== undefined && x.shape.join() === y.shape.join(); });'],
    'jit: trees are no part of the signature': [jit, 'a.structureKey === b.structureKey && a.statics', 'a.statics'],
    'jit: named axes are no part of the signature': [vmap, '&& a.axes === b.axes && a.avals.length', '&& a.avals.length'],
    'jit: a trace that captured a tracer is kept': [jit, `if (staged.consts.every(c => c.cell.state.kind !== 'tracer')) {`, 'if (staged.consts.length >= 0) {'],
    'jit: a donated buffer is overwritten though a recorded operation waits for it': [jit, 'x.cell.handles === 1 && x.cell.uses === 0 && !sharesBuffer', 'x.cell.handles === 1 && !sharesBuffer'],
    'jit: a donated buffer is overwritten though a trace has captured it': [jit, 'donated.has(x) && i >= staged.consts.length && x.cell.handles === 1', 'donated.has(x) && i >= staged.consts.length'],
    'jit: static -0 is 0': [jit, `Object.is(x, -0) ? '-0' : typeof x`, 'typeof x'],
    'jit: class instances compare by value': [jit, `!Array.isArray(x) && Object.getPrototypeOf(x) !== Object.prototype`, '!Array.isArray(x) && Object.getPrototypeOf(x) === null'],
    'jit: maxTraces lets one more through': [jit, 'state.traces.length >= maxTraces', 'state.traces.length > maxTraces'],
    'jit: positions from the end are one off': [jit, 'n < 0 ? n + count : n', 'n < 0 ? n + count - 1 : n'],
    'jit: static and other arguments change places': [jit, 'statics.includes(i) ? a : dynamic[next++]', 'statics.includes(i) ? dynamic[next++] : a'],
    'jit: check looks at the program only': [jit, 'sameJaxpr(staged.jaxpr, known.staged.jaxpr) && staged.consts.every((c, i) => c.cell === known.staged.consts[i]?.cell)', 'sameJaxpr(staged.jaxpr, known.staged.jaxpr)'],
    'jit: a failed trace is kept': [jit, 'state.lastMiss = miss;', `state.lastMiss = miss; state.traces.push({ signature, staged: { jaxpr: { numConsts: 0, inputs: [], eqns: [], outputs: [] }, consts: [], out: { kind: 'null' } } });`],
  }),
  ...mutantsOf('src/transform/control.ts', {
    'foriLoop: counts from 0': [loops, 'add(iota([n], \'i32\', 0), literal(lower, index))', 'iota([n], \'i32\', 0)'],
    'foriLoop: a traced bound is included': [loops, '([i]: readonly [AnyTensor, unknown]) => lt(i, end)', '([i]: readonly [AnyTensor, unknown]) => lt(i, add(end, literal(1, count)))'],
    'map: the remainder is dropped': [loops, 'if (whole * batchSize === n) return', 'if (whole > 0) return'],
    'associativeScan: operands are exchanged': [loops, 'combine(every(xs, 0, n - 1, 2), every(xs, 1, n, 2))', 'combine(every(xs, 1, n, 2), every(xs, 0, n - 1, 2))'],
    'associativeScan: an even length has one prefix too many': [loops, 'n % 2 === 0 ? every(odd, 0, n / 2 - 1, 1) : odd', 'odd'],
    'cond: true takes the other branch': ['test/transform/branches.test.ts', '[onFalse, onTrue], [\'onFalse\', \'onTrue\']', '[onTrue, onFalse], [\'onTrue\', \'onFalse\']'],
    'shared captures: every program reads the first one': ['test/transform/branches.test.ts', 'own.findIndex(y => y.cell === x.cell)', 'own.findIndex(() => true)'],
  }),
  ...mutantsOf('src/transform/customRule.ts', {
    'custom rules: nondiff arguments stand first': ['test/transform/customJvp.test.ts', 'return args.map((a, i) => positions.includes(i) ? others === null ? null : a : values[next++]);', 'return [...args.filter((_, i) => positions.includes(i)).map(a => others === null ? null : a), ...values.slice(next++)];'],
    'custom rules: a call at other arguments gives the results at these': ['test/transform/customJvp.test.ts', 'if (own !== null && sameArguments(own.args, args)) return', 'if (own !== null) return'],
    'custom rules: null is dropped where a tangent is demanded': ['test/transform/customVjp.test.ts', 'hasTangent(a) ? [tangents[i] ?? zerosLike(a)] : []', 'hasTangent(a) ? tangents[i] ?? [] : []'],
  }),
  ...mutantsOf('src/transform/customBatching.ts', {
    'customBatching: a batched capture is let through': ['test/transform/customBatching.test.ts', 'if (captured >= 0) throw', 'if (captured > 9) throw'],
    'customBatching: the rule is told that everything is batched': ['test/transform/customBatching.test.ts', '(size, unflatten(args, mask), ...xs)', '(size, unflatten(args, mask.map(() => true)), ...xs)'],
  }),
];
