// What the page and its worker say to each other: plain data, each with a `kind`. Knows nothing of either.

export type Model = 'mlp' | 'lenet';

/** What a run is made of; another one begins anew. */
export interface Settings {
  readonly model: Model;
  readonly seed: number;
  /** The backend by name, or `'auto'`: the best one there is. */
  readonly backend: string;
}

/** A stroke as x0, y0, x1, y1, ... from 0 to 1, x to the right, y downwards. */
export type Stroke = readonly number[];

/** From the page to the worker. */
export type Command =
  | { readonly kind: 'reset'; readonly settings: Settings }
  | { readonly kind: 'run'; readonly running: boolean }
  | { readonly kind: 'rate'; readonly rate: number }
  | { readonly kind: 'strokes'; readonly strokes: readonly Stroke[] }
  /** How large curves are to be drawn, in pixels. */
  | { readonly kind: 'room'; readonly width: number; readonly height: number }
  /** MNIST's files; none of them: back to the digits that are drawn here. */
  | { readonly kind: 'data'; readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[] };

/** Images of 28 x 28 grey values, what they are, and what the network takes them for. */
export interface Judged {
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  readonly guesses: Int32Array;
  /** How sure the network is of each guess, from 0 to 1. */
  readonly confidence: Float32Array;
}

/** From the worker to the page. */
export type Report =
  | { readonly kind: 'ready'; readonly backend: string; readonly backends: readonly string[]; readonly parameters: number; readonly data: string; readonly note: string | null }
  | { readonly kind: 'style'; readonly sheet: string }
  /** `loss` is the mean of the last steps; `accuracy` that of the test digits, from 0 to 1; both null before there is one. `first`: milliseconds until the first step was done. */
  | { readonly kind: 'progress'; readonly step: number; readonly loss: number | null; readonly accuracy: number | null; readonly rate: number; readonly first: number | null }
  /** SVG. */
  | { readonly kind: 'curves'; readonly loss: string; readonly accuracy: string }
  | { readonly kind: 'judged'; readonly step: number; readonly judged: Judged }
  /** What the strokes look like to the network, and how probable each digit is. */
  | { readonly kind: 'answer'; readonly image: Uint8Array; readonly probabilities: Float32Array }
  | { readonly kind: 'paused' }
  | { readonly kind: 'problem'; readonly message: string };

const isTagged = (x: unknown, kinds: readonly string[]): boolean => typeof x === 'object' && x !== null && 'kind' in x && typeof x.kind === 'string' && kinds.includes(x.kind);
/** Whether it is one of ours: extensions of the browser post messages, too. */
export const isCommand = (x: unknown): x is Command => isTagged(x, ['reset', 'run', 'rate', 'strokes', 'room', 'data'] satisfies readonly Command['kind'][]);
export const isReport = (x: unknown): x is Report => isTagged(x, ['ready', 'style', 'progress', 'curves', 'judged', 'answer', 'paused', 'problem'] satisfies readonly Report['kind'][]);
