// How many arithmetic operations an equation takes, as its record says, nested programs included. Floor 1: asks properties only.
import { sizeOf } from './aval.ts';
import { bodiesOf, type Eqn, type Jaxpr } from './jaxpr.ts';

/** Arithmetic operations of one use; a multiply-add counts as two. */
export function flopsOf(e: Eqn): number {
  const { primitive, params } = e;
  const inside = (body: Jaxpr): number => body.eqns.reduce((n, inner) => n + flopsOf(inner), 0);
  const outputs = e.outputs.map(v => v.aval);
  if (primitive.flops !== undefined) return primitive.flops(e.inputs.map(a => a.aval), params, outputs, inside);
  const [body] = bodiesOf(params);
  if (body !== undefined) return inside(body);
  return primitive.properties.elementwise ? outputs.reduce((n, a) => n + sizeOf(a.shape), 0) : 0;
}
