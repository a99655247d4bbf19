// The page that tells users of other libraries what is here: text from tables and the public face. `npm run coverage` writes it.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as face from '../../src/index.ts';
import { equinox } from './equinox.ts';
import { flax } from './flax.ts';
import { jax } from './jax.ts';
import { keras } from './keras.ts';
import { optax } from './optax.ts';
import { pytorch } from './pytorch.ts';
import { tfjs } from './tfjs.ts';
import { judge, reasons, type Area, type Judged, type Library, type Reason } from './library.ts';

/** Every library with a table, in the order of the page. */
export const libraries: readonly Library[] = [jax, optax, flax, equinox, keras, pytorch, tfjs];
export const pagePath = fileURLToPath(new URL('../../docs/coverage.md', import.meta.url));

const code = (name: string): string => `\`${name}\``;
function areaText(area: Area, judged: readonly Judged[]): string[] {
  const same = judged.flatMap(({ name, verdict }) => verdict.kind === 'here' && verdict.same ? [name] : []);
  const other = judged.flatMap(({ name, verdict }) => verdict.kind === 'here' && !verdict.same ? [`${code(name)} is ${code(verdict.path)}`] : []);
  const open = judged.flatMap(({ name, verdict }) => verdict.kind === 'not yet' ? [name] : []);
  const gone = (Object.keys(reasons) as Reason[]).flatMap(reason => {
    const names = judged.flatMap(({ name, verdict }) => verdict.kind === 'absent' && verdict.reason === reason ? [name] : []);
    return names.length === 0 ? [] : [`- ${reasons[reason]}: ${names.map(code).join(', ')}`];
  });
  return [
    `## ${area.area}`, '',
    `${same.length + other.length} of ${judged.length} names are here, ${same.length} of them as ${code(`${area.face}.<name>`)} in camelCase; ${open.length} are not here yet.`, '',
    ...(same.length === 0 ? [] : [`**Here:** ${same.map(code).join(', ')}.`, '']),
    ...(other.length === 0 ? [] : [`**In other words:** ${other.join(', ')}.`, '']),
    ...(open.length === 0 ? [] : [`**Not yet:** ${open.map(code).join(', ')}.`, '']),
    ...(gone.length === 0 ? [] : ['**Not meant to be:**', '', ...gone, '']),
  ];
}

/** The whole page. */
export function page(): string {
  return [
    '# What is here, for users of other libraries', '',
    'Generated from the code by `npm run coverage`; do not edit. Names are compared, not every option of every function.', '',
    ...libraries.flatMap(library => [`# ${library.library}`, '', `Names from ${library.source}.`, '', ...library.areas.flatMap(area => areaText(area, judge(area, face)))]),
  ].join('\n').trimEnd() + '\n';
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) writeFileSync(pagePath, page());
