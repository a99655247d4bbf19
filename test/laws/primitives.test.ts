// Every law of one record, on random samples of every registered primitive.
import { afterAll, describe, expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { applicationOf } from '../../laws/application.ts';
import { refusesMode, type Point } from '../../laws/point.ts';
import { primitives } from '../../src/primitive/index.ts';

/** A loop of unknown length has no reverse mode, a custom reverse rule no forward mode. */
function hasBothModes(point: Point): boolean {
  try { return point.forwardable && point.linearized.residuals >= 0; } catch (error) {
    if (refusesMode(error)) return false;
    throw error;
  }
}
const reports: laws.Report[] = [];
const seed = Math.floor(Math.random() * 2 ** 31);

describe('the laws of a primitive hold for', () => {
  it.each(primitives.map(p => [p.name, p] as const))('%s', (_name, p) => {
    const report = laws.primitive(p, { runs: 24, ...process.env['SEED'] === undefined ? { seed } : {} });
    reports.push(report);
    const spoken = new Set(report.laws.filter(l => l.held > 0).map(l => l.number));
    const { point } = applicationOf(p, []);
    const expected = p.sample(new laws.Choices([])).operands.length === 0 ? [2, 21, 31]
      : !point.differentiable ? [2, 17, 18, 21, 31]
      : !hasBothModes(point) ? [1, 17, 31] : [1, 2, 3, 4, 5, 7, 8, 10, 16, 17, 18, 19, 20, 31];
    expect(expected.filter(n => !spoken.has(n))).toEqual([]);
  });
});

afterAll(() => {
  const judged = reports.reduce((n, r) => n + r.share.judged, 0);
  const of = reports.reduce((n, r) => n + r.share.of, 0);
  const tried = reports.reduce((n, r) => n + r.laws.reduce((m, l) => m + l.held, 0), 0);
  console.log(`laws of ${reports.length} primitives: ${tried} held, judged ${judged} of ${of} derivatives (${(100 * judged / of).toFixed(1)} %), seed ${process.env['SEED'] ?? seed}`);
});
