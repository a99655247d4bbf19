// A process that computes rows, one at a time, as it is asked to: `node worker.mjs NAME OPTIONS`. Whoever asks outlives it: a driver that crashes,
// or a device that hangs, takes one row with it.
import { large, small } from './cases.mjs';

const [who, options] = process.argv.slice(2);
// Ctrl-C reaches every process of a terminal: who asks decides what becomes of it.
process.on('SIGINT', () => {});
process.on('disconnect', () => { process.exit(); });
const told = error => error instanceof Error ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`.slice(0, 2000) : String(error);
const given = JSON.parse(options);
let made;
try {
  made = await (await import(`./${who}.mjs`)).init(given);
} catch (error) {
  process.send({ refused: told(error) }, () => { process.exit(1); });
  await new Promise(() => { /* until it is gone */ });
}
const { about = null, peak = null } = made;
process.on('message', ({ index, seconds }) => {
  const c = (given.large ? large : small)[index];
  void made.row(c, seconds).catch(error => ({ ok: false, problem: told(error) })).then(row => { process.send({ row }); });
});
process.send({ ready: { about, peak } });
