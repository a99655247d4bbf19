// A static server of modules and pages in memory, on this machine only. Pages have no inline scripts and stand under a strict Content-Security-Policy;
// no header isolates them, as on any plain host. A page tells what it found by one POST to /report.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { extname, join } from 'node:path';

/** A page: its scripts in order, and whether its policy lets it compile WebAssembly. */
export interface PageOfScripts { readonly scripts: readonly string[]; readonly wasm: boolean }
const policy = (wasm: boolean): string => `default-src 'none'; script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}; connect-src 'self'; style-src 'self'`;
const html = (scripts: readonly string[]): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cotangent</title>${scripts.map(s => `<script type="module" src="/${s}"></script>`).join('')}</head><body></body></html>`;

export interface Server {
  /** Where the page of that path stands. */
  readonly address: (path: string) => string;
  /** The next report of a page. */
  readonly report: () => Promise<unknown>;
  close(): Promise<void>;
}
/** A server on a port that is free. */
async function listening(listener: RequestListener): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${at.port}`,
    close: () => new Promise(resolve => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}

const types: { readonly [ending: string]: string } = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** Serves the files of a directory as any static host does, below a path of its own and all of them under the policy. */
export async function serveFiles(directory: string, contentPolicy: string): Promise<{ readonly address: string; close(): Promise<void> }> {
  const files = new Map(readdirSync(directory, { recursive: true, encoding: 'utf8' }).map(name => [`/some/where/${name.replaceAll('\\', '/')}`, join(directory, name)]));
  const { origin, close } = await listening((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = files.get(path.endsWith('/') ? `${path}index.html` : path);
    const type = types[extname(file ?? '')];
    if (file === undefined || type === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': type, 'content-security-policy': contentPolicy }).end(readFileSync(file));
  });
  return { address: `${origin}/some/where/`, close };
}

/** Serves the modules, by path without a leading slash, and the pages, on a port that is free. A page has errands done by a POST to their names. */
export async function serve(modules: ReadonlyMap<string, string>, pages: ReadonlyMap<string, PageOfScripts>, errands: ReadonlyMap<string, () => Promise<void>> = new Map()): Promise<Server> {
  const told: unknown[] = [];
  /** Who asked last: a page that broke never answers who asked before. */
  let asked: ((report: unknown) => void) | null = null;
  const { origin, close } = await listening((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname.slice(1));
    const page = pages.get(path);
    const module = modules.get(path);
    const errand = request.method === 'POST' ? errands.get(path) : undefined;
    if (errand !== undefined) errand().then(() => response.writeHead(204).end(), (error: unknown) => response.writeHead(500).end(String(error)));
    else if (request.method === 'POST' && path === 'report') {
      let body = '';
      request.on('data', (d: unknown) => { body += String(d); });
      request.on('end', () => {
        response.writeHead(204).end();
        const report: unknown = JSON.parse(body);
        const next = asked;
        asked = null;
        if (next === null) told.push(report); else next(report);
      });
    } else if (page !== undefined) response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy(page.wasm) }).end(html(page.scripts));
    else if (module !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(module);
    else response.writeHead(path === 'favicon.ico' ? 204 : 404).end();
  });
  return {
    address: path => `${origin}/${path}`,
    report: () => told.length > 0 ? Promise.resolve(told.shift()) : new Promise(resolve => { asked = resolve; }),
    close,
  };
}
