// cotangent/laws: what must hold for every primitive, layer and program, as predicates, random programs and runners.
// fast-check is a peer dependency. Importing it installs the library.
import '../src/index.ts';

export { optimiser, type OptimiserOptions } from './optimiser.ts';
export { primitive } from './primitive.ts';
export { layer, program, programs, programWith, type ProgramOptions, type ProgramReport } from './program.ts';
export { shapeLaws } from './shapes.ts';
export { LawError, showReport, type LawCount, type Report } from './report.ts';
export type { RunOptions } from './run.ts';

export { Choices } from './draw.ts';
export { dims } from './arbitrary/dim.ts';
export { anyDType, anyArray, arrays } from './arbitrary/tensor.ts';
export { broadcastable, shapes } from './arbitrary/shape.ts';
export { trees, type Tree } from './arbitrary/tree.ts';
