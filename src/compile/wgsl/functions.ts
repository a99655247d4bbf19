// Functions of shaders as text. A library is any number of declarations; a module gets those that its statements name, or that those name, each
// once. Floor 5: knows text, not what it computes.

/** A function or a structure, and every name that stands in it. */
export interface Declaration { readonly name: string; readonly text: string; readonly names: ReadonlySet<string> }
const namesIn = (text: string): ReadonlySet<string> => new Set(text.match(/\b[a-z_]\w*/gi));

const libraries = new Map<string, readonly Declaration[]>();
/** The declarations of a text, each of which begins a line. */
export function declarationsOf(text: string): readonly Declaration[] {
  let known = libraries.get(text);
  if (known === undefined) {
    known = text.split(/^(?=fn |struct )/m).flatMap(part => {
      const name = /^(?:fn|struct) (\w+)/.exec(part)?.[1];
      return name === undefined ? [] : [{ name, text: part.trimEnd(), names: namesIn(part) }];
    });
    libraries.set(text, known);
  }
  return known;
}
/** Of these declarations those that are needed where these names are called, in their order. */
export function needed(all: ReadonlyMap<string, Declaration>, called: Iterable<string>): readonly Declaration[] {
  const found = new Set<Declaration>();
  const visit = (name: string): void => {
    const d = all.get(name);
    if (d === undefined || found.has(d)) return;
    found.add(d);
    d.names.forEach(visit);
  };
  for (const name of called) visit(name);
  return [...all.values()].filter(d => found.has(d));
}
