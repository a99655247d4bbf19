// nn.summary: what a network is made of, layer by layer, as data and as a table. Floor 7. Nothing is computed: the network is only staged.
import { showShape } from '../ir/aval.ts';
import { flopsOf } from '../ir/flops.ts';
import { typed } from '../numpy/typed.ts';
import { key as newKey } from '../random/key.ts';
import { avalsOfTensors, flattenTensors, stageFunction } from '../transform/staging.ts';
import { countParameters, init, initState, meet, type AnyLayer, type Effects, type Net } from './net.ts';
import type { Sound } from './misfit.ts';
import { newRun, type Ran } from './run.ts';

/** A layer of a network. */
export interface LayerSummary {
  /** Where it stands: `seq_0/dense_1`. */
  readonly path: string;
  /** What it is: `dense`. */
  readonly kind: string;
  /** The shapes of the tensors that go in and come out. */
  readonly input: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
  /** How many numbers its parameters hold, those of layers inside included. */
  readonly parameters: number;
  /** Arithmetic operations in evaluation, those of layers inside included; a multiply-add counts as two. */
  readonly flops: number;
}
/** A network at an input. */
export interface Summary {
  /** In the order in which they run; a layer stands before those inside it. */
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly flops: number;
  /** All of it as a table. */
  toString(): string;
}

const shapesOf = (x: unknown): readonly (readonly number[])[] => flattenTensors(x, 'nn.summary').leaves.map(t => [...t.shape]);
const counted = (n: number): string => n.toLocaleString('en-US');

/**
 * What a network is made of, for an input like `x`: each layer with its shapes, parameters and arithmetic operations in evaluation, and the
 * totals. Print it for a table. Layers inside `repeat` are counted but not listed.
 *
 * @throws where the network does not fit `x`; the message names the layer.
 * @example
 * import { nn, zeros } from 'cotangent';
 * const summary = nn.summary(nn.seq(nn.dense(128), nn.relu, nn.dense(10)), zeros([1, 784]));
 * summary.parameters; // -> 101770
 * summary.layers[0]?.path; // -> 'dense_0'
 * summary.layers[2]?.flops; // -> 2570
 */
export function summary<X, P, Y, E extends Effects, K = unknown>(layer: (x: X) => Net<P, Y, E>, x: Sound<E, Y, X, K>): Summary;
export function summary(layer: AnyLayer, x: unknown): Summary {
  const params = init(typed(layer), newKey(0), typed(x));
  const states: readonly unknown[] = initState(typed(layer), typed(x));
  const { leaves, structure } = flattenTensors([params, states, x], 'nn.summary');
  const ran: (Omit<LayerSummary, 'flops'> & { readonly order: number })[] = [];
  const note = ({ path, kind, params: own, input, output }: Ran): void => {
    ran.push({ path: path.join('/'), kind: kind === '' ? 'layer' : kind, input: shapesOf(input), output: shapesOf(output), parameters: countParameters(own), order: ran.length });
  };
  const name = layer.name === '' ? 'network' : layer.name;
  const run = (p: unknown, s: readonly unknown[], v: unknown): unknown => {
    const y = meet(layer, v).run(p, newRun('evaluate', s, null, note));
    note({ path: [], kind: name, params: p, input: v, output: y });
    return y;
  };
  const { jaxpr } = stageFunction('nn.summary', typed(run), structure, avalsOfTensors(leaves), { numbers: 'literals' });
  const costs = jaxpr.eqns.map(e => ({ path: e.origin.path, flops: flopsOf(e) }));
  const flopsAt = (path: string): number => costs.reduce((n, c) => path === '' || c.path === path || c.path.startsWith(`${path}/`) ? n + c.flops : n, 0);
  // A layer is noted after those inside it: the order of paths puts it before them again.
  const first = (path: string): number => Math.min(...ran.filter(r => r.path === path || r.path.startsWith(`${path}/`)).map(r => r.order));
  const whole = ran.find(r => r.path === '');
  const layers = ran.filter(r => r.path !== '').map(({ order: _, ...r }) => ({ ...r, flops: flopsAt(r.path) }))
    .sort((a, b) => first(a.path) - first(b.path) || a.path.length - b.path.length);
  const listed = layers.length === 0 && whole !== undefined ? [{ path: name, kind: name, input: whole.input, output: whole.output, parameters: whole.parameters, flops: flopsAt('') }] : layers;
  const totals = { parameters: countParameters(params), flops: flopsAt('') };
  return { layers: listed, ...totals, toString: () => table(listed, totals) };
}

function table(layers: readonly LayerSummary[], { parameters, flops }: { readonly parameters: number; readonly flops: number }): string {
  const shapes = (list: readonly (readonly number[])[]): string => list.map(s => showShape(s)).join(' ');
  const rows = [
    ['layer', 'output', 'parameters', 'flops'],
    ...layers.map(l => [`${'  '.repeat(l.path.split('/').length - 1)}${l.path.split('/').at(-1) ?? ''}`, shapes(l.output), counted(l.parameters), counted(l.flops)]),
    ['total', '', counted(parameters), counted(flops)],
  ];
  const widths = [0, 1, 2, 3].map(i => Math.max(...rows.map(r => (r[i] ?? '').length)));
  const line = widths.map(w => '-'.repeat(w)).join('  ');
  const text = rows.map(r => r.map((cell, i) => i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)).join('  ').trimEnd());
  return [text[0], line, ...text.slice(1, -1), line, text.at(-1)].join('\n');
}
