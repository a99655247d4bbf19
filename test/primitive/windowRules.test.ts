// The rules of the records over windows and indices, on random samples.
import type { Primitive } from '../../src/ir/primitive.ts';
import { convGeneralP } from '../../src/primitive/conv.ts';
import { cumlogsumexpP, cummaxP, cumminP, cumprodP, cumsumP } from '../../src/primitive/cumulative.ts';
import { dynamicSliceP, dynamicUpdateSliceP } from '../../src/primitive/dynamicSlice.ts';
import { linearRecurrenceP } from '../../src/primitive/linearRecurrence.ts';
import { reduceWindowMaxP, reduceWindowMinP, reduceWindowSumP } from '../../src/primitive/reduceWindow.ts';
import { scatterMaxP, scatterMinP, scatterMulP, scatterSetP } from '../../src/primitive/scatter.ts';
import { selectAndGatherAddP, selectAndScatterAddP } from '../../src/primitive/selectWindow.ts';
import { sortP } from '../../src/primitive/sort.ts';
import { describeRules } from './ruleChecks.ts';

const windowed: readonly Primitive[] = [
  convGeneralP, reduceWindowSumP, reduceWindowMaxP, reduceWindowMinP, selectAndGatherAddP, selectAndScatterAddP,
  cumsumP, cumprodP, cummaxP, cumminP, cumlogsumexpP, linearRecurrenceP,
  dynamicSliceP, dynamicUpdateSliceP, scatterSetP, scatterMulP, scatterMinP, scatterMaxP, sortP,
];

describeRules(windowed);
