// Builds the package, packs it and unpacks the tarball into the node_modules of an empty project, without a network.
// Used by the package test; the checkout's own dist is left alone, so that several runs do not meet.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, tsc } from '../types/harness/compiler.ts';

/** A project that has the packed library installed, and the directory that holds all of it. */
export interface Installed {
  readonly directory: string;
  readonly project: string;
  readonly library: string;
}

/** Builds, packs, installs. Throws with the compiler's words where the build fails. */
export async function install(): Promise<Installed> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'cotangent-package-')));
  try {
    const stage = join(directory, 'stage');
    mkdirSync(stage);
    for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(stage, name));
    }
    const { status, output } = await tsc(['-p', 'tsconfig.build.json', '--outDir', join(stage, 'dist')]);
    if (status !== 0) throw new Error(`the build failed:\n${output}`);
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], { cwd: stage, stdio: ['ignore', 'ignore', 'pipe'] });
    const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack left no tarball');

    const project = join(directory, 'project');
    const library = join(project, 'node_modules', 'cotangent');
    mkdirSync(library, { recursive: true });
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
    execFileSync('tar', ['-xzf', join(directory, tarball), '-C', library, '--strip-components=1']);
    for (const dependency of ['fp-ts', 'ts-pattern']) link(project, dependency);
    return { directory, project, library };
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw error;
  }
}

/** Makes a package of the checkout one of the project's own. */
export function link(project: string, name: string): void {
  const target = join(project, 'node_modules', name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), target, 'dir');
}

/** Calls a function with a new directory that holds the given files, gone afterwards. */
export function withFiles<A>(files: Readonly<Record<string, string>>, f: (directory: string) => A): A {
  const directory = mkdtempSync(join(tmpdir(), 'cotangent-files-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return f(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
