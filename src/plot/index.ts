// The public namespace `plot`: pictures of training as SVG, without a browser, and reports of one HTML file. Data in, string out.

export { attentionMaps, type AttentionOptions } from './attention.ts';
export { decisionBoundary, type BoundaryOptions } from './boundary.ts';
export { confusionMatrix, type ConfusionOptions } from './confusion.ts';
export { curves, type CurvesOptions, type Series } from './curves.ts';
export type { FrameOptions } from './frame.ts';
export { jaxprDiagram, networkDiagram, type DiagramOptions, type NetworkDiagramOptions } from './diagram.ts';
export { histogram, type HistogramOptions } from './histogram.ts';
export { imageGrid, type ImageGridOptions } from './images.ts';
export { learningRates, type RateCurve } from './learningRates.ts';
export type { NestedNumbers, Numbers } from './numbers.ts';
export { report, type Figure, type Report, type Section, type Table } from './report.ts';
export type { AxisScale } from './scale.ts';
export { styleSheet, withoutStyle } from './svg.ts';
