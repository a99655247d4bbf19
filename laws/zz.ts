import { primitives } from '../src/primitive/index.ts';
import { primitive } from './primitive.ts';
import { showReport } from './report.ts';
const only = process.argv.slice(2);
let total = 0;
for (const p of primitives) {
  if (only.length > 0 && !only.includes(p.name)) continue;
  const t = performance.now();
  try { const r = primitive(p, { runs: Number(process.env['RUNS'] ?? 40) }); console.log(showReport(r)); } catch (e) { console.log('FAIL', p.name, String((e as Error).message).slice(0, only.length > 0 ? 6000 : 900)); if (!(e as any).law) console.log((e as Error).stack); }
  total += performance.now() - t;
}
console.log('total', total);
