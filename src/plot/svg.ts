// A writer of SVG: elements as strings, escaped text, one style sheet for light and dark. Floor 7. Knows nothing of data.
import { CotangentError } from '../error.ts';
import { describe } from '../trace/describe.ts';

/** Attributes of an element; those that are undefined are left out. */
export type Attributes = { readonly [name: string]: string | number | undefined };

/** Text that stands in XML and HTML as itself. What XML cannot hold becomes U+FFFD. */
export const escapeText = (text: string): string => textOf(text)
  .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
  .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A coordinate, to a hundredth of a pixel. A number that is not finite is a mistake of the caller's, never an attribute. */
export function coordinate(x: number): string {
  if (!Number.isFinite(x)) throw new CotangentError('value', `plot: a coordinate is ${x}; this is a mistake in the plot`);
  return String(Math.round(x * 100) / 100 || 0);
}

/** An element with children that are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => value === undefined ? '' : ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeText(value)}"`).join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

/** An element of text. */
/** Words of a caller without types. */
export function textOf(words: string): string {
  const given: unknown = words;
  if (typeof given !== 'string') throw new CotangentError('options', `plot: ${describe(given)} stands where text is wanted (a title, a label, a name)`);
  return given;
}
export const text = (x: number, y: number, words: string, attributes: Attributes = {}): string => element('text', { x, y, ...attributes }, escapeText(words));

/** About how wide text is drawn; no browser is there to ask. */
export const textWidth = (words: string, size = 12): number => Array.from(textOf(words)).reduce((sum, c) => sum + (/[.,:;'|!ilj ]/.test(c) ? 0.32 : /[A-ZmwMW%@]/.test(c) ? 0.78 : 0.58), 0) * size;

/** Text of at most so many pixels; what is too long ends in an ellipsis. */
export function fitText(words: string, width: number, size = 12): string {
  if (textWidth(words, size) <= width) return words;
  const all = Array.from(words);
  while (all.length > 1 && textWidth(all.join(''), size) + 0.8 * size > width) all.pop();
  return `${all.join('').trimEnd()}\u2026`;
}

/** Okabe and Ito's colours (2008), apart for all kinds of colour vision, the yellow darkened for white paper; brighter on dark paper. */
export const seriesColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a6a00'] as const;
const darkColours = ['#4aa8e0', '#f0803c', '#2fc495', '#e39bc4', '#f0b429', '#8fd0f5', '#d6c530'] as const;
/** Dashes of series, so that they stay apart where there are more than colours. */
export const dashes: readonly (string | undefined)[] = [undefined, '6 3', '2 3', '8 3 2 3'];
/** The class of a series. */
export const seriesClass = (k: number): string => `s${k % seriesColours.length}`;

const palette = (scope: string, colours: readonly string[]): string => colours.map((c, k) => `${scope} .s${k}{--c:${c}}`).join('');
const paper = (scope: string, ink: string, muted: string, line: string, ground: string): string => `${scope}{--ink:${ink};--muted:${muted};--line:${line};--ground:${ground};background:var(--ground)}`;
const scope = 'svg.cotangent';
const style = `${scope}{font:12px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}`
  + paper(scope, '#1f2328', '#59636e', '#d8dee4', '#ffffff') + palette(scope, seriesColours)
  + `@media(prefers-color-scheme:dark){${paper(scope, '#e6edf3', '#9aa4af', '#30363d', '#0d1117')}${palette(scope, darkColours)}}`
  + `${scope} text{fill:var(--ink)}${scope} .muted{fill:var(--muted)}${scope} .title{font-weight:600;font-size:14px}${scope} .small{font-size:11px}`
  + `${scope} .grid{stroke:var(--line)}${scope} .axis{stroke:var(--muted)}${scope} .line{stroke:var(--c);fill:none;stroke-width:1.75;stroke-linejoin:round}`
  + `${scope} .fill{fill:var(--c)}${scope} .faint{opacity:.3;stroke-width:1}${scope} .dot{fill:var(--c);stroke:var(--ground)}${scope} text.on{fill:var(--ground)}`
  + `${scope} .box{fill:var(--ground)}${scope} .edge{stroke:var(--muted);fill:none}${scope} .tip{fill:var(--muted)}${scope} image{image-rendering:pixelated}`;

const styleElement = `<style>${style}</style>`;

/**
 * The style sheet that stands in every picture of this namespace, for pages that have it once: their policy (`style-src` without
 * `'unsafe-inline'`) may forbid the one inside. Give it to `document.adoptedStyleSheets`, and `plot.withoutStyle` the pictures.
 */
export const styleSheet: string = style;

/**
 * A picture of this namespace without the style sheet inside, to stand in a page that has `plot.styleSheet`. What has none is as it was.
 *
 * @example
 * import { plot } from 'cotangent';
 * const svg = await plot.curves({ loss: [2.3, 1.1, 0.6] });
 * plot.withoutStyle(svg).includes('<style>'); // -> false
 */
export const withoutStyle = (svg: string): string => svg.replace(styleElement, '');

/** A whole picture, with its own style sheet; `label` is what a reader of screens says. */
export const picture = (width: number, height: number, label: string, ...children: readonly string[]): string => element('svg', {
  xmlns: 'http://www.w3.org/2000/svg', class: 'cotangent', viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`, width, height, role: 'img', 'aria-label': label,
}, styleElement, ...children);
