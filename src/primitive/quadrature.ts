// Gauss-Legendre quadrature and Clenshaw's sum of a Chebyshev expansion: the two rules by which the special functions evaluate what
// was tabulated. Floor 2: arithmetic only, knows no record.

/** Nodes in (0, 1) of the symmetric rules on [-1, 1], and their weights on an interval of length 1 (DLMF 3.5(v)); digits from mpmath. */
interface GaussRule { readonly nodes: readonly number[]; readonly weights: readonly number[] }
/** Exact for polynomials of degree 19. */
export const gauss10: GaussRule = {
  nodes: [0.9739065285171717, 0.8650633666889845, 0.6794095682990244, 0.4333953941292472, 0.14887433898163122],
  weights: [0.03333567215434407, 0.0747256745752903, 0.10954318125799102, 0.13463335965499817, 0.14776211235737644],
};
/** Exact for polynomials of degree 39. */
export const gauss20: GaussRule = {
  nodes: [
    0.9931285991850949, 0.9639719272779138, 0.912234428251326, 0.8391169718222188, 0.7463319064601508, 0.636053680726515, 0.5108670019508271,
    0.37370608871541955, 0.22778585114164507, 0.07652652113349734,
  ],
  weights: [
    0.008807003569576059, 0.02030071490019347, 0.031336024167054534, 0.04163837078835238, 0.05096505990862022, 0.059097265980759206,
    0.06584431922458832, 0.07104805465919102, 0.07458649323630187, 0.07637669356536292,
  ],
};

/** The integral of `f` from `start` to `start + length`. */
export function integrate(f: (x: number) => number, start: number, length: number, { nodes, weights }: GaussRule): number {
  const half = length / 2;
  const middle = start + half;
  let sum = 0;
  nodes.forEach((node, i) => { sum += (weights[i] ?? 0) * (f(middle - half * node) + f(middle + half * node)); });
  return sum * length;
}

/** The sum of c[k] T_k(t) for -1 <= t <= 1 (C. W. Clenshaw, Math. Tables Aids Comput. 9 (1955), 118-120). */
export function chebyshev(c: readonly number[], t: number): number {
  let [next, afterNext] = [0, 0];
  for (let k = c.length - 1; k > 0; k--) [next, afterNext] = [2 * t * next - afterNext + (c[k] ?? 0), next];
  return t * next - afterNext + (c[0] ?? 0);
}
