// Numbers out of results, so that processes can compare what they computed without all of it.

const picked = 256;
export const sampled = values => values.map(y => {
  let most = 0;
  for (const v of y) most = Math.max(most, Math.abs(v));
  const count = Math.min(picked, y.length);
  return { length: y.length, most, at: Array.from({ length: count }, (_, k) => y[Math.floor(k * y.length / count)]) };
});
/** The largest difference over the largest value; NaN where they are not of the same sizes. */
export function apart(got, want) {
  if (got.length !== want.length) return NaN;
  return Math.max(...want.map((w, k) => got[k].length !== w.length ? NaN : Math.max(...w.at.map((v, i) => Math.abs(v - got[k].at[i]))) / Math.max(w.most, 1e-30)));
}
