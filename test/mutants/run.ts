// `npm run mutants`: each mutant is made in a copy of the tree, and what must notice it must. Survivors are defects of the suite.
// Arguments choose mutants by a part of their name, file or killer; SEED chooses what random laws and tests try (1 by default); `--verbose` shows reports.
import { catalogue } from './catalogue.ts';
import { checkout, copyTree, removeTree } from './copy.ts';
import { runKillers, type Outcome } from './kill.ts';
import { misfit, plant, type Killer, type Mutant } from './mutant.ts';

const processes = 2;
const seed = Number(process.env['SEED'] ?? 1);
const verbose = process.argv.includes('--verbose');
const words = process.argv.slice(2).filter(a => !a.startsWith('--'));
const chosen = words.length === 0 ? catalogue : catalogue.filter(m => words.some(w => `${m.file} ${m.killer} ${m.name}`.includes(w)));

const fit = (text: string, width: number): string => text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
const row = (state: string, m: Mutant, o: Outcome): string =>
  `${state.padEnd(9)}${fit(m.file.replace(/^src\//, ''), 30)} ${fit(m.name, 68)} ${fit(m.killer.replace(/^test\//, ''), 38)} ${fit(o.noticed ?? o.trouble ?? '', 60)} ${(o.milliseconds / 1000).toFixed(1)} s`;

const wrong = chosen.flatMap(m => misfit(checkout, m) ?? []);
for (const w of wrong) console.log(w);
if (wrong.length > 0 || chosen.length === 0) {
  console.log(`${wrong.length} of ${chosen.length} mutants cannot be made`);
  process.exit(1);
}

const started = performance.now();
const trees = Array.from({ length: processes }, copyTree);
process.on('exit', () => trees.forEach(removeTree));
process.on('SIGINT', () => process.exit(130));
process.exitCode = await main();

async function main(): Promise<number> {
  // Without a mutant all must hold, or nothing that follows means anything.
  const killers = [...new Set(chosen.map(m => m.killer))];
  const kinds = [killers.filter(k => k.startsWith('laws.')), killers.filter(k => !k.startsWith('laws.'))].filter(k => k.length > 0);
  const baseline = await Promise.all(kinds.map((k, i) => runKillers(trees[i] ?? '', k, seed)));
  for (const o of baseline) {
    if (o.noticed === null && o.trouble === null) continue;
    console.log(`without a mutant: ${o.noticed ?? o.trouble}\n${o.report}`);
    return 1;
  }
  console.log(`without a mutant all ${killers.length} killers hold (${((performance.now() - started) / 1000).toFixed(0)} s, seed ${seed})`);

  const queue = [...chosen];
  const survivors: string[] = [];
  await Promise.all(trees.map(async root => {
    for (let m = queue.shift(); m !== undefined; m = queue.shift()) {
      const o = await tryMutant(root, m);
      const state = o.noticed !== null ? 'killed' : o.trouble !== null ? 'TROUBLE' : 'SURVIVED';
      const line = row(state, m, o);
      console.log(line);
      if (verbose || o.trouble !== null) console.log(o.report);
      if (o.noticed === null) survivors.push(line);
    }
  }));
  for (const line of survivors) console.log(line);
  console.log(`${chosen.length - survivors.length} killed, ${survivors.length} survived of ${chosen.length} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  return survivors.length === 0 ? 0 : 1;
}

async function tryMutant(root: string, m: Mutant): Promise<Outcome> {
  const undo = plant(root, m);
  try { return await runKillers(root, [m.killer satisfies Killer], seed); } finally { undo(); }
}
