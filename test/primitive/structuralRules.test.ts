// Every structural primitive's rules on random samples.
import type { Primitive } from '../../src/ir/primitive.ts';
import { argmaxP, argminP } from '../../src/primitive/argmax.ts';
import { optimizationBarrierP } from '../../src/primitive/barrier.ts';
import { concatenateP } from '../../src/primitive/concatenate.ts';
import { dotGeneralP } from '../../src/primitive/dot.ts';
import { gatherP, scatterAddP } from '../../src/primitive/gather.ts';
import { iotaP } from '../../src/primitive/iota.ts';
import { reduceMaxP, reduceMinP, reduceProdP } from '../../src/primitive/reduce.ts';
import { reshapeP } from '../../src/primitive/reshape.ts';
import { reverseP } from '../../src/primitive/reverse.ts';
import { padP, sliceP } from '../../src/primitive/slice.ts';
import { stopGradientP } from '../../src/primitive/stopGradient.ts';
import { randomBitsP, threefry2x32P } from '../../src/primitive/threefry.ts';
import { transposeP } from '../../src/primitive/transpose.ts';
import { describeRules } from './ruleChecks.ts';

const structural: readonly Primitive[] = [
  reshapeP, transposeP, sliceP, padP, reverseP, concatenateP, gatherP, scatterAddP, iotaP, reduceMaxP, reduceMinP, reduceProdP, argmaxP, argminP,
  dotGeneralP, threefry2x32P, randomBitsP, stopGradientP, optimizationBarrierP,
];

describeRules(structural);
