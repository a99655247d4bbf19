// The list of what has no kernel on wasm is what the compiler says, and only shrinks.
import { describe, expect, it } from 'vitest';
import { committed, hostWork } from './hostEquations.ts';

describe('what the host does for wasm', () => {
  const [now, then] = [hostWork(), committed()];
  const pairs = ({ equations, lanes }: typeof now): string[] =>
    Object.entries({ equations, lanes }).flatMap(([kind, list]) => Object.entries(list).flatMap(([name, dtypes]) => dtypes.map(d => `${kind}: ${name} ${d}`)));
  it('has not grown: all of it is listed', () => {
    expect(pairs(now).filter(x => !pairs(then).includes(x))).toEqual([]);
  });
  it('lists nothing that a kernel does by now (npx tsx test/backend/hostEquations.ts)', () => {
    expect(pairs(then).filter(x => !pairs(now).includes(x))).toEqual([]);
  });
  it('leaves elementwise arithmetic, views and reductions to kernels', () => {
    for (const name of ['add', 'mul', 'select', 'convert', 'transpose', 'pad', 'reduceSum', 'reduceMax']) expect(now.equations, name).not.toHaveProperty(name);
    for (const [name, dtypes] of Object.entries(now.lanes)) expect(dtypes, name).toContain('f64');
  });
});
