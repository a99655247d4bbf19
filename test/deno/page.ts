// The script that Deno runs: loads the script of tests that it was given, runs what that describes, and prints how it went as the last line.
import { runTests } from '../browser/harness.ts';

const deno: unknown = Reflect.get(globalThis, 'Deno');
const args: unknown = typeof deno === 'object' && deno !== null && 'args' in deno ? deno.args : [];
await import(new URL(String(Array.isArray(args) ? args[0] : ''), import.meta.url).href);
console.log(JSON.stringify(await runTests()));
