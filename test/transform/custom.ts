// What the tests of custom rules and checkpoints share: the functions of src/transform without their static shapes.
import { cond as condOf, foriLoop as loopOf, scan as scanOf, whileLoop as whileOf } from '../../src/transform/control.ts';
import { checkpoint as checkpointOf, checkpointName as nameOf, type CheckpointOptions } from '../../src/transform/checkpoint.ts';
import { customJvp as jvpOf, straightThrough as straightOf } from '../../src/transform/customJvp.ts';
import type { CustomOptions } from '../../src/transform/customRule.ts';
import { customVjp as vjpOf } from '../../src/transform/customVjp.ts';
import { customBatching as batchingOf } from '../../src/transform/customBatching.ts';
import { linearTranspose as transposeOf } from '../../src/transform/linearTranspose.ts';
import type { AnyFunction } from '../../src/transform/staging.ts';
import type { T } from '../trace/language.ts';

type Call<R> = (...args: readonly unknown[]) => R;
const loose = <F>(f: unknown): F => f as F;
// The transforms are typed by shapes that these tests do not state: `R` says what a call returns.
export const customJvp = <R = T>(f: AnyFunction, rule: AnyFunction, options?: CustomOptions): Call<R> => loose<(f: AnyFunction, rule: AnyFunction, o?: CustomOptions) => Call<R>>(jvpOf)(f, rule, options);
export const customVjp = <R = T>(f: AnyFunction, fwd: AnyFunction, bwd: AnyFunction, options?: CustomOptions): Call<R> => loose<(f: AnyFunction, fwd: AnyFunction, bwd: AnyFunction, o?: CustomOptions) => Call<R>>(vjpOf)(f, fwd, bwd, options);
export const customBatching = <R = T>(f: AnyFunction, rule: AnyFunction): Call<R> => loose<(f: AnyFunction, rule: AnyFunction) => Call<R>>(batchingOf)(f, rule);
export const straightThrough = (f: (x: T) => T): ((x: T) => T) => straightOf<T>(f);
export const linearTranspose = <R = readonly [T]>(f: AnyFunction, ...like: readonly unknown[]): Call<R> => loose<(f: AnyFunction, ...like: readonly unknown[]) => Call<R>>(transposeOf)(f, ...like);
export const checkpoint = <R = T>(f: AnyFunction, options?: CheckpointOptions): Call<R> => loose<(f: AnyFunction, o?: CheckpointOptions) => Call<R>>(checkpointOf)(f, options);
export const checkpointName = (x: T, name: string): T => nameOf(x, name);
export const scan = <C = T, Y = T>(f: AnyFunction, init: unknown, xs: unknown, options?: { readonly length?: number; readonly reverse?: boolean }): [C, Y] => loose<(f: AnyFunction, init: unknown, xs: unknown, o?: unknown) => [C, Y]>(scanOf)(f, init, xs, options);
export const cond = <R = T>(p: T, onTrue: AnyFunction, onFalse: AnyFunction, ...operands: readonly unknown[]): R => loose<(p: T, a: AnyFunction, b: AnyFunction, ...operands: readonly unknown[]) => R>(condOf)(p, onTrue, onFalse, ...operands);
export const foriLoop = <C = T>(lower: number, upper: number, body: AnyFunction, init: unknown): C => loose<(l: number, u: number, b: AnyFunction, i: unknown) => C>(loopOf)(lower, upper, body, init);
export const whileLoop = <C = T>(test: AnyFunction, body: AnyFunction, init: unknown): C => loose<(c: AnyFunction, b: AnyFunction, i: unknown) => C>(whileOf)(test, body, init);
