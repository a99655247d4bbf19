// repeat: one layer many times over, each time with parameters of its own, as one scan. Floor 7. Neither types nor programs grow with depth.
import { CotangentError, ShapeError } from '../error.ts';
import { sameAval, showAval, showShape } from '../ir/aval.ts';
import { splitBatch, type Key } from '../random/key.ts';
import { optionsOf } from '../shape/options.ts';
import { checkpoint, type CheckpointPolicy } from '../transform/checkpoint.ts';
import { scan } from '../transform/control.ts';
import { flattenTensors, type AnyFunction } from '../transform/staging.ts';
import type { Stacked } from '../transform/types.ts';
import { vmap } from '../transform/vmap.ts';
import { leafPaths, showPath, structureKey } from '../tree/tree.ts';
import type { Misfit } from './misfit.ts';
import { composed, countStates, inLayer, meet, named, type AnyLayer, type Effects, type Net, type Random, type Start } from './net.ts';
import { newRun } from './run.ts';

/** What `repeat` may be told. */
export interface RepeatOptions {
  /** Computes each copy's inner values again in the backward pass: true for all but its input, or a policy of `checkpoint`. Default: stores them. */
  readonly checkpoint?: boolean | CheckpointPolicy;
}
/** The states of `N` copies; each copy draws from a key of its own. What does not fit in one does not fit. */
type StackedEffects<E extends Effects, N extends number> = { [I in keyof E]: E[I] extends Random | Misfit<unknown> ? E[I] : Stacked<E[I], N> };
/** A number of copies that is known to be none is refused by the compiler. */
type Copies<N extends number> = `${N}` extends `-${string}` | `${string}.${string}` | '0' ? `repeat: ${N} is not a number of copies; give a positive integer` : N;

/**
 * `layer` applied `n` times, each time with parameters of its own, which are stacked along a leading axis of every tensor. It runs as one scan:
 * neither the types nor the program grow with `n`. The layer must keep its input's tree, shapes and dtypes. Initial parameters are those of `layer`
 * for each key of `random.split(key, n)`.
 *
 * @param options `checkpoint`: compute again instead of storing; see {@link RepeatOptions}.
 * @throws `value` where `n` is no positive integer, `shape` or `tree` where the layer does not keep its input, or parameters are not stacked `n` times.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.layerNormOf(8), nn.dense(32), nn.gelu, nn.dense(8)));
 * const net = nn.repeat(12, block, { checkpoint: true });
 * const params = nn.init(net, random.key(0), zeros([2, 8]));
 * params[1].w.shape; // -> [12, 8, 32]
 * nn.apply(net, params, zeros([2, 8])).shape; // -> [2, 8]
 */
export function repeat<const N extends number, P, X, E extends Effects>(n: Copies<N>, layer: (x: X) => Net<P, NoInfer<X>, E>, options?: RepeatOptions): (x: X) => Net<Stacked<P, N>, X, StackedEffects<E, N>>;
export function repeat(n: unknown, layer: AnyLayer, options: RepeatOptions = {}): AnyLayer {
  optionsOf('repeat', options, { checkpoint: 'any' });
  if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 1) throw new CotangentError('value', `repeat: ${String(n)} is not a number of copies; give a positive integer`);
  const name = layer.name === '' ? 'layer' : layer.name;
  return named('repeat', x => composed({
    start(key: Key): Start {
      const stacked: AnyFunction = vmap((k: Key) => inLayer(name, () => { const { params, states } = meet(layer, x).start(k); return [params, states]; }));
      const [params, states] = (stacked as (keys: unknown) => readonly [unknown, readonly unknown[]])(splitBatch(key, n));
      return { params, states };
    },
    run(params, run) {
      expectStacked(params, n);
      const states = run.mode === 'apply' ? [] : run.takeAll(countStates(layer, x));
      const keys = run.keyed ? splitBatch(run.key(), n) : null;
      const body = rematerialised(options.checkpoint ?? false, (h, p, s, k) => inLayer(name, () => {
        const inner = newRun(run.mode, s, k);
        const y = expectKept(h, meet(layer, h).run(p, inner));
        return [y, inner.finish()];
      }));
      const loop: AnyFunction = scan;
      const step = (h: unknown, [p, s, k]: readonly [unknown, readonly unknown[], Key | null]): readonly unknown[] => body(h, p, s, k);
      const [y, next] = (loop as (...args: readonly unknown[]) => readonly [unknown, readonly unknown[]])(step, x, [params, states, keys], { length: n });
      if (run.mode === 'train') next.forEach(state => { run.put(state); });
      return y;
    },
  }));
}

type Body = (h: unknown, params: unknown, states: readonly unknown[], key: Key | null) => [unknown, readonly unknown[]];
function rematerialised(option: boolean | CheckpointPolicy, body: Body): Body {
  return option === false ? body : checkpoint(body, { policy: option === true ? 'nothing' : option });
}

/** What the layer made of x, which is its next input. */
function expectKept(x: unknown, y: unknown): unknown {
  const [from, to] = [flattenTensors(x, 'repeat: the input'), flattenTensors(y, 'repeat: the layer\'s result')];
  if (structureKey(from.structure) !== structureKey(to.structure)) throw new CotangentError('tree', `repeat: the layer makes the tree ${structureKey(to.structure)} of ${structureKey(from.structure)}; it must keep the tree`);
  from.leaves.forEach((a, i) => {
    const b = to.leaves[i];
    if (b !== undefined && !sameAval(a.aval, b.aval)) throw new ShapeError(`repeat: the layer makes ${showAval(b.aval)} of ${showAval(a.aval)}; it must keep shape and dtype`);
  });
  return y;
}
function expectStacked(params: unknown, n: number): void {
  const { leaves, structure } = flattenTensors(params, 'repeat: the parameters');
  const wrong = leaves.findIndex(p => p.shape[0] !== n);
  const leaf = leaves[wrong];
  if (leaf === undefined) return;
  const path = leafPaths(structure)[wrong] ?? [];
  throw new ShapeError(`repeat: ${path.length === 0 ? 'the parameter' : `parameter ${showPath(path)}`} is ${showShape(leaf.shape)}, a stack of ${n} begins with ${n}; make parameters with nn.init`);
}
