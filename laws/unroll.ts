// A program at a point, written out: loops step by step, of branches the one taken, calls and rules as their bodies. A straight line of
// operations, which no rule of a loop, a branch or a call has made: what those rules are judged by.
// Knows what control is made of by its records' lowering; knows no primitive by name but those that cut and join slices.
import { sizeOf, type Aval } from '../src/ir/aval.ts';
import { bodiesOf, isJaxpr, noOrigin, Var, type Atom, type Eqn, type Jaxpr } from '../src/ir/jaxpr.ts';
import { splatArray } from '../src/ir/ndarray.ts';
import type { ControlStructure, NDArray, Params, Primitive } from '../src/ir/primitive.ts';
import { evaluateJaxpr } from '../src/backend/reference/evaluate.ts';
import { concatenateP } from '../src/primitive/concatenate.ts';
import { reshapeP } from '../src/primitive/reshape.ts';
import { sliceP } from '../src/primitive/slice.ts';

/** An atom of the straight line, and what it is at the point. */
interface Known { readonly atom: Atom; readonly value: NDArray }

const controlOf = (e: Eqn): ControlStructure | null => e.primitive.lowering.kind === 'control' ? e.primitive.lowering.structure(e.params) : null;
/** Whether a program holds a loop or a branch, however deep. */
export const hasControl = (j: Jaxpr): boolean => j.eqns.some(e => {
  const body = e.params['jaxpr'];
  return controlOf(e) !== null || (e.primitive.properties.expands && isJaxpr(body) && hasControl(body));
});

/** The straight line that `j` is at `inputs`. Loops of values that decide are as long, branches are taken, as they are there. */
export function unrolled(j: Jaxpr, inputs: readonly NDArray[]): Jaxpr {
  const eqns: Eqn[] = [];
  const emit = <P extends Params>(primitive: Primitive<P>, operands: readonly Known[], params: P): readonly Known[] => {
    const ins = operands.map(x => new Var(x.atom.aval));
    const outs = primitive.type(operands.map(x => x.atom.aval), params).map(a => new Var(a));
    const one: Eqn = { primitive, params, inputs: ins, outputs: outs, origin: noOrigin };
    const values = evaluateJaxpr({ numConsts: 0, inputs: ins, eqns: [one], outputs: outs }, operands.map(x => x.value), 'wide');
    const results = outs.map(v => new Var(v.aval));
    eqns.push({ ...one, inputs: operands.map(x => x.atom), outputs: results });
    return results.map((atom, i) => ({ atom, value: values[i] ?? splatArray(NaN, atom.aval, true) }));
  };
  const emit1 = <P extends Params>(primitive: Primitive<P>, operands: readonly Known[], params: P): Known => {
    const [y] = emit(primitive, operands, params);
    if (y === undefined) throw new Error(`${primitive.name} has no result`);
    return y;
  };
  const row = (x: Known, i: number): Known => {
    const { shape } = x.atom.aval;
    const slice = emit1(sliceP, [x], { start: shape.map((_, d) => d === 0 ? i : 0), limit: shape.map((n, d) => d === 0 ? i + 1 : n), strides: shape.map(() => 1) });
    return emit1(reshapeP, [slice], { shape: shape.slice(1) });
  };
  const stack = (rows: readonly Known[], { shape, dtype }: Aval): Known => {
    const whole: Aval = { shape: [rows.length, ...shape], dtype };
    if (rows.length === 0 || sizeOf(shape) === 0) return { atom: { value: 0, aval: whole }, value: splatArray(0, whole, true) };
    return emit1(concatenateP, rows.map(r => emit1(reshapeP, [r], { shape: [1, ...shape] })), { axis: 0 });
  };

  const control = (c: ControlStructure, x: readonly Known[]): readonly Known[] => {
    switch (c.kind) {
      case 'counted': {
        const [consts, xs] = [x.slice(0, c.consts), x.slice(c.consts + c.carry)];
        let carry = x.slice(c.consts, c.consts + c.carry);
        const ys: (readonly Known[])[] = [];
        for (let step = 0; step < c.length; step++) {
          const i = c.reverse ? c.length - 1 - step : step;
          const out = visit(c.body, [...consts, ...carry, ...xs.map(v => row(v, i))]);
          carry = out.slice(0, c.carry);
          ys[i] = out.slice(c.carry);
        }
        return [...carry, ...c.body.outputs.slice(c.carry).map((o, k) => stack(ys.flatMap(y => y[k] ?? []), o.aval))];
      }
      case 'conditional': {
        const [test, body] = [x.slice(0, c.testConsts), x.slice(c.testConsts, c.testConsts + c.bodyConsts)];
        let carry = x.slice(c.testConsts + c.bodyConsts);
        while ((visit(c.test, [...test, ...carry])[0]?.value.data[0] ?? 0) !== 0) carry = [...visit(c.body, [...body, ...carry])];
        return carry;
      }
      case 'branch': {
        const [index, ...operands] = x;
        const branch = c.branches[Math.min(Math.max(index?.value.data[0] ?? 0, 0), c.branches.length - 1)];
        return branch === undefined ? [] : visit(branch, operands);
      }
      default: return c satisfies never;
    }
  };
  const visit = (body: Jaxpr, args: readonly Known[]): readonly Known[] => {
    const env = new Map<Var, Known>();
    body.inputs.forEach((v, i) => { const x = args[i]; if (x !== undefined) env.set(v, x); });
    const read = (a: Atom): Known => {
      if (!(a instanceof Var)) return { atom: a, value: splatArray(a.value, a.aval, true) };
      const x = env.get(a);
      if (x === undefined) throw new Error('a variable is read before it is written');
      return x;
    };
    for (const e of body.eqns) {
      const x = e.inputs.map(read);
      const inner = e.params['jaxpr'];
      const c = controlOf(e);
      const results = c !== null ? control(c, x) : e.primitive.properties.expands && isJaxpr(inner) ? visit(inner, x) : emit(e.primitive, x, e.params);
      e.outputs.forEach((v, i) => { const y = results[i]; if (y !== undefined) env.set(v, y); });
    }
    return body.outputs.map(read);
  };

  const vars = j.inputs.map(v => new Var(v.aval));
  const outputs = visit(j, vars.map((atom, i) => ({ atom, value: inputs[i] ?? splatArray(0, atom.aval, true) })));
  return { numConsts: 0, inputs: vars, eqns, outputs: outputs.map(o => o.atom) };
}

/** The program with every call, custom rule, checkpoint and composite replaced by its body, inside loops and branches, too. */
export function expanded(j: Jaxpr): Jaxpr {
  const eqns: Eqn[] = [];
  const visit = (body: Jaxpr, args: readonly Atom[]): readonly Atom[] => {
    const env = new Map<Atom, Atom>(body.inputs.map((v, i) => [v, args[i] ?? v]));
    const read = (a: Atom): Atom => env.get(a) ?? a;
    for (const e of body.eqns) {
      const inner = e.params['jaxpr'];
      if (e.primitive.properties.expands && isJaxpr(inner)) {
        const out = visit(inner, e.inputs.map(read));
        e.outputs.forEach((v, i) => { const y = out[i]; if (y !== undefined) env.set(v, y); });
        continue;
      }
      const outputs = e.outputs.map(v => new Var(v.aval));
      e.outputs.forEach((v, i) => { const w = outputs[i]; if (w !== undefined) env.set(v, w); });
      const params = Object.fromEntries(Object.entries(e.params).map(([key, p]) => [key, isJaxpr(p) ? expanded(p) : Array.isArray(p) ? p.map((q: unknown) => isJaxpr(q) ? expanded(q) : q) : p]));
      eqns.push({ ...e, params: params as Params, inputs: e.inputs.map(read), outputs });
    }
    return body.outputs.map(read);
  };
  const inputs = j.inputs.map(v => new Var(v.aval));
  const outputs = visit(j, inputs);
  return { numConsts: j.numConsts, inputs, eqns, outputs };
}
/** Whether a program holds a call, a custom rule, a checkpoint or a composite, however deep. */
export const hasCalls = (j: Jaxpr): boolean => j.eqns.some(e => e.primitive.properties.expands && isJaxpr(e.params['jaxpr']) || bodiesOf(e.params).some(hasCalls));

