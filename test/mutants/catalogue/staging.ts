// Mistakes in programs and in how they are recorded: hashes, comparison, checks, storage, stages, call-by-need, ownership.
import { mutantsOf, type Mutant } from '../mutant.ts';

const hash = 'test/ir/hash.test.ts';
const rewrite = 'test/ir/rewrite.test.ts';
const serialise = 'test/ir/serialise.test.ts';
const pending = 'test/trace/pending.test.ts';
const staged = 'test/trace/staging.test.ts';
const ownership = 'test/trace/ownership.test.ts';
const nesting = 'test/transform/nesting.test.ts';

export const staging: readonly Mutant[] = [
  ...mutantsOf('src/ir/hash.ts', {
    'hash: operands are not hashed': ['laws.programs', 'for (const a of e.inputs) atom(a);', ''],
    'hash: values of literals are not hashed': [hash, 'h.float(a.value);', ''],
    'hash: parameters are not hashed': ['laws.primitive:reduceSum', 'for (const k of Object.keys(e.params).sort()) hashParam(h, e.params[k]);', ''],
    'hash: results are not hashed': [hash, 'for (const o of j.outputs) atom(o);', ''],
    'hash: captured inputs count as arguments': ['laws.primitive:add', 'h.int(j.numConsts);', ''],
    'hash: the rank is not hashed': [hash, 'this.int(x.shape.length); for (const d of x.shape) this.int(d);', 'for (const d of x.shape) if (d !== 1) this.int(d);'],
    'hash: depends on the names of variables': ['laws.programs', 'if (a instanceof Var) { h.int(a.slot); return; }\n    h.int(-1);', 'if (a instanceof Var) { h.int(serial(a)); return; }\n    h.int(-1);'],
    'comparison: all variables of one type are one': [hash, 'return pairs.get(x) === y;', 'return y instanceof Var && sameAval(x.aval, y.aval);'],
    'comparison: 0 and -0 are one': [hash, 'Object.is(x.value, y.value)', 'x.value === y.value'],
    'comparison: parameters are not compared': [hash, '&& sameParam(x.params, y.params)', ''],
    'comparison: a longer list equals its beginning': [hash, 'a.length === b.length && a.every((x, i) => sameParam(x, b[i]))', 'a.every((x, i) => sameParam(x, b[i]))'],
    'comparison: results are not compared': [hash, '&& a.outputs.every((o, i) => sameAtom(o, b.outputs[i]))', ''],
  }),
  ...mutantsOf('src/ir/jaxpr.ts', {
    'dead code: operands of what is kept are dropped': [rewrite, 'for (const a of e.inputs) needed.add(a);', 'for (const a of e.inputs.slice(0, 1)) needed.add(a);'],
    'dead code: effects are dropped': [rewrite, `&& effectOf(e) === 'none')) continue;`, ')) continue;'],
    'dead code: the order is lost': [rewrite, 'eqns: eqns.reverse() }', 'eqns }'],
    'effects inside bodies are not seen': [rewrite, 'e.primitive.properties.effect);\nconst effects', `'none');\nconst effects`],
  }),
  ...mutantsOf('src/ir/inline.ts', {
    'inlining: bodies read the outer program\'s operands in reverse': [rewrite, 'const a = e.inputs[i]; if (a !== undefined) inner.set(v, read(a));', 'const a = e.inputs[e.inputs.length - 1 - i]; if (a !== undefined) inner.set(v, read(a));'],
    'inlining: results of the program are not renamed': [rewrite, 'outputs: j.outputs.map(a => a instanceof Var ? env.get(a) ?? a : a) };', 'outputs: j.outputs };'],
  }),
  ...mutantsOf('src/ir/check.ts', {
    'checker: a variable may be defined twice': ['test/ir/check.test.ts', 'if (defined.has(v)) throw', 'if (defined.size < 0) throw'],
    'checker: a variable may be read before it is defined': ['test/ir/check.test.ts', 'if (a instanceof Var && !defined.has(a)) throw', 'if (a instanceof Var && defined.size < 0) throw'],
    'checker: results may have other types': ['test/ir/check.test.ts', 'if (want === undefined || !sameAval(v.aval, want)) throw', 'if (want === undefined || v.aval.dtype !== want.dtype) throw'],
    'checker: bodies are not checked': ['test/ir/check.test.ts', 'for (const b of bodiesOf(e.params)) checkJaxpr(b, `${name}, ${where}`);', ''],
  }),
  ...mutantsOf('src/ir/serialise.ts', {
    'stored programs: -0 becomes 0': [serialise, `Object.is(x, -0) ? '-0' : x`, 'x'],
    'stored programs: results are numbered before operands are read': [serialise, 'const inputs = e.inputs.map(atom);\n      return {', 'const declared = e.outputs.map(declare); const inputs = e.inputs.map(atom); if (declared.length > 9) throw new CotangentError(\'serial\', \'\');\n      return {'],
    'stored programs: a shared body is stored again': [serialise, 'if (known !== undefined) return known;\n    const stored', 'const stored'],
  }),
  ...mutantsOf('src/ir/print.ts', {
    'printed programs: captured inputs stand behind the semicolon': ['test/ir/print.test.ts', 'j.inputs.slice(0, j.numConsts).map(declare).join(\' \'), \'; \', j.inputs.slice(j.numConsts)', '\'\', \'; \', j.inputs'],
  }),
  ...mutantsOf('src/transform/staging.ts', {
    'memory of transforms: programs with one key are one': ['test/transform/tap.test.ts', 'const same = found?.find(e => sameJaxpr(e.jaxpr, jaxpr));', 'const same = found?.[0];'],
    'staging: captures that only dead code reads are kept': [staged, 'if (keep.every(Boolean)) return { jaxpr, consts };', 'return { jaxpr, consts };'],
    'staging: values of dropped captures stay': [staged, 'const kept = consts.filter((_, i) => keep[i] === true);', 'const kept = consts.slice(0, keep.filter(Boolean).length);'],
    'staging: outside every stage equations are recorded one by one': [pending, 'return isStaging() || args.some(x => x.cell.state.kind === \'tracer\') ? evalJaxpr(jaxpr, args) : bind(callP, args, { name, jaxpr });', 'return evalJaxpr(jaxpr, args);'],
  }),
  ...mutantsOf('src/trace/scope.ts', {
    'bind: an operation goes to the innermost stage, whatever it reads': [nesting, 'level = Math.max(level, cell.state.scope.depth);', 'level = scopes.length - 1;'],
    'bind: an operation goes to the outermost stage': [nesting, 'level = Math.max(level, cell.state.scope.depth);', 'level = Math.min(Math.max(level, 0), cell.state.scope.depth);'],
    'bind: tracers of an ended stage are accepted': ['test/trace/errors.test.ts', 'if (!cell.state.scope.open) throw leaked(cell);\n    level', 'level'],
    'captures: each use is an input of its own': [staged, 'this.#captured.set(cell, v = new Var(cell.aval));', 'this.#captured.set({ ...cell }, v = new Var(cell.aval));'],
    'literals: a number of the user\'s is baked into unjitted programs': [staged, `if (s.kind === 'literal' && !(s.lifted && this.options.numbers === 'inputs'))`, `if (s.kind === 'literal')`],
    'stages: a failed one stays open': [staged, '} finally { scope.close(); }', '} finally { if (scope.depth < 0) scope.close(); }'],
    'views of a literal forget their shape': [staged, 'return avals.map(a => literal(only.value, a));', 'return avals.map(() => literal(only.value, cells[0]?.aval ?? { shape: [], dtype: \'f32\' }));'],
    'programs recorded again read their results by place': ['laws.programs', 'return jaxpr.outputs.map(read);', 'return jaxpr.outputs.map((_, i) => read(jaxpr.outputs[jaxpr.outputs.length - 1 - i] ?? _));'],
  }),
  ...mutantsOf('src/trace/pending.ts', {
    'call-by-need: what is asked for later is not kept': [pending, 'roots.has(c) || !n.primitive.properties.cheap || n.ran || c.uses > (inside.get(c) ?? 0)', 'roots.has(c)'],
    'call-by-need: cheap operations run again without end': [pending, '|| n.ran || c.uses', '|| c.uses'],
    'call-by-need: the program of a read is in the order of the roots': [pending, 'return [...seen].sort((a, b) => a.serial - b.serial);', 'return [...seen];'],
    'call-by-need: chains are never cut': [pending, 'serial - oldest >= pendingLimits.equations || pinnedBytes', 'pinnedBytes'],
    'call-by-need: memory does not cut chains': [pending, 'if (serial - oldest >= pendingLimits.equations || pinnedBytes - oldestBytes >= pendingLimits.bytes) {', 'if (serial - oldest >= pendingLimits.equations) {'],
    'call-by-need: pending calls pile up': [pending, 'if (isCall) force(inputs.filter(c => c.state.kind === \'pending\' && c.state.node.hasCall));', ''],
    'call-by-need: a number of the user\'s is part of the program': [pending, 'if (c.state.kind === \'literal\' && !c.state.lifted) return', 'if (c.state.kind === \'literal\') return'],
    'call-by-need: reads of one tick run one by one': [pending, 'tick ??= Promise.resolve().then(() => {\n      const roots = wanted;', 'tick = Promise.resolve().then(() => {\n      const roots = [c];'],
    'call-by-need: a failed read takes the others with it': [pending, 'try { await tick; } catch { force([c]); }', 'await tick;'],
    'memory: a buffer is given back though an operation waits': [ownership, 'c.handles > 0 || c.uses > 0 || c.captured', 'c.handles > 0 || c.captured'],
    'memory: a buffer is given back though a stage has captured it': [ownership, 'c.handles > 0 || c.uses > 0 || c.captured', 'c.handles > 0 || c.uses > 0'],
    'memory: nothing is given back': [ownership, 'n.inputs.forEach(release);', ''],
  }),
  ...mutantsOf('src/trace/handle.ts', {
    'bools read as numbers': ['test/trace/values.test.ts', `a.dtype === 'bool' ? data[i] !== 0 : data[i] ?? NaN`, 'data[i] ?? NaN'],
    'a dropped handle still counts': [ownership, 'if (this.#counted) cell.handles--;', ''],
  }),
];
