// A mutant: one realistic mistake in one source file, as data, and what must notice it. And how it is made in a copy of the tree.
// Knows no mutant by name and not how what must notice it is run.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrimitiveName } from '../../src/primitive/index.ts';

/** The laws of one record, the laws of random programs, or one file of tests. */
export type Killer = `laws.primitive:${PrimitiveName}` | 'laws.programs' | `test/${string}.test.ts`;

export interface Mutant {
  /** What is wrong, in words. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly killer: Killer;
}

/** Mutants of one file: under the name of each its killer, what is found, and what stands there instead. */
export const mutantsOf = (file: string, mutants: { readonly [name: string]: readonly [killer: Killer, find: string, replace: string] }): readonly Mutant[] =>
  Object.entries(mutants).map(([name, [killer, find, replace]]) => ({ name, file, find, replace, killer }));

/** Why a mutant cannot be made any more, or null. A source that has changed takes its mutants along, or says so here. */
export function misfit(root: string, { name, file, find, replace }: Mutant): string | null {
  const count = readFileSync(join(root, file), 'utf8').split(find).length - 1;
  if (count !== 1) return `${file}: '${name}': its text stands there ${count} times, it must be once: ${JSON.stringify(find)}`;
  return find === replace ? `${file}: '${name}' changes nothing` : null;
}

/** Makes the mistake in the tree at `root`; returns what undoes it. */
export function plant(root: string, mutant: Mutant): () => void {
  const wrong = misfit(root, mutant);
  if (wrong !== null) throw new Error(wrong);
  const path = join(root, mutant.file);
  const text = readFileSync(path, 'utf8');
  // A function, because a replacement text may hold dollar signs.
  writeFileSync(path, text.replace(mutant.find, () => mutant.replace));
  return () => writeFileSync(path, text);
}
