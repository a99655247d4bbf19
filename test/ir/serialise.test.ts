// Programs as JSON: the round trip keeps everything, and no text, however damaged, does more than be refused in one line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import { isLeft } from '../../src/fp.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { deserialise, loadProgram } from '../../src/ir/deserialise.ts';
import { hashJaxpr, sameJaxpr } from '../../src/ir/hash.ts';
import { bodiesOf, type Jaxpr, type Origin } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { serialise, storeProgram, type Program } from '../../src/ir/serialise.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { primitiveByName } from '../../src/primitive/index.ts';
import { codeAndText } from '../tree/errors.ts';
import { add, f64, makeJaxpr, mul, sin, sum, type T } from '../trace/language.ts';
import { programs } from './programs.ts';

function read(text: string): Program {
  const result = deserialise(text, primitiveByName);
  if (isLeft(result)) throw result.left;
  return result.right;
}
const refusal = (data: unknown): string => {
  const result = typeof data === 'string' ? deserialise(data, primitiveByName) : loadProgram(data, primitiveByName);
  if (!isLeft(result)) throw new Error('it was not refused');
  expect(result.left.code).toBe('serial');
  expect(result.left.message).not.toContain('\n');
  return result.left.message;
};
const origins = (j: Jaxpr): unknown[] => j.eqns.flatMap((e): unknown[] => [line(e.origin), ...bodiesOf(e.params).flatMap(origins)]);
const line = ({ path, source }: Origin): unknown => [path, source?.line];

describe.each(programs)('%s', (_name, jaxpr) => {
  it('comes back: structure, text, hash, origins', () => {
    const back = read(serialise({ jaxpr, consts: [] })).jaxpr;
    expect(sameJaxpr(back, jaxpr)).toBe(true);
    expect(hashJaxpr(back)).toBe(hashJaxpr(jaxpr));
    expect(printJaxpr(back)).toBe(printJaxpr(jaxpr));
    expect(origins(back)).toEqual(origins(jaxpr));
    expect(back.numConsts).toBe(jaxpr.numConsts);
  });
  it('gives the same text again', () => {
    const text = serialise({ jaxpr, consts: [] });
    expect(serialise(read(text))).toBe(text);
  });
});

describe('constants', () => {
  const w: NDArray = { shape: [2], dtype: 'f64', data: Float64Array.of(1, NaN) };
  const { jaxpr } = makeJaxpr(((u: T, v: T) => (x: T) => sum(add(mul(u, x), v)))(f64([1, NaN]), f64([1, NaN])))(f64([3, 4]));
  it('of equal content are stored once', () => {
    const stored = storeProgram({ jaxpr, consts: [w, { ...w, data: w.data.slice() }] });
    expect(stored.consts).toHaveLength(2);
    expect(Object.keys(stored.constants)).toHaveLength(1);
    const { consts } = read(JSON.stringify(stored));
    expect(consts.map(c => Array.from<number>(c.data))).toEqual([[1, NaN], [1, NaN]]);
  });
  it('a program read back with its constants computes the same', () => {
    const consts = [{ ...w, data: Float64Array.of(2, 3) }, { ...w, data: Float64Array.of(10, 20) }];
    const back = read(serialise({ jaxpr, consts }));
    const x: NDArray = { ...w, data: Float64Array.of(5, 7) };
    expect(Array.from<number>(evaluateJaxpr(back.jaxpr, [...back.consts, x])[0]?.data ?? [])).toEqual([2 * 5 + 10 + 3 * 7 + 20]);
  });
  it('a wrong count of them is refused, writing and reading', () => {
    expect(codeAndText(() => storeProgram({ jaxpr, consts: [w] }))).toEqual(['serial', 'serialise: the program has 2 captured inputs, 1 constants are given']);
    const stored = storeProgram({ jaxpr, consts: [w, w] });
    expect(refusal({ ...stored, consts: stored.consts.slice(1) })).toBe('consts: the program has 2 captured inputs, 1 constants are there');
  });
  it('of another type are refused', () => {
    const other: NDArray = { shape: [2], dtype: 'f32', data: Float32Array.of(1, 2) };
    expect(refusal(storeProgram({ jaxpr, consts: [w, other] }))).toMatch(/^constants\['[0-9a-f]{64}'\]: it is f32\[2\], captured input 1 is f64\[2\]$/);
  });
  it('damaged ones are refused', () => {
    const text = serialise({ jaxpr, consts: [w, w] });
    expect(refusal(text.replace(/"data":"AAAAAAAA8D8/, '"data":"AAAAAAAA8D4'))).toMatch(/its content does not hash to its name: the data is damaged$/);
  });
});

describe('bodies', () => {
  it('a body that equations share is stored once, and shared again', () => {
    const [, inner] = programs.find(([name]) => name === 'calls') ?? [];
    const body = inner?.eqns[0]?.params['jaxpr'];
    const eqn = inner?.eqns[0];
    if (inner === undefined || eqn === undefined) throw new Error('no call');
    const twice: Jaxpr = { ...inner, eqns: [eqn, { ...eqn, outputs: eqn.outputs.map(v => Object.assign(Object.create(Object.getPrototypeOf(v) as object) as typeof v, v)) }] };
    expect(storeProgram({ jaxpr: twice, consts: [] }).programs).toHaveLength(3);
    const back = read(serialise({ jaxpr: twice, consts: [] })).jaxpr;
    expect(back.eqns[0]?.params['jaxpr']).toBe(back.eqns[1]?.params['jaxpr']);
    expect(back.eqns[0]?.params['jaxpr']).not.toBe(body);
  });
});

describe('refusals', () => {
  const { jaxpr } = makeJaxpr((x: T) => sin(mul(x, x)))(f64([1, 2]));
  const stored = storeProgram({ jaxpr, consts: [] });
  const [program] = stored.programs;
  if (program === undefined) throw new Error('no program');
  const [first, second] = program.eqns;
  if (first === undefined || second === undefined) throw new Error('no equations');
  const withProgram = (changes: object): unknown => ({ ...stored, programs: [{ ...program, ...changes }] });
  const withEqn = (changes: object): unknown => withProgram({ eqns: [first, { ...second, ...changes }] });
  it.each([
    ['{', "program: not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ['[]', "program: the format is not 'cotangent.program'"],
    ['null', "program: the format is not 'cotangent.program'"],
    ['{"format": "onnx"}', "program: the format is not 'cotangent.program'"],
  ])('%s', (text, message) => { expect(refusal(text).replace(/ \(line.*$/, '')).toBe(message.replace(/ \(line.*$/, '')); });
  it.each([
    ['an unknown version', { ...stored, version: 2 }, 'program: version 2 is not known; this library reads version 1'],
    ['no version', { ...stored, version: undefined }, 'program: version nothing is not known; this library reads version 1'],
    ['a missing part', { format: stored.format, version: 1, programs: [], consts: [], constants: {}, paths: [] }, "program: 'sources' is missing"],
    ['an unknown part', { ...stored, extra: 1 }, "program: 'extra' is not known"],
    ['no programs', { ...stored, programs: [] }, 'programs: there is none'],
    ['an unknown primitive', withEqn({ primitive: 'convolve' }), "programs[0].eqns[1]: the primitive 'convolve' is not known; a record of your own is made known by definePrimitive"],
    ['a primitive named as a property of all objects', withEqn({ primitive: 'constructor' }), "programs[0].eqns[1]: the primitive 'constructor' is not known; a record of your own is made known by definePrimitive"],
    ['a variable that is not there', withEqn({ inputs: [9] }), 'programs[0].eqns[1].inputs[0]: 9 is out of range: there are 2'],
    ['a variable of a later equation', withEqn({ inputs: [2] }), 'programs[0].eqns[1].inputs[0]: 2 is out of range: there are 2'],
    ['a fractional variable', withEqn({ inputs: [0.5] }), 'programs[0].eqns[1].inputs[0]: a natural number is wanted, the number 0.5 is there'],
    ['a type that is none', withEqn({ outputs: ['f32(2)'] }), 'programs[0].eqns[1].outputs[0]: "f32(2)" is no type such as f32[2,3]'],
    ['a wrong type', withEqn({ outputs: ['f64[3]'] }), 'programs[0]: ill-typed: equation 1 (sin): output 0 is f64[3], its rule says f64[2]'],
    ['too many results', withEqn({ outputs: ['f64[2]', 'f64[2]'] }), 'programs[0]: ill-typed: equation 1 (sin) has 2 outputs, its rule says 1'],
    ['too few operands', withEqn({ inputs: [] }), 'programs[0]: ill-typed: sin: takes 1 operand, 0 given'],
    ['parameters that do not fit', withEqn({ primitive: 'reshape' }), 'programs[0]: ill-typed: reshape: shape undefined is no list'],
    ['parameters that are a list', withEqn({ params: [] }), 'programs[0].eqns[1].params: an object is wanted, a list is there'],
    ['a parameter with an unknown tag', withEqn({ params: { k: { thing: 1 } } }), "programs[0].eqns[1].params.k: 'jaxpr' is missing"],
    ['a body that comes later', withEqn({ params: { jaxpr: { jaxpr: 0 } } }), 'programs[0].eqns[1].params.jaxpr: 0 is out of range: there are 0'],
    ['a path that is not there', withEqn({ path: 0 }), 'programs[0].eqns[1].path: 0 is out of range: there are 0'],
    ['an integer literal that is a fraction', withEqn({ inputs: [{ value: 0.5, aval: 'i32[2]' }] }), 'programs[0].eqns[1].inputs[0]: 0.5 is no value of i32'],
    ['a literal without a value', withEqn({ inputs: [{ aval: 'f64[2]' }] }), "programs[0].eqns[1].inputs[0]: 'value' is missing"],
    ['a literal that is no number', withEqn({ inputs: [{ value: 'two', aval: 'f64[2]' }] }), 'programs[0].eqns[1].inputs[0].value: a number is wanted, the string two is there'],
    ['more captured inputs than inputs', withProgram({ numConsts: 2 }), 'programs[0].numConsts: 2 is out of range: there are 2'],
    ['an unknown part of an equation', withEqn({ name: 'x' }), "programs[0].eqns[1]: 'name' is not known"],
  ])('%s', (_what, data, message) => {
    expect(refusal(data).slice(0, message.length)).toBe(message);
  });
  it('parameters nested without end', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 5000; i++) deep = [deep];
    expect(refusal(withEqn({ params: { k: deep } }))).toMatch(/parameters are nested too deeply$/);
  });
  it('an error in the lookup is not swallowed', () => {
    const broken = (): never => { throw new CotangentError('value', 'mine'); };
    expect(() => loadProgram(stored, broken)).toThrow('mine');
  });
});

describe('damaged texts', () => {
  /** Every place in the data, as a path. */
  const places = (x: unknown, path: readonly string[] = []): (readonly string[])[] =>
    typeof x !== 'object' || x === null ? [path] : [path, ...Object.entries(x).flatMap(([k, v]: [string, unknown]) => places(v, [...path, k]))];
  const replaced = (x: unknown, [key, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown => {
    if (key === undefined) return change(x);
    if (Array.isArray(x)) { const list: readonly unknown[] = x; return list.map((v, i) => String(i) === key ? replaced(v, rest, change) : v); }
    return Object.fromEntries(Object.entries(Object(x) as object).map(([k, v]: [string, unknown]) => [k, k === key ? replaced(v, rest, change) : v]));
  };
  const changes: readonly ((old: unknown) => unknown)[] = [
    () => null, () => undefined, () => [], () => ({}), () => -1, () => 1e9, () => 'f32[2]', () => '', () => true,
    x => typeof x === 'number' ? x + 1 : x, x => typeof x === 'number' ? -x : x, x => typeof x === 'string' ? `${x}x` : x,
    x => Array.isArray(x) ? x.slice(1) : x, x => Array.isArray(x) ? [...(x as unknown[]), ...(x as unknown[])] : x, x => [x], x => ({ jaxpr: x }),
  ];
  const all = programs.map(([, jaxpr]) => {
    const data: unknown = JSON.parse(serialise({ jaxpr, consts: [] }));
    return { data, places: places(data) };
  });
  it('are refused in one line, or are well-typed programs', () => {
    let refused = 0;
    let total = 0;
    fc.assert(fc.property(fc.nat(all.length - 1), fc.nat(), fc.nat(changes.length - 1), (program, place, change) => {
      const one = all[program];
      const path = one?.places[place % one.places.length];
      const f = changes[change];
      if (one === undefined || path === undefined || f === undefined) return;
      const text = JSON.stringify(replaced(one.data, path, f)) ?? '';
      const result = deserialise(text, primitiveByName);
      total++;
      if (!isLeft(result)) { checkJaxpr(result.right.jaxpr); return; }
      refused++;
      expect(result.left.code).toBe('serial');
      expect(result.left.message).toMatch(/^\S.*: .+$/);
      expect(result.left.message.length).toBeLessThan(400);
    }), { numRuns: 2000 });
    // Most damage is seen; what is not changes only a path, a parameter that the type does not depend on, or a literal.
    expect(refused / total).toBeGreaterThan(0.6);
  });
  it('cut short, they are refused', () => {
    const text = serialise({ jaxpr: programs[2]?.[1] ?? { numConsts: 0, inputs: [], eqns: [], outputs: [] }, consts: [] });
    for (let n = 0; n < text.length; n += 7) expect(refusal(text.slice(0, n))).toContain('not JSON');
  });
});
