// Diagrams of programs: equations as boxes, values as arrows; and of networks, a box for each layer. Floor 7: a program in, SVG out.
import { CotangentError } from '../error.ts';
import { showAval, sizeOf } from '../ir/aval.ts';
import { inlineCalls } from '../ir/inline.ts';
import { bodiesOf, countEqns, isJaxpr, Var, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import { applyEval, init, initState, type AnyLayer, type Effects, type Net } from '../nn/net.ts';
import { typed } from '../numpy/typed.ts';
import { key } from '../random/key.ts';
import { optionsOf } from '../shape/options.ts';
import { isTensor } from '../trace/handle.ts';
import { makeJaxpr, type MadeJaxpr } from '../transform/look.ts';
import { leavesOf } from '../tree/map.ts';
import { layered, type Edge, type Place } from './layered.ts';
import { coordinate, element, fitText, picture, text, textWidth } from './svg.ts';

/** Options of `plot.jaxprDiagram`. */
export interface DiagramOptions {
  readonly title?: string;
  /** The most boxes that are drawn. Default 300. */
  readonly limit?: number;
}
/** Options of `plot.networkDiagram`. */
export interface NetworkDiagramOptions extends DiagramOptions {
  /** How deep layers inside layers are told apart: 1 draws the outermost ones alone. Default 2. */
  readonly depth?: number;
}

type Kind = 'input' | 'operation' | 'output';
interface Node { readonly kind: Kind; readonly name: string; readonly lines: readonly string[] }
const classes: { readonly [K in Kind]: string } = { input: 's2', operation: 's0', output: 's1' };

/** An edge from the bottom of one box to the top of another, through places on the way, with a tip. */
function arrow(route: readonly Place[], bottom: number, top: number): string {
  const points = route.map(({ x, y }, k) => ({ x, y: k === 0 ? y + bottom : k === route.length - 1 ? y - top - 5 : y }));
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let [at, d] = [first, `M${coordinate(first.x)} ${coordinate(first.y)}`];
  for (const next of rest) {
    const half = (at.y + next.y) / 2;
    d += `C${[at.x, half, next.x, half, next.x, next.y].map(coordinate).join(' ')}`;
    at = next;
  }
  return element('path', { class: 'edge', d }) + element('polygon', { class: 'tip', points: [[-3.5, -1], [3.5, -1], [0, 5]].map(([dx = 0, dy = 0]) => `${coordinate(at.x + dx)},${coordinate(at.y + dy)}`).join(' ') });
}

function drawn(nodes: readonly Node[], edges: readonly Edge[], { title, limit = 300 }: DiagramOptions, name: string): string {
  if (nodes.length > limit) throw new CotangentError('options', `plot.${name}: ${nodes.length} boxes, at most ${limit} are drawn; raise limit, or draw a part`);
  const shown = nodes.map((node) => ({ ...node, name: fitText(node.name, 220), lines: node.lines.map((line) => fitText(line, 220, 11)) }));
  const boxes = shown.map((node) => ({ width: Math.max(40, textWidth(node.name) + 22, ...node.lines.map((line) => textWidth(line, 11) + 22)), height: 26 + 15 * node.lines.length }));
  const layout = layered(boxes, edges);
  const top = title === undefined ? 10 : 38;
  const width = Math.max(layout.width + 20, title === undefined ? 0 : textWidth(title, 14.5) + 20);
  const side = (width - layout.width) / 2;
  const moved = ({ x, y }: Place): Place => ({ x: x + side, y: y + top });
  const half = (k: number): number => (boxes[k]?.height ?? 0) / 2;
  return picture(width, layout.height + top + 10, title ?? name,
    title === undefined ? '' : text(10, 24, title, { class: 'title' }),
    ...edges.map(([from, to], k) => arrow((layout.routes[k] ?? []).map(moved), half(from), half(to))),
    ...shown.map(({ kind, name: words, lines }, k) => {
      const [box, place] = [boxes[k] ?? { width: 0, height: 0 }, moved(layout.boxes[k] ?? { x: 0, y: 0 })];
      const y = place.y - box.height / 2;
      return element('rect', { class: `box line ${classes[kind]}`, x: place.x - box.width / 2, y, width: box.width, height: box.height, rx: kind === 'operation' ? 4 : 12 })
        + text(place.x, y + 17, words, { 'text-anchor': 'middle' })
        + lines.map((line, i) => text(place.x, y + 32 + 15 * i, line, { class: 'muted small', 'text-anchor': 'middle' })).join('');
    }));
}

const literal = (value: number): string => Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
/** The operation, with the numbers among its operands and the size of what it holds. */
function titleOf(e: Eqn): string {
  const numbers = e.inputs.flatMap((a) => a instanceof Var ? [] : [literal(a.value)]);
  const inside = bodiesOf(e.params).reduce((n, body) => n + countEqns(body), 0);
  return `${e.primitive.name}${numbers.length === 0 ? '' : ` ${numbers.join(', ')}`}${inside === 0 ? '' : ` (${inside} ${inside === 1 ? 'equation' : 'equations'})`}`;
}

/** Boxes for groups of equations, inputs and outputs, and an arrow for each value that one has from another. */
class Builder {
  readonly nodes: Node[] = [];
  readonly edges: Edge[] = [];
  readonly #made = new Map<Var, number>();
  readonly #drawn = new Set<string>();
  add(node: Node): number { return this.nodes.push(node) - 1; }
  make(v: Var, at: number): void { this.#made.set(v, at); }
  madeBy(v: Var): number | undefined { return this.#made.get(v); }
  use(v: Var, at: number): void {
    const from = this.madeBy(v);
    if (from === undefined || from === at || this.#drawn.has(`${from}>${at}`)) return;
    this.#drawn.add(`${from}>${at}`);
    this.edges.push([from, at]);
  }
  outputs(j: Jaxpr): void {
    j.outputs.forEach((o, k) => {
      const at = this.add({ kind: 'output', name: j.outputs.length === 1 ? 'output' : `output ${k}`, lines: [o instanceof Var ? showAval(o.aval) : literal(o.value)] });
      if (o instanceof Var) this.use(o, at);
    });
  }
}

/**
 * A program as a diagram, in SVG: boxes are inputs, equations and outputs, arrows the values between them. Numbers stand in the box of the
 * operation that takes them; an equation that holds programs says how many equations are inside.
 *
 * @param program what `makeJaxpr(f)(...)` returns, or a jaxpr.
 * @throws `options` where it has more boxes than `limit`.
 * @example
 * import { makeJaxpr, np, plot, zeros, type Tensor } from 'cotangent';
 * const svg = plot.jaxprDiagram(makeJaxpr((x: Tensor<[3]>) => np.tanh(np.multiply(x, 2)))(zeros([3])));
 * [svg.includes('mul 2'), svg.includes('tanh')]; // -> [true, true]
 */
export function jaxprDiagram(program: MadeJaxpr | Jaxpr, options: DiagramOptions = {}): string {
  optionsOf('plot.jaxprDiagram', options, { title: 'text', limit: 'number' });
  const j = isJaxpr(program) ? program : program.jaxpr;
  const builder = new Builder();
  j.inputs.forEach((v, k) => builder.make(v, builder.add({ kind: 'input', name: k < j.numConsts ? `captured ${k}` : `input ${k - j.numConsts}`, lines: [showAval(v.aval)] })));
  for (const e of j.eqns) {
    const at = builder.add({ kind: 'operation', name: titleOf(e), lines: e.outputs.map((v) => showAval(v.aval)) });
    for (const a of e.inputs) if (a instanceof Var) builder.use(a, at);
    for (const v of e.outputs) builder.make(v, at);
  }
  builder.outputs(j);
  return drawn(builder.nodes, builder.edges, options, 'jaxprDiagram');
}

/** Equations that follow each other in the same layer, and the layer's name; equations of no layer stand alone. */
function groupsOf(j: Jaxpr, depth: number): { readonly name: string; readonly eqns: Eqn[] }[] {
  const groups: { name: string; path: string; eqns: Eqn[] }[] = [];
  for (const e of j.eqns) {
    const path = e.origin.path.split('/').slice(0, depth).join('/');
    const last = groups.at(-1);
    if (last !== undefined && path !== '' && last.path === path) last.eqns.push(e);
    else groups.push({ name: path === '' ? titleOf(e) : path, path, eqns: [e] });
  }
  return groups;
}

/**
 * A network as a diagram, in SVG: a box for each layer with the shape of what it makes and the count of its parameters, in evaluation, for an
 * input like `x`. Nothing is computed. What joins layers (the sum of a residual, say) is drawn as the operation that it is.
 *
 * @throws as `nn.init` where the network does not fit `x`; `options` where it has more boxes than `limit`, or for a depth that is no positive integer.
 * @example
 * import { nn, plot, zeros } from 'cotangent';
 * const svg = plot.networkDiagram(nn.seq(nn.dense(8), nn.relu, nn.dense(2)), zeros([1, 4]));
 * svg.includes('40 parameters'); // -> true
 */
export function networkDiagram<X, P, Y, E extends Effects>(layer: (x: X) => Net<P, Y, E>, x: X, options?: NetworkDiagramOptions): string;
export function networkDiagram(layer: AnyLayer, x: unknown, options: NetworkDiagramOptions = {}): string {
  optionsOf('plot.networkDiagram', options, { depth: 'number', title: 'text', limit: 'number' });
  const { depth = 2 } = options;
  if (!(Number.isInteger(depth) && depth >= 1)) throw new CotangentError('options', `plot.networkDiagram: depth ${depth}; a positive integer is wanted`);
  const net: (x: unknown) => Net<unknown, unknown> = typed(layer);
  const params = init(net, key(0), x);
  const state = initState(net, x);
  const { jaxpr } = makeJaxpr((p: unknown, input: unknown) => applyEval(net, p, state, input))(params, x);
  const program = inlineCalls(jaxpr, (e) => e.origin.path === '');
  const builder = new Builder();
  const first = program.numConsts + leavesOf(params, 'plot.networkDiagram').filter(isTensor).length;
  const parameters = new Set(program.inputs.slice(program.numConsts, first));
  program.inputs.slice(first).forEach((v, k, all) => builder.make(v, builder.add({ kind: 'input', name: all.length === 1 ? 'input' : `input ${k}`, lines: [showAval(v.aval)] })));
  for (const { name, eqns } of groupsOf(program, depth)) {
    const used = new Set(eqns.flatMap((e) => e.inputs.filter((a) => a instanceof Var)));
    // What leaves the group is its result.
    const inner = new Set(eqns);
    const needed = new Set([...program.eqns.filter((e) => !inner.has(e)).flatMap((e) => e.inputs), ...program.outputs]);
    const results = eqns.flatMap((e) => e.outputs).filter((v) => needed.has(v));
    const owned = [...used].filter((v) => parameters.has(v)).reduce((n, v) => n + sizeOf(v.aval.shape), 0);
    const at = builder.add({ kind: 'operation', name, lines: [...results.map((v) => showAval(v.aval)), ...(owned === 0 ? [] : [`${owned.toLocaleString('en')} parameter${owned === 1 ? '' : 's'}`])] });
    for (const v of used) builder.use(v, at);
    for (const e of eqns) for (const v of e.outputs) builder.make(v, at);
  }
  builder.outputs(program);
  return drawn(builder.nodes, builder.edges, options, 'networkDiagram');
}
