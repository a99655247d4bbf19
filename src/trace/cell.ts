// Cells: what a tensor stands for, apart from who holds it. A handle owns a cell; programs and caches hold cells, never handles.
// Floor 1: declares the scopes and pending nodes that other rooms of this floor implement.
import type { HostArray } from '../dtype/dtype.ts';
import type { Aval } from '../ir/aval.ts';
import type { Origin, Source, Var } from '../ir/jaxpr.ts';
import type { Params, Primitive } from '../ir/primitive.ts';
import type { Backend, Buffer } from './backend.ts';

/** A stage that is, or was, open. */
export interface StageScope {
  readonly name: string;
  readonly open: boolean;
  readonly depth: number;
  /** Where the transform was called. */
  readonly source: Source;
}

/** One recorded operation on concrete tensors that has not been asked for yet. */
export interface PendingNode {
  readonly primitive: Primitive;
  readonly params: Params;
  readonly inputs: readonly Cell[];
  outputs: readonly Cell[];
  readonly origin: Origin;
  /** Order of recording. */
  readonly serial: number;
  /** A lower bound of the serial, and of the pinned bytes recorded, at its oldest pending ancestor. */
  readonly oldest: number;
  readonly oldestBytes: number;
  /** Whether it, or a pending ancestor, is a call of a transformed function. */
  readonly hasCall: boolean;
  /** Whether it has run before without its result being kept. */
  ran: boolean;
  /** Whether it needs its inputs no more: each of its results is concrete. Until then it counts among their uses. */
  done: boolean;
}

export type CellState =
  /** Host data that no backend has taken yet. */
  | { readonly kind: 'host'; readonly data: HostArray }
  | { readonly kind: 'buffer'; readonly backend: Backend; readonly buffer: Buffer }
  /** A splat. `lifted`: a number of the user's, which unjitted programs take as an input so that its value is outside their hash. */
  | { readonly kind: 'literal'; readonly value: number; readonly lifted: boolean }
  /** Given back. No handle leads here. */
  | { readonly kind: 'released' }
  | { readonly kind: 'pending'; readonly node: PendingNode; readonly index: number }
  | { readonly kind: 'tracer'; readonly scope: StageScope; readonly variable: Var };

export class Cell {
  readonly aval: Aval;
  state: CellState;
  /** Recorded operations that read it and are not done. */
  uses = 0;
  /** Handles that hold it, and traces of jitted functions. */
  handles = 0;
  /** Whether a stage has captured it: programs under construction, and pullbacks, hold it uncounted. */
  captured = false;
  constructor(aval: Aval, state: CellState) {
    this.aval = aval;
    this.state = state;
  }
}
