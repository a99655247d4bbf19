// The laws of shapes on random ones, and shapes that would break them.
import { expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { broadcastIsMonoid } from '../../laws/predicates/shape.ts';
import { Random } from '../../laws/random.ts';

it('the laws of shapes hold', () => {
  const report = laws.shapeLaws({ runs: 300 });
  console.log(laws.showReport(report));
  expect(report.laws.map(l => l.number)).toEqual([36, 36, 37, 37]);
  for (const l of report.laws) expect(l.held).toBeGreaterThan(200);
});

it('shapes that do not broadcast are refused in every order', () => {
  expect(broadcastIsMonoid.holds([[2, 3], [3, 2], [1]], new Random(0)).kind).toBe('holds');
  expect(broadcastIsMonoid.holds([[0], [1], [2]], new Random(0)).kind).toBe('holds');
});
