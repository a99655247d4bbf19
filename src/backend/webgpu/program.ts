// A program as commands for the device: shaders with the places of what they read and write, in order; loops around bodies, and branches.
// Floor 6: what is fused, and how memory is laid out, floor 5 decides.
import { CotangentError } from '../../error.ts';
import { planBlock, type Block, type BodyResult, type Branch, type Conditional, type Counted, type Machine } from '../../compile/block.ts';
import { contractionKernel } from '../../compile/contractionKernel.ts';
import type { Step } from '../../compile/fuse.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { combines, roundingKernel, splatKernel } from '../../compile/plainKernels.ts';
import type { Cut } from '../../compile/steps.ts';
import { hasWord } from '../../compile/wgsl/convert.ts';
import { copyKernel, emitShader } from '../../compile/wgsl/emit.ts';
import { hasScalar } from '../../compile/wgsl/scalar.ts';
import { wordBytes, type Piece, type Place, type Shader, type Slice } from '../../compile/wgsl/shader.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { effectOf, Var, type Atom, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import { optimise } from '../../pass/passes.ts';
import { bindingAlignment } from './gpu.ts';

export interface Dispatch { readonly kind: 'dispatch'; readonly name: string; readonly shader: Shader }
/** `even` and `odd` turns differ in which of two buffers of a carry is read and which is written. */
export interface Repeat { readonly kind: 'repeat'; readonly turns: number; readonly even: readonly Command[]; readonly odd: readonly Command[] }
export type Command = Dispatch | Repeat;

export interface CompiledProgram {
  readonly jaxpr: Jaxpr;
  readonly commands: readonly Command[];
  readonly arenaBytes: number;
  readonly results: readonly Result[];
}
/** Where a result lies: where an input or an earlier result does, in a buffer of its own, or it is a literal. */
export type Result =
  | { readonly kind: 'input' | 'result'; readonly index: number }
  | { readonly kind: 'own'; readonly bytes: number }
  | { readonly kind: 'literal'; readonly value: number; readonly aval: Aval };

export const bytesOf = (a: Aval): number => wordBytes * sizeOf(a.shape);
const machine: Machine = {
  target: {
    maxStores: 4,
    fusible(e: Eqn): boolean {
      if (effectOf(e) !== 'none' || e.primitive.properties.barrier) return false;
      const { lowering } = e.primitive;
      switch (lowering.kind) {
        case 'scalar': return e.outputs.every(v => hasScalar(lowering.op, (e.inputs[lowering.op === 'select' ? 1 : 0] ?? v).aval.dtype, v.aval.dtype));
        case 'element': case 'reduction': return [...e.inputs, ...e.outputs].every(a => hasWord(a.aval.dtype));
        case 'update': case 'recurrence': case 'sort': case 'identity': case 'decomposition': case 'contraction': case 'program': case 'control': case 'host': return false;
        default: return lowering satisfies never;
      }
    },
  },
  // The plan leaves 64 bytes behind each value: with them it begins where a binding may begin.
  bytesOf: a => Math.max(1, Math.ceil(bytesOf(a) / bindingAlignment)) * bindingAlignment - 64,
};

/** Fuses a program, plans its memory and emits its shaders. Throws `unsupported` and names what this backend has no kernel for. */
export function compileProgram(source: Jaxpr, cut?: Cut): CompiledProgram {
  const block = planBlock(optimise(source), 0, machine, cut);
  return new ProgramCompiler(block).run();
}

/** Where the values of a body are. Bodies see the places of what surrounds them. */
type Places = Map<Var, Place>;

class ProgramCompiler {
  readonly #block: Block;
  #arenaBytes: number;
  constructor(block: Block) {
    this.#block = block;
    this.#arenaBytes = block.end;
  }
  run(): CompiledProgram {
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
      return { kind: 'own', bytes: bytesOf(o.aval) };
    });
    const commands = this.#commands(this.#block, places);
    return { jaxpr, commands, arenaBytes: this.#arenaBytes, results };
  }
  /** Memory of its own behind all that was planned. */
  #extra(dtype: 'i32'): Place {
    const offset = this.#arenaBytes;
    this.#arenaBytes += bindingAlignment;
    return whole({ kind: 'arena', offset, bytes: wordBytes, dtype });
  }

  #commands(block: Block, places: Places): readonly Command[] {
    for (const [v, offset] of block.offsets) places.set(v, arenaPlace(v, offset));
    return block.steps.flatMap(s => this.#step(s, block, places));
  }
  #step(s: Step, block: Block, places: Places): readonly Command[] {
    switch (s.kind) {
      case 'kernel': return this.#kernel(s.kernel, places, nameOf(s.kernel));
      case 'splat': return this.#splat(s.variable, s.value, places);
      case 'update': {
        const start = s.from instanceof Var ? this.#copy(s.to, s.from, places) : this.#splat(s.to, s.from.value, places);
        if (s.kernel === null) return start;
        const rounded = s.to.aval.dtype === 'f16' && combines(s.kernel) ? this.#kernel(roundingKernel(s.to), places, 'round') : [];
        return [...start, ...this.#kernel(s.kernel, places, 'update'), ...rounded];
      }
      case 'equation': return this.#equation(s.eqn, block, places);
      default: return s satisfies never;
    }
  }
  #equation(e: Eqn, block: Block, places: Places): readonly Command[] {
    const { lowering } = e.primitive;
    switch (lowering.kind) {
      case 'identity': return e.outputs.flatMap((v, i) => {
        const x = e.inputs[i];
        if (!(x instanceof Var)) return [];
        if (!block.aliases.has(v)) return this.#copy(v, x, places);
        places.set(v, placeIn(places, x));
        return [];
      });
      case 'contraction': {
        const [out] = e.outputs;
        if (out === undefined || sizeOf(out.aval.shape) === 0) return [];
        const loops = lowering.contract(e.params, e.inputs.map(a => a.aval), out.aval);
        if (!hasWord(out.aval.dtype)) return refuse(e);
        const kernel = 'eqns' in loops || loops.some(l => l.extent === 0) ? null : contractionKernel(e, loops);
        return kernel === null ? this.#splat(out, 0, places) : this.#kernel(kernel, places, e.primitive.name);
      }
      case 'control': {
        const control = block.controls.get(e);
        if (control === undefined) throw new CotangentError('jaxpr', 'webgpu: a loop without a plan');
        switch (control.kind) {
          case 'counted': return this.#counted(e, control, places);
          case 'conditional': return refuse(e, control);
          case 'branch': return refuse(e, control);
          default: return control satisfies never;
        }
      }
      case 'scalar': case 'element': case 'reduction': case 'update': case 'recurrence': case 'sort': case 'decomposition': case 'program': case 'host':
        return e.outputs.every(v => sizeOf(v.aval.shape) === 0) ? [] : refuse(e);
      default: return lowering satisfies never;
    }
  }
  #kernel(k: Kernel, places: Places, name: string): readonly Command[] {
    return k.writes.every(v => sizeOf(v.aval.shape) === 0) ? [] : [{ kind: 'dispatch', name, shader: emitShader(k, v => placeIn(places, v)) }];
  }
  #splat(v: Var, value: number, places: Places): readonly Command[] { return sizeOf(v.aval.shape) === 0 ? [] : this.#kernel(splatKernel(v, value), places, 'splat'); }
  /** Copies a value, unless both have one place. */
  #copy(to: Var, from: Var, places: Places): readonly Command[] {
    if (sizeOf(to.aval.shape) === 0 || samePlace(placeIn(places, to), placeIn(places, from))) return [];
    return this.#kernel(copyKernel(to, from), places, 'copy');
  }

  // ---- control flow
  /** After a body ran: results that are inputs, literals or results twice are written to their places. */
  #copyResults(results: readonly BodyResult[], places: Places): readonly Command[] {
    return results.flatMap(({ made, from }) => from === null ? [] : from instanceof Var ? this.#copy(made, from, places) : this.#splat(made, from.value, places));
  }
  #counted(e: Eqn, { structure: c, body, carry, places: carried }: Counted, places: Places): readonly Command[] {
    const carryEnd = c.consts + c.carry;
    const operands = variables(e.inputs);
    const { inputs } = body.block.jaxpr;
    const turn = this.#extra('i32');
    const turnVar = new Var({ shape: [], dtype: 'i32' });
    places.set(turnVar, turn);
    const slice = (whole: Var, row: Aval): Place => { const p = placeIn(places, whole); return { piece: p.piece, slices: [...p.slices, { turn, stride: sizeOf(row.shape) }] }; };
    inputs.slice(0, c.consts).forEach((v, i) => { const x = operands[i]; if (x !== undefined) places.set(v, placeIn(places, x)); });
    inputs.slice(carryEnd).forEach((v, i) => { const x = operands[carryEnd + i]; if (x !== undefined) places.set(v, slice(x, v.aval)); });
    body.results.slice(c.carry).forEach((y, i) => { const out = e.outputs[c.carry + i]; if (out !== undefined) places.set(y.made, slice(out, y.made.aval)); });
    /** Which buffer is read at even turns, and which at odd ones. */
    const setCarry = (odd: boolean): void => {
      carry.ins.forEach((v, k) => {
        const [a = 0, second = 0] = carried[k] ?? [];
        const b = carry.shared.has(k) ? a : second;
        places.set(v, arenaPlace(v, odd ? b : a));
        const out = carry.outs[k];
        if (out !== undefined) places.set(out.made, arenaPlace(out.made, odd ? a : b));
      });
    };
    const advance = this.#kernel(stepKernel(turnVar, c.reverse ? -1 : 1), places, 'turn');
    const turns = (odd: boolean): readonly Command[] => {
      setCarry(odd);
      const results = body.results.filter((_, k) => !carry.shared.has(k));
      return [...this.#commands(body.block, places), ...this.#copyResults(results, places), ...advance];
    };
    const even = turns(false);
    const odd = carry.ins.every((_, k) => carry.shared.has(k)) ? even : turns(true);
    setCarry(false);
    const before = [...this.#splat(turnVar, c.reverse ? c.length - 1 : 0, places), ...carry.ins.flatMap((v, k) => { const x = operands[c.consts + k]; return x === undefined ? [] : this.#copy(v, x, places); })];
    setCarry(c.length % 2 === 1);
    const after = carry.ins.flatMap((v, k) => { const out = e.outputs[k]; return out === undefined ? [] : this.#copy(out, v, places); });
    return [...before, ...c.length === 0 ? [] : [{ kind: 'repeat', turns: c.length, even, odd } as const], ...after];
  }
}

const whole = (piece: Piece): Place => ({ piece, slices: [] });
const arenaPlace = (v: Var, offset: number): Place => whole({ kind: 'arena', offset, bytes: bytesOf(v.aval), dtype: v.aval.dtype });
function placeIn(places: Places, v: Var): Place {
  const p = places.get(v);
  if (p === undefined) throw new CotangentError('jaxpr', 'webgpu: a value has no place');
  return p;
}
const sameSlices = (a: readonly Slice[], b: readonly Slice[]): boolean => a.length === b.length && a.every((s, i) => s.turn === b[i]?.turn && s.stride === b[i].stride);
function samePlace(a: Place, b: Place): boolean {
  const [p, q] = [a.piece, b.piece];
  const same = p.kind === 'arena' ? q.kind === 'arena' && p.offset === q.offset : q.kind === p.kind && q.index === p.index;
  return same && sameSlices(a.slices, b.slices);
}
const variables = (atoms: readonly Atom[]): readonly Var[] => atoms.map(a => { if (a instanceof Var) return a; throw new CotangentError('jaxpr', 'webgpu: a literal operand was not stored'); });
const nameOf = (k: Kernel): string => `${k.kind} kernel of ${[...new Set(k.nodes.flatMap(n => n.kind === 'op' ? [n.op] : []))].slice(0, 6).join(' ')}`;
/** No kernel: an error when the program is compiled, never a wrong place to compute it. */
function refuse({ primitive, inputs, outputs }: Eqn, _plan?: Conditional | Branch): never {
  const dtypes = [...new Set([...inputs, ...outputs].map(a => a.aval.dtype))];
  throw new CotangentError('unsupported', `webgpu: no kernel for ${primitive.name} of ${dtypes.join(', ')}; run it elsewhere: setBackend('wasm')`);
}
/** Adds to a counter. */
function stepKernel(v: Var, by: number): Kernel {
  const base = copyKernel(v, v);
  const [load] = base.nodes;
  if (load === undefined) throw new CotangentError('jaxpr', 'webgpu: an empty kernel');
  const add = { kind: 'op', op: 'add', args: [0, 1], from: v.aval.dtype, params: {}, dtype: v.aval.dtype, bits: 0, cost: 1, level: 0 } as const;
  const one = { kind: 'constant', value: by, dtype: v.aval.dtype, bits: 0, cost: 0, level: 0 } as const;
  return { ...base, nodes: [load, one, add], stages: base.stages.map(s => ({ ...s, stores: s.stores.map(t => ({ ...t, value: 2 })) })) };
}
