// The bias that dense and convolutional layers have unless they are told `bias: false`: its options, its place in the parameters. Floor 7;
// it must not know the layers.
import { CotangentError } from '../error.ts';
import { isTensor, type TensorHandle } from '../trace/handle.ts';
import { parameter } from './expect.ts';
import { zeros, type Initializer } from './initializers.ts';

/** Parameters `P` of a layer, or of it only the weights `w` where it has no bias. */
export type Biased<P extends { readonly w: unknown }, B extends boolean> = B extends false ? { readonly w: P['w'] } : P;

/** What a layer may be told of its bias. */
export interface BiasOptions<B extends boolean = true> {
  /** Whether a bias is added; without one the parameters are `{ w }`. Default true. */
  readonly bias?: B;
  /** How the bias starts. Default zeros. */
  readonly biasInit?: Initializer;
}

/** The kinds of the options that dense and convolutional layers share. */
export const weightKinds = { dtype: 'dtype', init: 'function', bias: 'flag', biasInit: 'function' } as const;

/** How the bias of a layer starts; null where it has none. */
export function biasStart(layer: string, { bias = true, biasInit }: BiasOptions<boolean>): Initializer | null {
  if (bias) return biasInit ?? zeros;
  if (biasInit !== undefined) throw new CotangentError('options', `${layer}: biasInit starts a bias, and bias: false leaves it out; give one of them`);
  return null;
}

/** The bias among a layer's parameters: null of a layer without one, which refuses parameters of a layer with one. */
export function biasIn(layer: string, params: unknown, start: Initializer | null): TensorHandle | null {
  if (start !== null) return parameter(layer, params, 'b');
  if (typeof params === 'object' && params !== null && !isTensor(params) && 'b' in params) throw new CotangentError('tree', `${layer}: its parameters hold a bias b, and the layer is told bias: false; make parameters with nn.init`);
  return null;
}
