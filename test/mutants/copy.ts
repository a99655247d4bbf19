// A copy of the tree in the system's temporary directory, where mutants are made: the checkout is never touched.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));
const parts = ['src', 'kernels', 'laws', 'examples', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

/** A fresh copy. Dependencies are shared by links, one each, so that caches written beside them land in the copy. */
export function copyTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'cotangent-mutants-'));
  for (const part of parts) cpSync(join(checkout, part), join(root, part), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync(join(checkout, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(checkout, 'node_modules', name), join(root, 'node_modules', name));
  }
  return root;
}
export const removeTree = (root: string): void => rmSync(root, { recursive: true, force: true });
