// The project's TypeScript sources as text, keyed by path from the root, so that a rule can be run on planted files too.
// Stands beside the rules: knows where files are, not what they may contain.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path from the project root, with forward slashes, to the file's text. */
export type Sources = ReadonlyMap<string, string>;

/** The project's root directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Reads every `.ts` file below the given directories, planted breaches left out; a directory that is missing is empty. */
export function readSources(directories: readonly string[], root: string = ROOT): Sources {
  const sources = new Map<string, string>();
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) if (entry !== 'node_modules' && entry !== 'planted') visit(join(path, entry));
    } else if (path.endsWith('.ts')) {
      sources.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  };
  for (const directory of directories) {
    const path = join(root, directory);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) visit(path);
  }
  return sources;
}

/** Files that exist only in memory: what a planted violation is made of. */
export const planted = (files: Readonly<Record<string, string>>): Sources => new Map(Object.entries(files));
