// Two devices at once: neither sees what the other has: buffers, pipelines, executables, temporaries, choices. A value of one that is given to the
// other is an error of one line, or is made anew there.
import { afterAll, describe, expect, it } from 'vitest';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import type { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { fromData, jit, np, scan, tensor, type Tensor } from '../../src/index.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { currentBackend, installBackend } from '../../src/trace/backend.ts';
import { executableFor } from '../../src/trace/executables.ts';
import { stage } from '../../src/trace/scope.ts';
import { codeAndText, rejection } from '../tree/errors.ts';
import { expectComputed, softwareBackend } from './harness.ts';

const before = currentBackend();
const [first, second] = await Promise.all([softwareBackend(), softwareBackend()]);
afterAll(() => { installBackend(before); for (const b of [first, second]) b.device.gpu.destroy(); });
type V = Tensor<[4]>;
const on = <A>(b: WebGpuBackend, f: () => A): A => { installBackend(b); return f(); };

describe('two devices', () => {
  it('compute one after another, and again: programs, loops, donated values', async () => {
    const f = jit((x: V): V => np.multiply(np.add(x, 1), 2), { donate: [0] });
    const loop = jit((x: V): V => scan((c: V, _: null) => [np.add(np.multiply(c, 0.5), 1), null] as const, x, null, { length: 20 })[0]);
    for (let k = 0; k < 3; k++) for (const b of [first, second]) {
      installBackend(b);
      expectComputed(await f(np.add(tensor([1, 2, 3, 4]), k)).data(), [4 + 2 * k, 6 + 2 * k, 8 + 2 * k, 10 + 2 * k]);
      expectComputed(await loop(tensor([k, 1, 2, 3])).data(), [k, 1, 2, 3].map(x => 2 + (x - 2) / 2 ** 20), 5);
    }
  });
  it('at the same time: what one is asked for does not wait in the queue of the other, nor is read from it', async () => {
    const f = jit((x: V): V => np.add(np.multiply(x, 3), 1));
    const reads = [0, 1, 2, 3].flatMap(k => [first, second].map((b, i) => on(b, () => f(np.add(tensor([k, k, k, k]), i)).data())));
    (await Promise.all(reads)).forEach((got, j) => { const x = Math.floor(j / 2) + j % 2; expectComputed(got, [x, x, x, x].map(n => 3 * n + 1)); });
  });
  it('share no executable, pipeline, memory or count of either', async () => {
    const { jaxpr } = stage('sum', [{ shape: [4], dtype: 'f32' }], ([x]) => x === undefined ? [] : [add(x, x)]);
    const [mine, other] = [executableFor(first, jaxpr), executableFor(second, jaxpr)];
    expect(mine).not.toBe(other);
    const shader = dispatchesOf(first.compile(jaxpr).program.commands)[0]?.shader ?? expect.fail('no kernel');
    const [p, q] = await Promise.all([first.device.pipelines.get(shader, 'sum'), second.device.pipelines.get(shader, 'sum')]);
    expect(p.pipeline).not.toBe(q.pipeline);
    expect(p.layout).not.toBe(q.layout);
    expect(await first.device.pipelines.get(shader, 'sum')).toBe(p);
    const { pool, dispatches, submits } = second.device;
    const known = [pool.used, pool.pooled, dispatches, submits];
    const x = on(first, () => np.add(tensor([1, 2, 3, 4]), tensor([1, 1, 1, 1])));
    expectComputed(await x.data(), [2, 3, 4, 5]);
    expect([pool.used, pool.pooled, second.device.dispatches, second.device.submits]).toEqual(known);
    expect(first.device.arena(1).handle).not.toBe(second.device.arena(1).handle);
  });
  it('a value of one is refused by the other, in one line, stays readable, and can be made anew there', async () => {
    const x: V = on(first, () => np.add(tensor([1, 2, 3, 4]), 1));
    await x.data();
    installBackend(second);
    expect(await rejection(() => np.multiply(x, 2).data())).toEqual(['backend-mismatch', 'mul: an operand lives on another device of webgpu; make it anew: fromData(await x.data(), x.shape)']);
    const f = jit((y: V): V => np.multiply(y, 2));
    expect(codeAndText(() => f(x))).toEqual(['backend-mismatch', 'mul: an operand lives on another device of webgpu; make it anew: fromData(await x.data(), x.shape)']);
    expectComputed(await x.data(), [2, 3, 4, 5]);
    expectComputed(await f(fromData(await x.data(), x.shape)).data(), [4, 6, 8, 10]);
    // Freed where it lives.
    const y: V = on(first, () => np.add(tensor([1, 2, 3, 4]), 2));
    await y.data();
    installBackend(second);
    const { used } = first.device.pool;
    y[Symbol.dispose]();
    expect(first.device.pool.used).toBeLessThan(used);
  });
  it('a buffer of one is no buffer of the other, to run with, to read or to release', async () => {
    const aval = { shape: [4], dtype: 'f32' } as const;
    const buffer = first.upload(Float32Array.of(1, 2, 3, 4), aval);
    const { jaxpr } = stage('sum', [aval], ([x]) => x === undefined ? [] : [add(x, x)]);
    const wrong = ['backend-mismatch', 'webgpu: the buffer belongs to another device'];
    expect(codeAndText(() => second.compile(jaxpr).run([buffer]))).toEqual(wrong);
    expect(await rejection(() => second.download(buffer, aval))).toEqual(wrong);
    expect(codeAndText(() => { second.release(buffer); })).toEqual(wrong);
    first.release(buffer);
  });
  it('one that is lost leaves the other as it is', async () => {
    const third = await softwareBackend();
    const f = jit((x: V): V => np.add(np.multiply(x, 5), 1));
    const x = on(third, () => f(tensor([1, 2, 3, 4])));
    await x.data();
    third.device.gpu.destroy();
    expect(await third.isLost()).toBe(true);
    expect(await second.isLost()).toBe(false);
    installBackend(second);
    expectComputed(await f(tensor([1, 2, 3, 4])).data(), [6, 11, 16, 21]);
    expect(codeAndText(() => f(x))).toEqual(['backend-mismatch', 'mul: an operand lived on a device of webgpu that was lost; load or compute it again']);
  });
});
