// Mistakes in what WGSL says and in what the device is asked for: scalar functions, words, places, control flow, order, losses.
// The golden files of shaders kill none of them: any change of text would do.
import { mutantsOf, type Mutant } from '../mutant.ts';

const algebra = 'test/webgpu/algebra.test.ts';
const goldens = 'test/webgpu/goldens.test.ts';
const primitives = 'test/webgpu/primitives.test.ts';
const math = 'test/webgpu/math.test.ts';
const convert = 'test/webgpu/convert.test.ts';
const flow = 'test/webgpu/flow.test.ts';
const programs = 'test/webgpu/programs.test.ts';
const words = 'test/webgpu/words.test.ts';
const packed = 'test/webgpu/packed.test.ts';
const backend = 'test/webgpu/backend.test.ts';
const faults = 'test/webgpu/faults.test.ts';
const refusals = 'test/webgpu/refusals.test.ts';
const loss = 'test/webgpu/loss.test.ts';
const devices = 'test/webgpu/devices.test.ts';
const effects = 'test/webgpu/effects.test.ts';
const runs = 'test/webgpu/runtime.test.ts';
const longKernels = 'test/backend/longKernels.test.ts';
const donation = 'test/webgpu/donation.test.ts';

export const wgsl: readonly Mutant[] = [
  ...mutantsOf('src/compile/wgsl/integer.ts', {
    'wgsl: an integer divided by 0 is 0': [goldens, "${type === 'i32' ? '-1i' : '0xffffffffu'}, ${y} == ${zero[type]})", "${zero[type]}, ${y} == ${zero[type]})"],
    'wgsl: divided by -1 an integer stays what it is': [words, 'select(${q}, 0i - ${x}, ${y} == -1i)', 'select(${q}, ${x}, ${y} == -1i)'],
    'wgsl: the remainder of a division by 0 is 0': [goldens, 'select(${r}, ${x}, ${y} == ${zero[type]})', 'select(${r}, ${r}, ${y} == ${zero[type]})'],
    'wgsl: shifts by more than a word shift by the rest': [goldens, 'select(${moved}, 0u, ${beyond})', 'select(${moved}, ${moved}, ${beyond})'],
    'wgsl: an arithmetic shift by more than a word leaves no sign': [goldens, 'select(${low}, ${width - 1}u, ${beyond})', 'select(${low}, 0u, ${beyond})'],
    'wgsl: zeros in front of a byte are counted in its word': [words, ') - ${32 - width}u)', ') - 0u)'],
  }),
  ...mutantsOf('src/compile/wgsl/code.ts', {
    'wgsl: infinity is no number': [goldens, '(${this.u32(a)} & 0x7fffffffu) > 0x7f800000u`); }', '(${this.u32(a)} & 0x7fffffffu) >= 0x7f800000u`); }'],
    'wgsl: a NaN in the second operand of max is lost': [goldens, '(${nan.code} & ((', '(false & (('],
    'wgsl: a value always equals itself': [goldens, 'a.code === b.code ? this.not(this.isNaN(a)) :', 'a.code === b.code ? this.bit(true) :'],
    'wgsl: the literal -0 is 0': [words, "if (Object.is(single, -0)) return { code: hiddenNumber(single), type: 'f32', number: single };", ''],
    'wgsl: infinity is the greatest number': [words, '`bitcast<f32>(${single > 0 ? opaque.infinity : opaque.minusInfinity})`', "single > 0 ? '3.4028234e38f' : '-3.4028234e38f'"],
    'wgsl: zeros that programs name are known to compilers': [words, 'const hidesB = b.number === 0 || ', 'const hidesB = '],
    'wgsl: compilers see an operand that comes back': [algebra, 'const has = ({ a, b }: Made, t: Term): boolean => a.code === t.code || b.code === t.code || ', 'const has = ({ a, b }: Made, t: Term): boolean => '],
    'wgsl: compilers see two literals in a row': [algebra, ' || (t.number !== undefined && (a.number !== undefined || b.number !== undefined))', ''],
    'wgsl: compilers see a common factor': [algebra, "return isSum(op) && made.op === '*' && other.made?.op === '*' && (has(made, other.made.a) || has(made, other.made.b));", 'return false;'],
    'wgsl: compilers see divisors': [algebra, "(op === '/' && b.number !== undefined && !isPowerOfTwo(b.number))", 'false'],
    'wgsl: the greater of 0 and -0 is the first': [algebra, 'numbers.some(n => n !== undefined && n !== 0) ?', 'numbers.length > 0 ?'],
    'wgsl: of masks xor is or': [primitives, "op === '^' ? `${a.code} != ${b.code}`", "op === '^' ? `${a.code} | ${b.code}`"],
  }),
  ...mutantsOf('src/compile/wgsl/scalar.ts', {
    'wgsl: the sign of an unsigned number is the number': [words, 'c.let(type, `min(${c.u32(a)}, 1u)`)', 'c.let(type, c.u32(a))'],
    'wgsl: NaN is finite': [primitives, '(${c.u32(a)} & 0x7f800000u) != 0x7f800000u', '(${c.u32(a)} & 0x7fffffffu) != 0x7f800000u'],
    'wgsl: negative powers are positive ones': [primitives, 'return exponent >= 0 ? positive : c.div(c.float(1), positive);', 'return positive;'],
    'wgsl: select takes the other branch': [primitives, '`select(${c.as(type, arg(call, 2))}, ${c.as(type, arg(call, 1))},', '`select(${c.as(type, arg(call, 1))}, ${c.as(type, arg(call, 2))},'],
    'wgsl: bytes do not wrap': [words, "'isFinite', 'eq',", "'isFinite', 'add', 'mul', 'sub', 'eq',"],
    'wgsl: true is less than false': [words, '`select(0u, 1u, ${c.bool(a)}) ${op} select(0u, 1u, ${c.bool(b)})`', '`select(1u, 0u, ${c.bool(a)}) ${op} select(1u, 0u, ${c.bool(b)})`'],
    'wgsl: near zero the error function is flat': [math, 'erf: linearAtZero(shared(erf), 2 / Math.sqrt(Math.PI))', 'erf: linearAtZero(shared(erf), 1)'],
  }),
  ...mutantsOf('src/compile/wgsl/circular.ts', {
    'wgsl: sines have the sign of another quarter': [math, '((${k} & 2u) << 30u)', '((${k} & 1u) << 31u)'],
    'wgsl: tangents of odd quarters are their negatives': [math, 'c.div(c.float(-1), t)', 'c.div(c.float(1), t)'],
    'wgsl: angles below zero turn forwards': [math, 'select(${both.code}.y, 0u - ${both.code}.y,', 'select(${both.code}.y, ${both.code}.y,'],
  }),
  ...mutantsOf('src/compile/wgsl/pair.ts', {
    'wgsl: the logarithm under a power has no second part': [math, 'let s = pair_div(vec2f(m - 1.0f, 0.0f), exact_sum(1.0f, m));', 'let s = vec2f((m - 1.0f) / (1.0f + m), 0.0f);'],
    'wgsl: an expansion ends where float32 is enough': [math, 'var next = vec2f(b0, 0.0f);', 'var next = vec2f(0.0f);'],
  }),
  ...mutantsOf('src/compile/wgsl/power.ts', {
    'wgsl: erfc squares in one part': [math, 'exact_product(a, a)', 'vec2f(a * a, 0.0f)'],
    'wgsl: what is as great as its divisor is its own remainder': [primitives, 'let below = a < b;', 'let below = a <= b;'],
    'wgsl: infinity has a remainder': [primitives, '(a >= 0x7f800000u) |', '(a > 0x7f800000u) |'],
  }),
  ...mutantsOf('src/compile/wgsl/convert.ts', {
    'wgsl: halves between two floats go up': [convert, 'rest == half && dropped > 0u) & kept);', 'rest == half && dropped > 0u));'],
    'wgsl: NaN becomes the least integer': [goldens, "${type === 'i32' ? '0i' : '0u'}, ${c.isNaN(x).code})", "${type === 'i32' ? 'i32(-2147483647 - 1)' : '0u'}, ${c.isNaN(x).code})"],
    'wgsl: great floats become the integer below the greatest': [goldens, 'select(${inside.code}, ${most.code},', 'select(${inside.code}, ${inside.code},'],
    'wgsl: only 1 is true': [words, "c.let('bool', `${c.u32(x)} != 0u`)", "c.let('bool', `${c.u32(x)} == 1u`)"],
  }),
  ...mutantsOf('src/compile/wgsl/packed.ts', {
    'wgsl: signed bytes lose their sign when they are read': [packed, 'bitcast<i32>(${word} << (24u - ${shift})) >> 24u', 'i32((${word} >> ${shift}) & 255u)'],
    'wgsl: a half that is NaN is infinite': [packed, 'select(0x7c00u, 0x7e00u, size > 0x7f800000u)', '0x7c00u'],
  }),
  ...mutantsOf('src/compile/wgsl/values.ts', {
    'wgsl: the innermost loop is taken for the outermost': [primitives, 'for (const l of [...loops].reverse()) {', 'for (const l of loops) {'],
    'wgsl: an upper guard holds one further': [primitives, '`(${at} < ${g.hi}i)`', '`(${at} <= ${g.hi}i)`'],
    'wgsl: updates are written, not combined': [primitives, 'if (combine === null) { this.bindings.store(c, t.to, at, value); return; }', 'if (combine !== undefined) { this.bindings.store(c, t.to, at, value); return; }'],
    'wgsl: updates outside are written': [goldens, 'if (guards.length === 0) write(); else', 'if (guards.length >= 0) write(); else'],
    'wgsl: places beyond what float32 holds are rounded as the device likes': [convert, '.map(Math.abs)) <= mostExact ?', '.map(Math.abs)) <= Infinity ?'],
    'wgsl: a value is stored before another is computed': [programs, 'for (const i of stores.flatMap(operandsOf)) this.value(i, scope);', ''],
  }),
  ...mutantsOf('src/compile/wgsl/update.ts', {
    'wgsl: updates that meet run side by side': [primitives, 'return loops.filter(l => serial.includes(l));', 'return [];'],
  }),
  ...mutantsOf('kernels/wgsl/decide.ts', {
    'wgsl: an index beyond the branches chooses none': [flow, 'u32(clamp(${bindings.word(index)}, 0i, ${branches - 1}i))', 'u32(${bindings.word(index)})'],
    'wgsl: branches in a branch that is not chosen run': [flow, "gate === null ? 'true'", "gate !== undefined ? 'true'"],
    'wgsl: turns after the last are counted': [flow, '+= i32(chosen);', '+= 1i;'],
  }),
  ...mutantsOf('kernels/wgsl/sort.ts', {
    'wgsl: equal keys of a block change places': [flow, '${other} == ${own} && j < i', '${other} == ${own} && j > i'],
    'wgsl: equal keys of two blocks are one place': [flow, '(!left && ${key} == ${own})', '(left && ${key} == ${own})'],
    'wgsl: -0 comes before 0': [flow, 'if (size == 0u) { return 0x80000000u; }\n', ''],
  }),
  ...mutantsOf('src/backend/webgpu/control.ts', {
    'webgpu: what a branch shows is looked at where another was chosen': [effects, 'return { ...s, gates: [...s.gates, { slot }] };', 'return s;'],
    'webgpu: a scan backwards begins at the first row': [flow, 's.reverse ? s.length - 1 : 0', 's.reverse ? 0 : 0'],
    'webgpu: after odd turns the carry lies where it began': [flow, 'setCarry(places, carry, buffers, s.length % 2 === 1);', 'setCarry(places, carry, buffers, false);'],
    'webgpu: an odd number of turns ends where an even one does': [flow, 'setCarry(places, carry, buffers, odd !== even);', 'setCarry(places, carry, buffers, false);'],
  }),
  ...mutantsOf('src/backend/webgpu/executable.ts', {
    'webgpu: a buffer of another device is taken for one of this': [devices, 'if (b.piece.pool !== pool) throw', 'if (b.piece.pool === null) throw'],
    'webgpu: who looks is told of one turn': [effects, 'run.turns.push(turn);', 'run.turns.push(0);'],
    'webgpu: turns of a while loop are counted from each submit': [effects, 'before += turns;', ''],
    'webgpu: what goes wrong where the host looks is told by all results': [effects, 'r.failure ??= asError(error); else r.spared = asError(error);', 'r.failure ??= asError(error); else r.failure ??= asError(error);'],
    'webgpu: what a callback throws nobody hears who reads something else': [effects, 'this.#device.tell(asError(error));\n      throw error;', 'throw error;'],
    'webgpu: all turns are even': [flow, 'this.#all(pass, turn % 2 === 0 ? c.even : c.odd, run); break;', 'this.#all(pass, c.even, run); break;'],
    'webgpu: loops are given to the device two turns at a time': [flow, 'turns = Math.min(mostTurns, 2 * turns)', 'turns = Math.min(mostTurns, turns)'],
    'webgpu: bind groups of other buffers are taken': [backend, 'const key = buffers.map(b => b.id).join();', "const key = buffers.map(() => 'b').join();"],
    'webgpu: what depends on a failure goes on': [faults, 'for (const { fault } of inputs) if (fault !== null) throw fault;', ''],
    'webgpu: a program with a refused kernel runs': [faults, 'if (this.#refused !== null) throw this.#refused;\n    for', 'for'],
  }),
  ...mutantsOf('src/backend/webgpu/log.ts', {
    'webgpu: gates are always open': [effects, 'if (gates.includes(0)) continue;', ''],
    'webgpu: a program that failed goes on calling': [effects, 'if (effect ? this.#faults.size > 0 : this.#faults.has(watch)) continue;', 'if (!effect && this.#faults.has(watch)) continue;'],
    'webgpu: of a watch the last fault counts': [effects, 'if (effect ? this.#faults.size > 0 : this.#faults.has(watch)) continue;', 'if (effect && this.#faults.size > 0) continue;'],
    'webgpu: the log has room for everything': [effects, 'this.#used + bytesShown(show) <= this.#buffer.size', 'this.#used >= 0'],
    'webgpu: what is shown is looked at without its line': [effects, 'const error = withLine(thrown, () => originAt(this.#lines, placeOf(show.origin)));', 'const error = thrown;'],
  }),
  ...mutantsOf('src/backend/webgpu/commands.ts', {
    'webgpu: turns behind the last one show what they ask': [effects, "case 'show': return { ...c, gates: [...c.gates, gate] };", "case 'show': return c;"],
  }),
  ...mutantsOf('src/backend/webgpu/program.ts', {
    'webgpu: of a row the first is shown': [effects, 'if (at.slices.length === 0) return { aval: x.aval, at };', 'if (at.slices.length >= 0) return { aval: x.aval, at };'],
  }),
  ...mutantsOf('src/backend/webgpu/shown.ts', {
    'webgpu: steps of loops around a watch are its own': [effects, 'turns.slice(turns.length - loops.length)', 'turns'],
    'webgpu: what is watched concerns no result': [effects, 'watched.has(e.primitive) ||', ''],
    'webgpu: a result that was looked at is its operand': [effects, 'env.has(o) ? sameValues(', 'env.size < 0 ? sameValues('],
    'webgpu: operands of an equation are taken for its results': [effects, 'const x = now.inputs[own.passes + i];', 'const x = now.inputs[i];'],
    'webgpu: a violation looks at all that it passes': [effects, 'inputs: now.inputs.slice(0, own.sees), outputs: []', 'inputs: now.inputs.slice(1), outputs: []'],
  }),
  ...mutantsOf('src/backend/webgpu/queue.ts', {
    'webgpu: jobs overtake each other': [faults, 'this.#await(after.then(job));', 'void after.then(() => undefined); void job();'],
  }),
  ...mutantsOf('src/backend/webgpu/device.ts', {
    'webgpu: what a command was refused for its values do not tell': [refusals, 'const error = new MemoryError(\'unsupported\', this.pipelines.refused(`${oneLine(found.message)}${cause}`, outcome.kernels()));', "const error = null;"],
    'webgpu: data that the device does not take stop all that follows': [refusals, 'b.failure ??= new MemoryError', 'throw new MemoryError'],
    'webgpu: a lost device is asked for again': [loss, 'if (this.#lost === null) await heardFrom(this.gpu);', ''],
    'webgpu: five submits may be unfinished': [runs, 'const inFlightLimit = 3;', 'const inFlightLimit = 5;'],
    'webgpu: a loop does not wait for the submits before it': [runs, 'while (this.#inFlight.length >= inFlightLimit) await', 'while (this.#inFlight.length < 0) await'],
    'webgpu: what is asked for overtakes the reads before it': [runs, 'this.#giveReads();\n    this.#queue.add(job);', 'this.#queue.add(job);'],
    'webgpu: what a device complains of nobody hears': [faults, 'if (complaint !== null) throw complaint;', ''],
    'webgpu: a read does not say that the device was lost': [loss, 'throw this.#lost ?? (saysLost(why.message) ? await whyRefused(this.gpu, why.message, why) : null) ?? outcome.error', 'throw outcome.error'],
  }),
  ...mutantsOf('src/compile/plan.ts', {
    'plan: a result takes the place of an operand that is read later': [donation, 'jaxpr.inputs.includes(x) && last.get(x) === i && ', 'jaxpr.inputs.includes(x) && '],
  }),
  ...mutantsOf('src/compile/lower.ts', {
    'lower: what a kernel has no room for is stored, wherever it stands': [longKernels, 'throw new Conflict(this.#middle(v));', 'throw new Conflict(v);'],
  }),
  ...mutantsOf('src/backend/webgpu/backend.ts', {
    'webgpu: a lost backend is kept': [loss, 'if (made !== null && !await made.isLost()) return made;', 'if (made !== null) return made;'],
  }),
  ...mutantsOf('src/backend/webgpu/faults.ts', {
    'webgpu: what nobody heard is told again and again': [effects, 'if (error === this.#unheard) this.#unheard = null;', ''],
    'webgpu: what goes wrong beside a value is told by it': [effects, 'spared === this.#unheard ? null : this.#unheard', 'this.#unheard'],
    'webgpu: what goes wrong at last nobody hears': ['test/webgpu/process.test.ts', 'for (const untold of this.#untold) throw untold;', ''],
    'webgpu: a page hears nothing of what nobody reads': [refusals, 'if (isReport(report)) report(error);', ''],
  }),
  ...mutantsOf('src/backend/webgpu/outcome.ts', {
    'webgpu: what follows a refused command is a value': [refusals, 'if (open.length > 0) this.needs(', 'if (open.length < 0) this.needs('],
  }),
  ...mutantsOf('src/backend/webgpu/buffers.ts', {
    'webgpu: the pool destroys what waits for the device': [refusals, 'if (waiting.length > 0) this.#later(() => { for (const p of waiting) p.handle.destroy(); });', 'for (const p of waiting) p.handle.destroy();'],
    'webgpu: the budget is not kept': [faults, 'if (this.used + size > this.#budget) throw', 'if (this.used < 0) throw'],
    'webgpu: buffers are never handed out again': [faults, 'const pieces = this.#free.get(size) ?? [];', 'const pieces = this.#free.get(-size) ?? [];'],
    'webgpu: memory that the device has not got is handed out again': [faults, 'if (piece.broken) { piece.handle.destroy(); return; }', ''],
    'webgpu: a result gets any buffer but the one it had': [runs, 'for (const p of liked) if (p.free && !p.broken && p.handle.size === size) return p;', ''],
  }),
];
