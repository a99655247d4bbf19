// Reports as text that keeps every number: JSON has no NaN, no infinities and no minus zero.
const name = (x: number): unknown => Object.is(x, -0) ? '-0' : Number.isFinite(x) ? x : String(x);
export const plain = (report: unknown): string => JSON.stringify(report, (_, v: unknown) => typeof v === 'number' ? name(v) : v);
