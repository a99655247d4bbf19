// A program as commands for the device: shaders with the places of what they read and write, in order; loops around bodies, and branches.
// Floor 6: what is fused, and how memory is laid out, floor 5 decides.
import type { RecurrenceShape } from '../../../kernels/wgsl/recurrence.ts';
import { scanSchedules, scanShaders, type ScanSchedule } from '../../../kernels/wgsl/scan.ts';
import { sortShaders } from '../../../kernels/wgsl/sort.ts';
import type { Candidate, Problem } from '../../../kernels/wgsl/template.ts';
import { CotangentError, MemoryError } from '../../error.ts';
import { planBlock, type Block, type Machine } from '../../compile/block.ts';
import { contractionKernel } from '../../compile/contractionKernel.ts';
import type { Epilogue } from '../../compile/epilogue.ts';
import type { Prologues, Step } from '../../compile/fuse.ts';
import { fusibleOn } from '../../compile/fusible.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { combines, convertKernel, splatKernel, storedTo } from '../../compile/plainKernels.ts';
import { inPlaceResults } from '../../compile/plan.ts';
import type { Cut } from '../../compile/steps.ts';
import { hasWord } from '../../compile/wgsl/convert.ts';
import { copyKernel, emitKernel } from '../../compile/wgsl/emit.ts';
import type { Scratch } from '../../compile/wgsl/reduce.ts';
import { hasScalar, lengthOf } from '../../compile/wgsl/scalar.ts';
import { longestBody, type Scheduling } from '../../compile/wgsl/schedule.ts';
import { loadLength } from '../../compile/wgsl/packed.ts';
import { keyOf, wordBytes, type Piece, type Place, type Placement, type Shader } from '../../compile/wgsl/shader.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { Var, type Atom, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import { withPlaces } from '../../ir/origins.ts';
import { withKernels, type CompositeKernels } from '../../pass/compositeKernels.ts';
import { optimise } from '../../pass/passes.ts';
import { dispatchesOf, type Command, type ShownValue } from './commands.ts';
import { kernelsOf } from './composites.ts';
import { branch, conditional, counted, type BodyCompiler } from './control.ts';
import { bindingAlignment } from './gpu.ts';
import { arenaPlace, bytesOf, placeIn, placementIn, samePlace, variables, whole, type Places } from './places.ts';
import { looks, shownBy, withShows, withWatches } from './shown.ts';

export interface CompiledProgram {
  readonly jaxpr: Jaxpr;
  readonly commands: readonly Command[];
  readonly arenaBytes: number;
  /** Dispatches whose workgroup counts are decided on the device. */
  readonly slots: number;
  readonly results: readonly Result[];
}
/** Where a result lies: where an input or an earlier result does, in place of a donated input, in a buffer of its own, or it is a literal. */
export type Result =
  | { readonly kind: 'input' | 'result' | 'donated'; readonly index: number }
  | { readonly kind: 'own'; readonly bytes: number }
  | { readonly kind: 'literal'; readonly value: number; readonly aval: Aval };

/**
 * Most statements of a fused kernel, but for its last instruction: SwiftShader takes a second for 10,000 of straight code, or for 40 calls of a
 * function of 40, and for four times as many seven to thirty seconds. Programs of a network stay far below it.
 */
const mostStatements = 2000;
const machineOf = ({ template }: Limits): Machine => ({
  target: {
    maxStores: 4,
    length: { of: lengthOf, load: loadLength, most: mostStatements, inLoop: longestBody },
    epilogue: (e, kernel, keeps) => template(e)?.problem.epilogue(kernel, keeps) ?? null,
    prologue: (e, kernel, operand) => template(e)?.candidate.prologue?.(kernel, operand) ?? null,
    fusible: fusibleOn({ scalar: hasScalar, element: hasWord }),
  },
  // The plan leaves 64 bytes behind each value: with them it begins where a binding may begin.
  bytesOf: a => Math.max(1, Math.ceil(bytesOf(a) / bindingAlignment)) * bindingAlignment - 64,
});

/** The composites that have programs of their own. */
export const compositesOf = (limits: Limits): CompositeKernels => limits.composites ?? kernelsOf(limits.template);
/** A program as steps with places, before there is code for it; and the results that may be written over an input that is donated. */
export interface Planned { readonly source: Jaxpr; readonly block: Block; readonly inPlace: ReadonlyMap<Var, Var> }
export function planProgram(source: Jaxpr, limits: Limits, cut?: Cut): Planned {
  // Executables are shared by programs that differ in their lines: an equation that fails knows its place, and each program its own lines.
  const placed = looks(source) ? withWatches(withPlaces(source)) : source;
  const block = planBlock(withShows(optimise(withKernels(placed, compositesOf(limits)))), 0, machineOf(limits), cut);
  return { source, block, inPlace: inPlaceResults(block.jaxpr, block.steps) };
}
/** Emits the shaders of a plan: some other where inputs are `donated`. Throws `unsupported` and names what this backend has no kernel for. */
export const emitProgram = ({ block, inPlace }: Planned, limits: Limits, donated: readonly boolean[] = []): CompiledProgram => new ProgramCompiler(block, limits).run(inPlace, donated);
/** Fuses a program, plans its memory and emits its shaders. */
export const compileProgram = (source: Jaxpr, limits: Limits, cut?: Cut): CompiledProgram => emitProgram(planProgram(source, limits, cut), limits);
/** What a device allows. */
export interface Limits {
  readonly maxBindings: number;
  /** Bytes of memory that a kernel sees as one. */
  readonly maxBindingBytes: number;
  /** Whether kernels read and write halves as such. */
  readonly nativeHalf: boolean;
  /** The template that computes an equation, and which of its candidates; null where none does. The answer is always the same. */
  readonly template: (e: Eqn) => { readonly problem: Problem; readonly candidate: Candidate } | null;
  /** How reductions are spread over invocations. */
  readonly scheduling: Scheduling;
  /** Composites with programs of their own; absent, those of this backend. */
  readonly composites?: CompositeKernels;
  /** How running values are; without it one invocation takes a line. */
  readonly scan?: (shape: RecurrenceShape, candidates: readonly ScanSchedule[], e: Eqn) => ScanSchedule;
}
/** The pieces of memory that a place needs: its own, and those of the turns that move it. */
const piecesOf = (p: Place): readonly Piece[] => [p.piece, ...p.slices.flatMap(s => piecesOf(s.turn))];


class ProgramCompiler implements BodyCompiler {
  readonly #block: Block;
  readonly #limits: Limits;
  #arenaBytes: number;
  #slots = 0;
  /** Memory between the shaders of one kernel, which the next kernel uses again. */
  readonly #scratch: { readonly offset: number; readonly bytes: number }[] = [];
  constructor(block: Block, limits: Limits) {
    this.#block = block;
    this.#limits = limits;
    this.#arenaBytes = block.end;
  }
  run(inPlace: ReadonlyMap<Var, Var>, donated: readonly boolean[]): CompiledProgram {
    const { jaxpr } = this.#block;
    const places: Places = new Map();
    jaxpr.inputs.forEach((v, index) => places.set(v, whole({ kind: 'input', index, bytes: bytesOf(v.aval), dtype: v.aval.dtype })));
    const results = jaxpr.outputs.map((o, index): Result => {
      if (!(o instanceof Var)) return { kind: 'literal', value: o.value, aval: o.aval };
      const input = jaxpr.inputs.indexOf(o);
      if (input >= 0) return { kind: 'input', index: input };
      const first = jaxpr.outputs.indexOf(o);
      if (first < index) return { kind: 'result', index: first };
      places.set(o, whole({ kind: 'result', index, bytes: bytesOf(o.aval), dtype: o.aval.dtype }));
      const dying = inPlace.get(o);
      const taken = dying === undefined ? -1 : jaxpr.inputs.indexOf(dying);
      if (dying !== undefined && donated[taken] === true) {
        // One place from the beginning: a kernel binds a buffer that is written once only.
        places.set(dying, placeIn(places, o));
        return { kind: 'donated', index: taken };
      }
      return { kind: 'own', bytes: bytesOf(o.aval) };
    });
    const commands = this.commands(this.#block, places);
    this.#checkBindings(commands);
    return { jaxpr, commands, arenaBytes: this.#arenaBytes, slots: this.#slots, results };
  }
  /** Buffers of inputs and results are refused where they are asked for; temporaries lie in one buffer, which may be larger than a kernel sees. */
  #checkBindings(commands: readonly Command[]): void {
    const { maxBindingBytes: most } = this.#limits;
    for (const { name, shader } of dispatchesOf(commands)) for (const { place: { piece } } of shader.bindings) {
      if (piece.kind === 'arena' && piece.bytes > most) throw new MemoryError('unsupported', `webgpu: the kernel ${name} works on ${piece.bytes} bytes of temporaries, this device binds at most ${most}; split the operation along an axis`);
    }
  }
  #placement(places: Places): Placement { return placementIn(places, this.#limits.nativeHalf); }
  word(): Place { return whole({ kind: 'arena', offset: this.#extra(wordBytes), bytes: wordBytes, dtype: 'i32' }); }
  slot(): number { return this.#slots++; }
  readonly counts: Piece = { kind: 'counts', dtype: 'u32' };
  /** Memory of the arena behind all that was planned. */
  #extra(bytes: number): number {
    const offset = this.#arenaBytes;
    this.#arenaBytes += Math.ceil(bytes / bindingAlignment) * bindingAlignment;
    return offset;
  }

  /** For one kernel. */
  #scratchIn(places: Places): Scratch {
    const taken = new Set<number>();
    return a => {
      const bytes = bytesOf(a);
      let at = this.#scratch.findIndex((s, i) => !taken.has(i) && s.bytes >= bytes);
      if (at < 0) at = this.#scratch.push({ offset: this.#extra(bytes), bytes }) - 1;
      taken.add(at);
      const v = new Var(a);
      places.set(v, arenaPlace(v, this.#scratch[at]?.offset ?? 0));
      return v;
    };
  }

  commands(block: Block, places: Places): readonly Command[] {
    for (const [v, offset] of block.offsets) places.set(v, arenaPlace(v, offset));
    return block.steps.flatMap(s => this.#step(s, block, places));
  }
  #step(s: Step, block: Block, places: Places): readonly Command[] {
    switch (s.kind) {
      case 'kernel': return this.kernel(s.kernel, places, nameOf(s.kernel));
      case 'splat': return this.splat(s.variable, s.value, places);
      case 'update': {
        if (s.kernel !== null && s.to.aval.dtype === 'f16' && combines(s.kernel)) return this.#wideUpdate(s.to, s.from, s.kernel, places);
        const start = s.from instanceof Var ? this.copy(s.to, s.from, places) : this.splat(s.to, s.from.value, places);
        return s.kernel === null ? start : [...start, ...this.kernel(s.kernel, places, 'update')];
      }
      case 'equation': return this.#fromTemplate(s.eqn, s.epilogue ?? null, s.prologues ?? null, places) ?? this.#equation(s.eqn, block, places);
      default: return s satisfies never;
    }
  }
  /** Updates that add halves up: in float32, rounded when they are complete. */
  #wideUpdate(to: Var, from: Atom, k: Kernel, places: Places): readonly Command[] {
    if (sizeOf(to.aval.shape) === 0) return [];
    const sum = new Var({ shape: to.aval.shape, dtype: 'f32' });
    places.set(sum, arenaPlace(sum, this.#extra(bytesOf(sum.aval))));
    return [
      ...from instanceof Var ? this.kernel(convertKernel(sum, from), places, 'copy') : this.splat(sum, from.value, places),
      ...this.kernel(storedTo(k, to, sum), places, 'update'),
      ...this.kernel(convertKernel(to, sum), places, 'round'),
    ];
  }
  #fromTemplate(e: Eqn, epilogue: Epilogue | null, prologues: Prologues | null, places: Places): readonly Command[] | null {
    const found = this.#limits.template(e);
    if (found === null) return null;
    const launches = found.candidate.emit({ epilogue, prologues, placement: this.#placement(places), scratch: this.#scratchIn(places) });
    return launches.map(({ name, shader }): Command => ({ kind: 'dispatch', name, shader, slot: null }));
  }
  #equation(e: Eqn, block: Block, places: Places): readonly Command[] {
    const { lowering } = e.primitive;
    switch (lowering.kind) {
      case 'identity': return e.outputs.flatMap((v, i) => {
        const x = e.inputs[i];
        if (!(x instanceof Var)) return [];
        if (!block.aliases.has(v)) return this.copy(v, x, places);
        places.set(v, placeIn(places, x));
        return [];
      });
      case 'contraction': {
        const [out] = e.outputs;
        if (out === undefined || sizeOf(out.aval.shape) === 0) return [];
        const loops = lowering.contract(e.params, e.inputs.map(a => a.aval), out.aval);
        if (!hasWord(out.aval.dtype)) return refuse(e);
        const kernel = 'eqns' in loops || loops.some(l => l.extent === 0) ? null : contractionKernel(e, loops);
        return kernel === null ? this.splat(out, 0, places) : this.kernel(kernel, places, e.primitive.name);
      }
      case 'control': {
        const control = block.controls.get(e);
        if (control === undefined) throw new CotangentError('jaxpr', 'webgpu: a loop without a plan');
        switch (control.kind) {
          case 'counted': return counted(this, e, control, places);
          case 'conditional': return conditional(this, e, control, places);
          case 'branch': return branch(this, e, control, places);
          default: return control satisfies never;
        }
      }
      case 'recurrence': case 'sort': return this.#alongAxis(e, places);
      case 'host': return this.#show(e, places);
      case 'scalar': case 'element': case 'reduction': case 'update': case 'decomposition': case 'program':
        return e.outputs.every(v => sizeOf(v.aval.shape) === 0) ? [] : refuse(e);
      default: return lowering satisfies never;
    }
  }
  /** Rows that turns of loops move are copied out first: the host copies whole values. */
  #show(e: Eqn, places: Places): readonly Command[] {
    const shown = shownBy(e);
    if (shown === null) return e.outputs.every(v => sizeOf(v.aval.shape) === 0) ? [] : refuse(e);
    const before: Command[] = [];
    const values = e.inputs.map((x): ShownValue => {
      if (!(x instanceof Var) || sizeOf(x.aval.shape) === 0) return { aval: x.aval, at: { value: x instanceof Var ? 0 : x.value } };
      const at = placeIn(places, x);
      if (at.slices.length === 0) return { aval: x.aval, at };
      const own = new Var(x.aval);
      places.set(own, arenaPlace(own, this.#extra(bytesOf(x.aval))));
      before.push(...this.copy(own, x, places));
      return { aval: x.aval, at: placeIn(places, own) };
    });
    return [...before, { kind: 'show', name: e.primitive.name, shown, origin: e.origin, values, gates: [] }];
  }
  kernel(k: Kernel, places: Places, name: string): readonly Command[] {
    if (k.writes.every(v => sizeOf(v.aval.shape) === 0)) return [];
    const pieces = new Map([...k.reads, ...k.writes].flatMap(v => piecesOf(placeIn(places, v))).map(p => [keyOf(p), p]));
    if (pieces.size > this.#limits.maxBindings) return this.#gathered(k, places, name);
    const results = k.stages.reduce((n, s) => n + s.accumulators.length, 0);
    const { scheduling, maxBindings } = this.#limits;
    const { shaders } = emitKernel(k, { placement: this.#placement(places), scheduling, ...pieces.size + results > maxBindings ? {} : { scratch: this.#scratchIn(places) } });
    return shaders.map((shader, i) => ({ kind: 'dispatch', name: shaders.length === 1 ? name : `${name}, ${i + 1} of ${shaders.length}`, shader, slot: null }));
  }
  /**
   * A kernel of more values than a device binds: those outside the arena are copied into it, and the arena is bound as one; all are copied
   * to its end where they lie too far apart.
   */
  #gathered(k: Kernel, places: Places, name: string, all = false): readonly Command[] {
    const end = this.#arenaBytes;
    const inside: Places = new Map(places);
    // What is changed is there already.
    const changes = k.stages.some(s => s.stores.some(t => t.update !== undefined));
    const moved: (readonly [Var, Var])[] = [];
    for (const v of new Set([...k.reads, ...k.writes])) {
      if (!all && placeIn(places, v).piece.kind === 'arena') continue;
      const copy = new Var(v.aval);
      const place = arenaPlace(copy, this.#extra(bytesOf(v.aval)));
      inside.set(v, place);
      inside.set(copy, place);
      places.set(copy, place);
      moved.push([v, copy]);
    }
    const used = [...k.reads, ...k.writes].flatMap(v => piecesOf(placeIn(inside, v))).flatMap(p => p.kind === 'arena' ? [p] : []);
    const offset = Math.min(...used.map(p => p.offset));
    const span = { offset, bytes: Math.max(...used.map(p => p.offset + p.bytes)) - offset };
    if (span.bytes > this.#limits.maxBindingBytes && !all) {
      this.#arenaBytes = end;
      return this.#gathered(k, places, name, true);
    }
    return [
      ...moved.flatMap(([v, copy]) => k.reads.includes(v) || changes ? this.copy(copy, v, places) : []),
      ...emitKernel(k, { placement: this.#placement(inside), span, scheduling: this.#limits.scheduling }).shaders.map((shader): Command => ({ kind: 'dispatch', name, shader, slot: null })),
      ...moved.flatMap(([v, copy]) => k.writes.includes(v) ? this.copy(v, copy, places) : []),
    ];
  }
  /** Running values and orders, line by line. */
  #alongAxis(e: Eqn, places: Places): readonly Command[] {
    const { primitive: { lowering, name }, params, outputs } = e;
    const operands = variables(e.inputs);
    const [x] = operands;
    const [out] = outputs;
    if (x === undefined || out === undefined || sizeOf(x.aval.shape) === 0) return [];
    if (!operands.every(v => hasWord(v.aval.dtype))) return refuse(e);
    const { shape, dtype } = x.aval;
    const lines = (axis: number): { readonly outer: number; readonly n: number; readonly inner: number } =>
      ({ outer: sizeOf(shape.slice(0, axis)), n: shape[axis] ?? 1, inner: sizeOf(shape.slice(axis + 1)) });
    const placement = this.#placement(places);
    const dispatch = (shader: Shader): Command => ({ kind: 'dispatch', name, shader, slot: null });
    if (lowering.kind === 'recurrence') {
      const { axis, reverse } = lowering.along(params);
      const shape: RecurrenceShape = { ...lines(axis), reverse, step: lowering.step, dtype };
      return scanShaders(this.#limits.scan?.(shape, scanSchedules(shape), e) ?? 'serial', shape, operands, out, placement, this.#scratchIn(places)).map(dispatch);
    }
    if (lowering.kind !== 'sort') return refuse(e);
    const order = (): Var => { const v = new Var({ shape, dtype: 'u32' }); places.set(v, arenaPlace(v, this.#extra(bytesOf(v.aval)))); return v; };
    return sortShaders(lines(lowering.axis(params)), operands, outputs, [order(), order()], placement).map(dispatch);
  }
  splat(v: Var, value: number, places: Places): readonly Command[] { return sizeOf(v.aval.shape) === 0 ? [] : this.kernel(splatKernel(v, value), places, 'splat'); }
  /** Copies a value, unless both have one place. */
  copy(to: Var, from: Var, places: Places): readonly Command[] {
    if (sizeOf(to.aval.shape) === 0 || samePlace(placeIn(places, to), placeIn(places, from))) return [];
    return this.kernel(copyKernel(to, from), places, 'copy');
  }
}

const nameOf = (k: Kernel): string => `${k.kind} kernel of ${[...new Set(k.nodes.flatMap(n => n.kind === 'op' ? [n.op] : []))].slice(0, 6).join(' ')}`;
/** No kernel: an error when the program is compiled, never a wrong place to compute it. */
function refuse({ primitive, params, inputs, outputs }: Eqn): never {
  const { name, lowering } = primitive;
  if (lowering.kind === 'host') throw lowering.never?.(params) ?? new CotangentError('unsupported', `webgpu: ${name} is a function of the host, which no device runs; give definePrimitive a decomposition, or run it elsewhere: setBackend('wasm')`);
  const dtypes = [...new Set([...inputs, ...outputs].map(a => a.aval.dtype))];
  throw new CotangentError('unsupported', `webgpu: no kernel for ${name} of ${dtypes.join(', ')}; run it elsewhere: setBackend('wasm')`);
}
