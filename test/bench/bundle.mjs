// A folder that runs the benchmarks on a machine without a network: `node bundle.mjs FOLDER`. The built library, the harness, what the peers load, and Node.
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const [, , to] = process.argv;
if (to === undefined) throw new Error('bundle: name a folder');
/** Of large packages only what Node loads. */
const loaded = {
  'onnxruntime-web': /^(package\.json|dist$|dist\/ort\.(node|wasm)\..*\.m?js$|dist\/ort-wasm-simd-threaded\.(mjs|wasm)$)/,
  '@tensorflow/tfjs-core': /^(package\.json|dist)/, '@tensorflow/tfjs-backend-cpu': /^(package\.json|dist)/, '@tensorflow/tfjs-backend-wasm': /^(package\.json|wasm-out|dist)/,
};
/** Maps, declarations, tests and bundles for browsers stay behind. */
const left = /\.(map|d\.ts|ts|html|md)$|_test\.js$|\.min\.js$|\.es2017|\.fesm|tf-(core|backend-cpu|backend-wasm)\.js$|benchmarks/;
function copy(from, into, keep) {
  cpSync(from, into, { recursive: true, filter: path => {
    const name = path.slice(from.length + 1);
    return name === '' || (!left.test(name) && (keep === undefined || keep.test(name)));
  } });
}
mkdirSync(join(to, 'test', 'bench'), { recursive: true });
copy(join(root, 'dist'), join(to, 'dist'));
cpSync(join(root, 'package.json'), join(to, 'package.json'));
for (const name of ['fp-ts', 'ts-pattern']) if (existsSync(join(root, 'node_modules', name))) copy(join(root, 'node_modules', name), join(to, 'node_modules', name), /^(package\.json|lib|dist)/);
for (const name of readdirSync(here)) if (name !== 'node_modules') cpSync(join(here, name), join(to, 'test', 'bench', name), { recursive: true });
const modules = join(here, 'node_modules');
for (const name of readdirSync(modules)) {
  if (name.startsWith('.')) continue;
  const packages = name.startsWith('@') ? readdirSync(join(modules, name)).map(n => `${name}/${n}`) : [name];
  for (const p of packages) if (!p.startsWith('@types') && statSync(join(modules, p)).isDirectory()) copy(join(modules, p), join(to, 'test', 'bench', 'node_modules', p), loaded[p]);
}
cpSync(process.execPath, join(to, 'node'));
