// Each shape rule has three typed programs at least that the compiler takes, and three that it refuses: counted by what they call.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROOT } from './harness/compiler.ts';

/** What the programs of each rule look like: the call, with the operand or the option where that makes the rule. */
const RULES: Readonly<Record<string, RegExp>> = {
  einsum: /np\.einsum\(/,
  'einsum with an ellipsis': /np\.einsum\('[^']*\.\.\./,
  'einsum with an index repeated': /np\.einsum\('[^',]*(\w)[^',]*\1[^']*'/,
  slice: /np\.slice\(|\.slice\(/,
  'slice by a step or from the end': /np\.slice\(.*(?:\[-|, -?\d+\]|null, -?\d|\d, -?\d+, -?\d)/,
  take: /np\.take\(/,
  'take at a number': /np\.take\(\w+, -?\d+/,
  takeAlongAxis: /np\.takeAlongAxis\(/,
  flip: /np\.flip\(/,
  tile: /np\.tile\(/,
  repeat: /np\.repeat\(/,
  roll: /np\.roll\(/,
  cumulative: /(?:np|lax)\.cum(?:sum|prod|max|min|logsumexp)\(/,
  gather: /lax\.gather\(/,
  scatter: /lax\.scatter\w*\(/,
  dynamicSlice: /lax\.dynamicSlice\(/,
  dynamicUpdateSlice: /lax\.dynamicUpdateSlice\(/,
  'conv over one axis': /lax\.convGeneral\(sequence\b/,
  'conv over two axes': /lax\.convGeneral\((?:image|planes)\b/,
  'conv over three axes': /lax\.convGeneral\(volume\b/,
  'conv with strides': /lax\.convGeneral\(.*strides:/,
  'conv with padding': /lax\.convGeneral\(.*padding:/,
  'conv with a dilated kernel': /lax\.convGeneral\(.*dilation:/,
  'conv with a dilated input': /lax\.convGeneral\(.*inputDilation:/,
  'conv in groups': /lax\.convGeneral\(.*groups:/,
  'conv, features last': /lax\.convGeneral\((?!.*NCHW)/,
  'conv, features first': /lax\.convGeneral\(.*NCHW/,
  'conv transposed': /(?:lax|nn)\.convTranspose\(/,
  'pooling that overlaps or is padded': /(?:Pool|reduceWindow)\(.*(?:stride|padding)s?:/,
  'max pooling': /nn\.maxPool\(/,
  'mean pooling': /nn\.avgPool\(/,
  'adaptive pooling': /nn\.adaptiveAvgPool\(/,
  reduceWindow: /lax\.reduceWindow\(/,
  meshgrid: /np\.meshgrid\(/,
  diag: /np\.diag\(/,
  diagonal: /np\.diagonal\(|np\.trace\(/,
  tril: /np\.tril\(/,
  triu: /np\.triu\(/,
  kron: /np\.kron\(/,
  outer: /np\.outer\(/,
  tensordot: /np\.tensordot\(/,
  moveaxis: /np\.moveaxis\(/,
  ravel: /np\.ravel\(/,
  sort: /np\.(?:arg)?sort\(/,
  topK: /(?:np|lax)\.topK\(/,
  matmul: /np\.matmul\(/,
  dot: /np\.dot\(/,
  inner: /np\.inner\(/,
  reshape: /np\.reshape\(/,
  transpose: /np\.transpose\(/,
  swapaxes: /np\.swapaxes\(/,
  expandDims: /np\.expandDims\(/,
  squeeze: /np\.squeeze\(/,
  concatenate: /np\.concatenate\(/,
  stack: /np\.stack\(/,
  split: /np\.split\(/,
  pad: /np\.pad\(/,
};

const files = (directory: string): string[] => readdirSync(`${ROOT}${directory}`).filter(name => name.endsWith('.ts')).map(name => readFileSync(`${ROOT}${directory}/${name}`, 'utf8'));
/** The statement below each marker: all the lines that say what the compiler answers stand between. */
const refused = files('test/types/fail').flatMap(source => {
  const lines = source.split('\n');
  return lines.filter((line, i) => !/^\s*\/\//.test(line) && /^\s*\/\/ (?: |@error)/.test(lines[i - 1] ?? ''));
});
/** Claims about what comes out, and functions whose annotated result is one. */
const taken = ['np', 'nn'].flatMap(name => files(`test/types/${name}`)).flatMap(source => source.split('\n').filter(line => /^is<|^export const/.test(line)));

it.each(Object.keys(RULES))('%s', rule => {
  const found = (programs: readonly string[]): number => new Set(programs.filter(program => RULES[rule]?.test(program))).size;
  const counts = { taken: found(taken), refused: found(refused) };
  expect({ rule, taken: Math.min(3, counts.taken), refused: Math.min(3, counts.refused), counts }).toEqual({ rule, taken: 3, refused: 3, counts });
});
