// Running values of long lines: a workgroup takes tiles of a line, each invocation a few neighbours, and totals of invocations run through
// workgroup memory in a fixed order. Lines that are few as well are reduced tile by tile first, then their totals run, then the tiles
// (reduce, then scan: no workgroup waits for another).
// Precondition: a step that may be taken in any grouping. The reference it equals: the records' own evaluation, up to the rounding of float32.
import { isFloat, type DType } from '../../src/dtype/dtype.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import type { RecurrenceStep } from '../../src/ir/primitive.ts';
import { rounded, type Alternatives, type Named } from '../../src/compile/wgsl/alternatives.ts';
import { Code, type Term, type WordType } from '../../src/compile/wgsl/code.ts';
import { settled, wordOf } from '../../src/compile/wgsl/convert.ts';
import { Shared, unitTerm } from '../../src/compile/wgsl/fold.ts';
import type { Scratch } from '../../src/compile/wgsl/reduce.ts';
import { Bindings, shaderText, type Placement, type Shader } from '../../src/compile/wgsl/shader.ts';
import { foldDType } from '../../src/compile/wgsl/values.ts';
import { next, recurrenceShader, type RecurrenceShape } from './recurrence.ts';

/** One invocation a line; one workgroup a line; or a workgroup a tile of a line. */
export type ScanSchedule = 'serial' | 'workgroup' | 'tiles';
const lanes = 256;
const each = 4;
const tile = lanes * each;

/**
 * Whether a step may be grouped in any way. Not products of floats: one of a tile overflows where the running product, begun near zero, does not.
 * Nor h = a h + b, for the same reason.
 */
const isAssociative = (step: RecurrenceStep, d: DType): boolean => step !== 'affine' && !(step === 'mul' && isFloat(d));
export function scanSchedules({ n, step, dtype }: RecurrenceShape): readonly ScanSchedule[] {
  if (!isAssociative(step, dtype) || n < 2) return ['serial'];
  return n > tile ? ['serial', 'workgroup', 'tiles'] : ['serial', 'workgroup'];
}
/** Lines side by side in memory, many of them, are read by neighbours; of others a workgroup reads tiles. */
export function defaultScan({ outer, n, inner }: RecurrenceShape, candidates: readonly ScanSchedule[]): ScanSchedule {
  const wanted = n <= 32 || (inner >= 32 && outer * inner >= 2 ** 14) ? 'serial' : n >= 8 * tile && outer * inner <= 256 ? 'tiles' : 'workgroup';
  return candidates.includes(wanted) ? wanted : 'serial';
}

export interface NamedScan extends Named { readonly schedule: ScanSchedule }
/** What there is to choose between, and the class of lines that one measurement speaks for. */
export function scanAlternatives(shape: RecurrenceShape, candidates: readonly ScanSchedule[]): Alternatives<NamedScan> & { readonly preferred: NamedScan } {
  const named = (schedule: ScanSchedule): NamedScan => ({ name: schedule, schedule });
  const { outer, n, inner, step, dtype } = shape;
  return { template: 'running values', shapeClass: `${step} of ${dtype}, ${rounded(outer)}x${rounded(n)}x${rounded(inner)}`, candidates: candidates.map(named), preferred: named(defaultScan(shape, candidates)) };
}

export function scanShaders(how: ScanSchedule, shape: RecurrenceShape, operands: readonly Var[], out: Var, placement: Placement, scratch: Scratch): readonly Shader[] {
  const [x] = operands;
  if (how === 'serial' || x === undefined) return [recurrenceShader(shape, operands, out, placement)];
  const { outer, n, inner, step, dtype } = shape;
  const lines = outer * inner;
  const type = wordOf(dtype);
  const cell = type === 'bool' ? 'u32' : type;
  if (how === 'workgroup') return [new Tiles(shape, placement).line(x, out)];
  const tiles = Math.ceil(n / tile);
  const totals = scratch({ shape: [lines, tiles], dtype: cell });
  const running = scratch({ shape: [lines, tiles], dtype: cell });
  const spine: RecurrenceShape = { outer: lines, n: tiles, inner: 1, reverse: false, step, dtype: dtype === 'bool' ? 'bool' : foldDType(dtype) };
  return [new Tiles(shape, placement).totals(x, totals), new Tiles(spine, placement).line(totals, running), new Tiles(shape, placement).tiles(x, running, out)];
}

class Tiles {
  readonly #s: RecurrenceShape;
  readonly #c = new Code();
  readonly #b: Bindings;
  readonly #shared = new Shared();
  readonly #type: WordType;
  constructor(s: RecurrenceShape, placement: Placement) {
    this.#s = s;
    this.#b = new Bindings(placement);
    this.#type = wordOf(s.dtype);
  }
  /** A workgroup a line: tile after tile. */
  line(from: Var, to: Var): Shader {
    const c = this.#c;
    const { outer, n, inner } = this.#s;
    this.#open(outer * inner, 1);
    const tiles = Math.ceil(n / tile);
    const carry = c.variable(this.#type, this.#unit());
    const t = c.fresh('t');
    c.block(`for (var ${t} = 0u; ${t} < ${tiles}u; ${t}++)`, () => {
      const total = this.#tile(from, t, carry, to);
      c.line(`${carry.code} = ${c.as(this.#type, next(c, this.#s.step, this.#s.dtype, carry, [total]))};`);
    });
    return this.#finished(outer * inner);
  }
  /** A workgroup a tile: what all its elements come to. */
  totals(from: Var, to: Var): Shader {
    const { outer, n, inner } = this.#s;
    const tiles = Math.ceil(n / tile);
    this.#open(outer * inner, tiles);
    const total = this.#tile(from, 'tile_number', null, null);
    this.#c.block('if (lane == 0u)', () => this.#b.store(this.#c, to, 'i32(group)', this.#cell(total)));
    return this.#finished(outer * inner * tiles);
  }
  /** A workgroup a tile, which begins with what those before it came to. */
  tiles(from: Var, before: Var, to: Var): Shader {
    const c = this.#c;
    const { outer, n, inner } = this.#s;
    const tiles = Math.ceil(n / tile);
    this.#open(outer * inner, tiles);
    const known = this.#value(before, 'max(i32(group), 1i) - 1i');
    const carry = c.let(this.#type, `select(${c.as(this.#type, known)}, ${this.#unit()}, tile_number == 0u)`);
    this.#tile(from, 'tile_number', carry, to);
    return this.#finished(outer * inner * tiles);
  }

  #unit(): string { const { step, dtype } = this.#s; return unitTerm(this.#c, { monoid: step === 'logAddExp' ? 'max' : step === 'affine' ? 'add' : step, dtype: foldDType(dtype) }).code; }
  #open(lines: number, tiles: number): void {
    const { n, inner, reverse } = this.#s;
    this.#c.line('let group = workgroup.y * workgroups.x + workgroup.x;', `if (group >= ${lines * tiles}u) { return; }`, `let line = group / ${tiles}u;`, `let tile_number = group % ${tiles}u;`);
    this.#c.line(`let first = i32((line / ${inner}u) * ${n * inner}u + line % ${inner}u)${reverse ? ` + ${(n - 1) * inner}i` : ''};`);
  }
  #finished(groups: number): Shader { return { code: shaderText(this.#b, lanes, this.#c, this.#shared.list), bindings: this.#b.list, groups }; }
  /** A bool is a word between shaders and in workgroup memory. */
  #cell(t: Term): Term { return t.type === 'bool' ? this.#c.let('u32', `select(0u, 1u, ${t.code})`) : t; }
  #taken(cell: string): Term { return this.#type === 'bool' ? this.#c.let('bool', `${cell} != 0u`) : this.#c.let(this.#type, cell); }
  #value(v: Var, at: string): Term {
    const x = this.#b.load(this.#c, v, at);
    return x.type === this.#type ? x : this.#c.let(this.#type, `${x.code} != 0u`);
  }
  #step(a: Term, b: Term): Term { return next(this.#c, this.#s.step, this.#s.dtype, a, [b]); }

  /** Runs through a tile, after what `carry` says came before it; the total is the tile's alone. */
  #tile(from: Var, number: string, carry: Term | null, to: Var | null): Term {
    const c = this.#c;
    const { n, inner, reverse } = this.#s;
    const sums = this.#shared.array('sums', this.#type === 'bool' ? 'u32' : this.#type, lanes);
    // An invocation takes neighbours: four words are what a device moves at once.
    const running: Term[] = [];
    const places = Array.from({ length: each }, (_, i) => {
      const k = c.let('u32', `${number} * ${tile}u + lane * ${each}u + ${i}u`).code;
      const [inside, at] = [`(${k} < ${n}u)`, c.let('i32', `first ${reverse ? '-' : '+'} i32(min(${k}, ${n - 1}u)) * ${inner}i`).code];
      const x = c.let(this.#type, `select(${this.#unit()}, ${c.as(this.#type, this.#value(from, at))}, ${inside})`);
      const before = running.at(-1);
      running.push(before === undefined ? x : this.#step(before, x));
      return { inside, at };
    });
    c.line(`${sums}[lane] = ${this.#cell(running.at(-1) ?? { code: this.#unit(), type: this.#type }).code};`, 'workgroupBarrier();');
    const [k, w] = [c.fresh('k'), c.fresh('w')];
    c.block(`for (var ${k} = 0u; ${k} < ${Math.log2(lanes)}u; ${k}++)`, () => {
      c.line(`let ${w} = 1u << ${k};`);
      const [mine, other] = [this.#taken(`${sums}[lane]`), this.#taken(`${sums}[max(lane, ${w}) - ${w}]`)];
      const both = this.#step(other, mine);
      c.line('workgroupBarrier();');
      c.block(`if (lane >= ${w})`, () => { c.line(`${sums}[lane] = ${this.#cell(both).code};`); });
      c.line('workgroupBarrier();');
    });
    const total = this.#taken(`${sums}[${lanes - 1}u]`);
    if (to !== null && carry !== null) {
      const earlier = this.#taken(`${sums}[max(lane, 1u) - 1u]`);
      const before = this.#step(carry, c.let(this.#type, `select(${c.as(this.#type, earlier)}, ${this.#unit()}, lane == 0u)`));
      places.forEach(({ inside, at }, i) => {
        const r = running[i];
        if (r === undefined) return;
        const y = settled(c, this.#s.dtype, this.#step(before, r));
        c.block(`if ${inside}`, () => this.#b.store(c, to, at, to.aval.dtype === this.#s.dtype ? y : this.#cell(y)));
      });
    }
    // The memory is written again by the next tile.
    c.line('workgroupBarrier();');
    return total;
  }
}
