// Rules that treat each leaf for itself, with a few tensors of its shape as memory: most adaptive ones. Their states are trees by name.
// Floor 7. Knows no rule.
import { CotangentError } from '../error.ts';
import { hasTangent } from '../ir/aval.ts';
import type { AnyTensor, Scalar } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { avalOf, cellOf, isTensor, literal, TensorHandle } from '../trace/handle.ts';
import type { Tangent } from '../transform/types.ts';
import { leavesAt, unflatten } from '../tree/tree.ts';
import { Steps } from './leaf.ts';
import { optimizer, type Parameters, type Part, type StateKind, type Update } from './optimizer.ts';

/** The state of a part that counts steps. */
export interface CountState { readonly count: Scalar<'i32'> }
/** The kind of `CountState`, whatever the parameters are. */
export interface Counted extends StateKind { readonly state: CountState }
/** Trees beside the parameters, one for each name: null where a parameter has no gradient. */
export type Slots<Names extends string, P> = { readonly [N in Names]: Tangent<P> };
/** The kind of `Slots`. */
export interface Slotted<Names extends string> extends StateKind { readonly state: Slots<Names, this['params']> }
/** The kind of `Slots` beside a count of steps. */
export interface CountedSlots<Names extends string> extends StateKind { readonly state: CountState & Slots<Names, this['params']> }

export const zeroCount = (): AnyTensor => constant(0, [], 'i32');
export const advanced = (count: AnyTensor): AnyTensor => add(count, constantLike(1, count));
/** A number at each leaf that has a gradient. */
export const filled = ({ leaves, structure }: Parameters, value: number): unknown => unflatten(structure, leaves.map(p => hasTangent(p.aval) ? literal(value, p.aval) : null));
/** The same value by another handle: a state that is donated must not take the caller's tensor with it. */
export const shared = (x: AnyTensor): AnyTensor => new TensorHandle(cellOf(x));
export const each = (updates: readonly Update[], f: (g: AnyTensor, i: number) => AnyTensor): readonly Update[] => updates.map((g, i) => g && f(g, i));

/** The entry of a part's state, by its name. */
export function entry(part: string, state: unknown, name: string): unknown {
  const found = typeof state === 'object' && state !== null ? new Map<string, unknown>(Object.entries(state)).get(name) : undefined;
  if (found === undefined) throw new CotangentError('tree', `${part}: its state has no ${name}; make it with init`);
  return found;
}
/** A scalar of a part's state, of the dtype given. */
export function scalarEntry(part: string, state: unknown, name: string, dtype: string): AnyTensor {
  const x = entry(part, state, name);
  if (!isTensor(x) || x.dtype !== dtype || x.shape.length > 0) throw new CotangentError('tree', `${part}: the ${name} of its state is no ${dtype} scalar; make it with init`);
  return x;
}
export const countOf = (part: string, state: unknown, name = 'count'): AnyTensor => scalarEntry(part, state, name, 'i32');
/** A tree of the state that stands beside the parameters, leaf by leaf. */
export const treeOf = (part: string, state: unknown, name: string, { structure }: Parameters): readonly Update[] =>
  leavesAt(structure, entry(part, state, name), `${part}: ${name}`).map(x => isTensor(x) ? x : null);

/** What a rule may ask about the leaf and the step. */
export interface Place {
  readonly parameter: AnyTensor;
  /** The number of steps, this one included. */
  readonly steps: Steps;
}
type Memory<N extends string> = { readonly [K in N]: AnyTensor };
/** A rule for one leaf: the update in place of `g`, and what to remember. */
export type LeafRule<N extends string> = (g: AnyTensor, memory: Memory<N>, place: Place) => readonly [AnyTensor, Memory<N>];

function part(name: string, initial: { readonly [key: string]: number }, rule: LeafRule<string>, counted: boolean): Part {
  const names = Object.keys(initial);
  const trees = (tree: (n: string) => unknown): readonly (readonly [string, unknown])[] => names.map(n => [n, tree(n)] as const);
  return {
    name,
    init: params => Object.fromEntries([...counted ? [['count', zeroCount()] as const] : [], ...trees(n => filled(params, initial[n] ?? 0))]),
    update(updates, state, params) {
      const count = counted ? advanced(countOf(name, state)) : zeroCount();
      const steps = new Steps(count);
      const before = new Map(names.map(n => [n, treeOf(name, state, n, params)]));
      const results = updates.map((g, i) => {
        // Without a gradient nothing moves, and nothing is forgotten.
        const old = names.map(n => [n, before.get(n)?.[i] ?? null] as const);
        const parameter = params.leaves[i];
        if (g === null || parameter === undefined) return { update: null, memory: new Map(old) };
        const [update, memory] = rule(g, typed(Object.fromEntries(old.map(([n, x]) => [n, x ?? literal(initial[n] ?? 0, avalOf(g))]))), { parameter, steps });
        return { update, memory: new Map<string, Update>(Object.entries(memory)) };
      });
      const after = trees(n => unflatten(params.structure, results.map(r => r.memory.get(n) ?? null)));
      return { updates: results.map(r => r.update), state: Object.fromEntries([...counted ? [['count', count] as const] : [], ...after]) };
    },
  };
}
/** A rule whose state has a tree for each name of `initial`, filled with its number. */
export const leafwise = <const I extends { readonly [key: string]: number }>(name: string, initial: I, rule: LeafRule<Extract<keyof I, string>>): never =>
  optimizer([part(name, initial, typed(rule), false)]);
/** As `leafwise`, with a count of steps in the state. */
export const countingLeafwise = <const I extends { readonly [key: string]: number }>(name: string, initial: I, rule: LeafRule<Extract<keyof I, string>>): never =>
  optimizer([part(name, initial, typed(rule), true)]);

/** A rule without memory. `begin` sees all updates at once, what it returns treats them one by one. */
export const memoryless = (name: string, begin: (updates: readonly Update[], params: Parameters) => (g: AnyTensor, parameter: AnyTensor) => AnyTensor): never => optimizer([{
  name,
  init: () => null,
  update(updates, _state, params) {
    const change = begin(updates, params);
    return { updates: each(updates, (g, i) => { const p = params.leaves[i]; return p === undefined ? g : change(g, p); }), state: null };
  },
}]);

/** Numbers that rules are told: refused where the rule makes no sense of them. */
export function expectDecay(part: string, name: string, decay: number): void {
  if (!(decay >= 0 && decay < 1)) throw new CotangentError('value', `${part}: ${name} ${decay} is not in [0, 1)`);
}
export function expectNatural(part: string, name: string, n: number, least = 1): void {
  if (!Number.isSafeInteger(n) || n < least) throw new CotangentError('value', `${part}: ${name} ${n} is not an integer of at least ${least}`);
}
export function expectAtLeast(part: string, name: string, x: number, least = 0): void {
  if (!(x >= least && x < Infinity)) throw new CotangentError('value', least === 0 ? `${part}: ${name} ${x} is ${Number.isNaN(x) ? 'no number' : x < 0 ? 'negative' : 'not finite'}` : `${part}: ${name} ${x} is not a number of at least ${least}`);
}
export function expectPositive(part: string, name: string, x: number): void {
  if (!(x > 0 && x < Infinity)) throw new CotangentError('value', `${part}: ${name} ${x} is not a positive number`);
}
