// A report as one HTML file: sections of words, figures and tables. It loads nothing and runs nothing. Floor 7, pure.
import { CotangentError, ShapeError } from '../error.ts';
import { optionsOf } from '../shape/options.ts';
import { escapeText } from './svg.ts';

/** A figure: SVG of this namespace, and a caption. */
export interface Figure { readonly svg: string; readonly caption?: string }
/** Rows below a head; columns of numbers stand to the right, and so do those of numbers with a unit (`98.1 %`, `1,024`, `12 ms`). */
export interface Table { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] }
/** A part of a report: words, then a table, then figures; each may be absent. */
export interface Section {
  readonly title: string;
  readonly text?: string;
  readonly table?: Table;
  readonly figures?: readonly Figure[];
}
/** What `plot.report` is made of. */
export interface Report {
  readonly title: string;
  /** Names and values at the top: what one wants to know first. */
  readonly summary?: { readonly [name: string]: string | number };
  readonly sections: readonly Section[];
}

const style = `:root{color-scheme:light dark;--ink:#1f2328;--muted:#59636e;--line:#d8dee4;--ground:#fff;--soft:#f6f8fa}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--muted:#9aa4af;--line:#30363d;--ground:#0d1117;--soft:#161b22}}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:60rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1.25rem}h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-top:1.25rem;border-top:1px solid var(--line)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem;margin:0}dl div{background:var(--soft);border-radius:6px;padding:.6rem .9rem;min-width:0}
dt{color:var(--muted);font-size:.85rem}dd{margin:0;font-size:1.15rem;font-weight:600;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
figure{margin:1rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}figcaption{color:var(--muted);font-size:.9rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.35rem 1.25rem .35rem 0;border-bottom:1px solid var(--line);text-align:left}th{color:var(--muted);font-weight:600}
.number{text-align:right;white-space:nowrap}p{white-space:pre-line}`;

/** What a figure may not have, if a report is to load and run nothing. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/<\s*(script|foreignObject|iframe|object|embed|link|meta|base|animate|set)\b/i, 'an element that loads or runs something'],
  [/[\s"'/]on\w+\s*=/i, 'an event handler'],
  [/(href|src)\s*=\s*(?!["']data:image\/png;base64,)/i, 'a link'],
  [/url\s*\(|@import|<!|<\?/i, 'a link to elsewhere'],
];

function figureOf({ svg, caption }: Figure, where: string): string {
  if (!svg.startsWith('<svg') || !svg.endsWith('</svg>')) throw new CotangentError('value', `${where}: is no SVG (a promise is awaited first)`);
  // Words stand escaped in it, and may speak of anything.
  const markup = svg.replace(/(<text\b[^>]*>)[^<]*/g, '$1').replace(/aria-label="[^"]*"/g, '');
  const found = forbidden.find(([pattern]) => pattern.test(markup));
  if (found !== undefined) throw new CotangentError('value', `${where}: has ${found[1]}; a report loads and runs nothing`);
  return `<figure>${svg}${caption === undefined ? '' : `<figcaption>${escapeText(caption)}</figcaption>`}</figure>`;
}

const show = (cell: string | number): string => typeof cell === 'string' ? cell : Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(6)));

/** A number, with a unit or without; nothing is none, and no obstacle. */
const isQuantity = (cell: string | number | undefined): boolean => typeof cell === 'number' || (cell !== undefined && /^(?:[+-]?\d[\d.,]*(?:e[+-]?\d+)?(?:\s?[^\s\d]{1,6})?)?$/i.test(cell));

function tableOf({ head, rows }: Table, where: string): string {
  const wrong = rows.findIndex((row) => row.length !== head.length);
  if (wrong >= 0) throw new ShapeError(`${where}: row ${wrong} has ${rows[wrong]?.length} cells, the head ${head.length}`);
  const numeric = head.map((_, j) => rows.some((row) => row[j] !== '') && rows.every((row) => isQuantity(row[j])));
  const cells = (tag: 'th' | 'td', row: readonly (string | number)[]): string => `<tr>${row.map((cell, j) => `<${tag}${numeric[j] === true ? ' class="number"' : ''}>${escapeText(show(cell))}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table></div>`;
}

/**
 * A report as one HTML file that needs nothing else: no scripts, no network, light or dark as the reader's system is. Words are escaped; a
 * policy in the file forbids loading anything.
 *
 * @throws `value` for a figure that is no SVG, or has links or scripts; `shape` for a row that does not fit the head of its table.
 * @example
 * import { plot } from 'cotangent';
 * const loss = await plot.curves({ training: [2.3, 1.1, 0.6] });
 * const html = plot.report({
 *   title: 'Digits',
 *   summary: { 'test accuracy': '98.1 %' },
 *   sections: [{ title: 'Loss', figures: [{ svg: loss, caption: 'over 3 steps' }] }, { title: 'Time', table: { head: ['what', 'seconds'], rows: [['training', 12.5]] } }],
 * });
 * html.startsWith('<!doctype html>'); // -> true
 */
export function report(options: Report): string {
  const { title, summary = {}, sections } = optionsOf('plot.report', options, { title: 'text', summary: 'any', sections: 'any' });
  const first = Object.entries(summary).map(([name, value]) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(show(value))}</dd></div>`).join('');
  const parts = sections.map((section) => {
    const where = `plot.report: section ${JSON.stringify(section.title)}`;
    return `<section><h2>${escapeText(section.title)}</h2>${section.text === undefined ? '' : `<p>${escapeText(section.text)}</p>`}`
      + (section.table === undefined ? '' : tableOf(section.table, where))
      + `${(section.figures ?? []).map((figure, k) => figureOf(figure, `${where}: figure ${k}`)).join('')}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline';img-src data:">
<title>${escapeText(title)}</title><style>${style}</style></head>
<body><h1>${escapeText(title)}</h1>${first === '' ? '' : `<dl>${first}</dl>`}
${parts.join('\n')}
</body></html>
`;
}
