// What a table of a library's names is, and how each name is judged against the public face: here, elsewhere, not to be, or not yet.
// Knows no library by name.

/** Why a name is not here and will not be as it is. */
export const reasons = {
  complex: 'complex numbers are a stated non-goal',
  size: 'the data decide the shape of the result; shapes are known before the data here',
  dtypes: 'dtypes are the strings f32, f64, f16, i32, u32, i8, u8, bool; nothing is promoted, and there are no others',
  python: 'belongs to Python or to NumPy arrays, which this language has no use for',
  types: 'a class or a wrapper of Python; states and keys are plain tensors here, typed by inference',
  devices: 'speaks of devices, precision switches or XLA; the backend decides here',
} as const;
export type Reason = keyof typeof reasons;

/** The names of one module. */
export interface Area {
  readonly area: string;
  /** The namespace of the public face that has them under the same names in camelCase; '' for the top level. */
  readonly face: string;
  /** Names, separated by white space. */
  readonly names: string;
  /** Names that are here in other words: a dotted path from the public face, or a member of a type (`Tensor.dtype`). */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** Names that are not meant to be here, by reason, separated by white space. All others that are not found are not here yet. */
  readonly absent?: { readonly [R in Reason]?: string };
}
export interface Library {
  readonly library: string;
  readonly source: string;
  readonly areas: readonly Area[];
}

export type Verdict =
  | { readonly kind: 'here'; readonly path: string; readonly same: boolean }
  | { readonly kind: 'absent'; readonly reason: Reason }
  | { readonly kind: 'not yet' };
export interface Judged { readonly name: string; readonly verdict: Verdict }

export const listed = (names: string | undefined): readonly string[] => (names ?? '').split(/\s+/).filter(name => name !== '');
/** `take_along_axis` is `takeAlongAxis`; names that begin with a capital stay. */
export const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** Whether a dotted path leads somewhere from the public face. Members of types cannot be looked up at run time. */
export function found(face: object, path: string): boolean {
  if (path.startsWith('Tensor.')) return true;
  let value: unknown = face;
  for (const part of path.split('.')) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !(part in value)) return false;
    value = Reflect.get(value, part);
  }
  return true;
}

/** The verdict on each name of an area. */
export function judge({ face: namespace, names, elsewhere = {}, absent = {} }: Area, face: object): readonly Judged[] {
  const gone = new Map<string, Reason>();
  for (const reason of Object.keys(reasons) as Reason[]) for (const name of listed(absent[reason])) gone.set(name, reason);
  return listed(names).map(name => {
    const path = namespace === '' ? camelCase(name) : `${namespace}.${camelCase(name)}`;
    const reason = gone.get(name);
    if (reason !== undefined) return { name, verdict: { kind: 'absent', reason } };
    if (found(face, path)) return { name, verdict: { kind: 'here', path, same: true } };
    const other = elsewhere[name];
    return { name, verdict: other === undefined ? { kind: 'not yet' } : { kind: 'here', path: other, same: false } };
  });
}

/** What is wrong with a table: names twice, entries for names that are not listed, paths that lead nowhere, absences of what is here. */
export function faults({ areas }: Library, face: object): readonly string[] {
  return areas.flatMap(({ area, face: namespace, names, elsewhere = {}, absent = {} }) => {
    const all = listed(names);
    const gone = (Object.keys(absent) as Reason[]).flatMap(reason => listed(absent[reason]));
    const here = (name: string): boolean => found(face, namespace === '' ? camelCase(name) : `${namespace}.${camelCase(name)}`);
    return [
      ...all.filter((name, i) => all.indexOf(name) < i).map(name => `${area}: ${name} is listed twice`),
      ...[...Object.keys(elsewhere), ...gone].filter(name => !all.includes(name)).map(name => `${area}: ${name} is explained but not listed`),
      ...gone.filter(name => name in elsewhere).map(name => `${area}: ${name} is both elsewhere and absent`),
      ...Object.entries(elsewhere).filter(([, path]) => !found(face, path)).map(([name, path]) => `${area}: ${name} is said to be ${path}, which is not there`),
      ...[...Object.keys(elsewhere), ...gone].filter(here).map(name => `${area}: ${name} is here under its own name; take its explanation out`),
    ];
  });
}
