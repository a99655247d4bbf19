// How far the elementary functions are from the exact value on WebGPU, in units in the last place of float32: the bounds of the other backends
// but where they use float64. Special values are met. Arguments: the interesting interval, both sides of thresholds, every exponent.
import { afterAll, describe, expect, it } from 'vitest';
import type { NDArray } from '../../src/ir/primitive.ts';
import { noParams } from '../../src/primitive/define.ts';
import { primitives } from '../../src/primitive/index.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { exactly, stated, ulps } from '../backend/ulp.ts';
import { refusal, run, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });
const n = 8192;
const specials = [0, -0, 1, -1, NaN, Infinity, -Infinity, 0.5, -0.5, 2, 3.4028234663852886e38, -3.4028234663852886e38, 2 ** -126, -(2 ** -126)];
/** erfc: a polynomial whose terms cancel runs in float64 elsewhere. */
const own: { readonly [name: string]: number } = { erfc: 6 };

describe('elementary functions on webgpu', () => {
  const there = Object.entries(stated).flatMap(([name, bound]) => {
    const p = primitives.find(x => x.name === name) ?? expect.fail(`there is no ${name}`);
    const arity = (exactly[name]?.length ?? 1) > 1 ? 2 : 1;
    const { jaxpr } = stage(name, Array.from({ length: arity }, () => ({ shape: [n], dtype: 'f32' as const })), xs => bind(p, xs, noParams));
    return refusal(backend, jaxpr) === null ? [[name, bound, jaxpr, arity] as const] : [];
  });
  it.each(there)('%s', async (name, { single, grid: [lo, hi], thresholds }, jaxpr, arity) => {
    const dice = new Dice(seed);
    const sign = (): number => dice.below(2) === 0 ? 1 : -1;
    const draw = (): number => {
      switch (dice.below(4)) {
        case 0: return lo + (hi - lo) * dice.below(1_000_001) / 1e6;
        case 1: return sign() * dice.pick(thresholds, 1) * (1 + (dice.below(2001) - 1000) * 1e-7);
        case 2: return sign() * 2 ** (dice.below(254) - 126 + dice.below(1_000_000) / 1e6);
        default: return sign() * 2 ** ((dice.below(40_001) - 20_000) / 1000);
      }
    };
    const inputs = Array.from({ length: arity }, (_, k): NDArray => ({
      shape: [n], dtype: 'f32',
      data: Float32Array.from({ length: n }, (_x, i) => i < specials.length ** 2 ? specials[(k === 0 ? i : Math.floor(i / specials.length)) % specials.length] ?? 0 : draw()),
    }));
    if (!runsKernels) { await backend.compile(jaxpr).ready(); return; }
    const [got] = await run(backend, jaxpr, inputs);
    const exact = exactly[name] ?? expect.fail(`no exact ${name}`);
    for (let i = 0; i < n; i++) {
      const [x = 0, y = 0] = inputs.map(a => a.data[i] ?? 0);
      // Subnormal operands may be zero.
      if ([x, y].some(v => v !== 0 && Math.abs(v) < 2 ** -126)) continue;
      const error = ulps(got?.data[i] ?? NaN, exact(x, y));
      if (!(error <= (own[name] ?? single))) expect.fail(`seed ${seed}: ${name}(${x}${arity > 1 ? `, ${y}` : ''}) is ${got?.data[i]}, exactly ${exact(x, y)}: ${error} ulp`);
    }
  });
});
