// np against NumPy 2's own answers: 190 calls with random operands, NaN and infinities among them, in float64. The fixture holds what NumPy
// gave; its operands and results are {shape, data}, null is NaN, the names are np's.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromData, np, setBackend, type AnyTensor } from '../../src/index.ts';
import { isTensor } from '../../src/trace/handle.ts';

await setBackend('reference');

interface Stored { readonly shape: readonly number[]; readonly data: readonly (number | string | null)[]; readonly int?: 1 }
type Row = readonly [name: string, args: readonly unknown[], out: Stored];
const rows = JSON.parse(readFileSync(new URL('../fixtures/numpy/values.json', import.meta.url), 'utf8')) as readonly Row[];

const isStored = (x: unknown): x is Stored => typeof x === 'object' && x !== null && 'data' in x && 'shape' in x;
const numberOf = (v: number | string | null): number => v === null ? NaN : v === 'inf' ? Infinity : v === '-inf' ? -Infinity : Number(v);
const decode = (x: unknown): unknown =>
  isStored(x) ? fromData(x.int === 1 ? Int32Array.from(x.data, numberOf) : Float64Array.from(x.data, numberOf), x.shape)
  : typeof x === 'object' && x !== null && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).map(([key, inner]) => [key, decode(inner)])) : x;
const functions = new Map<string, unknown>(Object.entries(np));
/** Of a histogram NumPy's counts are meant. */
function call(name: string, args: readonly unknown[]): AnyTensor {
  const f = functions.get(name === 'histogram0' ? 'histogram' : name);
  if (typeof f !== 'function') throw new Error(`np has no ${name}`);
  const out: unknown = Reflect.apply(f, undefined, args.map(decode));
  const first: unknown = Array.isArray(out) ? out[0] : out;
  if (!isTensor(first)) throw new Error(`${name} gave no tensor`);
  return first;
}
const distance = (want: number, got: number): number => { const d = Math.abs(want - got) / Math.max(1, Math.abs(want)); return Object.is(want, got) || want === got ? 0 : Number.isNaN(d) ? Infinity : d; };

describe('np is NumPy', () => {
  it.each([...new Set(rows.map(([name]) => name))])('%s', name => {
    for (const [, args, out] of rows.filter(row => row[0] === name)) {
      const got = call(name, args);
      const values = Array.from(got.dataSync());
      expect(got.shape, JSON.stringify(args)).toEqual(out.shape);
      // Window functions and rows of numbers are f32 by default.
      const tolerance = got.dtype === 'f32' ? 3e-6 : 1e-11;
      const off = out.data.map((v, i) => distance(numberOf(v), Number(values[i])));
      expect(Math.max(0, ...off), `${JSON.stringify(args)}: ${values.join()}, NumPy's ${out.data.join()}`).toBeLessThanOrEqual(tolerance);
    }
  });
  it('the fixture is whole', () => { expect(rows.length).toBe(190); });
});
