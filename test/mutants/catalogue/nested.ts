// Mistakes in the rules of operations that hold programs: calls, loops, branches, composites, custom rules, checkpoints, named axes.
import { mutantsOf, type Mutant } from '../mutant.ts';

const branches = 'test/transform/branches.test.ts';
const loops = 'test/transform/loops.test.ts';
const composite = 'test/transform/composite.test.ts';
const checkpoint = 'test/transform/checkpoint.test.ts';
const customJvp = 'test/transform/customJvp.test.ts';
const customVjp = 'test/transform/customVjp.test.ts';
const vmap = 'test/transform/vmap.test.ts';

export const nested: readonly Mutant[] = [
  ...mutantsOf('src/primitive/call.ts', {
    'call: residuals and tangents change places': ['test/transform/nesting.test.ts', 'again([...out.slice(n), ...present(t)], p, l.linear)', 'again([...present(t), ...out.slice(n)], p, l.linear)'],
    'call: the tangent half is the forward half': ['laws.primitive:call', 'again([...out.slice(n), ...present(t)], p, l.linear)', 'again(x, p, l.forward)'],
    'call: tangents stand in the places of the first results': ['laws.primitive:call', 'return { primals: out.slice(0, n), tangents: spread(out.slice(n), d.outActive) };\n    },\n    linearize', 'return { primals: out.slice(0, n), tangents: out.slice(n) };\n    },\n    linearize'],
    'call: every result counts as batched': ['laws.primitive:call', 'return { outputs: again(x, p, b.jaxpr), batched: b.outBatched };', 'return { outputs: again(x, p, b.jaxpr), batched: b.outBatched.map(() => true) };'],
    'call: results without a cotangent are transposed': ['test/transform/nesting.test.ts', 'const t = transforms.transpose(resultsAt(p.jaxpr, activeOf(cts)), mask, zerosOf(x));', 'const t = transforms.transpose(p.jaxpr, mask, zerosOf(x));'],
    'call: zeros among the operands are not known in the body': ['test/transform/branchResiduals.test.ts', 'transforms.transpose(resultsAt(p.jaxpr, activeOf(cts)), mask, zerosOf(x))', 'transforms.transpose(resultsAt(p.jaxpr, activeOf(cts)), mask)'],
  }),
  ...mutantsOf('src/primitive/scan.ts', {
    'scan: a carry may change its shape': [loops, 'if (!sameAval(a, out)) throw new ShapeError(`scan: carry', 'if (a.dtype !== out.dtype) throw new ShapeError(`scan: carry'],
    'scan: cotangents run forwards': ['laws.primitive:scan', 'reverse: !p.reverse, unroll: p.unroll', 'reverse: p.reverse, unroll: p.unroll'],
    'scan: captured values keep the last step\'s cotangent': ['laws.primitive:scan', 'add(at(args, a + i), at(out, i))', 'at(out, i)'],
    'scan: cotangents of the carry begin at zero': ['laws.primitive:scan', 'const ctCarry = filled(cts.slice(0, p.numCarry), carryOut);', 'const ctCarry = carryOut.map(zerosLike);'],
    'scan: slices of a batch are examples': ['laws.primitive:scan', 'i >= p.numConsts + p.numCarry ? moveAxis(v, 0, 1) : batched[i]', 'batched[i]'],
    'scan: stacked results keep the batch axis behind the steps': ['laws.primitive:scan', 'b.outBatched[i] === true ? moveAxis(v, 1, 0) : v)', 'b.outBatched[i] === true ? v : v)'],
    'scan: a carry that becomes active is not followed': [loops, 'm || (isCarry(i, p) && carries[i - p.numConsts] === true)', 'm'],
    'scan: residuals of carries are stale': ['laws.primitive:scan', 'v === r && i >= p.numCarry && i < m', 'v === r && i < m'],
    'scan: a slice is taken for another one': [loops, '{ x: fromX - numConsts + p.numConsts }', '{ x: fromX }'],
    'scan: residuals that change are taken for constants': [loops, 'body.inputs.findIndex((v, i) => v === r && i < numConsts)', 'body.inputs.findIndex((v, i) => v === r && i < numConsts + p.numCarry)'],
    'scan: a reverse scan stacks forwards': [loops, 'y.data.set(r.data, i * r.data.length)', 'y.data.set(r.data, step * r.data.length)'],
    'scan: the carry of the first step is used at every step': ['laws.primitive:scan', 'run(p.jaxpr, [...consts, ...carry, ...xs.map(x => row(x, i))])', 'run(p.jaxpr, [...consts, ...initial, ...xs.map(x => row(x, i))])'],
    'scan: forward mode exchanges carries and their tangents': ['laws.primitive:scan', 'tangents: spread([...out.slice(p.numCarry, numCarry), ...out.slice(numCarry + ys)], d.outActive)', 'tangents: spread([...out.slice(0, numCarry - p.numCarry), ...out.slice(numCarry + ys)], d.outActive)'],
  }),
  ...mutantsOf('src/primitive/invariant.ts', {
    'scan: what depends on the carry is taken out of the loop': [loops, 'if (depends && e.inputs.every(isInvariant)', 'if (depends && e.inputs.some(isInvariant)'],
  }),
  ...mutantsOf('src/primitive/while.ts', {
    'while: a carry may change its dtype': [loops, 'if (!sameAval(a, out)) throw new ShapeError(`whileLoop: carry', 'if (a.shape.length !== out.shape.length) throw new ShapeError(`whileLoop: carry'],
    'while: examples that have stopped go on': [loops, 'select(broadcastInDim(goesOn, y.shape, [0]), y, at(carry, i))', 'y'],
    'while: stops with the first example': [loops, '[reduceMax(at(evalJaxpr(cond, args), 0), [0])]', '[at(evalJaxpr(cond, args), 0)].map(c => reduceMin(c, [0]))'],
    'while: a carry that becomes active is not followed': [loops, 'm || (i >= p.condConsts + p.bodyConsts && carries[i - p.condConsts - p.bodyConsts] === true)', 'm'],
    'while: tangents of captured values are dropped': ['laws.primitive:while', '...xs.body, ...some(ts.body), ...xs.carry, ...some(ts.carry)]', '...xs.body, ...some(ts.body).map(v => zerosLike({ shape: v.shape, dtype: v.dtype })), ...xs.carry, ...some(ts.carry)]'],
    'while: a loop that carries nothing differentiated has no reverse mode': [loops, 'if (!result.outActive.includes(true)) return', 'if (result.outActive.length < 0) return'],
    'while: reverse mode passes loops over what is differentiated': [loops, 'if (!result.outActive.includes(true)) return', 'if (result.outActive.length > 0) return'],
    'while: one step more': [loops, 'while ((run(p.cond, [...cond, ...carry])[0]?.data[0] ?? 0) !== 0) carry = run(p.body, [...body, ...carry]);', 'do carry = run(p.body, [...body, ...carry]); while ((run(p.cond, [...cond, ...carry])[0]?.data[0] ?? 0) !== 0);'],
  }),
  ...mutantsOf('src/primitive/cond.ts', {
    'cond: only the first branch says what is active': [branches, 'masks.reduce(or)', 'at(masks, 0)'],
    'cond: an index of a batch is not clamped': [branches, 'eq(clamp(literal(0, i), index, literal(count - 1, i)), literal(k, i))', 'eq(index, literal(k, i))'],
    'cond: a batched index chooses the branch before': ['laws.primitive:cond', 'literal(k, i)), shape, [0])', 'literal(k - 1, i)), shape, [0])'],
    'cond: a branch that is not taken gets what it is linear in': ['test/transform/branchResiduals.test.ts', 'i < linearFrom ? v :', 'i >= 0 ? v :'],
    'cond: an index below is not clamped': [branches, 'Math.min(Math.max(index?.data[0] ?? 0, 0), branches.length - 1)', 'Math.min(Math.abs(index?.data[0] ?? 0), branches.length - 1)'],
    'cond: branches keep their residuals in the first places': [branches, 'halves.flatMap((h, k) => k === mine ? own :', 'halves.flatMap((h, k) => k === 0 ? own :'],
    'cond: a branch without a tangent gives none': [branches, 'transforms.jvp(b, active, mask).jaxpr', 'transforms.jvp(b, active).jaxpr'],
    'cond: an unbatched branch is not forced': [branches, 'transforms.batch(b, size, batched, mask).jaxpr', 'transforms.batch(b, size, batched).jaxpr'],
  }),
  ...mutantsOf('src/primitive/composite.ts', {
    'composite: a shared input gets no sum of cotangents': [composite, 'floats[i] === true ? ct : reduceSum(ct, [0])', 'floats[i] === true ? ct : reduceMax(ct, [0])'],
    'linearComposite: the transpose of the transpose is the transpose': ['laws.primitive:linearComposite', 'jaxpr: transposed, transposed: jaxpr }', 'jaxpr: transposed, transposed }'],
    'composite: the pair is lost under vmap': [composite, '...batchPair(params, batched, size, transforms) }', 'forward: null, backward: null }'],
    'composite: inactive inputs have cotangents': [composite, 'selectOutputs(backward, floats)', 'backward'],
    'linearComposite: residuals that are not batched count as batched': [composite, 'const mask = batched.map((b, i) => b || i >= n);\n      const jaxpr', 'const mask = batched.map(() => true);\n      const jaxpr'],
  }),
  ...mutantsOf('src/primitive/customJvp.ts', {
    'customJvp: the body is differentiated, not the rule': [customJvp, 'const out = evalJaxpr(p.rule, [...x, ...tangents, ...ownResults(x, p)].map(v => handleOf(v)));', 'const d = transforms.jvp(p.jaxpr, p.jaxpr.inputs.map((_, i) => i >= p.numConsts)); const out = evalJaxpr(d.jaxpr, [...x, ...tangents].map(v => handleOf(v)));'],
    'customJvp: results of the function are computed by the body': [customJvp, 'p.usesResults ? bind(customJvpP, x, p) : []', 'p.usesResults ? evalJaxpr(p.jaxpr, x.map(v => handleOf(v))) : []'],
    'customJvp: a rule may compute the value from a tangent': [customJvp, 'if (mixed >= 0) throw', 'if (mixed > out.linear.length) throw'],
    'customJvp: results whose tangents alone are batched': [customJvp, 'results.map((b, i) => b || rule[i] === true || moving[i] === true)', 'results.map((b, i) => b || rule[i] === true)'],
    'customJvp: a dy that is written down as zero is refused': [customJvp, 'if (out.zero[n + i] === true) return null;', 'if (out.zero.length < 0) return null;'],
    'customJvp: a dy that no tangent made passes for one': [customJvp, 'if (out.linear[n + i] === true || t === null) return t;', 'if (out.linear.length > 0) return t;'],
    'customJvp: inactive arguments have stale tangents': [customJvp, 'const tangents = floatArguments(p).map(i => t[i] ?? zerosLike(at(p.jaxpr.inputs, i).aval));', 'const tangents = floatArguments(p).map(i => t[i] ?? at(x, i));'],
  }),
  ...mutantsOf('src/primitive/captured.ts', {
    'custom rules: the tangent of a captured value is dropped silently': [customJvp, 'if (i < 0) return;', 'if (i > -2) return;'],
  }),
  ...mutantsOf('src/primitive/customVjp.ts', {
    'customVjp: a shared argument gets no sum of cotangents': [customVjp, 'shared[i] === true ? ct : reduceSum(ct, [0])', 'shared[i] === true ? ct : reduceMax(ct, [0])'],
    'customVjp: cotangents of inactive arguments are computed': [customVjp, 'p.backward.outputs.filter((_, i) => active[i] === true)', 'p.backward.outputs'],
    'customVjp: a result that the examples share stays shared': [customVjp, 'p.forward.outputs.map((_, i) => i < all.length)', '[]'],
    'customVjp: forward mode differentiates the body': [customVjp, 'refuseCaptured(\'customVjp\', p, t);\n      throw forwardMode(p.name);\n    },\n    linearize(x, t, p) {', 'refuseCaptured(\'customVjp\', p, t);\n      return { primals: _x, tangents: t };\n    },\n    linearize(x, t, p) {'],
    'customVjp: residuals may be transposed in': [customVjp, 'if (known.length < p.known) throw', 'if (known.length < 0) throw'],
  }),
  ...mutantsOf('src/primitive/checkpoint.ts', {
    'checkpoint: stored values stand before the inputs': [checkpoint, 'const known = [...plan.inputs.map(i => at(values, i)), ...out.slice(n)];', 'const known = [...out.slice(n), ...plan.inputs.map(i => at(values, i))];'],
    'checkpoint: no barrier before what is computed again': [checkpoint, 'const tied = optimizationBarrier(args).map(v => handleOf(v));', 'const tied = args;'],
    'checkpoint: forward mode is not checkpointed again': [checkpoint, 'const out = bind(checkpointP, [...x, ...present(t)], { name, jaxpr: d.jaxpr, policy });', 'const out = evalJaxpr(d.jaxpr, [...x, ...present(t)].map(v => handleOf(v)));'],
    'checkpoint: the linear half is batched as if it had no residuals': ['laws.primitive:rematTangent', '[...r.outBatched, ...batched.slice(known)]', '[...r.outBatched.map(() => false), ...batched.slice(known)]'],
    'checkpoint: a transposed half forgets what was known': ['laws.primitive:rematTangent', 'const through = p.linear.inputs.slice(residuals).filter((_, i) => mask[i] !== true)', 'const through = p.linear.inputs.slice(residuals).filter((_, i) => mask[i] === true)'],
  }),
  ...mutantsOf('src/primitive/rematerialise.ts', {
    'checkpoint: effects happen again': [checkpoint, `if (effectOf(e) !== 'none') return true;`, ''],
    'checkpoint: dots are not stored': [checkpoint, `return e.primitive.lowering.kind === 'contraction';`, 'return false;'],
    'checkpoint: everything cheap is stored, too': [checkpoint, `if (policy === 'nothing') return false;`, `if (policy === 'nothing') return e.primitive.properties.cheap;`],
    'checkpoint: names are forgotten': [checkpoint, 'return name !== null && policy.names.includes(name);', 'return name === null && policy.names.length > 1;'],
  }),
  ...mutantsOf('src/primitive/collective.ts', {
    'psum: a value that all positions share is not multiplied': ['laws.primitive:psum', 'reduceSum(batched ? x : addBatchAxis(x, n), [0])', 'batched ? reduceSum(x, [0]) : x'],
    'psum: the cotangent is not summed': ['laws.primitive:psum', '[ct ? bind1(psumP, [ct], params) : null]', '[ct ?? null]'],
    'psum: every mapped axis is summed': [vmap, 'if (axisName === params.axisName) return { outputs: [over', 'if (axisName !== null) return { outputs: [over'],
    'pmean: the sum': [vmap, `div(psum(x, axisName), constantLike(sizeOfNamedAxis(axisName, 'pmean'), x))`, 'psum(x, axisName)'],
    'pmax: ties have a share each': ['test/primitive/collective.test.ts', 'const share = div(winners, bind1(psumP, [winners], params));', 'const share = winners;'],
    'pmax: the tangents of all positions': ['laws.primitive:pmax', '[bind1(psumP, [mul(share, t)], params)]', '[bind1(psumP, [t], params)]'],
    'allGather: another batch axis stays in front': ['laws.primitive:allGather', 'y => moveAxis(y, 1, 0)', 'y => y'],
    'allGather: every position has the first one\'s cotangent': ['laws.primitive:allGather', 'const start = [bind1(axisIndexP, [], params), ...shape', `const start = [constant(0, [], 'i32'), ...shape`],
    'allGather: cotangents are not summed over positions': ['laws.primitive:allGather', 'dynamicSlice(bind1(psumP, [ct], params), start', 'dynamicSlice(ct, start'],
    'axisIndex: the same at every position': [vmap, `[iota([size], 'i32', 0)]`, `[constantLike(0, iota([size], 'i32', 0))]`],
  }),
  ...mutantsOf('src/primitive/evaluateLinear.ts', {
    'linear programs: values that meet no tangent count as tangents': [customJvp, 'if (!mask.includes(true)) {', 'if (!given) {'],
    'linear programs: zeros that pass an operation are none': [customJvp, 'e.outputs.forEach(v => zeros.add(v))', 'e.outputs.forEach(v => zeros.delete(v))'],
  }),
  ...mutantsOf('src/primitive/customBatching.ts', {
    'customBatching: reverse mode forgets the residuals': ['test/transform/customBatching.test.ts', 'spread(evalJaxpr(l.linear, [...out.slice(n), ', 'spread(evalJaxpr(l.linear, [...out.slice(0, n), '],
  }),
  ...mutantsOf('src/primitive/cumulative.ts', {
    'cumsum: a batch of it is another operation, without a transpose': ['laws.primitive:cumsum', 'bind1(record, [x], { axis: axis + 1, reverse })', 'bind1({ ...record, linear: null }, [x], { axis: axis + 1, reverse })'],
  }),
];
