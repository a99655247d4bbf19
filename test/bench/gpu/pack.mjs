// `node test/bench/gpu/pack.mjs [FILE.tar.gz]`: the GPU benchmarks for a machine that has a GPU and nothing else: this Node, Dawn, a Vulkan loader
// and SwiftShader, the built package, this harness, and jax-js where it is installed here (npm ci in test/bench). There: tar xzf FILE; cotangent-gpu/run.sh. linux-x64 only.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { unpackVulkan } from './vulkan.mjs';

const mostBytes = 60 * 2 ** 20;
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const file = resolve(process.argv[2] ?? 'cotangent-gpu.tar.gz');
if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('pack: what is packed is this machine\'s Node and Dawn: linux-x64');
if (!existsSync(join(root, 'dist/src/index.js'))) throw new Error('pack: the package is not built: npm run build');

const scratch = mkdtempSync(join(tmpdir(), 'cotangent-pack-'));
const to = join(scratch, 'cotangent-gpu');
/** Types, maps and words stay behind. */
const left = /\.(map|d\.ts|d\.mts|d\.cts|md|flow)$/;
function copy(from, into, keep) {
  cpSync(from, into, { recursive: true, dereference: true, filter: path => {
    const name = path.slice(from.length + 1);
    return name === '' || (!left.test(name) && (keep === undefined || keep.test(name)));
  } });
}
try {
  unpackVulkan(join(to, 'vulkan'));
  cpSync(process.execPath, join(to, 'node'));
  spawnSync('strip', [join(to, 'node')]);
  copy(join(root, 'dist'), join(to, 'dist'));
  cpSync(join(root, 'package.json'), join(to, 'package.json'));
  for (const name of ['fp-ts', 'ts-pattern']) copy(join(root, 'node_modules', name), join(to, 'node_modules', name), /^(package\.json|lib|dist)/);
  copy(join(root, 'node_modules/webgpu'), join(to, 'node_modules/webgpu'), /^(package\.json|index\.js|dist$|dist\/linux-x64)/);
  for (const name of ['gpu', 'peers', 'workloads.mjs']) cpSync(join(root, 'test/bench', name), join(to, 'test/bench', name), { recursive: true });
  const peer = join(root, 'test/bench/node_modules/@jax-js/jax');
  if (existsSync(peer)) copy(peer, join(to, 'test/bench/node_modules/@jax-js/jax'));
  else console.log('pack: jax-js is not installed (npm ci in test/bench), so it is left out');
  writeFileSync(join(to, 'run.sh'), '#!/bin/sh\n# The benchmarks: nine minutes at most; gpu.json beside this file has the results. Arguments: a pattern of suites and names, --seconds=N.\ncd "$(dirname "$0")" || exit 1\nexec ./node test/bench/gpu/run.mjs --json="${GPU_JSON:-gpu.json}" "$@"\n');
  chmodSync(join(to, 'run.sh'), 0o755);
  const packed = spawnSync('tar', ['-C', scratch, '-cf', '-', 'cotangent-gpu'], { maxBuffer: 2 ** 30 });
  writeFileSync(file, gzipSync(packed.stdout, { level: 9 }));
  const { size } = statSync(file);
  console.log(`${file}: ${(size / 2 ** 20).toFixed(1)} MiB`);
  if (size > mostBytes) { console.log(`pack: more than ${mostBytes / 2 ** 20} MiB`); process.exitCode = 1; }
} finally { rmSync(scratch, { recursive: true, force: true }); }
