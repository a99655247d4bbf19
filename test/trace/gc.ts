// The collector, for tests of what may be collected. It runs only between jobs, so everything here is asynchronous.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const found: unknown = runInNewContext('gc');
const gc = typeof found === 'function' ? (): void => { found(); } : (): never => { throw new Error('no collector'); };

const turn = (): Promise<void> => new Promise(resolve => { setTimeout(resolve, 1); });
/** Collects what nothing reaches. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await turn();
    gc();
  }
}
/** Bytes in use after a collection: objects and typed arrays. */
export async function bytesInUse(): Promise<number> {
  await collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
/** Whether what `make` gives has been collected once nothing holds it. */
export async function isCollected(make: () => object | Promise<object>): Promise<boolean> {
  const ref = await weakly(make);
  await collect();
  return ref.deref() === undefined;
}
// A frame of its own: a local variable of an async function lives on.
const weakly = async (make: () => object | Promise<object>): Promise<WeakRef<object>> => new WeakRef(await make());
