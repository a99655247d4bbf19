// Diagrams: a box for what there is and an arrow for each value, boxes apart, arrows downwards; what networks show of their layers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foriLoop, grad, makeJaxpr, nn, np, plot, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import { layered, type Edge } from '../../src/plot/layered.ts';
import { checkPicture, named, words } from './xml.ts';

describe('the layered layout', () => {
  const graphs = fc.integer({ min: 2, max: 25 }).chain((n) => fc.tuple(
    fc.array(fc.record({ width: fc.integer({ min: 10, max: 200 }), height: fc.integer({ min: 10, max: 60 }) }), { minLength: n, maxLength: n }),
    fc.uniqueArray(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).filter(([a, b]) => a < b), { maxLength: 40, selector: ([a, b]) => `${a} ${b}` }),
  ));
  it('keeps boxes apart and inside, and leads edges down', () => {
    fc.assert(fc.property(graphs, ([boxes, edges]: [{ width: number; height: number }[], Edge[]]) => {
      const layout = layered(boxes, edges);
      const placed = boxes.map((box, k) => ({ ...box, ...(layout.boxes[k] ?? { x: NaN, y: NaN }) }));
      for (const [i, a] of placed.entries()) {
        expect(a.x - a.width / 2).toBeGreaterThanOrEqual(-1e-6);
        expect(a.x + a.width / 2).toBeLessThanOrEqual(layout.width + 1e-6);
        expect(a.y + a.height / 2).toBeLessThanOrEqual(layout.height + 1e-6);
        for (const b of placed.slice(i + 1)) expect(Math.abs(a.x - b.x) >= (a.width + b.width) / 2 - 1e-6 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2 - 1e-6).toBe(true);
      }
      edges.forEach(([from, to], k) => {
        const route = layout.routes[k] ?? [];
        expect([route[0], route.at(-1)]).toEqual([layout.boxes[from], layout.boxes[to]]);
        for (let p = 1; p < route.length; p++) expect(route[p]?.y).toBeGreaterThanOrEqual(route[p - 1]?.y ?? NaN);
      });
    }));
  });
});

describe('plot.jaxprDiagram', () => {
  it('draws a box for each input, equation and output, and an arrow for each value between two', () => {
    const made = makeJaxpr((x: Tensor<[3]>, y: Tensor<[3]>) => np.add(np.multiply(x, 2), np.multiply(x, y)))(zeros([3]), zeros([3]));
    const root = checkPicture(plot.jaxprDiagram(made, { title: 'f' }));
    expect(words(root).filter((w) => !w.startsWith('f32'))).toEqual(['f', 'input 0', 'input 1', 'mul 2', 'mul', 'add', 'output']);
    expect(named(root, 'polygon')).toHaveLength(6);
    expect(plot.jaxprDiagram(made.jaxpr, { title: 'f' })).toBe(plot.jaxprDiagram(made, { title: 'f' }));
  });

  it('draws one arrow where a value is taken twice, and says what is inside of loops', () => {
    const twice = checkPicture(plot.jaxprDiagram(makeJaxpr((x: Scalar) => np.multiply(x, x))(zeros([]))));
    expect(named(twice, 'polygon')).toHaveLength(2);
    const loop = words(checkPicture(plot.jaxprDiagram(makeJaxpr((x: Scalar) => foriLoop(0, 3, (_, v: Scalar) => np.sin(v), x))(zeros([])))));
    expect(loop.some((w) => / \(\d+ equations?\)$/.test(w))).toBe(true);
  });

  it('draws programs of transforms', () => {
    const made = makeJaxpr(grad((x: Tensor<[3]>) => np.sum(np.multiply(np.sin(x), np.exp(x)))))(zeros([3]));
    expect(named(checkPicture(plot.jaxprDiagram(made)), 'rect')).toHaveLength(made.jaxpr.eqns.length + 2);
  });

  it('refuses what nobody could read', () => {
    const made = makeJaxpr((x: Scalar) => np.sin(np.sin(x)))(zeros([]));
    expect(() => plot.jaxprDiagram(made, { limit: 3 })).toThrow('plot.jaxprDiagram: 4 boxes, at most 3 are drawn; raise limit, or draw a part');
  });
});

describe('plot.networkDiagram', () => {
  it('names layers, shapes and parameters', () => {
    const net = nn.seq(nn.conv(6, 5), nn.relu, nn.maxPool(2), nn.flatten, nn.dense(10));
    const shown = words(checkPicture(plot.networkDiagram(net, zeros([1, 28, 28, 1]))));
    expect(shown[0]).toBe('input');
    // 5 * 5 * 1 * 6 + 6, and 12 * 12 * 6 * 10 + 10.
    expect(shown).toEqual(expect.arrayContaining(['f32[1,24,24,6]', '156 parameters', 'f32[1,12,12,6]', '8,650 parameters', 'f32[1,10]', 'output']));
    expect(shown.findIndex((w) => w.startsWith('conv'))).toBeLessThan(shown.findIndex((w) => w.startsWith('dense')));
  });

  it('draws branches, states and layers inside layers', () => {
    const net = nn.seq(nn.dense(8), nn.residual(nn.seq(nn.dense(8), nn.tanh)), nn.batchNorm, nn.dropout(0.5), nn.dense(2));
    const deep = words(checkPicture(plot.networkDiagram(net, zeros([4, 4]))));
    const flat = words(checkPicture(plot.networkDiagram(net, zeros([4, 4]), { depth: 1 })));
    expect(deep.length).toBeGreaterThan(flat.length);
    expect(flat).toEqual(expect.arrayContaining(['residual_0', '72 parameters']));
    expect(deep).toEqual(expect.arrayContaining(['residual_0/dense_0', 'residual_0/tanh_0']));
    expect(() => plot.networkDiagram(net, zeros([4, 4]), { depth: 0 })).toThrow('depth 0; a positive integer is wanted');
  });
});
