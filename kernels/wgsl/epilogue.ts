// What becomes of each result of a product before it is stored: nothing, or the instructions of the kernel that follows it, each of which
// rounds by itself. Knows where results lie, not how they were computed.
import type { OuterLoop } from '../../src/compile/contraction.ts';
import type { Epilogue, Walk } from '../../src/compile/epilogue.ts';
import type { Kernel, NodeId } from '../../src/compile/kernel.ts';
import type { Code, Term } from '../../src/compile/wgsl/code.ts';
import { constantTerm } from '../../src/compile/wgsl/values.ts';
import { emitScalar } from '../../src/compile/wgsl/scalar.ts';
import { keyOf, type Bindings, type Placement } from '../../src/compile/wgsl/shader.ts';
import { CotangentError } from '../../src/error.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import type { Var } from '../../src/ir/jaxpr.ts';
import { offset, resultLoops, strideC, type Product, type Stride } from './product.ts';

/** What a kernel with this epilogue reads and writes besides the product's operands. */
export const valuesBeside = (out: Var, e: Epilogue | null): readonly Var[] => e === null ? [out] : [...e.keeps ? [out] : [], ...e.loads.map(l => l.from), ...e.stores.map(t => t.to)];

/** Stores results. Their places are sums of parts, each of which belongs to some loops and is computed where these loops are known. */
export class EpilogueStores {
  readonly #c: Code;
  readonly #bindings: Bindings;
  readonly #epilogue: Epilogue | null;
  readonly #out: Var | null;
  /** The strides of the product's own result, and of what the epilogue loads and stores. */
  readonly #strides: readonly Stride[];
  readonly #starts: readonly number[];
  readonly #loops: readonly OuterLoop[];
  /** Of the values in that order: which have four neighbours along the loop of `asVectors` as one vector, and how far these are apart. */
  #whole: readonly boolean[] = [];
  #steps: readonly number[] = [];
  constructor(c: Code, bindings: Bindings, out: Var | null, epilogue: Epilogue | null, p: Product) {
    [this.#c, this.#bindings, this.#epilogue] = [c, bindings, epilogue];
    this.#out = epilogue === null || epilogue.keeps ? out : null;
    const loops = this.#loops = resultLoops(p);
    const along = (w: Walk): Stride => l => w.own[loops.indexOf(l)] ?? 0;
    const walks = epilogue === null ? [] : [...epilogue.loads, ...epilogue.stores].map(x => x.walk);
    this.#strides = [strideC, ...walks.map(along)];
    this.#starts = [0, ...walks.map(w => w.start)];
  }
  /** Names the parts of all places that belong to loops, from the name of a number among their turns. */
  begin(number: string, loops: readonly OuterLoop[]): void {
    this.#strides.forEach((stride, i) => { if (i > 0 || this.#out !== null) this.#c.line(`let ${number}_place${i} = ${offset(loops, number, stride)};`); });
  }
  /** The place that numbers make in the value of this number. */
  #place(i: number, numbers: readonly string[]): string { return [...numbers.map(n => `${n}_place${i}`), ...this.#starts[i] === 0 ? [] : [`${this.#starts[i]}i`]].join(' + '); }
  /** Whether four results along a loop can be stored at a time: then their memory is bound as vectors from here on. */
  asVectors(along: OuterLoop, placement: Placement): boolean {
    const e = this.#epilogue;
    const values = [this.#out, ...e?.loads.map(l => l.from) ?? [], ...e?.stores.map(t => t.to) ?? []];
    const stored = (i: number): boolean => i === 0 || i > (e?.loads.length ?? 0);
    const whole = values.map((v, i) => {
      const stride = this.#strides[i] ?? strideC;
      return v === null || isQuad({ v, stride, start: this.#starts[i] ?? 0 }, along, this.#loops, placement);
    });
    if (values.some((v, i) => stored(i) && (whole[i] !== true || (v !== null && v.aval.dtype !== 'f32')))) return false;
    this.#whole = whole;
    this.#steps = this.#strides.map(stride => stride(along));
    this.#bindings.asVectors(values.flatMap((v, i) => v === null || whole[i] !== true ? [] : [keyOf(placement(v).piece)]));
    return true;
  }
  /** Stores four results that are neighbours along the loop of `asVectors`, the first at the place that these numbers make. */
  storeFour(vector: string, numbers: readonly string[]): void {
    const [c, e, bindings] = [this.#c, this.#epilogue, this.#bindings];
    const four = letters.map((l): Term => ({ code: `${vector}.${l}`, type: 'f32' }));
    const loaded = (e?.loads ?? []).map(({ from }, i): (k: number) => Term => {
      const place = this.#place(1 + i, numbers);
      if (this.#whole[1 + i] === true) return bindings.loadFour(c, from, place);
      if (this.#steps[1 + i] === 0) { const one = bindings.load(c, from, place); return () => one; }
      const each = letters.map((_, k) => bindings.load(c, from, `${place} + ${k * (this.#steps[1 + i] ?? 0)}i`));
      return k => each[k] ?? missing();
    });
    const results = four.map((value, k) => {
      const known = new Map<NodeId, Term>(e === null ? [] : [[e.product, value], ...e.loads.map(({ node }, i): [NodeId, Term] => [node, loaded[i]?.(k) ?? value])]);
      return e?.stores.map(t => valueOf(c, e.kernel, t.value, known)) ?? [];
    });
    if (this.#out !== null) bindings.storeFour(c, this.#out, this.#place(0, numbers), four);
    e?.stores.forEach(({ to }, i) => bindings.storeFour(c, to, this.#place(1 + e.loads.length + i, numbers), results.map(r => r[i] ?? missing())));
  }
  /** Stores the result at the place that these numbers make. */
  store(value: Term, numbers: readonly string[]): void {
    const [c, e] = [this.#c, this.#epilogue];
    const place = (i: number): string => this.#place(i, numbers);
    if (e === null) { if (this.#out !== null) this.#bindings.store(c, this.#out, place(0), value); return; }
    const known = new Map<NodeId, Term>([[e.product, value]]);
    e.loads.forEach(({ node, from }, i) => known.set(node, this.#bindings.load(c, from, place(1 + i))));
    const results = e.stores.map(t => valueOf(c, e.kernel, t.value, known));
    // Everything is computed before anything is stored: a result may lie where an operand lay.
    if (this.#out !== null) this.#bindings.store(c, this.#out, place(0), value);
    e.stores.forEach(({ to }, i) => this.#bindings.store(c, to, place(1 + e.loads.length + i), results[i] ?? value));
  }
}
const letters = ['x', 'y', 'z', 'w'] as const;
function missing(): never { throw new CotangentError('jaxpr', 'webgpu: an epilogue lacks a value'); }
/** Whether four neighbours of a value along a loop are one vector in memory: the loop's extent is a multiple of four, and so is whatever else moves it. */
export const isQuad = ({ v, stride, start }: { readonly v: Var; readonly stride: Stride; readonly start: number }, along: OuterLoop, loops: readonly OuterLoop[], placement: Placement): boolean =>
  (v.aval.dtype === 'f32' || (v.aval.dtype === 'f16' && placement.nativeHalf === true)) && along.extent % 4 === 0 && sizeOf(v.aval.shape) % 4 === 0 && start % 4 === 0 && stride(along) === 1
  && [...loops.filter(l => l !== along).map(stride), ...placement(v).slices.map(s => s.stride)].every(n => n % 4 === 0);
/** The value of a node of a kernel from those that are known. */
export function valueOf(c: Code, kernel: Kernel, i: NodeId, known: Map<NodeId, Term>): Term {
  const seen = known.get(i);
  if (seen !== undefined) return seen;
  const n = kernel.nodes[i];
  if (n === undefined || (n.kind !== 'op' && n.kind !== 'constant')) throw new CotangentError('jaxpr', 'webgpu: what is computed where a product is loaded or stored has a node that is no instruction');
  const made = n.kind === 'constant' ? constantOf(c, n.value, n.dtype) : emitScalar(c, { op: n.op, args: n.args.map(a => valueOf(c, kernel, a, known)), from: n.from, to: n.dtype, params: n.params });
  known.set(i, made);
  return made;
}
function constantOf(c: Code, value: number, dtype: Parameters<typeof constantTerm>[2]): Term {
  const x = constantTerm(c, value, dtype);
  // Named, so that no expression of literals alone is computed by the compiler of the shader.
  return { ...c.let(x.type, x.code), number: value };
}
