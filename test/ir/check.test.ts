// The checker: every breach of what a program is gets one error that names the equation.
import { describe, expect, it } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { Var, noOrigin, type Eqn, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { addP, mulP } from '../../src/primitive/arithmetic.ts';
import { callP } from '../../src/primitive/call.ts';
import type { Aval } from '../../src/ir/aval.ts';
import type { Params, Primitive } from '../../src/ir/primitive.ts';
import '../trace/language.ts';
import { programs } from './programs.ts';

const vector: Aval = { shape: [3], dtype: 'f32' };
const [a, b, c, d] = [new Var(vector), new Var(vector), new Var(vector), new Var({ shape: [2], dtype: 'f32' })];
const eqn = (primitive: Primitive, inputs: Eqn['inputs'], outputs: Eqn['outputs'], params: Params = {}): Eqn => ({ primitive, params, inputs, outputs, origin: noOrigin });
const program = (inputs: readonly Var[], eqns: readonly Eqn[], outputs: Jaxpr['outputs'], numConsts = 0): Jaxpr => ({ numConsts, inputs, eqns, outputs });
const sound = program([a, b], [eqn(mulP, [a, b], [c])], [c]);

describe('accepts', () => {
  it.each(programs)('%s', (_name, jaxpr) => { expect(checkJaxpr(jaxpr)).toBe(jaxpr); });
  it('a program that returns an input, a literal, and one value twice', () => {
    expect(() => checkJaxpr(program([a], [], [a, { value: 1, aval: vector }, a]))).not.toThrow();
  });
});

describe('refuses', () => {
  it.each<readonly [string, Jaxpr, string]>([
    ['a variable that nothing defines', program([a], [eqn(mulP, [a, b], [c])], [c]), 'p: equation 0 (mul) reads a variable that is not defined'],
    ['a variable that is defined later', program([a], [eqn(mulP, [a, c], [b]), eqn(mulP, [a, a], [c])], [b]), 'p: equation 0 (mul) reads a variable that is not defined'],
    ['an equation that reads its own result', program([a], [eqn(mulP, [a, c], [c])], [c]), 'p: equation 0 (mul) reads a variable that is not defined'],
    ['a result that is defined twice', program([a], [eqn(mulP, [a, a], [c]), eqn(mulP, [a, a], [c])], [c]), 'p: equation 1 (mul) defines a variable twice'],
    ['a result that is an input', program([a], [eqn(mulP, [a, a], [a])], [a]), 'p: equation 0 (mul) defines a variable twice'],
    ['an input given twice', program([a, a], [], [a]), 'p: the input list defines a variable twice'],
    ['an output that nothing defines', program([a], [], [b]), 'p: the output list reads a variable that is not defined'],
    ['a result of another type', program([a], [eqn(mulP, [a, a], [d])], [d]), 'p: equation 0 (mul): output 0 is f32[2], its rule says f32[3]'],
    ['too many results', program([a], [eqn(mulP, [a, a], [b, c])], [c]), 'p: equation 0 (mul) has 2 outputs, its rule says 1'],
    ['operands that the rule refuses', program([a, d], [eqn(addP, [a, d], [b])], [b]), 'add: shapes differ, f32[3] vs f32[2]; primitives do not broadcast (use np)'],
    ['more captured inputs than inputs', program([a], [], [a], 2), 'p: numConsts 2 of 1 inputs'],
    ['a body that reads a variable of the program around it', program([a, b], [eqn(callP, [a], [c], { name: 'f', jaxpr: program([d], [eqn(mulP, [b, b], [new Var(vector)])], []) })], [c]), 'p, equation 0 (call): equation 0 (mul) reads a variable that is not defined'],
  ])('%s', (_what, jaxpr, message) => {
    let error: unknown;
    try {
      checkJaxpr(jaxpr, 'p');
    } catch (e) { error = e; }
    expect(error).toBeInstanceOf(CotangentError);
    expect((error as CotangentError).message.split('\n')[0]).toBe(message);
  });
  it('one breach, and nothing else, makes the sound program unsound', () => {
    expect(() => checkJaxpr(sound)).not.toThrow();
    expect(() => checkJaxpr({ ...sound, outputs: [new Var(vector)] })).toThrow(CotangentError);
  });
});
