// A static server of modules and pages in memory, on this machine only. Pages have no inline scripts and stand under a strict Content-Security-Policy;
// no header isolates them, as on any plain host. A page tells what it found by one POST to /report.
import { createServer } from 'node:http';

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
/** Serves the modules, by path without a leading slash, and the pages, on a port that is free. */
export async function serve(modules: ReadonlyMap<string, string>, pages: ReadonlyMap<string, PageOfScripts>): Promise<Server> {
  const told: unknown[] = [];
  const asked: ((report: unknown) => void)[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname.slice(1));
    const page = pages.get(path);
    const module = modules.get(path);
    if (request.method === 'POST' && path === 'report') {
      let body = '';
      request.on('data', (d: unknown) => { body += String(d); });
      request.on('end', () => {
        response.writeHead(204).end();
        const report: unknown = JSON.parse(body);
        const next = asked.shift();
        if (next === undefined) told.push(report); else next(report);
      });
    } else if (page !== undefined) response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy(page.wasm) }).end(html(page.scripts));
    else if (module !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(module);
    else response.writeHead(path === 'favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the server has no port');
  return {
    address: path => `http://127.0.0.1:${at.port}/${path}`,
    report: () => told.length > 0 ? Promise.resolve(told.shift()) : new Promise(resolve => { asked.push(resolve); }),
    close: () => new Promise(resolve => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}
