// Special functions on the wasm backend, between two sums. What the host computes, lane by lane or as a step of its own, has the bits of the
// reference; what has a formula of its own stays within its stated bound, and meets special values exactly.
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/dtype/dtype.ts';
import { aval } from '../../src/ir/aval.ts';
import type { Params, Primitive } from '../../src/ir/primitive.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { hasVector } from '../../src/compile/wasm/scalar.ts';
import { builtins, type PrimitiveName } from '../../src/primitive/index.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { bind1, stage } from '../../src/trace/scope.ts';
import { runPoisoned } from './poisoned.ts';
import { boundOf, rungs, ulps } from './ulp.ts';

const floats = [0.3, 0, -0, 1, -1, 2.5, -0.7, 0.99, 7.25, 1e-30, 1e30, -12.5, Infinity, -Infinity, NaN, 0.5, 3];
const others = [1.5, 2, 0.25, 0, 3, -1, 0.5, 1e-3, 4, 9, -2, 0.75, 1, Infinity, 2, NaN, 6];
const thirds = others.map((_, i) => [0.1, 0.9, 0.5, 0, 1][i % 5] ?? 0);
const integers = [0, 1, -1, 7, 100, -100, 127, -128, 64, 3, -3, 2, 5, 9, 31, 42, 77];
/** Those without parameters have none; the others a few of theirs. */
const cases: readonly (readonly [PrimitiveName, Params])[] = [
  ...(['cbrt', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh', 'xlogy', 'xlog1py', 'erfc', 'lgamma', 'digamma', 'igammac',
    'besselI0e', 'besselI1e', 'nextAfter', 'populationCount', 'clz'] as const).map(name => [name, {}] as const),
  ['sinc', { order: 0 }], ['sinc', { order: 1 }], ['polygamma', { order: 1 }], ['zeta', { order: 0 }], ['igamma', { order: 0 }], ['igamma', { order: 1 }],
  ['gammaDensity', { order: 0, shift: 1 }], ['betainc', { orderA: 0, orderB: 0 }], ['betaDensity', { orderA: 0, orderB: 1, shiftA: 0, shiftB: 0 }],
  ['besselIe', { order: 2 }], ['reducePrecision', { exponentBits: 5, mantissaBits: 3 }],
];
const wide: ReadonlySet<string> = new Set(['atan2', 'xlogy', 'xlog1py', 'igammac', 'nextAfter', 'zeta', 'igamma', 'gammaDensity']);

const zeros = [0, -0, 1, -1, NaN, -Infinity];
describe.each(rungs().map(b => [b.rung.name, b] as const))('on rung %s', (_rung, backend) => {
  it.each(cases)('%s %j', (name, params) => {
    const record: Primitive = builtins[name];
    const arity = name.startsWith('beta') ? 3 : wide.has(name) ? 2 : 1;
    const dtypes: readonly DType[] = name === 'clz' || name === 'populationCount' ? ['i32', 'u32', 'i8', 'u8'] : ['f32', 'f64'];
    for (const dtype of dtypes) {
      const a = aval([floats.length], dtype);
      // Between two sums, so that what can be fused is.
      const { jaxpr } = stage(name, Array.from({ length: arity }, () => a), xs => {
        const y = bind1(record, xs.map(x => add(x, x)), params);
        return [add(y, y)];
      });
      const values = dtype === 'f32' || dtype === 'f64' ? [floats, others, thirds] : [integers];
      const inputs = Array.from({ length: arity }, (_, i) => {
        const data = dtype === 'f32' ? new Float32Array(floats.length) : dtype === 'f64' ? new Float64Array(floats.length)
          : dtype === 'i32' ? new Int32Array(floats.length) : dtype === 'u32' ? new Uint32Array(floats.length) : dtype === 'i8' ? new Int8Array(floats.length) : new Uint8Array(floats.length);
        data.set(values[arity === 3 && i < 2 ? 1 : arity === 3 ? 2 : i] ?? []);
        return { shape: a.shape, dtype, data };
      });
      const want = evaluateJaxpr(jaxpr, inputs)[0];
      const buffers = inputs.map(x => backend.upload(x.data, a));
      const [out] = backend.compile(jaxpr).run(buffers, buffers.map(() => false));
      if (out === undefined || want === undefined) expect.fail('no result');
      const got = backend.downloadSync(out, a);
      const { lowering } = record;
      if ((dtype === 'f32' || dtype === 'f64') && lowering.kind === 'scalar' && hasVector(lowering.op, dtype)) {
        const exact = evaluateJaxpr(jaxpr, inputs, 'wide')[0]?.data ?? expect.fail('no result');
        got.forEach((y, i) => {
          const error = ulps(y, exact[i] ?? 0, dtype);
          if (!(error <= boundOf(name, dtype))) expect.fail(`${dtype}: ${name}(${inputs.map(x => 2 * (x.data[i] ?? 0)).join(', ')}) twice is ${y}, not ${exact[i]}: ${error} ulp`);
        });
      } else expect([...got], dtype).toEqual([...want.data]);
      for (const b of [...buffers, out]) backend.release(b);
    }
  });
  it.each(['max', 'min'] as const)('%s of zeros of both signs, and of NaN, with constants on either side', name => {
    for (const constant of [0, -0, 1, -1, NaN]) {
      for (const first of [true, false]) {
        const a = aval([zeros.length], 'f32');
        const { jaxpr } = stage(name, [a], ([x]) => { if (x === undefined) return []; const c = constantLike(constant, x); return [bind1(builtins[name], first ? [c, x] : [x, c], {})]; }, { numbers: 'literals' });
        const input = { ...a, data: Float32Array.from(zeros) };
        const [got, want] = [runPoisoned(backend, jaxpr, [input]), evaluateJaxpr(jaxpr, [input])];
        // Signs of zeros too.
        zeros.forEach((z, i) => expect(Object.is(got[0]?.data[i], want[0]?.data[i]), `${name}(${z}, ${constant}) is ${got[0]?.data[i]}, not ${want[0]?.data[i]}`).toBe(true));
      }
    }
  });
});
