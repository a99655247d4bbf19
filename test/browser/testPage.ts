// The last script of a page of tests: the scripts before it have described them; this one runs them and tells the server.
import { runTests } from './harness.ts';

await fetch('/report', { method: 'POST', body: JSON.stringify(await runTests()) });
