// The script of a page of tests: loads the script that its address names, which describes them, waiting where it waits; runs them and tells the server.
import { runTests } from './harness.ts';

await import(`/${new URL(String(Reflect.get(globalThis, 'location'))).searchParams.get('tests') ?? ''}`);
await fetch('/report', { method: 'POST', body: JSON.stringify(await runTests()) });
