// The codes of errors are a closed set: a code of another class, or an invented one, does not compile.
import { CotangentError, MemoryError, ShapeError } from '../../../src/error.ts';

// @error TS2345: Argument of type '"oops"' is not assignable to parameter of type 'ErrorCode'.
export const invented = new CotangentError('oops', 'a message');
// @error TS2345: Argument of type '"dtype"' is not assignable to parameter of type '"axis" | "index" | "shape" | undefined'.
export const foreign = new ShapeError('a message', 'dtype');
// @error TS2345: Argument of type '"shape"' is not assignable to parameter of type '"backend-mismatch" | "disposed" | "donated" | "out-of-memory" | "unsupported"'.
export const other = new MemoryError('shape', 'a message');
