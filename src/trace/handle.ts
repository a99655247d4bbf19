// The tensor that users hold: a thin handle of a cell. Fluent methods are installed on its prototype from above.
// Floor 1: reads values through the reader that `pending.ts` installs.
import { MemoryError, ShapeError, TraceError } from '../error.ts';
import type { DType, HostArray } from '../dtype/dtype.ts';
import { showAval, sizeOf, type Aval } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { Cell, type CellState } from './cell.ts';
import { formatTensor } from './format.ts';

/** How values of concrete cells are obtained. Every array is a fresh copy. */
export interface Reader {
  read(cell: Cell): Promise<HostArray>;
  readSync(cell: Cell): HostArray;
  /** Gives the memory back where nobody holds the cell or waits for it. */
  release(cell: Cell): void;
}
let reader: Reader | null = null;
export const installReader = (r: Reader): void => { reader = r; };
function theReader(): Reader {
  if (reader === null) throw new MemoryError('unsupported', 'no reader is installed: import from cotangent, not from its inner files');
  return reader;
}

const disposeSymbol: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

// The typed members (fluent methods, phantoms) come from the Tensor interface; the class supplies the rest.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the interface adds types of members that are installed later
export interface TensorHandle extends AnyTensor {}
export class TensorHandle {
  #cell: Cell | null;
  /** Why the handle is empty. */
  #gone: { readonly code: 'donated' | 'disposed'; readonly by: string } | null = null;
  readonly #aval: Aval;
  readonly #counted: boolean;

  /** A handle that is not `counted` does not keep others from donating the cell: programs hold what they captured so. */
  constructor(cell: Cell, counted = true) {
    this.#cell = cell;
    this.#aval = cell.aval;
    this.#counted = counted;
    if (counted) cell.handles++;
  }
  get aval(): Aval { return this.#aval; }
  get shape(): readonly number[] { return this.#aval.shape; }
  get dtype(): DType { return this.#aval.dtype; }
  get ndim(): number { return this.#aval.shape.length; }
  get size(): number { return sizeOf(this.#aval.shape); }

  /** The cell, or an error that says who took it. */
  get cell(): Cell {
    if (this.#cell !== null) return this.#cell;
    const gone = this.#gone;
    throw gone?.code === 'donated'
      ? new MemoryError('donated', `${showAval(this.#aval)} was donated to ${gone.by} and has no value any more; use its result, or do not donate it`)
      : new MemoryError('disposed', `${showAval(this.#aval)} was disposed and has no value any more`);
  }
  /** Empties the handle. Recorded operations that read the cell keep it. */
  drop(code: 'donated' | 'disposed', by: string): void {
    const cell = this.#cell;
    if (cell === null) return;
    this.#cell = null;
    this.#gone = { code, by };
    if (this.#counted) cell.handles--;
    theReader().release(cell);
  }

  // What cannot be read is said where it is asked for, not in a promise that nobody may look at.
  data(): Promise<never> { return theReader().read(this.#concrete('data()')).then(typedData); }
  dataSync(): never { return typedData(theReader().readSync(this.#concrete('dataSync()'))); }
  js(): Promise<never> { return theReader().read(this.#concrete('js()')).then(data => nested(data, this.#aval)); }
  jsSync(): never { return nested(theReader().readSync(this.#concrete('jsSync()')), this.#aval); }
  item(): Promise<never> { return theReader().read(this.#scalar('item()')).then(data => scalarOf(data, this.#aval)); }
  itemSync(): never { return scalarOf(theReader().readSync(this.#scalar('itemSync()')), this.#aval); }
  [disposeSymbol](): void { this.drop('disposed', 'dispose'); }

  toString(): string {
    const cell = this.#cell;
    if (cell === null) return `Tensor<${showAval(this.#aval)}> (${this.#gone?.code ?? 'gone'})`;
    if (cell.state.kind === 'tracer') return `Traced<${showAval(this.#aval)}>`;
    try {
      return formatTensor(theReader().readSync(cell), this.#aval);
    } catch (error) {
      return `Tensor<${showAval(this.#aval)}> (${error instanceof Error ? error.message : 'no value'})`;
    }
  }
  [inspectSymbol](): string { return this.toString(); }
  toJSON(): unknown { return nested(theReader().readSync(this.#concrete('JSON.stringify')), this.#aval); }
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    const cell = this.#concrete(`a JavaScript ${hint === 'number' ? 'number' : 'value'}`);
    throw new TraceError('concretize', `${showAval(cell.aval)} used as a JavaScript ${hint === 'number' ? 'number' : 'value'}; read it first: await x.item(), or use np functions`);
  }
  valueOf(): never {
    this.#concrete('valueOf()');
    throw new TraceError('concretize', `${showAval(this.#aval)} used as a JavaScript value; read it first: await x.item(), or use np functions`);
  }
  [Symbol.iterator](): never {
    this.#concrete('iteration');
    throw new TraceError('concretize', `${showAval(this.#aval)} is not iterable; read it first: await x.js(), or use np.split`);
  }

  #concrete(use: string): Cell {
    const cell = this.cell;
    if (cell.state.kind === 'tracer') throw noValue(cell, use);
    return cell;
  }
  #scalar(use: string): Cell {
    const cell = this.#concrete(use);
    if (cell.aval.shape.length > 0) throw new ShapeError(`${use}: ${showAval(cell.aval)} is not a scalar; use data() or js()`);
    return cell;
  }
}

/** The error of a tracer that is asked for its value. */
export function noValue(cell: Cell, use: string): TraceError {
  const { state } = cell;
  const where = state.kind === 'tracer' ? `${state.scope.name} called at ${state.scope.source.line}` : 'a transform';
  if (state.kind === 'tracer' && !state.scope.open) return leaked(cell);
  return new TraceError('concretize', `Traced<${showAval(cell.aval)}> has no value yet, so ${use} cannot work: it is traced inside ${where}; return it, or use np.where, cond or scan to depend on it`);
}
/** The error of a tracer that is used after its stage ended. */
export function leaked(cell: Cell): TraceError {
  const { state } = cell;
  const where = state.kind === 'tracer' ? `${state.scope.name} called at ${state.scope.source.line}` : 'a transform';
  return new TraceError('leak', `Traced<${showAval(cell.aval)}> leaked: it was made inside ${where}, which has ended; return it from the function instead of storing it`);
}

// The static type of the data follows from the dtype parameter, which the untyped handle does not know: these three are where it ends.
const typedData = (data: HostArray): never => data as never;
const scalarOf = (data: HostArray, a: Aval): never => element(data, 0, a) as never;
const element = (data: HostArray, i: number, a: Aval): number | boolean => a.dtype === 'bool' ? data[i] !== 0 : data[i] ?? NaN;
function nested(data: HostArray, a: Aval): never {
  let next = 0;
  const build = (axis: number): unknown => axis === a.shape.length
    ? element(data, next++, a)
    : Array.from({ length: a.shape[axis] ?? 0 }, () => build(axis + 1));
  return build(0) as never;
}

export const isTensor = (x: unknown): x is TensorHandle => x instanceof TensorHandle;

/** The handle behind a typed tensor; anything else is the user's mistake. */
export function handleOf(x: AnyTensor, where = 'operation'): TensorHandle {
  if (x instanceof TensorHandle) return x;
  const got: unknown = x;
  throw new TraceError('static', `${where}: ${typeof got === 'object' && got !== null ? 'an object' : String(got)} is not a tensor; wrap it: tensor(...)`);
}
export const cellOf = (x: AnyTensor): Cell => handleOf(x).cell;
export const newHandle = (a: Aval, state: CellState): TensorHandle => new TensorHandle(new Cell(a, state));
/** Shape and dtype of a tensor. */
export const avalOf = (x: AnyTensor): Aval => handleOf(x).aval;

/** A splat that is part of the program's structure. Owns no memory. */
export const literal = (value: number, a: Aval): TensorHandle => newHandle(a, { kind: 'literal', value, lifted: false });
/** A number of the user's, rank 0: an input of unjitted programs, a literal under jit. */
export const numberInput = (value: number, dtype: DType): TensorHandle => newHandle({ shape: [], dtype }, { kind: 'literal', value, lifted: true });
/** The number that a scalar is known to be without running anything; null for all others. */
export const knownNumber = (x: AnyTensor): number | null => { const { state, aval } = cellOf(x); return state.kind === 'literal' && aval.shape.length === 0 ? state.value : null; };
export const zerosLike = (a: Aval): TensorHandle => literal(0, a);
