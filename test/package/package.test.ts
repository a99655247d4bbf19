// The package as others get it: built, packed, installed into an empty project, imported in bare Node, compiled against.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planted, readSources, type Sources } from '../architecture/sources.ts';
import { node, ROOT, tsc } from '../types/harness/compiler.ts';
import { bundled, withEffects } from './bundle.ts';
import { danglingSpecifiers, reachableAny, writtenAny } from './declarations.ts';
import { install, link, withFiles, type Installed } from './pack.ts';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'], strict: true, noEmit: true, types: [],
};

describe('the packed library', () => {
  let installed: Installed;
  let declarations: Sources;
  beforeAll(async () => {
    installed = await install();
    declarations = new Map([...readSources(['dist'], installed.library)].filter(([path]) => path.endsWith('.d.ts')));
  }, 120_000);
  afterAll(() => { if (installed !== undefined) rmSync(installed.directory, { recursive: true }); });

  const run = async (name: string, program: string): Promise<string> => {
    writeFileSync(join(installed.project, name), program);
    const { status, output } = await node([name], installed.project);
    expect(output).not.toMatch(/Error/);
    expect(status).toBe(0);
    return output;
  };

  it('runs in bare Node, without its peers', async () => {
    expect(await run('main.js', `
      import { tensor, grad, np } from 'cotangent';
      const slope = grad((x) => np.sum(np.multiply(x, x)))(tensor([1, 2, 3]));
      console.log(JSON.stringify(await slope.js()));
    `)).toBe('[2,4,6]\n');
  });

  it('exports its laws to who has fast-check', async () => {
    link(installed.project, 'fast-check');
    expect(await run('laws.js', `
      import * as laws from 'cotangent/laws';
      console.log(typeof laws.primitive, typeof laws.program);
    `)).toBe('function function\n');
  });

  it('exports nothing else', async () => {
    writeFileSync(join(installed.project, 'inner.js'), "import 'cotangent/dist/src/error.js';");
    expect((await node(['inner.js'], installed.project)).output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('holds what it promises and no more', () => {
    for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/src/index.js', 'dist/laws/index.d.ts']) {
      expect(existsSync(join(installed.library, name)), name).toBe(true);
    }
    expect([...readSources(['.'], installed.library).keys()].filter((path) => !path.endsWith('.d.ts'))).toEqual([]);
  });

  // A browser project has no types of Node; a Node project without the DOM has them. Neither may see an error, in its code or in ours.
  const consumers: readonly (readonly [string, object])[] = [
    ['a browser project', { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'], types: [] }],
    ['a Node project', { module: 'nodenext', lib: ['es2022', 'esnext.disposable'], types: ['node'], typeRoots: [`${ROOT}node_modules/@types`] }],
  ];
  it.each(consumers)('compiles in %s', async (name, options) => {
    const file = `${name.replaceAll(' ', '-')}.ts`;
    writeFileSync(join(installed.project, file), `
      import { grad, np, tensor, type Tensor } from 'cotangent';
      export const x: Tensor<[3]> = tensor([1, 2, 3]);
      export const slope: Tensor<[3]> = grad((y: Tensor<[3]>) => np.sum(np.multiply(y, y)))(x);
      // @ts-expect-error: three are not four; an \`any\` would pass
      export const four: Tensor<[4]> = x;
    `);
    writeFileSync(join(installed.project, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, ...options }, files: [file],
    }));
    expect((await tsc(['-p', '.'], installed.project)).output).toBe('');
    const six = await node([join(ROOT, 'node_modules/typescript/bin/tsc6'), '--pretty', 'false', '-p', '.'], installed.project);
    expect(six.output).toBe('');
  });

  // What a page imports is what it downloads. The manifest lists the modules that do something when they are loaded; bundlers leave out all others
  // that nothing is taken from. What they keep must be enough: methods, backends, transforms inside of primitives, training.
  it('lists the modules that do something when they are loaded, and no other', () => {
    const manifest: { readonly sideEffects: readonly string[] } = JSON.parse(readFileSync(join(installed.library, 'package.json'), 'utf8'));
    const found = withEffects(new Map(['dist/src', 'dist/laws', 'dist/kernels'].flatMap(at => readdirSync(join(installed.library, at), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.js')).map(path => [`${at}/${path}`, readFileSync(join(installed.library, at, path), 'utf8')] as const))));
    expect(found.map(path => `./${path}`)).toEqual(manifest.sideEffects.filter(path => path.startsWith('./dist/')).sort());
    // The checkout's own pages and tests are bundled from the sources: the same modules, and all that is not the library.
    expect(manifest.sideEffects.filter(path => path.startsWith('./src/')).sort()).toEqual(found.filter(path => path.startsWith('dist/src/')).map(path => `./${path.replace('dist/', '').replace('.js', '.ts')}`));
    // A planted one is seen, whatever it does.
    expect(withEffects(new Map([['a.js', 'install(1);'], ['b.js', "import './a.js';"], ['c.js', 'for (const x of y) z[x] = 1;'], ['d.js', "import { a } from './a.js'; export const b = a(1); export * from './c.js';"]]))).toEqual(['a.js', 'b.js', 'c.js']);
  });
  const small = `
    import { grad, np, tensor } from 'cotangent';
    const slope = grad(x => np.sum(np.multiply(x, x)))(tensor([1, 2, 3]));
    console.log(JSON.stringify([await slope.js(), await slope.add(1).mul(2).matmul(tensor([1, 1, 1])).js()]));
  `;
  const large = `
    import { backends, checkpoint, data, definePrimitive, getBackend, grad, jit, nn, np, optim, random, scan, setBackend, tensor, train, vmap, zeros } from 'cotangent';
    const { call: cube } = definePrimitive({ name: 'cube', decomposition: x => np.multiply(x, np.square(x)), sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }] }) });
    const said = [getBackend(), backends().join()];
    for (const backend of ['wasm', 'reference']) {
      await setBackend(backend);
      const x = tensor([1, 2]);
      said.push(await jit(vmap(grad(v => cube(v))))(x).js(), await grad(v => np.sum(checkpoint(w => np.tanh(nn.softmax(w)))(v)))(x).js());
      said.push(await grad(v => scan((c, u) => [c.mul(u), c], np.sum(v), v)[0])(x).js());
      const net = nn.seq(nn.dense(4), nn.layerNorm, nn.relu, nn.dense(1));
      const fitted = await train.fit({
        params: nn.init(net, random.key(0), zeros([4, 1])), loss: (p, b) => nn.squaredError(nn.apply(net, p, b.x), b.y), optimizer: optim.adamw(0.1),
        batches: data.batches(data.source({ x: tensor([[0], [1], [2], [3]]), y: tensor([[1], [3], [5], [7]]) }), { size: 2, last: 'drop', key: random.key(1) }), steps: 5, output: null,
      });
      said.push(fitted.loss);
    }
    console.log(JSON.stringify(said));
  `;
  it.each([['small', small], ['large', large]])('does the same in a bundle: %s', async (name, program) => {
    const want = await run(`${name}.js`, program);
    const sizes: { [bundler: string]: number } = {};
    for (const bundler of ['whole', 'esbuild', 'vite'] as const) {
      const path = await bundled(bundler, installed.project, `${name}.js`);
      const { status, output } = await node([path], installed.project);
      expect([bundler, status, output]).toEqual([bundler, 0, want]);
      sizes[bundler] = gzipSync(readFileSync(join(installed.project, path))).length;
    }
    if (name === 'small') {
      const whole = sizes['whole'] ?? 0;
      expect(sizes['esbuild']).toBeLessThan(0.9 * whole);
      expect(sizes['vite']).toBeLessThan(0.75 * whole);
    }
  }, 60_000);

  it('declares no any', () => {
    expect(declarations.size).toBeGreaterThan(20);
    expect(writtenAny(declarations)).toEqual([]);
    expect(danglingSpecifiers(declarations)).toEqual([]);
    expect(reachableAny(['dist/src/index.d.ts', 'dist/laws/index.d.ts'].map((path) => join(installed.library, path)), OPTIONS)).toEqual([]);
  });
});

describe('the manifest', () => {
  it('pins every tool and depends at run time on fp-ts and ts-pattern alone', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ dependencies: { 'fp-ts': expect.any(String), 'ts-pattern': expect.any(String) } });
    if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest) || !('devDependencies' in manifest)) throw new Error('a manifest lists dependencies');
    const { dependencies, devDependencies } = manifest;
    expect(Object.keys(Object(dependencies))).toEqual(['fp-ts', 'ts-pattern']);
    for (const version of Object.values({ ...Object(dependencies), ...Object(devDependencies) })) expect(version).toMatch(/^(npm:[@\w/-]+@)?\d+\.\d+\.\d+$/);
  });
});

describe('the checks of declarations', () => {
  it('find a written any', () => {
    expect(writtenAny(planted({ 'a.d.ts': 'export declare const a: number;\nexport declare const b: (x: any) => void;' }))).toEqual(['a.d.ts:2: any']);
  });

  it('find a specifier that leads nowhere', () => {
    expect(danglingSpecifiers(planted({
      'src/a.d.ts': "import type { B } from './b.ts';\nexport * from '../c.js';\nexport type D = import('./d.ts').D;", 'src/b.d.ts': '', 'c.d.ts': '',
    }))).toEqual(['src/a.d.ts:3: ./d.ts']);
  });

  it('find any behind every turn of a type', () => {
    const cases: readonly (readonly [declaration: string, where: string])[] = [
      ['export declare function f(x: any): void;', 'f(x): any'],
      ['export declare const f: (x: number) => Promise<any>;', 'f()<>: any'],
      ['export declare function f(x: { y: readonly any[] }): void;', 'f(x).y<>: any'],
      ['export declare function f(x: (y: any) => void): void;', 'f(x)(y): any'],
      ['export declare function f(x: number | { [key: string]: any }): void;', 'f(x)[]: any'],
      ["import type { Gone } from './gone.ts'; export declare function f(x: Gone): void;", 'f(x): any'],
      ['export declare function f<T extends any[]>(...x: T): void;', 'f(x) extends<>: any'],
      ["export * as np from './inner.ts';", 'np.g(): any'],
      ['export declare function f(x: JSON, y: Promise<number>): ArrayBuffer;', ''],
    ];
    const files = Object.fromEntries(cases.map(([declaration], index) => [`case${index}.d.ts`, declaration]));
    const found = withFiles({ ...files, 'inner.d.ts': 'export declare function g(): any;' }, (directory) =>
      reachableAny(Object.keys(files).map((name) => join(directory, name)), OPTIONS));
    expect(found).toEqual(cases.flatMap(([, where], index) => (where === '' ? [] : [`case${index}.d.ts ${where}`])));
  });
});
