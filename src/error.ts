// The errors that users see: one class per kind of mistake, each with a stable `code` and a message of one line.
// Floor 0: knows nothing of tensors or programs.

/** What went wrong, as a stable word that code may test. */
export type ErrorCode =
  | 'shape' | 'axis' | 'dtype' | 'index' | 'value'
  | 'leak' | 'concretize' | 'async' | 'static' | 'capture' | 'retrace'
  | 'donated' | 'disposed' | 'backend-mismatch' | 'unsupported' | 'out-of-memory'
  | 'not-linear' | 'not-differentiable' | 'forward-mode' | 'effect'
  | 'nan' | 'violation'
  | 'key-reuse'
  | 'tree' | 'jaxpr' | 'serial' | 'data' | 'options';

/** Every error that Cotangent throws on purpose. `code` is stable, `message` is one line for the person who made the mistake. */
export class CotangentError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Shapes, axes or indices that do not fit. The text equals the compile-time message where dims are literal. */
export class ShapeError extends CotangentError {
  constructor(message: string, code: 'shape' | 'axis' | 'index' = 'shape') { super(code, message); }
}

/** Dtypes that do not fit. Nothing is ever narrowed silently. */
export class DTypeError extends CotangentError {
  constructor(message: string) { super('dtype', message); }
}

/** A tracer used where a value is needed, after its stage ended, or a program that cannot be staged. */
export class TraceError extends CotangentError {
  constructor(code: 'leak' | 'concretize' | 'async' | 'static' | 'capture' | 'retrace', message: string) { super(code, message); }
}

/** A program that cannot be transformed as asked. */
export class TransformError extends CotangentError {
  constructor(code: 'not-linear' | 'not-differentiable' | 'forward-mode' | 'effect', message: string) { super(code, message); }
}

/** A buffer that is gone, lives elsewhere, or cannot be had. */
export class MemoryError extends CotangentError {
  constructor(code: 'donated' | 'disposed' | 'backend-mismatch' | 'unsupported' | 'out-of-memory', message: string, options?: { readonly cause: unknown }) { super(code, message, options); }
}
