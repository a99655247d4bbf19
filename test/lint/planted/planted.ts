// One breach a line of what the linter refuses; `lint.test.ts` reads the rules' names behind it.
import { it } from 'vitest';
import { ShapeError } from '../../../src/error.ts'; // consistent-type-imports
import './planted.ts'; // no-self-import
export default 1; // no-default-export
export const f = (x: any): number => 1; // no-explicit-any no-unused-vars
export const g = (x: string | undefined): number => x!.length; // no-non-null-assertion
export const h = (): unknown => eval('1'); // no-eval
export const i = new Function('return 1'); // no-new-func no-implied-eval
export const j = (): unknown => setTimeout('1', 0); // no-implied-eval
export const k = (): void => { Promise.resolve(1); }; // no-floating-promises
export const l = async (x: number): Promise<void> => { await x; }; // await-thenable
export const m = (): void => { [1].forEach(async () => { await Promise.resolve(); }); }; // no-misused-promises
export const n = (x: number): boolean => x == 1; // eqeqeq
export const o = (): never => { throw 'text'; }; // only-throw-error
// @ts-ignore: silenced // ban-ts-comment
export const p: ShapeError | number = JSON.parse('1'); // no-unsafe-assignment
export const q = (x: 'a' | 'b'): number => { switch (x) { case 'a': return 1; } return 2; }; // switch-exhaustiveness-check
export const r = (x: object): string => `${x}`; // restrict-template-expressions no-base-to-string
export const s = (x: Function): unknown => x; // no-unsafe-function-type
export const t = (x: () => Promise<void>): number => { if (x()) return 1; return 2; }; // no-misused-promises
var u = 1; // no-var no-unused-vars
let v = 2; // prefer-const
export const w = v;
it.only('runs alone', () => {}); // no-focused-tests expect-expect
it.skip('never runs', () => {}); // no-disabled-tests
