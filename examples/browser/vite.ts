// How the page is served while it is written (`npm run page`) and built (`npm run page:build`): static files with relative addresses, which any
// host may serve, under a policy that forbids everything but their own scripts and WebAssembly.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, createServer, type InlineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the built page may do; hosts that send headers may send it, too. */
export const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
/** Where the built page lies. */
export const built: string = here('dist');

const config: InlineConfig = {
  configFile: false,
  root: here('.'),
  base: './',
  // Who has installed the package needs no alias.
  resolve: { alias: { cotangent: here('../../src/index.ts') } },
  worker: { format: 'es' },
  build: { target: 'es2022', outDir: built, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false }, rolldownOptions: { checks: { pluginTimings: false } } },
  plugins: [{
    name: 'the policy of the built page',
    apply: 'build',
    // The development server needs inline styles and a socket; what is built needs neither.
    transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' }],
  }],
};

/** Builds the page. */
export const buildPage = async (logLevel: 'info' | 'warn' = 'info'): Promise<void> => { await build({ ...config, logLevel }); };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'build') await buildPage();
  else {
    const server = await createServer(config);
    await server.listen();
    server.printUrls();
    server.bindCLIShortcuts({ print: true });
  }
}
