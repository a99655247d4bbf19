// What becomes of each result of a product before it is stored: nothing, or the instructions of the kernel that follows it, each of which
// rounds by itself. Knows where results lie, not how they were computed.
import type { OuterLoop } from '../../src/compile/contraction.ts';
import type { Epilogue, Walk } from '../../src/compile/epilogue.ts';
import type { Kernel, NodeId } from '../../src/compile/kernel.ts';
import type { Code, Term } from '../../src/compile/wgsl/code.ts';
import { constantTerm } from '../../src/compile/wgsl/values.ts';
import { emitScalar } from '../../src/compile/wgsl/scalar.ts';
import type { Bindings } from '../../src/compile/wgsl/shader.ts';
import { CotangentError } from '../../src/error.ts';
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
  constructor(c: Code, bindings: Bindings, out: Var | null, epilogue: Epilogue | null, p: Product) {
    [this.#c, this.#bindings, this.#epilogue] = [c, bindings, epilogue];
    this.#out = epilogue === null || epilogue.keeps ? out : null;
    const loops = resultLoops(p);
    const along = (w: Walk): Stride => l => w.own[loops.indexOf(l)] ?? 0;
    const walks = epilogue === null ? [] : [...epilogue.loads, ...epilogue.stores].map(x => x.walk);
    this.#strides = [strideC, ...walks.map(along)];
    this.#starts = [0, ...walks.map(w => w.start)];
  }
  /** Names the parts of all places that belong to loops, from the name of a number among their turns. */
  begin(number: string, loops: readonly OuterLoop[]): void {
    this.#strides.forEach((stride, i) => { if (i > 0 || this.#out !== null) this.#c.line(`let ${number}_place${i} = ${offset(loops, number, stride)};`); });
  }
  /** Stores the result at the place that these numbers make. */
  store(value: Term, numbers: readonly string[]): void {
    const [c, e] = [this.#c, this.#epilogue];
    const place = (i: number): string => [...numbers.map(n => `${n}_place${i}`), ...this.#starts[i] === 0 ? [] : [`${this.#starts[i]}i`]].join(' + ');
    if (e === null) { if (this.#out !== null) this.#bindings.store(c, this.#out, place(0), value); return; }
    const known = new Map<NodeId, Term>([[e.product, value]]);
    e.loads.forEach(({ node, from }, i) => known.set(node, this.#bindings.load(c, from, place(1 + i))));
    const results = e.stores.map(t => valueOf(c, e.kernel, t.value, known));
    // Everything is computed before anything is stored: a result may lie where an operand lay.
    if (this.#out !== null) this.#bindings.store(c, this.#out, place(0), value);
    e.stores.forEach(({ to }, i) => this.#bindings.store(c, to, place(1 + e.loads.length + i), results[i] ?? value));
  }
}
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
