// The script of a page that runs the programs on its default backend, or on the one that its address names, and tells the server what came out.
import { runPrograms } from './programs.ts';
import { plain } from './plain.ts';

await fetch('/report', { method: 'POST', body: plain(await runPrograms(new URL(String(Reflect.get(globalThis, 'location'))).searchParams.get('on') ?? undefined)) });
