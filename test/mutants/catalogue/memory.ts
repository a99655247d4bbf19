// Mistakes in the plan of memory, in the heap, in what a run holds, and in the caches: lives, places, order of moving out, counts of donation.
import { mutantsOf, type Mutant } from '../mutant.ts';

const plan = 'test/backend/plan.test.ts';
const indexed = 'test/backend/indexed.test.ts';
const corners = 'test/backend/corners.test.ts';
const flow = 'test/backend/flow.test.ts';
const programs = 'test/backend/wasm.test.ts';
const heap = 'test/backend/heap.test.ts';
const executables = 'test/backend/executables.test.ts';
const reentry = 'test/backend/reentry.test.ts';

export const memory: readonly Mutant[] = [
  ...mutantsOf('src/compile/plan.ts', {
    'plan: what an alias reads keeps nothing alive': [indexed, '[...readsOf(s), ...writesOf(s)]) last.set(own(v), i)', '[...readsOf(s), ...writesOf(s)]) last.set(v, i)'],
    'plan: what an alias shares is overwritten': [indexed, '!taken.has(r) && !shared.has(r) &&', '!taken.has(r) &&'],
    'plan: two results take the place of one operand': [plan, 'offsets.has(r) && !taken.has(r) &&', 'offsets.has(r) &&'],
    'plan: what a later step reads is overwritten': [plan, 'find(r => last.get(r) === i && offsets', 'find(r => offsets'],
    'plan: what is free does not join': [plan, 'b !== undefined && a.at + a.size === b.at', 'b !== undefined && a.at + a.size === b.at + 1'],
    'plan: places are taken for good': [plan, '!taken.has(v)) release(at, size(v));', 'taken.has(v)) release(at, size(v));'],
    'plan: what is updated by itself is overwritten': [indexed, 's.to === w && s.from === r && s.kernel?.reads.includes(r) !== true', 's.to === w && s.from === r'],
    'plan: a result may take an input that is read later': [corners, 'jaxpr.inputs.includes(x) && last.get(x) === i &&', 'jaxpr.inputs.includes(x) &&'],
    'plan: no room behind a value': [plan, 'Math.ceil(bytes / alignment) * alignment + alignment', 'Math.ceil(bytes / alignment) * alignment'],
  }),
  ...mutantsOf('src/compile/block.ts', {
    'loop: a carry is written where another one is read': [indexed, 'outs[k]?.from === null && outs[k].made === w', 'outs[k]?.from === null'],
    'loop: a result that is given twice is written once': [indexed, '!inputs.has(o) && !made.has(o)', '!inputs.has(o)'],
    'loop: temporaries of a body lie beyond the arena': [flow, 'places, end: body.block.end };', 'places, end };'],
    'loop: temporaries of a body lie where the carries are': [indexed, 'const body = planBody(c.body, end, machine, cut);', 'const body = planBody(c.body, inside, machine, cut);'],
  }),
  ...mutantsOf('src/compile/fuse.ts', {
    'fusion: a kernel joins one that runs before what it reads is made': [programs, '(madeAt.get(b) ?? -1) >= g && ', '(madeAt.get(b) ?? -1) > steps.length && '],
  }),
  ...mutantsOf('src/backend/wasm/control.ts', {
    'loop: backwards it runs forwards': [corners, 'f.i32(c.length - 1).get(turn).bytes(0x6b).set(index)', 'f.get(turn).set(index)'],
    'loop: carries are read and written in one place': [indexed, 'shared.has(k) ? a : second', 'a'],
    'loop: carries do not change places': [indexed, 'if (out === undefined || shared.has(k)) return;', 'if (out !== undefined) return;'],
    'branch: an index beyond the last is none': [indexed, 'f.get(chosen).i32(last).get(chosen).i32(last).bytes(0x48, 0x1b).set(chosen);', ''],
  }),
  ...mutantsOf('src/backend/wasm/heap.ts', {
    'heap: blocks do not join with what follows': [heap, 'if (after !== undefined) { this.#removeFree(start + size, after); size += after; }', ''],
    'heap: blocks do not join with what lies before': [heap, 'if (before !== undefined) { const n', 'if (before !== undefined && before < 0) { const n'],
    'heap: a block that fits exactly is passed over': [heap, 'if (have < size) continue;', 'if (have <= size) continue;'],
    'heap: no room behind a value': [heap, 'align(Math.max(bytes, 1)) + alignment', 'align(Math.max(bytes, 1))'],
    'heap: a free end is taken and stays free': [heap, 'if (tail !== undefined) this.#removeFree(tail, this.#end - tail);', ''],
    'heap: small blocks are never joined': [heap, 'size <= smallBlock && this.#quickBytes + size <= quickLimit', 'size <= smallBlock'],
    'heap: memory grows page by page': [heap, 'Math.max(missing, Math.ceil(have / 4))', 'missing'],
    'heap: memory grows beyond its maximum': [heap, 'if (wanted < missing || !this.#grow(wanted, missing)) return null;', 'if (wanted >= missing) this.#grow(wanted, missing);'],
    'heap: what was used has no second chance': [heap, 'if (place.pins > 0 || place.used) {', 'if (place.pins > 0) {'],
    'heap: what a program runs on moves out': [heap, 'if (place.pins > 0 || place.used) {', 'if (place.used) {'],
    'heap: what a program runs on makes room': [heap, 'if (place.pins > 0) continue;', ''],
    'heap: nothing makes room': [heap, 'this.#extend(size) ?? this.#makeRoom(size)', 'this.#extend(size)'],
    'heap: what comes back is empty': [heap, 'new Uint8Array(this.memory.buffer, place.address, place.bytes).set(new Uint8Array(moved));', ''],
    'heap: the budget never grows': [heap, 'this.budget * 1.25', 'this.budget'],
    'heap: what moved out still counts': [heap, 'this.#residentBytes -= place.bytes;', ''],
    'heap: what was released keeps its bytes': [heap, 'this.vacate(b.place);\n    b.moved = null;', 'this.vacate(b.place);'],
    'heap: small blocks that were freed twice serve two': [heap, 'this.#taken.delete(address);', ''],
  }),
  ...mutantsOf('src/backend/wasm/backend.ts', {
    'wasm: an arena that went is still ours': [heap, '      this.#arena = { address: 0, bytes: 0 };', ''],
    'wasm: addresses above 2 GiB are negative': [heap, 'new Uint32Array(this.#backend.memory, this.table', 'new Int32Array(this.#backend.memory, this.table'],
    'wasm: to be read is to be brought back': [heap, 'b.moved === null ? viewOf', 'b.bytes >= 0 ? viewOf'],
    'wasm: a buffer that is donated twice is overwritten': [executables, 'b !== undefined && b.place.pins === 1', 'b !== undefined'],
    'wasm: what is not donated is overwritten': [executables, 'o.inPlaceOf >= 0 && donated[o.inPlaceOf] === true', 'o.inPlaceOf >= 0'],
    'wasm: what a program ran on stays for ever': [heap, 'for (const b of held) b.place.pins--;', ''],
    'wasm: results of a run that failed are never given back': [heap, 'for (const b of made) heap.release(b);', ''],
    'wasm: a callback runs its program on the tables of the one that waits': [reentry, 'if (this.#busy) return', 'if (this.#source.eqns.length < 0) return'],
    'wasm: every failing equation is the first one': ['test/trace/origins.test.ts', 'throw new HostFailure(error, placeOf(eqn.origin));', 'throw new HostFailure(error, [0]);'],
    'wasm: lines are those of who compiled first': ['test/trace/origins.test.ts', 'originAt(lines, error.place)', 'originAt(this.#source, error.place)'],
    'wasm: tables of forgotten executables stay': ['test/trace/lifetime.test.ts', 'this.#tables.register(executable, executable.table);', ''],
    'wasm: memory may grow to 4 GiB whatever was said': [executables, 'Math.min(options.maximum ?? addressable, addressable)', 'addressable'],
  }),
  ...mutantsOf('src/trace/executables.ts', {
    'cache: what was used is as old as before': [executables, 'if (sharers !== undefined) { cache.delete(key); cache.set(key, sharers); }', ''],
    'cache: it is not bounded': [executables, 'if (cache.size > limit)', 'if (cache.size > 1e9)'],
    'cache: a key is taken for the program': ['test/trace/pending.test.ts', 'sharers?.find(e => sameJaxpr(e.jaxpr, jaxpr))', 'sharers?.[0]'],
    'cache: programs are kept with the lines that recorded them': ['test/trace/lifetime.test.ts', '{ jaxpr: withoutOrigins(jaxpr), executable: null, owner: null, configuration: undefined }', '{ jaxpr, executable: null, owner: null, configuration: undefined }'],
    'cache: a jitted function loses what others push out': [executables, 'if (last?.backend === backend) return', 'if (last?.backend === backend && cache.has(`${backend.name}:${hashJaxpr(jaxpr)}`)) return'],
  }),
];
