// A pause for everything else in the process. Steps wait for results by promises that are ready at once, so without it no timer, no signal (Ctrl-C
// is one), no drawing of a page would get its turn until a run is over. Floor 7. Knows nothing of training.

/** How long steps may follow each other without a pause, in ms. */
const longest = 50;

/** One turn of the event loop. Node's immediates come after signals and files; a message is what a browser does not delay. */
const turn = (): Promise<void> => new Promise(resolve => {
  if (typeof setImmediate === 'function') { setImmediate(resolve); return; }
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => { port1.close(); resolve(); });
  port1.start();
  port2.postMessage(null);
});

/** A function to be awaited after each step: it lets others have their turn now and then, and costs nothing otherwise. */
export function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < longest) return;
    await turn();
    last = performance.now();
  };
}
