// The functions of shaders: a module has each once, and those alone that something calls.
import { afterAll, expect, it } from 'vitest';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { declarationsOf, needed } from '../../src/compile/wgsl/functions.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { besselI0e, besselI1e } from '../../src/primitive/bessel.ts';
import { pow } from '../../src/primitive/power.ts';
import { erfc } from '../../src/primitive/special.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { stage } from '../../src/trace/scope.ts';
import { softwareBackend } from './harness.ts';

const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });

it('what is called is found with what that calls, in order, and nothing else', () => {
  const all = new Map(declarationsOf('\nfn one() { }\nfn two(x: Kind) {\n  one();\n}\nstruct Kind { n: i32 }\nfn three() { two(); }\n').map(d => [d.name, d]));
  const names = (...called: readonly string[]): readonly string[] => needed(all, called).map(d => d.name);
  expect([names(), names('one'), names('two'), names('three', 'two'), names('four')]).toEqual([[], ['one'], ['one', 'two', 'Kind'], ['one', 'two', 'Kind', 'three'], []]);
  expect(all.get('two')?.text).toBe('fn two(x: Kind) {\n  one();\n}');
});
it('functions of one shader share those that stand under them', async () => {
  const { jaxpr } = stage('functions', [{ shape: [9], dtype: 'f32' }], ([x]) => x === undefined ? [] : [[besselI0e, besselI1e, erfc, (v: AnyTensor): AnyTensor => pow(v, v)].map(f => f(x)).reduce((a, b) => add(a, b))]);
  const executable = backend.compile(jaxpr);
  const defined = dispatchesOf(executable.program.commands).map(d => [...d.shader.code.matchAll(/^fn (\w+)/gm)].map(m => m[1] ?? ''));
  for (const names of defined) expect(names).toEqual([...new Set(names)]);
  // Longer kernels than a driver takes at once are several.
  const all = defined.flat();
  for (const name of ['pair_add', 'bessel_over_root', 'pair_log2', 'exp2_of_pair', 'kept', 'main']) expect(all).toContain(name);
  for (const name of ['pair_expm1', 'pair_circle', 'bessel_ie', 'lgamma', 'igamma']) expect(all).not.toContain(name);
  await executable.ready();
});
