// sin, cos and tan of float32 arguments between -pi / 4 and pi / 4: minimax polynomials by Remez' exchange. How an argument comes there the
// emitters say. Floor 5.
import type { Words } from './words.ts';

/** sin r, with z = r r. */
export function sineOf<V>(l: Words<V>, r: V, z: V): V {
  return l.mul(r, l.polynomial(z, [-1.951828453456983e-4, 8.332189172506332e-3, -0.16666655242443085, 1]));
}
/** cos r. */
export function cosineOf<V>(l: Words<V>, z: V): V {
  return l.polynomial(z, [2.4462200599373318e-5, -1.3887612149119377e-3, 4.1666653007268906e-2, -0.5, 1]);
}
/** tan r. */
export function tangentOf<V>(l: Words<V>, r: V, z: V): V {
  return l.mul(r, l.polynomial(z, [9.259922429919243e-3, 3.3630954567342997e-3, 2.4251729249954224e-2, 5.347230285406113e-2, 0.13337847590446472, 0.3333320915699005, 1]));
}
