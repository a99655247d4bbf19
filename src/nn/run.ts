// One run of a network: its mode, the states that its layers take and hand on, the key that their draws follow from. Floor 7.
// Knows no layer. Lives as long as one call of apply, applyTrain, applyEval; nothing of it is in a program.
import { CotangentError } from '../error.ts';
import { foldIn, type Key } from '../random/key.ts';

/** `apply` runs networks that are functions of their parameters alone. */
export type Mode = 'apply' | 'train' | 'evaluate';
/** A layer that ran: where it stands, of what kind it is, its parameters, what went in and what came out. */
export interface Ran { readonly path: readonly string[]; readonly kind: string; readonly params: unknown; readonly input: unknown; readonly output: unknown }
export type Observer = (layer: Ran) => void;

/** What a layer sees of a run. */
export interface Run {
  readonly mode: Mode;
  /** The next state. Layers take theirs in the order in which they run. */
  take(): unknown;
  /** The layer's next state, in training. */
  put(state: unknown): void;
  /** The next `count` states, for a layer that runs others in a loop. */
  takeAll(count: number): readonly unknown[];
  /** The key of this layer. */
  key(): Key;
  /** Whether there is a key to be drawn from. */
  readonly keyed: boolean;
  /** Throws where the network is run as a function of its parameters alone. */
  expectEffects(): void;
  /** The run as the `i`-th layer inside sees it. */
  at(i: number, name: string): Run;
  readonly observe: Observer | null;
  readonly path: readonly string[];
  /** The states that were put. Throws where some of those given were not taken. */
  finish(): readonly unknown[];
}

/** A run with the given states. */
export function newRun(mode: Mode, states: readonly unknown[], key: Key | null, observe: Observer | null = null): Run {
  let taken = 0;
  const put: unknown[] = [];
  const expectEffects = (): void => {
    if (mode === 'apply') throw new CotangentError('value', 'apply: this network keeps state or draws numbers; use nn.applyTrain or nn.applyEval');
  };
  const takeAll = (count: number): readonly unknown[] => {
    expectEffects();
    if (taken + count > states.length) throw new CotangentError('tree', `the network keeps more than the ${states.length} states that were given; make them with nn.initState`);
    taken += count;
    return states.slice(taken - count, taken);
  };
  const from = (keyOf: (() => Key) | null, path: readonly string[]): Run => ({
    mode, observe, path, takeAll, expectEffects,
    take: () => takeAll(1)[0],
    put(state) { put.push(state); },
    keyed: keyOf !== null,
    key() {
      expectEffects();
      if (keyOf === null) throw new CotangentError('value', 'the network draws numbers in training; give nn.applyTrain a key');
      return keyOf();
    },
    at: (i, name) => from(keyOf === null ? null : () => foldIn(keyOf(), i), [...path, name]),
    finish() {
      if (taken !== states.length) throw new CotangentError('tree', `the network keeps ${taken} states, got ${states.length}; make them with nn.initState`);
      return put;
    },
  });
  return from(key === null ? null : () => key, []);
}
