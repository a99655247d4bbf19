// Files on disk, where there is one: read whole, replaced atomically. Floor 7, browser-safe: Node's file system is asked for at run
// time, so no bundler meets the import; in a browser these functions say what to do instead.

import { CotangentError } from '../error.ts';
import { isLeft } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import { describe } from '../trace/describe.ts';
import { expectLike, readCheckpoint, writeCheckpoint, type Checkpoint, type CheckpointOptions } from './checkpoint.ts';

type FileSystem = typeof import('node:fs/promises');

function fileSystem(where: string, path: unknown): FileSystem {
  if (typeof path !== 'string' || path === '') throw new CotangentError('value', `${where}: ${path === '' ? 'the path is empty' : `the path is ${describe(path)}`}; write ${where}('file', ...)`);
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') {
    throw new CotangentError('unsupported', `${where}: there is no file system here; fetch the bytes and give them to the reader of the format`);
  }
  return process.getBuiltinModule('node:fs/promises');
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'], ['ENOTDIR', 'a part of the path is no directory'], ['EEXIST', 'a part of the path is no directory'], ['EACCES', 'permission denied'], ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'], ['ENOSPC', 'no space left'], ['EISDIR', 'is a directory'], ['ENAMETOOLONG', 'the name is too long'],
]);

/** An error of the file system in one line that begins with the path. */
function told(path: string, doing: string, error: unknown): CotangentError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = reasons.get(code) ?? (error instanceof Error ? error.message : String(error));
  return new CotangentError('data', `${path}: cannot be ${doing} (${why})`, { cause: error });
}

/**
 * The bytes of a file.
 *
 * @param limit the most bytes that are read; default 4 GiB.
 * @throws `data` where it cannot be read or is larger, `unsupported` in a browser.
 * @example
 * import { io } from 'cotangent';
 * await io.readFile('no-such-file.npy'); // throws no-such-file.npy: cannot be read (no such file or directory)
 */
export async function readFile(path: string, limit: number = 2 ** 32): Promise<Uint8Array> {
  const fs = fileSystem('io.readFile', path);
  try {
    const about = await fs.stat(path);
    if (about.isFile() && about.size > limit) throw new CotangentError('data', `${path}: has ${about.size} bytes, more than the limit of ${limit}`);
    const bytes = await fs.readFile(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    throw error instanceof CotangentError ? error : told(path, 'read', error);
  }
}

/** Makes a directory, and those above it. Node's own `recursive` never ends where a parent can be neither found nor made, as below /proc. */
async function makeDirectory(fs: FileSystem, path: string): Promise<void> {
  const stands = await fs.stat(path).then(about => about.isDirectory(), () => false);
  if (stands) return;
  const above = path.replace(/[/\\]+$/, '').replace(/[^/\\]*$/, '');
  if (above !== '' && above !== path) await makeDirectory(fs, above);
  try {
    await fs.mkdir(path);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!await fs.stat(path).then(about => about.isDirectory(), () => false)) throw error;
  }
}

let writings = 0;

/**
 * Writes a file atomically: who reads the path meanwhile, or after a crash, finds the old file or the new one, whole. Directories on the
 * way are made.
 *
 * @throws `data` where it cannot be written (the old file is as it was), `unsupported` in a browser.
 * @example
 * import { io } from 'cotangent';
 * await io.writeFile('/dev/null/x', 'text'); // throws /dev/null/x: cannot be written
 */
export async function writeFile(path: string, contents: Uint8Array | string): Promise<void> {
  const fs = fileSystem('io.writeFile', path);
  // Beside the file, because renaming is atomic inside one file system only.
  const temporary = `${path}.${process.pid}-${writings++}.tmp`;
  try {
    await makeDirectory(fs, path.replace(/[^/\\]*$/, '') || '.');
    const file = await fs.open(temporary, 'w');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw told(path, 'written', error);
  }
}

/**
 * Writes a checkpoint (`writeCheckpoint`) to a file, atomically.
 *
 * @throws as `writeCheckpoint` and `writeFile` do.
 * @example
 * import { io, tensor } from 'cotangent';
 * await io.saveCheckpoint('/dev/null/x', { w: tensor([1, 2]) }); // throws /dev/null/x: cannot be written
 */
export async function saveCheckpoint(path: string, tree: unknown, metadata: { readonly [key: string]: string } = {}): Promise<void> {
  fileSystem('io.saveCheckpoint', path);
  await writeFile(path, await writeCheckpoint(tree, metadata));
}

/**
 * Reads a checkpoint from a file into a tree like `like` (see `readCheckpoint`).
 *
 * @throws `data` in one line that names the file: it cannot be read, is damaged, or does not fit `like`.
 * @example
 * import { io, zeros } from 'cotangent';
 * await io.loadCheckpoint('no-such-file.safetensors', { w: zeros([2]) }); // throws no-such-file.safetensors: cannot be read
 */
export async function loadCheckpoint<P>(path: string, like: P, options: CheckpointOptions = {}): Promise<Checkpoint<P>> {
  optionsOf('io.loadCheckpoint', options, { surplus: ['refuse', 'ignore'] });
  fileSystem('io.loadCheckpoint', path);
  expectLike(like, 'io.loadCheckpoint', 'path');
  const checkpoint = readCheckpoint(await readFile(path), like, path, options);
  if (isLeft(checkpoint)) throw checkpoint.left;
  return checkpoint.right;
}
