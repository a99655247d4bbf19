// Meshgrid: vectors spread out along an axis each, so that together they name every point of a grid. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type First, type Shape, type Show } from './dim.ts';

/** `ij`: axis i belongs to vector i. `xy` (NumPy's default): the first two axes change places. */
export type Indexing = 'xy' | 'ij';

/** The one shape of all results. */
export type Meshgrid<Vectors extends readonly Shape[], I extends Indexing = 'xy', K = unknown> =
  [Vectors] extends [readonly []] ? 'meshgrid: no vectors'
  : number extends Vectors['length'] ? Shape
  : Lengths<Vectors, K> extends infer L
    ? L extends readonly [infer a extends number, infer b extends number, ...infer R extends Shape] ? I extends 'xy' ? [b, a, ...R] : L : L
    : never;
type Lengths<Vectors, K, Out extends Shape = []> =
  Vectors extends readonly [infer S extends Shape, ...infer R]
    ? First<S, K> extends readonly [infer n extends number, infer Q extends Shape]
      ? First<Q, K> extends 'none' ? Lengths<R, K, [...Out, n]> : First<Q, K> extends 'open' ? Shape : NoVector<S, Out, K>
      : First<S, K> extends 'none' ? NoVector<S, Out, K> : Shape
    : Out;
type NoVector<S extends Shape, Out extends Shape, K> = `meshgrid: operand ${Out['length']} is ${Show<S, K>}, not a vector`;

/** The run-time twin of `Meshgrid`. */
export function meshgrid(vectors: readonly Shape[], indexing: Indexing = 'xy'): number[] {
  if (vectors.length === 0) throw new ShapeError('meshgrid: no vectors');
  const lengths = vectors.map((shape, i) => {
    if (shape.length !== 1) throw new ShapeError(`meshgrid: operand ${i} is ${show(shape)}, not a vector`);
    return shape[0] ?? 0;
  });
  const [a, b, ...others] = lengths;
  return indexing === 'xy' && a !== undefined && b !== undefined ? [b, a, ...others] : lengths;
}
