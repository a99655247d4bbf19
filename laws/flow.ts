// Control flow, custom rules and checkpoints around the steps of a random program: what is carried, sliced and chosen is made from values
// that exist, so any choice is well typed. Total, as every elaboration.
// Knows the public transforms; knows no law and no primitive's meaning.
import { isFloat } from '../src/dtype/dtype.ts';
import { hasTangent, type Aval } from '../src/ir/aval.ts';
import type { Domain } from '../src/ir/primitive.ts';
import { add } from '../src/primitive/arithmetic.ts';
import { lt } from '../src/primitive/comparison.ts';
import { and } from '../src/primitive/logical.ts';
import { literal, type TensorHandle } from '../src/trace/handle.ts';
import { fit, splat, type Value } from './known.ts';
import { observe } from './seen.ts';
import {
  asHandle, checkpoint, cond, customBatching, customJvp, customVjp, foriLoop, jvp, leavesOf, linearize, linearTranspose, map, scan, switchCase, tap, vjp, vmap, whileLoop,
  type TensorFunction, type Tensors,
} from './untyped.ts';

export const flowKinds = ['scan', 'cond', 'foriLoop', 'checkpoint', 'customJvp', 'while', 'switch', 'map', 'customVjp', 'tap', 'countingWhile', 'linearTranspose', 'customBatching'] as const;
export type FlowKind = typeof flowKinds[number];

/** Steps with a scope of their own: they see what they are given and, if `open`, all values outside. Returns the scope after them. */
export type Steps = (given: readonly TensorHandle[], open: boolean) => readonly Value[];
export interface Around {
  /** The value that the step refers to first. */
  readonly arg: Value;
  readonly env: readonly Value[];
  /** The step's own number: every further choice. */
  readonly k: number;
  /** The next steps; each call of `steps` takes those after the ones before. */
  readonly steps: (effects: boolean) => Steps;
}

const i32: Aval = { shape: [], dtype: 'i32' };
const bool: Aval = { shape: [], dtype: 'bool' };
const small: Domain = { intervals: [[-3, 3]] };
const lastOf = (scope: readonly Value[], wanted: (a: Aval) => boolean, otherwise: Value): Value => scope.filter(v => wanted(v.x.aval)).at(-1) ?? otherwise;
const float = (a: Aval): boolean => a.dtype === 'f64';
/** A value that is what `aval` says; floats are bounded, so that loops do not run away. */
const carried = (v: Value, aval: Aval, k: number): TensorHandle => fit({ x: v.x, value: isFloat(aval.dtype) ? null : v.value }, aval, isFloat(aval.dtype) ? undefined : small, k).x;
const unknown = (x: TensorHandle): Value => ({ x, value: null });

/** What the step's results are: tensors of the scope around it. */
export function flow(kind: FlowKind, around: Around): Tensors {
  const { arg, env, k, steps } = around;
  const { x } = arg;
  const digit = (place: number, n: number): number => Math.floor(k / place) % n;
  const one = steps(kind !== 'cond' && kind !== 'switch' && kind !== 'while' && kind !== 'countingWhile' && !kind.startsWith('custom') && kind !== 'linearTranspose');
  /** A function of one tensor that sees nothing else. */
  const alone: TensorFunction = (...ys) => one(ys, false).at(-1)?.x ?? ys;
  const open: TensorFunction = (...ys) => one(ys, true).at(-1)?.x ?? ys;
  switch (kind) {
    case 'scan': {
      const sliced = x.shape.length > 0 && (x.shape[0] ?? 0) <= 4 && digit(1, 4) < 3;
      const second = lastOf(env.slice(0, 1 + digit(5, 4)), float, arg);
      // A float, sometimes an integer beside it, sometimes nothing.
      const avals = [[second.x.aval], [second.x.aval, i32], []][digit(3, 7) % 3] ?? [];
      const init = avals.map((a, i) => a === i32 ? carried(lastOf(env, v => v.dtype === 'i32', splat(1, i32)), i32, k) : i === 0 ? second.x : x);
      const [last, ys] = scan((carry, row) => {
        const scope = one([...carry, ...sliced ? row : []], true);
        const y = scope.at(-1);
        return [avals.map((a, i) => carried(lastOf(scope, v => v.dtype === a.dtype, unknown(carry[i] ?? x)), a, k)), y === undefined ? [] : [y.x]];
      }, init, sliced ? [x] : null, { reverse: digit(7, 2) === 1, unroll: 1 + digit(11, 3), ...sliced ? {} : { length: digit(13, 4) } });
      return [...last, ...ys];
    }
    case 'map': return x.shape.length === 0 ? [] : leavesOf(map(open, x, digit(3, 2) === 0 ? {} : { batchSize: 1 + digit(5, 3) }));
    case 'foriLoop': {
      const lower = digit(1, 3) - 1;
      const [y] = foriLoop(lower, lower + digit(3, 4), (i, [c]) => {
        const scope = one(c === undefined ? [i] : [i, c], true);
        return [carried(lastOf(scope, float, unknown(c ?? i)), x.aval, k)];
      }, [x]);
      return y === undefined ? [] : [y];
    }
    case 'while':
    case 'countingWhile': {
      // Steps are counted, so that it ends; what else it depends on may be a value, captured or carried.
      const limit = carried(lastOf(env, v => v.dtype === 'i32', splat(digit(3, 4), i32)), i32, k);
      const carryAval: Aval = kind === 'while' ? x.aval : { shape: x.shape.slice(0, 1), dtype: 'i32' };
      const start = kind === 'while' ? x : carried(arg, carryAval, k);
      const [n, c] = whileLoop(
        ([i, v]) => { const more = lt(i ?? limit, literal(digit(5, 4), i32)); return asHandle(digit(7, 3) === 0 && v !== undefined ? and(more, carried(unknown(v), bool, k)) : digit(7, 3) === 1 ? and(more, lt(i ?? limit, limit)) : more); },
        ([i, v]) => {
          const scope = one(i === undefined || v === undefined ? [] : [i, v], true);
          return [asHandle(add(i ?? limit, literal(1, i32))), carried(lastOf(scope, kind === 'while' ? float : () => true, unknown(v ?? x)), carryAval, k)];
        }, [literal(0, i32), start],
      );
      return [n, c].filter(v => v !== undefined);
    }
    case 'cond': {
      const p = carried(lastOf(env, v => v.dtype === 'bool', arg), bool, k);
      const other = steps(false);
      const branch = (s: Steps): TensorFunction => y => y === undefined ? [] : fitted(s([y], true), unknown(y), k);
      return leavesOf(cond(p, branch(one), branch(other), x));
    }
    case 'switch': {
      const index = carried(lastOf(env, v => v.dtype === 'i32', arg), i32, k);
      const branches = [one, steps(false), steps(false)].slice(0, 1 + digit(3, 3));
      return leavesOf(switchCase(index, branches.map((s): TensorFunction => y => y === undefined ? [] : fitted(s([y], true), unknown(y), k)), x));
    }
    case 'checkpoint': return leavesOf(checkpoint(open, { policy: (['nothing', 'dots', 'everything', { names: ['sample'] }] as const)[digit(1, 4)] ?? 'nothing' })(x));
    case 'customJvp': {
      const custom: TensorFunction = customJvp(alone, (primals, tangents) => {
        const [y, dy] = jvp(alone, primals, tangents);
        // Higher derivatives are those of the rule, whether it asks for the function itself or not.
        return [digit(1, 2) === 0 ? y : custom(...primals), dy];
      });
      return leavesOf(custom(x));
    }
    case 'customVjp': {
      const custom: TensorFunction = customVjp(alone, (...xs) => [digit(1, 2) === 0 ? alone(...xs) : custom(...xs), xs], (xs, ct) => {
        const cts = leavesOf(ct);
        return cts.length === 0 || !xs.some(v => hasTangent(v.aval)) ? xs.map(() => null) : vjp(alone, ...xs)[1](ct);
      });
      return leavesOf(custom(x));
    }
    case 'customBatching': return leavesOf(customBatching(alone, (_size, _batched, ...xs) => [vmap(alone)(...xs), true])(x));
    case 'linearTranspose': {
      if (!isFloat(x.dtype)) return [];
      const [y, push] = linearize(open, x);
      const [r] = leavesOf(y);
      return r === undefined || !isFloat(r.dtype) ? [] : leavesOf(linearTranspose((...ts) => push(...ts), x)(r));
    }
    case 'tap': return [tap(x, observe)];
    default: return kind satisfies never;
  }
}
/** Branches agree: a float like the operand, and an integer. */
const fitted = (scope: readonly Value[], y: Value, k: number): Tensors => [
  carried(lastOf(scope, float, y), { shape: y.x.shape, dtype: 'f64' }, k), carried(lastOf(scope, a => a.dtype !== 'f64', y), i32, k),
];
