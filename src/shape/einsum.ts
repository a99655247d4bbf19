// Einstein summation: each index is a letter, indices that the output does not name are summed over. `...` stands for leading
// axes that are broadcast. Floor 0.
import { ShapeError } from '../error.ts';
import { broadcast, type Broadcast } from './broadcast.ts';
import type { Reverse } from './digits.ts';
import { show, type First, type HasDynamic, type Last, type Shape, type Show, type ShowDim, type Unify, word } from './dim.ts';
import type { AnswerOf, Fits, Stop } from './same.ts';

type WithoutSpaces<S extends string> = S extends `${infer A} ${infer B}` ? WithoutSpaces<`${A}${B}`> : S;
type AtCommas<S extends string, Out extends string[] = []> = S extends `${infer A},${infer R}` ? AtCommas<R, [...Out, A]> : [...Out, S];

/** What is known while operands are read: each letter's dim, and [the broadcast of all that `...` stood for] (null: none yet). */
type Env = Readonly<Record<string, number>>;
type Put<E extends Env, c extends string, d extends number> = { readonly [L in keyof E | c]: L extends c ? d : E[L] };
/** The environment with one more letter, or a stop. */
type BindLetter<E extends Env, c extends string, d extends number, Operand extends string, S extends Shape, K> =
  c extends keyof E
    ? Unify<E[c], d, K> extends readonly [infer u extends number] ? Put<E, c, u>
    : Stop<`einsum: index '${c}' is ${ShowDim<E[c], K>} and ${ShowDim<d, K>} (operand '${Operand}' ${Show<S, K>})`>
    : E & { readonly [L in c]: d };

/** Reads letters from the first axis on: [environment, the axes left over], or a stop. */
type BindFront<Letters extends string, Left extends Shape, E extends Env, Operand extends string, S extends Shape, K> =
  Letters extends `${infer c}${infer R}`
    ? First<Left, K> extends readonly [infer d extends number, infer T extends Shape]
      ? BindLetter<E, c, d, Operand, S, K> extends infer E2 extends Env ? BindFront<R, T, E2, Operand, S, K> : BindLetter<E, c, d, Operand, S, K>
      : TooShort<Left, First<Left, K>, Operand, S, K>
    : [E, Left];
/** As `BindFront`, from the last axis on; the letters are reversed. */
type BindBack<Letters extends string, Left extends Shape, E extends Env, Operand extends string, S extends Shape, K> =
  Letters extends `${infer c}${infer R}`
    ? Last<Left, K> extends readonly [infer T extends Shape, infer d extends number]
      ? BindLetter<E, c, d, Operand, S, K> extends infer E2 extends Env ? BindBack<R, T, E2, Operand, S, K> : BindLetter<E, c, d, Operand, S, K>
      : TooShort<Left, Last<Left, K>, Operand, S, K>
    : [E, Left];
type TooShort<Left extends Shape, End, Operand extends string, S extends Shape, K> =
  End extends 'none' ? Stop<`einsum: operand '${Operand}' names more axes than ${Show<S, K>} has`>
  : HasDynamic<Left, K> extends true ? Stop<Shape> : Stop<`einsum: operand '${Operand}' ${Show<S, K>} is of generic rank`>;

/** One operand: [environment, [what `...` stands for]], or a stop. */
type BindOperand<Operand extends string, S extends Shape, E extends Env, Dots, K> =
  Operand extends `${infer L}...${infer R}`
    ? BindFront<L, S, E, Operand, S, K> extends readonly [infer E1 extends Env, infer Left extends Shape]
      ? BindBack<Reverse<R>, Left, E1, Operand, S, K> extends readonly [infer E2 extends Env, infer Middle extends Shape]
        ? Dots extends readonly [infer D extends Shape] ? JoinDots<Broadcast<D, Middle, K>, E2, K> : [E2, [Middle]]
        : BindBack<Reverse<R>, Left, E1, Operand, S, K>
      : BindFront<L, S, E, Operand, S, K>
    : BindFront<Operand, S, E, Operand, S, K> extends readonly [infer E1 extends Env, infer Left extends Shape]
      ? Last<Left, K> extends 'none' ? [E1, Dots]
      : HasDynamic<Left, K> extends true ? Stop<Shape>
      : Stop<`einsum: operand '${Operand}' names fewer axes than ${Show<S, K>} has`>
      : BindFront<Operand, S, E, Operand, S, K>;
type JoinDots<R, E extends Env, K> = Fits<R, string, K> extends true ? Stop<`einsum: ${R & string}`> : [E, [R]];

type BindAll<Operands, Shapes, E extends Env, Dots, K> =
  Operands extends readonly [infer I extends string, ...infer RI]
    ? Shapes extends readonly [infer S extends Shape, ...infer RS]
      ? BindOperand<I, S, E, Dots, K> extends readonly [infer E2 extends Env, infer D2] ? BindAll<RI, RS, E2, D2, K> : BindOperand<I, S, E, Dots, K>
      : Stop<'einsum: more operands in the subscripts than given'>
    : Shapes extends readonly [] ? [E, Dots] : Stop<'einsum: more operands given than in the subscripts'>;

type Emit<Output extends string, E extends Env, Seen extends string = '', Out extends Shape = []> =
  Output extends `${infer c}${infer R}`
    ? Seen extends `${string}${c}${string}` ? `einsum: output index '${c}' is given twice`
    : c extends keyof E ? Emit<R, E, `${Seen}${c}`, [...Out, E[c]]> : `einsum: output index '${c}' is not in any operand`
    : [Out, Seen];
type EmitAll<Output extends string, E extends Env, Dots> =
  Output extends `${infer L}...${infer R}`
    ? Emit<L, E> extends readonly [infer A extends Shape, infer Seen extends string]
      ? Emit<R, E, Seen> extends readonly [infer B extends Shape, string]
        ? Dots extends readonly [infer D extends Shape] ? [...A, ...D, ...B] : [...A, ...B]
        : Emit<R, E, Seen>
      : Emit<L, E>
    : Dots extends null ? Emit<Output, E> extends readonly [infer A, string] ? A : Emit<Output, E>
    : `einsum: the operands have '...', the output '${Output}' has not`;

/** The shape of `Subscripts` (`'bqd,bkd->bqk'`) applied to operands of the given shapes. */
export type Einsum<Subscripts extends string, Shapes extends readonly Shape[], K = unknown> =
  string extends Subscripts ? Shape
  : number extends Shapes['length'] ? Shape
  : WithoutSpaces<Subscripts> extends `${infer I}->${infer O}`
    ? BindAll<AtCommas<I>, Shapes, {}, null, K> extends readonly [infer E extends Env, infer Dots] ? EmitAll<O, E, Dots> : AnswerOf<BindAll<AtCommas<I>, Shapes, {}, null, K>>
    : `einsum: '${Subscripts}' has no '->'`;

/** Subscripts taken apart: the letters of each operand, and of the output, with `...` kept as it is. */
export interface Subscripts { readonly operands: readonly string[]; readonly output: string }

/** `'ij, jk -> ik'` as its parts. Throws where there is no arrow. */
export function parseSubscripts(subscripts: string): Subscripts {
  const given: unknown = subscripts;
  if (typeof given !== 'string') throw new ShapeError(`einsum: the subscripts are ${word(given)}, no text such as 'ij, jk -> ik'`);
  const text = subscripts.replaceAll(' ', '');
  const arrow = text.indexOf('->');
  if (arrow < 0) throw new ShapeError(`einsum: '${subscripts}' has no '->'`);
  return { operands: text.slice(0, arrow).split(','), output: text.slice(arrow + 2) };
}

/** The run-time twin of `Einsum`. */
export function einsum(subscripts: string, shapes: readonly Shape[]): number[] {
  const { operands, output } = parseSubscripts(subscripts);
  const dims = new Map<string, number>();
  let dots: number[] | undefined;
  operands.forEach((operand, n) => {
    const shape = shapes[n];
    if (shape === undefined) throw new ShapeError('einsum: more operands in the subscripts than given');
    dots = bindOperand(operand, shape, dims, dots);
  });
  if (shapes.length > operands.length) throw new ShapeError('einsum: more operands given than in the subscripts');
  const seen = new Set<string>();
  const emit = (letters: string): number[] => letters.split('').map((letter) => {
    const dim = dims.get(letter);
    if (seen.has(letter)) throw new ShapeError(`einsum: output index '${letter}' is given twice`);
    if (dim === undefined) throw new ShapeError(`einsum: output index '${letter}' is not in any operand`);
    seen.add(letter);
    return dim;
  });
  const [front, back] = atDots(output);
  if (back !== undefined) return [...emit(front), ...dots ?? [], ...emit(back)];
  if (dots !== undefined) throw new ShapeError(`einsum: the operands have '...', the output '${output}' has not`);
  return emit(front);
}

/** The letters before `...` and those after, if there is one. */
function atDots(letters: string): readonly [string, string | undefined] {
  const index = letters.indexOf('...');
  return index < 0 ? [letters, undefined] : [letters.slice(0, index), letters.slice(index + 3)];
}

/** Enters the operand's dims into `dims` and returns the broadcast of all that `...` has stood for. */
function bindOperand(operand: string, shape: Shape, dims: Map<string, number>, dots: number[] | undefined): number[] | undefined {
  const [front, back] = atDots(operand);
  const bind = (letter: string, dim: number): void => {
    const known = dims.get(letter) ?? dim;
    if (known !== dim) throw new ShapeError(`einsum: index '${letter}' is ${known} and ${dim} (operand '${operand}' ${show(shape)})`);
    dims.set(letter, dim);
  };
  let start = 0;
  let end = shape.length;
  const next = (at: number): number => {
    if (start >= end) throw new ShapeError(`einsum: operand '${operand}' names more axes than ${show(shape)} has`);
    return shape[at] ?? 0;
  };
  for (const letter of front) {
    bind(letter, next(start));
    start += 1;
  }
  for (const letter of (back ?? '').split('').reverse()) {
    bind(letter, next(end - 1));
    end -= 1;
  }
  const middle = shape.slice(start, end);
  if (back === undefined) {
    if (middle.length > 0) throw new ShapeError(`einsum: operand '${operand}' names fewer axes than ${show(shape)} has`);
    return dots;
  }
  if (dots === undefined) return middle;
  try {
    return broadcast(dots, middle);
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`einsum: ${error.message}`) : error;
  }
}
