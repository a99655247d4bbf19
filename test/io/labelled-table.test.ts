import { describe, expect, it } from 'vitest';
import { isRight } from '../../src/fp.ts';
import { readCsvTable } from '../../src/io/csv.ts';
import { datasetOfTable } from '../../src/io/labelled-table.ts';
import { bytesOf } from './fixtures.ts';

const dataset = (text: string, seed = 0): ReturnType<typeof datasetOfTable> => {
  const table = readCsvTable(bytesOf(text));
  return isRight(table) ? datasetOfTable(table.right, { name: 'f', seed }) : table;
};

const refusal = (text: string): string => {
  const made = dataset(text);
  return isRight(made) ? 'accepted' : made.left.message;
};

/** 50 rows: a feature that identifies the row, two that pin the range to 0 ... 100, then the label. */
const rows = Array.from({ length: 50 }, (_, i) => `${i},0,100,${i % 3}`);

describe('datasetOfTable', () => {
  it('splits the rows 80 to 20, each row in one part, its label with it', () => {
    const made = dataset(rows.join('\n'));
    if (!isRight(made)) expect.fail(made.left.message);
    const { train, test, features, classes, name } = made.right;
    expect([train.count, test.count, features, classes, name]).toEqual([40, 10, 3, 3, 'f']);
    expect([train.x.length, train.y.length, test.x.length, test.y.length]).toEqual([120, 40, 30, 10]);
    const seen = [train, test].flatMap((part) => Array.from(part.y, (label, i) => {
      const row = Math.round((part.x[3 * i] ?? 0) * 100);
      expect(label).toBe(row % 3);
      return row;
    }));
    expect([...seen].sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
  });

  it('orders the rows by the seed alone', () => {
    expect(dataset(rows.join('\n'), 4)).toEqual(dataset(rows.join('\n'), 4));
    expect(dataset(rows.join('\n'), 4)).not.toEqual(dataset(rows.join('\n'), 5));
  });

  it('scales by the range of the training part; what lies outside it in the test part is not clamped', () => {
    // One row lies far outside; where it falls into the test part its features leave [0, 1].
    let outside = 0;
    for (let seed = 0; seed < 20; seed++) {
      const made = dataset(`${rows.join('\n')}\n-100,1000,0,1`, seed);
      if (!isRight(made)) expect.fail(made.left.message);
      const { train, test } = made.right;
      expect([Math.min(...train.x), Math.max(...train.x)]).toEqual([0, 1]);
      if (Math.max(...test.x) > 1 && Math.min(...test.x) < 0) outside++;
    }
    expect(outside).toBeGreaterThan(0);
    expect(outside).toBeLessThan(20);
  });

  it('refuses in one line what is no labelled table', () => {
    expect(refusal('1\n2\n3\n4\n5')).toBe('f: has 1 column; expected the features and then the label');
    expect(refusal('1,0\n2,1\n3,0\n4,1')).toBe('f: has 4 rows of data; at least 5 are needed to set some aside for testing');
    expect(refusal('1,0')).toBe('f: has 1 row of data; at least 5 are needed to set some aside for testing');
    expect(refusal('1,0\n2,1\n3,0.5\n4,1\n5,0')).toBe('f: row 3, column 2: the label must be an integer from 0 to 999, got 0.5');
    expect(refusal('a,b\n1,0\n2,1\n3,-1\n4,1\n5,0')).toBe('f: row 4, column 2: the label must be an integer from 0 to 999, got -1');
    expect(refusal('1,0\n2,1\n3,1000\n4,1\n5,0')).toBe('f: row 3, column 2: the label must be an integer from 0 to 999, got 1000');
    expect(refusal('1,7\n2,7\n3,7\n4,7\n5,7')).toBe('f: every row has the label 7; is the label the last column?');
    expect(refusal('label,pixel0\n1,0\n2,1\n3,0\n4,1\n5,0')).toBe('f: the label is column 1 of 2; it must be the last');
    expect(refusal('pixel0,label\n1,0\n2,1\n3,0\n4,1\n5,0')).toBe('accepted');
    expect(refusal('4,0\n4,1\n4,0\n4,1\n4,0')).toBe('f: every feature of the training part is 4');
  });
});
