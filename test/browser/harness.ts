// What the tests of Node are written in, for a page: `describe`, `it` and their `each`, vitest's own `expect`, and a runner that tells how it went.
// It stands in for the module `vitest` where tests are bundled for the browser, and knows nothing of what they test.
import { ASYMMETRIC_MATCHERS_OBJECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);
const asymmetric: unknown = Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT);
export const expect = Object.assign((value: unknown, message?: string) => chai.expect(value, message), chai.expect, asymmetric);

type Body = (...args: readonly unknown[]) => unknown;
interface Test { readonly name: string; readonly body: () => unknown }
const tests: Test[] = [];
const titles: string[] = [];
const hooks = { beforeAll: [] as Body[], afterAll: [] as Body[], beforeEach: [] as Body[], afterEach: [] as Body[] };

/** The title of one case of `each`: `%s` and `%j` are its values in turn, `$name` the field of its first. */
function titleOf(title: string, values: readonly unknown[]): string {
  let k = 0;
  const [first] = values;
  const fields = typeof first === 'object' && first !== null ? new Map<string, unknown>(Object.entries(first)) : new Map<string, unknown>();
  return title.replace(/\$(\w+)/g, (whole, name: string) => fields.has(name) ? String(fields.get(name)) : whole).replace(/%[sdj]/g, directive => { const v = values[k++]; return directive === '%j' ? JSON.stringify(v) : String(v); });
}
type Cases = (cases: readonly unknown[]) => (title: string, body: Body) => void;
/** Written with `async`: a group of tests that waits before it describes them. */
const isAsync = (body: Body): boolean => body.constructor.name === 'AsyncFunction';
const each = (one: (title: string, body: Body) => void): Cases => cases => (title, body) => {
  for (const c of cases) { const values: readonly unknown[] = Array.isArray(c) ? c : [c]; one(titleOf(title, values), isAsync(body) ? async () => { await body(...values); } : () => body(...values)); }
};
const addTest = (name: string, body: Body): void => { tests.push({ name: [...titles, name].join(' > '), body }); };
/** Groups that wait describe their tests one after the other, when all others have. */
const waiting: (() => Promise<void>)[] = [];
function addGroup(title: string, body: Body): void {
  if (isAsync(body)) {
    const path = [...titles, title];
    waiting.push(async () => { titles.push(...path); try { await body(); } finally { titles.length = 0; } });
    return;
  }
  titles.push(title);
  try { body(); } finally { titles.pop(); }
}
/** What a condition lets in: in a page the adapter runs kernels. */
const runIf = <T>(there: T, skipped: T) => (condition: boolean): T => condition ? there : skipped;
const nothing = Object.assign((_name: string, _body: Body): void => { /* Not here. */ }, { each: each(() => { /* Not here. */ }) });
const itself = Object.assign(addTest, { each: each(addTest) });
export const it = Object.assign(itself, { runIf: runIf(itself, nothing) });
export const test = it;
const group = Object.assign(addGroup, { each: each(addGroup) });
export const describe = Object.assign(group, { runIf: runIf(group, nothing) });
export const beforeAll = (body: Body): void => { hooks.beforeAll.push(body); };
export const afterAll = (body: Body): void => { hooks.afterAll.push(body); };
export const beforeEach = (body: Body): void => { hooks.beforeEach.push(body); };
/** What tests put in place of global values, and what stood there. */
const stubbed = new Map<string, PropertyDescriptor | undefined>();
type Method = (...args: readonly unknown[]) => unknown;
/** A method that is watched, or does something else. */
interface Spy { readonly mock: { readonly calls: readonly unknown[][] }; mockImplementation(f: Method): Spy; mockReturnValue(value: unknown): Spy; mockRestore(): void }
const spies: Spy[] = [];
export const vi = {
  spyOn(object: object, name: string): Spy {
    const own = Object.getOwnPropertyDescriptor(object, name);
    const before: unknown = Reflect.get(object, name);
    let now: Method = typeof before === 'function' ? before as Method : () => before;
    const calls: unknown[][] = [];
    Object.defineProperty(object, name, { configurable: true, writable: true, value(this: unknown, ...args: unknown[]): unknown { calls.push(args); return Reflect.apply(now, this, args); } });
    const spy: Spy = {
      mock: { calls },
      mockImplementation(f) { now = f; return spy; },
      mockReturnValue(value) { now = () => value; return spy; },
      mockRestore() { if (own === undefined) Reflect.deleteProperty(object, name); else Object.defineProperty(object, name, own); },
    };
    spies.push(spy);
    return spy;
  },
  restoreAllMocks(): void { for (const s of spies.splice(0).reverse()) s.mockRestore(); },
  stubGlobal(name: string, value: unknown): void {
    if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: true, writable: true });
  },
  unstubAllGlobals(): void {
    for (const [name, before] of stubbed) if (before === undefined) Reflect.deleteProperty(globalThis, name); else Object.defineProperty(globalThis, name, before);
    stubbed.clear();
  },
};
export const afterEach = (body: Body): void => { hooks.afterEach.push(body); };

/** How the tests of a file went. */
export interface Outcome { readonly passed: number; readonly failures: readonly { readonly name: string; readonly words: string }[] }
const wordsOf = (e: unknown): string => e instanceof Error ? `${e.message}\n${e.stack ?? ''}` : String(e);
const all = async (bodies: readonly Body[]): Promise<void> => { for (const body of bodies) await body(); };

/** Runs what was described, in order. */
export async function runTests(): Promise<Outcome> {
  let passed = 0;
  const failures: { name: string; words: string }[] = [];
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) await group();
  await all(hooks.beforeAll);
  for (const { name, body } of tests) {
    // Where a page ends without a word, this is its last one.
    console.debug(`begun: ${name}`);
    try {
      await all(hooks.beforeEach);
      try { await body(); } finally { await all(hooks.afterEach); }
      passed++;
    } catch (e) { failures.push({ name, words: wordsOf(e) }); }
  }
  await all(hooks.afterAll);
  return { passed, failures };
}
