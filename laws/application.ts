// One application of a primitive: a sample of its record with values, as a program of one equation. What laws about records speak of.
// Knows records, not which laws there are.
import { isFloat, type Float } from '../src/dtype/dtype.ts';
import { hasTangent, type Aval } from '../src/ir/aval.ts';
import { noOrigin, Var, type Jaxpr } from '../src/ir/jaxpr.ts';
import type { NDArray, Params, Primitive, Sample } from '../src/ir/primitive.ts';
import { valuesIn, type Taste } from './array.ts';
import { Choices } from './draw.ts';
import { Point, type NamedAxis } from './point.ts';
import { Random } from './random.ts';

export interface Application {
  readonly primitive: Primitive;
  readonly params: Params;
  readonly avals: readonly Aval[];
  readonly sample: Sample<Params>;
  readonly inputs: readonly NDArray[];
  readonly point: Point;
  /** The same at inputs of which many are equal, within operands and across them. */
  readonly tied: (random: Random) => Point;
}

/** The axis under which operations that name one are run: the one their parameters name. */
function axisOf(p: Primitive, params: Params): NamedAxis | null {
  const { axisName, size } = params;
  return p.properties.namedAxis && typeof axisName === 'string' ? { name: axisName, size: typeof size === 'number' ? size : 2 } : null;
}

/**
 * An application from raw numbers: the sample's choices first, then the seed of the values, which inputs carry tangents, which results count,
 * and whether equal operands are one variable.
 */
export function applicationOf(primitive: Primitive, raw: readonly number[], taste: Taste = 'plain', dtype: Float = 'f64'): Application {
  const draw = new Choices(raw, dtype);
  const sample = primitive.sample(draw);
  const random = new Random(draw.natural());
  const { operands, params } = sample;
  const avals = operands.map(o => o.aval);
  const axis = axisOf(primitive, params);
  const lift = (a: Aval): Aval => axis === null ? a : { shape: [axis.size, ...a.shape], dtype: a.dtype };
  const values = (r: Random, how: Taste = taste): NDArray[] => {
    const levels = r.bits();
    return operands.map(o => valuesIn(lift(o.aval), o.domain, r, how, new Random(levels)));
  };
  const inputs = values(random);

  const outAvals = primitive.type(avals, params);
  const vars = avals.map(a => new Var(a));
  const results = outAvals.map(a => new Var(a));
  // Mostly all inputs carry tangents and all results count; sometimes some.
  const floats = avals.map(hasTangent);
  const chosen = floats.map(f => f && draw.int(0, 2) < 2);
  const active = draw.bool() && chosen.includes(true) ? chosen : floats;
  const kept = results.filter(() => draw.int(0, 3) < 3);
  const outputs = kept.length > 0 && draw.bool() ? kept : results;
  const jaxpr: Jaxpr = { numConsts: 0, inputs: vars, eqns: [{ primitive, params, inputs: vars, outputs: results, origin: noOrigin }], outputs };
  return {
    primitive, params, avals, sample, inputs,
    point: new Point({ jaxpr, inputs, active, axis, taste, example: r => values(r) }),
    tied: r => new Point({ jaxpr, inputs: values(r, 'ties'), axis, taste: 'ties' }),
  };
}
export const floatsIn = (xs: readonly NDArray[]): boolean => xs.some(x => isFloat(x.dtype));
