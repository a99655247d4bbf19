// Cotangent against its peers, all in one process and in turns. `node run.mjs [pattern] [--peers=a,b] [--rounds=5] [--ms=15] [--plain] [--json=file] [--rungs | --all]`.
// Prints, for each case, the least time, GFLOP/s (and the share of the machine's 128-bit peak) or GB/s, and how many times slower each peer is.
import { writeFileSync } from 'node:fs';
import { flops as peakFlops, peakInC, peakLoop } from './peak.mjs';
import { least, middle, sample, warm } from './measure.mjs';
import { cases } from './workloads.mjs';

const flags = process.argv.slice(2);
const option = (key, otherwise) => { const found = flags.find(f => f.startsWith(`--${key}=`)); return found === undefined ? otherwise : found.slice(key.length + 3); };
const has = key => flags.includes(`--${key}`);
const pattern = new RegExp(flags.find(f => !f.startsWith('--')) ?? '.');
const [rounds, milliseconds] = [Number(option('rounds', 5)), Number(option('ms', 15))];
const files = { cotangent: './peer.mjs', jaxjs: './peers/jaxjs.mjs', tfjs: './peers/tfjs.mjs', ort: './peers/ort.mjs', plain: './peers/plain.mjs' };
const wanted = option('peers', Object.keys(files).join()).split(',');
const results = { node: process.version, when: new Date().toISOString(), cases: [], rungs: [] };
const say = text => { process.stdout.write(`${text}\n`); };

const peers = [];
// Cotangent last: the others find the engine as it is by default.
for (const key of [...wanted].sort((a, b) => (a === 'cotangent') - (b === 'cotangent'))) {
  const module = await import(files[key]);
  try { peers.push([module.name, await module.init()]); } catch (error) { say(`${module.name}: ${error.message}`); }
}
const { wasmBackend } = await import('../../dist/src/backend/wasm/backend.js');
const { rung } = wasmBackend();
const inC = peakInC();
results.rung = rung.name;
results.peakInC = inC;
say(`${process.version}, rung ${rung.name}; peak in C ${inC === null ? '(no compiler)' : `${inC[0]} GFLOP/s fused, ${inC[1]} separate`}\n`);

const number = (x, digits = 3) => x === undefined || Number.isNaN(x) ? '' : x.toPrecision(digits);
/** What a case does for one peer, ready to be sampled, or the reason why not. */
async function ready(name, peer, c) {
  // Plain loops over a large product or a convolution take minutes.
  if (name === 'plain JS' && (c.flops ?? 0) > 3e8 && !has('plain')) return { name, missing: 'slow' };
  if (peer[c.method] === undefined) return { name, missing: 'none' };
  try {
    const work = await peer[c.method](...c.args);
    const losses = [];
    const step = work.loss === undefined && c.suite === 'train' ? async () => { await work.step(); if (losses.length < 4) losses.push(work.loss); } : () => work.step();
    return { name, losses, ...await warm(step, 4 * milliseconds) };
  } catch (error) { return { name, missing: String(error.message ?? error).split('\n')[0].slice(0, 100) }; }
}
for (const c of cases) {
  if (!pattern.test(`${c.suite} ${c.name}`) || has('rungs')) continue;
  const live = [];
  for (const [name, peer] of peers) live.push(await ready(name, peer, c));
  const peak = await warm(peakLoop(rung.fma), 5);
  const own = peers.find(([name]) => name === 'cotangent')?.[1];
  const product = c.product === undefined || own === undefined ? undefined : await warm((await own.gemm(c.product)).step, 2 * milliseconds);
  const gemm512 = c.suite !== 'train' || own === undefined ? undefined : await warm((await own.gemm({ m: 512, k: 512, n: 512 })).step, 2 * milliseconds);
  const timed = [...live.filter(l => l.missing === undefined), ...(product === undefined ? [] : [product]), ...(gemm512 === undefined ? [] : [gemm512])];
  for (let r = 0; r < rounds; r++) for (const w of timed) { await sample(w, milliseconds); await sample(peak, 3); }
  const ours = live.find(l => l.name === 'cotangent' && l.missing === undefined);
  const peakRate = peakFlops / least(peak) / 1e6;
  const row = { suite: c.suite, name: c.name, peak: peakRate, peers: {} };
  say(c.name);
  for (const l of live) {
    if (l.missing !== undefined) { if (l.missing !== 'none') say(`  ${l.name.padEnd(11)} ${l.missing}`); continue; }
    const ms = least(l);
    const rate = c.flops === undefined ? c.bytes / ms / 1e6 : c.flops / ms / 1e6;
    row.peers[l.name] = { ms, median: middle(l), first: l.first, rate, losses: l.losses };
    const share = c.flops === undefined ? `${number(rate)} GB/s` : `${number(rate)} GFLOP/s ${number(100 * rate / peakRate, 2)} %`;
    const ratio = l === ours || ours === undefined ? '' : `${number(ms / least(ours))}x`;
    const loss = l.losses?.length > 0 ? `  loss ${l.losses[0].toFixed(5)} -> ${l.losses.at(-1).toFixed(5)}` : '';
    say(`  ${l.name.padEnd(11)} ${number(ms, 4).padStart(8)} ms (median ${number(middle(l), 4)})  ${share.padEnd(24)} ${ratio.padEnd(7)} first ${number(l.first)} ms${loss}`);
  }
  if (ours !== undefined && product !== undefined) { row.ofProduct = least(ours) / least(product); say(`  ${number(row.ofProduct)} x the product of this size`); }
  if (ours !== undefined && gemm512 !== undefined) {
    const rate = 2 * 512 ** 3 / least(gemm512);
    row.ofGemm = least(ours) / (c.flops / rate);
    say(`  ${number(row.ofGemm)} x its operations at the rate of gemm 512 (${number(rate / 1e6)} GFLOP/s)`);
  }
  const known = live.flatMap(l => l.losses?.length > 0 ? [l.losses] : []);
  const differs = known.some(l => l.some((x, i) => Math.abs(x - known[0][i]) > 1e-4 * Math.abs(known[0][i])));
  if (differs) { row.lossesDiffer = true; say('  THE LOSSES DIFFER'); process.exitCode = 1; }
  results.cases.push(row);
}
if (has('rungs') || has('all')) {
  const { rungs } = await import('./rungs.mjs');
  for await (const r of rungs()) { results.rungs.push(r); say(`${r.name.padEnd(64)} ${number(r.value, 4).padStart(9)} ${r.unit}${r.wanted === undefined ? '' : `  (wanted ${r.wanted})`}`); }
}
const file = option('json');
if (file !== undefined) writeFileSync(file, JSON.stringify(results, null, 1));
process.exit();
