// Control flow and looking inside, without the static shapes: what test/trace/language.ts is to the other transforms.
import type { ScanOptions } from '../../src/transform/control.ts';
import * as control from '../../src/transform/control.ts';
import { checked as publicChecked, describeViolation as publicDescribe, type CheckedOptions } from '../../src/transform/checked.ts';
import { checkNaN as publicCheckNaN, type CheckNaNOptions } from '../../src/transform/checkNaN.ts';
import type { AnyFunction } from '../../src/transform/staging.ts';
import { debugPrint as publicDebugPrint, tap as publicTap } from '../../src/transform/tap.ts';
import { trace as publicTrace, type Step, type TraceOptions } from '../../src/inspect/trace.ts';
import type { T } from '../trace/language.ts';

type Call<R> = (...args: readonly unknown[]) => R;
const loose = <F>(f: unknown): F => f as F;

export const scan = <R = [T, T]>(f: AnyFunction, init: unknown, xs: unknown, options?: ScanOptions): R =>
  loose<(f: AnyFunction, init: unknown, xs: unknown, options?: ScanOptions) => R>(control.scan)(f, init, xs, options);
export const whileLoop = <R = T>(cond: AnyFunction, body: AnyFunction, init: unknown): R =>
  loose<(c: AnyFunction, b: AnyFunction, init: unknown) => R>(control.whileLoop)(cond, body, init);
export const foriLoop = <R = T>(lower: unknown, upper: unknown, body: AnyFunction, init: unknown): R =>
  loose<(l: unknown, u: unknown, b: AnyFunction, init: unknown) => R>(control.foriLoop)(lower, upper, body, init);
export const cond = <R = T>(predicate: unknown, onTrue: AnyFunction, onFalse: AnyFunction, ...operands: readonly unknown[]): R =>
  loose<(p: unknown, t: AnyFunction, f: AnyFunction, ...o: readonly unknown[]) => R>(control.cond)(predicate, onTrue, onFalse, ...operands);
export const switchCase = <R = T>(index: unknown, branches: readonly AnyFunction[], ...operands: readonly unknown[]): R =>
  loose<(i: unknown, b: readonly AnyFunction[], ...o: readonly unknown[]) => R>(control.switchCase)(index, branches, ...operands);
export const map = <R = T>(f: AnyFunction, xs: unknown, options?: { readonly batchSize?: number }): R =>
  loose<(f: AnyFunction, xs: unknown, o?: { readonly batchSize?: number }) => R>(control.map)(f, xs, options);
export const associativeScan = <R = T>(f: AnyFunction, xs: unknown, options?: { readonly reverse?: boolean }): R =>
  loose<(f: AnyFunction, xs: unknown, o?: { readonly reverse?: boolean }) => R>(control.associativeScan)(f, xs, options);

export const tap = <X>(x: X, callback: (value: never) => unknown): X => loose<(x: X, c: (value: never) => unknown) => X>(publicTap)(x, callback);
export const debugPrint = (format: string, ...tensors: readonly unknown[]): void => loose<(f: string, ...t: readonly unknown[]) => void>(publicDebugPrint)(format, ...tensors);
export const checkNaN = <R = T>(f: AnyFunction, options?: CheckNaNOptions): Call<R> => loose<(f: AnyFunction, o?: CheckNaNOptions) => Call<R>>(publicCheckNaN)(f, options);
export const checked = <R = T>(f: AnyFunction, options?: CheckedOptions): Call<R> => loose<(f: AnyFunction, o?: CheckedOptions) => Call<R>>(publicChecked)(f, options);
export const describeViolation = (violation: unknown): Promise<string | null> => loose<(v: unknown) => Promise<string | null>>(publicDescribe)(violation);
export const trace = <R = T>(f: AnyFunction, options?: TraceOptions): Call<Generator<Step, R, undefined>> => loose<(f: AnyFunction, o?: TraceOptions) => Call<Generator<Step, R, undefined>>>(publicTrace)(f, options);
