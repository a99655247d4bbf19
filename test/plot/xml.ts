// A strict reader of the XML that plots write: elements, attributes in double quotes, text. It throws where markup is not well-formed.

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (Element | string)[];
}

const decode = (text: string): string => text.replace(/&(?:#(\d+);)?/g, (_, code: string | undefined) => {
  if (code === undefined) throw new Error('a bare ampersand');
  return String.fromCodePoint(Number(code));
});

export function parseXml(source: string): Element {
  let at = 0;
  const take = (pattern: RegExp, what: string): RegExpExecArray => {
    const sticky = new RegExp(pattern.source, 'yu');
    sticky.lastIndex = at;
    const found = sticky.exec(source);
    if (found === null) throw new Error(`${what} expected at ${at}: ${source.slice(at, at + 40)}`);
    at = sticky.lastIndex;
    return found;
  };
  const element = (): Element => {
    const name = take(/<([a-z]+)/, 'an element')[1] ?? '';
    const attributes = new Map<string, string>();
    while (source[at] === ' ') {
      const [, key = '', value = ''] = take(/ ([a-zA-Z][a-zA-Z0-9-]*)="([^"<]*)"/, 'an attribute');
      if (attributes.has(key)) throw new Error(`attribute ${key} twice`);
      attributes.set(key, decode(value));
    }
    if (source.startsWith('/>', at)) { at += 2; return { name, attributes, children: [] }; }
    take(/>/, 'the end of a tag');
    const children: (Element | string)[] = [];
    while (!source.startsWith('</', at)) {
      if (at >= source.length) throw new Error(`${name} is not closed`);
      children.push(source[at] === '<' ? element() : decode(take(/[^<]+/, 'text')[0]));
    }
    if (take(/<\/([a-z]+)>/, 'an end tag')[1] !== name) throw new Error(`${name} is closed by another name`);
    return { name, attributes, children };
  };
  const root = element();
  if (at !== source.length) throw new Error(`something follows the root: ${source.slice(at, at + 40)}`);
  return root;
}

/** The element and all inside it. */
export const all = (root: Element): readonly Element[] => [root, ...root.children.flatMap((child) => typeof child === 'string' ? [] : all(child))];
export const named = (root: Element, name: string): readonly Element[] => all(root).filter((e) => e.name === name);
/** The words of every text, in order. */
export const words = (root: Element): readonly string[] => named(root, 'text').map((e) => e.children.filter((child) => typeof child === 'string').join(''));

/** The picture, once it is seen to be sound: well-formed, every number in it finite, nothing loaded or run. */
export function checkPicture(svg: string): Element {
  const root = parseXml(svg);
  if (root.name !== 'svg') throw new Error(`a picture begins with ${root.name}`);
  const known = new Set(['svg', 'style', 'g', 'text', 'line', 'path', 'rect', 'circle', 'polygon', 'image']);
  const numeric = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height', 'fill-opacity', 'rx']);
  for (const { name, attributes } of all(root)) {
    if (!known.has(name)) throw new Error(`an element ${name}`);
    for (const [key, value] of attributes) {
      if (numeric.has(key) && !/^-?\d+(\.\d+)?$/.test(value)) throw new Error(`${name} has ${key}="${value}"`);
      if (['d', 'points', 'transform', 'viewBox'].includes(key) && /NaN|Infinity|undefined|e[-+\d]/.test(value)) throw new Error(`${name} has ${key}="${value}"`);
      if (key === 'href' && !value.startsWith('data:image/png;base64,')) throw new Error(`a link to ${value}`);
      if (key.startsWith('on')) throw new Error(`a handler ${key}`);
      if ((key === 'width' || key === 'height' || key === 'r') && Number(value) < 0) throw new Error(`${name} has ${key}="${value}"`);
    }
  }
  return root;
}
