// What became of the tests of a file: by their names, with what they say where they fail, and what they ran.
import { relative } from 'node:path';
import type { TestModule } from 'vitest/node';

export const root = new URL('../../../', import.meta.url).pathname;
export const fileOf = (module: TestModule): string => relative(root, module.moduleId);

/** What became of a test: `failure` with the line of the test that it failed at. A file that has no tests to tell of stands for itself. */
export interface Result { readonly name: string; readonly file: string; readonly failure: { readonly message: string; readonly line: number | null } | null; readonly programs: number; readonly doubles: number; /** Whether it, or a test of its file before it, had float32 for float64. */ readonly narrowed: boolean }
interface Failed { readonly message: string; readonly stacks?: readonly { readonly file: string; readonly line: number }[] }
const failureOf = (error: Failed | undefined, file: string): Result['failure'] => ({ message: error?.message ?? 'failed', line: error?.stacks?.find(s => s.file === file)?.line ?? null });

/** Those of a file: a test that did not end failed, and so did the file of which nothing was heard. */
export function resultsOf(module: TestModule): readonly Result[] {
  const file = fileOf(module);
  const [broken] = module.errors();
  if (broken !== undefined) return [{ name: file, file, failure: failureOf(broken, module.moduleId), programs: 0, doubles: 0, narrowed: true }];
  let narrowed = false;
  const seen = new Map<string, number>();
  const results = [...module.children.allTests()].map((test): Result => {
    const { state, errors } = test.result();
    const { programs = 0, doubles = 0 } = test.meta();
    narrowed ||= doubles > 0;
    // Tests of one name are told apart by their order.
    const times = (seen.get(test.fullName) ?? 0) + 1;
    seen.set(test.fullName, times);
    const failure = state === 'passed' ? null : state === 'failed' ? failureOf(errors[0], module.moduleId) : { message: state === 'pending' ? 'did not end' : 'was not run', line: null };
    return { name: `${file} > ${test.fullName}${times > 1 ? ` (${times})` : ''}`, file, failure, programs, doubles, narrowed };
  });
  return results.length > 0 ? results : [{ name: file, file, failure: { message: 'did not end: its process died, or was silent for too long', line: null }, programs: 0, doubles: 0, narrowed: false }];
}
