// What this backend has no kernels for, by name: the list only shrinks. A page of tests has its text instead of the file.
import { readFileSync } from 'node:fs';

export const missing: readonly string[] = JSON.parse(readFileSync(new URL('missing.json', import.meta.url), 'utf8'));
