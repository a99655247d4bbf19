// `npm run predict`: which digit a picture shows, by the checkpoint of any run of `npm start`, whatever its network (see --help).
import { pathToFileURL } from 'node:url';
import { dim, io, nn, random, zeros } from 'cotangent';
import { ended, given } from './digits-command.ts';
import { computeOn } from './digits-device.ts';
import { fitted, type Grey } from './digits-image.ts';
import { probabilities } from './digits-learn.ts';
import { recipes, withModel, type Images } from './digits-models.ts';
import { parsePredict, predictHelp } from './digits-options.ts';
import { findRun, type Found } from './digits-run.ts';

/** The probabilities of the classes, by the network of a run. */
const classify = ({ config, files, bytes }: Found, { ink }: Grey): Promise<Float32Array> => withModel(config.model, dim('classes', config.classes), (network) => {
  const like: Images<number> = zeros([1, 28, 28, 1]);
  const wanted = { params: nn.init(network, random.key(0), like), state: nn.initState(network, like) };
  const { tree } = given(io.readCheckpoint(bytes, wanted, files.checkpoint, { surplus: 'ignore' }));
  return probabilities(network, tree, { x: ink, y: Int32Array.of(0), count: 1 });
});

/** What the network sees, in characters: two rows of pixels a line. */
function sketch({ ink }: Grey): string {
  const shades = ' .:-=+*#%@';
  const shade = (row: number, column: number): string => shades[Math.min(9, Math.floor(5 * ((ink[56 * row + column] ?? 0) + (ink[56 * row + 28 + column] ?? 0))))] ?? ' ';
  return Array.from({ length: 14 }, (_, row) => `  ${Array.from({ length: 28 }, (_each, column) => shade(row, column)).join('')}`.trimEnd()).join('\n');
}
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const main = (argv: readonly string[]): Promise<number> => ended(async () => {
  const asked = given(parsePredict(argv));
  if (asked.kind === 'help') { console.log(predictHelp); return 0; }
  if (asked.backend !== null) await computeOn(asked.backend);
  const found = given(await findRun(asked.checkpoint));
  const { image, told } = given(fitted(given(await io.readPng(await io.readFile(asked.image), { name: asked.image })), asked.image));
  const shares = await classify(found, image);
  const ranked = Array.from(shares, (share, digit) => ({ digit, share })).sort((a, b) => b.share - a.share);
  console.log(`${found.files.checkpoint}: ${recipes[found.config.model].about} after ${found.step} steps on ${found.config.examples}`);
  console.log(`${asked.image}: ${told}`);
  console.log(sketch(image));
  for (const { digit, share } of ranked) console.log(`${String(digit).padStart(3)}  ${percent(share).padStart(7)}  ${'#'.repeat(Math.round(40 * share))}`.trimEnd());
  const [best] = ranked;
  if (best !== undefined) console.log(`digit ${best.digit} (${percent(best.share)})`);
  return 0;
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
