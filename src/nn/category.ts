// Layers as arrows, for fp-ts: the category of layers that read one tree of parameters, and its products. Floor 7.
// `seq` gives each layer parameters of its own; here composition shares them, so that the laws hold to the letter: weights are tied.
import type { Category3, Strong3 } from '../fp.ts';
import { typed } from '../numpy/typed.ts';
import { meet, network, type AnyLayer, type Net } from './net.ts';
import { newRun } from './run.ts';

/** A layer from X to Y that reads parameters P. */
export type Layer<P, X, Y> = (x: X) => Net<P, Y>;
declare module 'fp-ts/lib/HKT' {
  interface URItoKind3<R, E, A> { readonly 'cotangent/Layer': Layer<R, E, A> }
}

/** What a layer without state makes of x under parameters. */
const run = (layer: AnyLayer, x: unknown, params: unknown): unknown => meet(layer, x).run(params, newRun('apply', [], null));
const arrow = <P, X, Y>(init: (x: X) => AnyLayer | null, apply: (x: X, params: P) => Y): Layer<P, X, Y> =>
  x => network({ init: key => { const first = init(x); return typed(first === null ? null : meet(first, x).start(key).params); }, apply: params => apply(x, params) });

/**
 * The category of layers that share one tree of parameters, with products (fp-ts `Category` and `Strong`, which together are an arrow): `compose(g, f)`
 * runs f, then g, both with the same parameters; `id` reads none; `first(f)` runs f on the first half of a pair. Parameters start as those of f.
 * Hughes, "Generalising monads to arrows", 2000.
 *
 * @example
 * import { nn, random, tensor, type Tensor } from 'cotangent';
 * const step = (x: Tensor<[2]>) => nn.denseFrom(2, 2)(x);
 * const twice = nn.layers.compose(step, step); // one matrix, used twice
 * twice(tensor([1, 0]));
 */
export const layers: Category3<'cotangent/Layer'> & Strong3<'cotangent/Layer'> = {
  URI: 'cotangent/Layer',
  id: () => arrow(() => null, x => x),
  compose: (g, f) => arrow(() => f, (x, params) => typed(run(g, run(f, x, params), params))),
  map: (f, after) => arrow(() => f, (x, params) => after(typed(run(f, x, params)))),
  promap: (f, before, after) => x => network({
    init: key => typed(meet(f, before(x)).start(key).params),
    apply: params => after(typed(run(f, before(x), params))),
  }),
  first: f => ([a, c]) => network({ init: key => typed(meet(f, a).start(key).params), apply: params => [typed(run(f, a, params)), c] }),
  second: f => ([c, a]) => network({ init: key => typed(meet(f, a).start(key).params), apply: params => [c, typed(run(f, a, params))] }),
};
