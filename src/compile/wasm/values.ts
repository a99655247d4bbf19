// Values of a kernel's scalar graph: each node as four lanes, emitted once, where it is first needed.
// Floor 5: knows nodes, contexts and addresses; opens no loops and writes no results.
import { CotangentError } from '../../error.ts';
import { isFloat, roundTo, type DType } from '../../dtype/dtype.ts';
import { guardState, strideOf, type Form, type Loop } from '../index-map.ts';
import { childrenOf, type Kernel, type Node, type NodeId, type Stage } from '../kernel.ts';
import type { Addresses } from './addresses.ts';
import { shifted, unsure, type Context } from './context.ts';
import { convert, settled } from './convert.ts';
import type { Lanes, Value, Vector } from './lanes.ts';
import { elementBytes, laneBytes, loadFour, loadLanes, loadRaw, loadSplat } from './memory.ts';
import { Type, type FunctionBuilder } from './module.ts';
import { emitScalar } from './scalar.ts';
import { narrow, WideLanes } from './wide.ts';

export class Values {
  readonly kernel: Kernel;
  readonly addresses: Addresses;
  readonly lanes: Lanes;
  /** The parameter that points to scratch memory. */
  readonly scratch: number;
  readonly #f: FunctionBuilder;
  readonly #hostMath: number;
  #scratchBytes = 0;
  /** Places in scratch memory of values that a later stage reads. */
  readonly keptAt = new Map<NodeId, number>();
  /** Places in scratch memory of the accumulators of columns. */
  readonly accumulatorAt = new Map<number, number>();
  /** Accumulators of rows, complete. */
  readonly accumulatorLocal = new Map<number, Value>();

  constructor(kernel: Kernel, lanes: Lanes, addresses: Addresses, scratch: number, hostMath: number) {
    this.kernel = kernel;
    this.lanes = lanes;
    this.addresses = addresses;
    this.scratch = scratch;
    this.#f = lanes.f;
    this.#hostMath = hostMath;
  }
  node(i: NodeId): Node {
    const n = this.kernel.nodes[i];
    if (n === undefined) throw new CotangentError('jaxpr', 'wasm: a node is missing');
    return n;
  }
  get scratchBytes(): number { return this.#scratchBytes; }
  /** Takes a row of scratch memory. */
  scratchRow(extent: number, d: DType): number {
    const at = this.#scratchBytes;
    this.#scratchBytes += Math.ceil((extent + 4) / 16) * 16 * laneBytes(d);
    return at;
  }
  /** Computes what the forms are computed from, so that they can be pushed. */
  ready(forms: readonly Form[], x: Context, v: Loop | null, s: Stage): void {
    for (const form of forms) for (const i of form.nodes) this.emit(i, x, v, s);
  }
  #load(x: Context, v: Loop | null, n: Node & { readonly kind: 'load' }): Value {
    const f = this.#f;
    const { dtype } = n.from.aval;
    const guards = unsure(n.guards, x);
    const guardsVary = v !== null && guards.some(g => (g.index.bits & v.bit) !== 0);
    const vector = v !== null && (guardsVary || (n.at.bits & v.bit) !== 0) ? v : null;
    const bytes = elementBytes(dtype);
    const addressIn = (y: Context): number => {
      this.addresses.index(n.at, y, null, bytes);
      f.get(this.addresses.pointerOf(n.from)).bytes(0x6a);
      this.addresses.guardAddress(n.from, guards, y);
      return 0;
    };
    if (vector === null) return loadSplat(this.lanes, dtype, () => addressIn(x));
    const stride = strideOf(n.at, vector);
    if (bytes === 4 && x.lanes === 4 && !guardsVary && (stride === 2 || stride === -1)) {
      // Every other element of two vectors, or a vector backwards.
      addressIn(stride === 2 ? x : shifted(x, vector, 3));
      const address = f.into(Type.i32);
      const first = f.get(address).memory(0x00, 2, 0).into(Type.v128);
      return stride === 2 ? this.lanes.shuffle(first, f.get(address).memory(0x00, 2, 16).into(Type.v128), [0, 2, 4, 6]) : this.lanes.shuffle(first, first, [3, 2, 1, 0]);
    }
    if (stride !== 1 || guardsVary) return loadLanes(this.lanes, dtype, x.lanes, lane => addressIn(shifted(x, vector, lane)));
    const before = this.addresses.before(n.from, n.guards, x, vector);
    const pointer = this.addresses.pointer(this.addresses.pointerKey(n.from, n.at, x, vector, before), x, vector, n.from, n.at, before);
    const push = (): number => {
      const offset = this.addresses.address(x, vector, pointer, bytes);
      if (before.length > 0 || guards.length === 0) return offset;
      // Where the guards do not hold the address is the value's beginning, without what would be added to it.
      f.i32(offset).bytes(0x6a);
      this.addresses.guardAddress(n.from, guards, x);
      return 0;
    };
    if (x.lanes === 4) return loadFour(this.lanes, dtype, push);
    const offset = push();
    const address = f.into(Type.i32);
    return loadLanes(this.lanes, dtype, x.lanes, lane => { f.get(address); return offset + lane * bytes; });
  }

  /** An index for each lane, as words. */
  #positions(form: Form, x: Context, v: Loop | null): Vector {
    const stride = v === null || (form.bits & v.bit) === 0 ? 0 : strideOf(form, v);
    if (stride === null) return this.#lanewise(x, v, true, y => this.addresses.index(form, y, null, 1));
    this.addresses.index(form, x, null, 1);
    const first = this.#f.simd(0x11).into(Type.v128);
    return stride === 0 ? first : this.lanes.iadd(first, this.#f.v128([0, stride, 2 * stride, 3 * stride]).into(Type.v128));
  }
  /** A value for each lane that is computed without vectors. */
  #lanewise(x: Context, v: Loop | null, varies: boolean, push: (y: Context) => void): Vector {
    push(x);
    this.#f.simd(0x11);
    if (varies) for (let lane = 1; lane < x.lanes; lane++) { push(shifted(x, v, lane)); this.#f.simd(0x1c).bytes(lane); }
    return this.#f.into(Type.v128);
  }
  constant(value: number, dtype: DType): Value {
    if (dtype === 'f64') return new WideLanes(this.lanes).constant(value);
    return isFloat(dtype) ? this.lanes.float(value) : this.lanes.int(wordOf(dtype, value));
  }
  emit(i: NodeId, x: Context, v: Loop | null, s: Stage): Value {
    const known = x.memo.get(i);
    if (known !== undefined) return known;
    const made = this.#emitNew(i, x, v, s);
    x.memo.set(i, made);
    return made;
  }
  #emitNew(i: NodeId, x: Context, v: Loop | null, s: Stage): Value {
    const n = this.node(i);
    if (v !== null && s.reuse.includes(i)) {
      return loadRaw(this.lanes, n.dtype, () => (this.keptAt.get(i) ?? 0) + this.addresses.address(x, v, this.scratch, laneBytes(n.dtype)));
    }
    if (n.kind !== 'op') for (const child of childrenOf(n)) this.emit(child, x, v, s);
    switch (n.kind) {
      case 'constant': return this.constant(n.value, n.dtype);
      case 'load': return this.#load(x, v, n);
      case 'position': return convert(this.lanes, this.#positions(n.at, x, v), 'i32', n.dtype);
      case 'test': {
        const guards = unsure(n.guards, x);
        if (guards.length === 0) return this.lanes.int(-1);
        // As unsigned numbers what lies below the lower bound is above the upper one.
        const holds = guards.map(g => {
          const at = this.#positions(g.index, x, v);
          return this.lanes.ilt(g.lo === 0 ? at : this.lanes.isub(at, this.lanes.int(g.lo)), this.lanes.int(g.hi - g.lo), false);
        });
        return holds.reduce((a, b) => this.lanes.and(a, b));
      }
      case 'op': return this.#emitOp(n, x, v, s);
      case 'accumulated': {
        const local = this.accumulatorLocal.get(n.accumulator);
        if (local !== undefined) return local;
        const row = this.accumulatorAt.get(n.accumulator) ?? 0;
        // A float16 sum was not rounded before it was complete, a narrow integer not wrapped.
        return settled(this.lanes, n.dtype, loadRaw(this.lanes, n.dtype, () => row + this.rowAddress(x, v, n.dtype)));
      }
      default: return n satisfies never;
    }
  }
  /** The place of a row's accumulator in its scratch row. */
  rowAddress(x: Context, v: Loop | null, d: DType): number {
    if (v !== null) return this.addresses.address(x, v, this.scratch, laneBytes(d));
    this.#f.get(this.scratch);
    return 0;
  }
  #emitOp(n: Node & { readonly kind: 'op' }, x: Context, v: Loop | null, s: Stage): Value {
    const [first, second, third] = n.args;
    const go = (j: NodeId): Value => this.emit(j, x, v, s);
    if (n.op === 'select' && first !== undefined && second !== undefined && third !== undefined) {
      const test = this.node(first);
      if (test.kind === 'test') {
        // In an interior every guard holds: no mask is needed there.
        if (unsure(test.guards, x).length === 0) return go(second);
        if (test.guards.some(g => guardState(g, x.ranges) === false)) return go(third);
      }
    }
    if ((n.op === 'max' || n.op === 'min') && (n.from === 'f32' || n.from === 'f16') && first !== undefined && second !== undefined) {
      // With a constant that is a number the NaN can only be in the other operand, and one instruction keeps it.
      const isNumber = (j: NodeId): boolean => { const c = this.node(j); return c.kind === 'constant' && !Number.isNaN(c.value) && c.value !== 0; };
      const zero = (j: NodeId): boolean => { const c = this.node(j); return c.kind === 'constant' && Object.is(c.value, 0) && n.op === 'max'; };
      const constant = [second, first].find(j => isNumber(j) || zero(j));
      if (constant !== undefined) {
        const other = constant === second ? first : second;
        const [a, b] = [narrow(go(other)), narrow(go(constant))];
        // max(-0, 0) is 0: pmax would keep -0, so the constant zero comes first in a comparison that sends equals to it.
        if (zero(constant)) return this.lanes.select(this.lanes.le(a, b), b, a);
        return n.op === 'max' ? this.lanes.pmax(a, b) : this.lanes.pmin(a, b);
      }
    }
    const constants = n.args.map(j => { const c = this.node(j); return c.kind === 'constant' ? c.value : null; });
    return emitScalar({ lanes: this.lanes, hostMath: this.#hostMath }, { op: n.op, args: n.args.map(go), from: n.from, to: n.dtype, params: n.params, constants });
  }
}

/** The word that stands for a number in integer lanes; true has all bits. */
const wordOf = (d: DType, value: number): number => d === 'bool' ? (value === 0 ? 0 : -1) : roundTo(d, value) | 0;
