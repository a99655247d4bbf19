// What structural type rules check of shapes and of lists of axes. Floor 2: numbers only, no records.
import { listed } from '../shape/dim.ts';
import { ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';

/** Dims of a result that parameters state are natural numbers. */
export function expectShape(shape: readonly number[], name: string): void {
  if (!listed(name, 'shape', shape).every(n => Number.isInteger(n) && n >= 0)) throw new ShapeError(`${name}: ${showShape(shape)} is not a shape; dims are natural numbers`);
}
/** Axes are in range; in parameters they are never negative. */
export function expectAxis(axis: number, shape: readonly number[], name: string): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) throw new ShapeError(`${name}: axis ${axis} is out of range for ${showShape(shape)}`, 'axis');
}
/** Axes are in range and strictly increasing. */
export function expectAxes(axes: readonly number[], shape: readonly number[], name: string): void {
  listed(name, 'axes', axes).forEach((a, i) => {
    expectAxis(a, shape, name);
    if (i > 0 && a <= (axes[i - 1] ?? -1)) throw new ShapeError(`${name}: axes ${showShape(axes)} are not strictly increasing`, 'axis');
  });
}
