import { describe, expect, it } from 'vitest';
import { isLeft, isRight } from '../../src/fp.ts';
import type { CsvOptions } from '../../src/io/csv.ts';
import { readCsv, readCsvTable } from '../../src/io/csv.ts';
import { bytesOf, mutated, words } from './fixtures.ts';

const rows = (text: string, options: CsvOptions = {}): unknown => {
  const decoded = readCsv(bytesOf(text), { name: 'f', ...options });
  return isRight(decoded) ? decoded.right.rows : decoded.left.message;
};

const table = (text: string, options: CsvOptions = {}): unknown => {
  const decoded = readCsvTable(bytesOf(text), { name: 'f', ...options });
  return isRight(decoded) ? { ...decoded.right, data: [...decoded.right.data] } : decoded.left.message;
};

describe('readCsv', () => {
  it('knows quotes, separators and line ends', () => {
    expect(rows('a,b\nc,d')).toEqual([['a', 'b'], ['c', 'd']]);
    expect(rows('a,b\r\nc,d\r\n')).toEqual([['a', 'b'], ['c', 'd']]);
    expect(rows('a,b\rc,d\r')).toEqual([['a', 'b'], ['c', 'd']]);
    expect(rows('"a, ""b""","line 1\r\nline 2"\n"",x')).toEqual([['a, "b"', 'line 1\r\nline 2'], ['', 'x']]);
    expect(rows(',\n,')).toEqual([['', ''], ['', '']]);
    expect(rows('a;b,c', { separator: ';' })).toEqual([['a', 'b,c']]);
    expect(rows('\u{feff}\u{e4},\u{1f600}')).toEqual([['\u{e4}', '\u{1f600}']]);
    expect(rows('""')).toEqual([['']]);
    expect(rows('a\n""\n')).toEqual([['a'], ['']]);
    expect(rows('a,b\n\n\r\n')).toEqual([['a', 'b']]);
  });

  it('takes a header when told', () => {
    const decoded = readCsv(bytesOf('a,b\n1,2\n'), { header: true });
    expect(isRight(decoded) && decoded.right).toEqual({ header: ['a', 'b'], rows: [['1', '2']] });
  });

  it('says in one line what is wrong, and where', () => {
    expect(rows('')).toBe('f: the file is empty');
    expect(rows('\n\r\n')).toBe('f: the file is empty');
    expect(rows('\u{feff}')).toBe('f: the file is empty');
    expect(rows('a,b\nc')).toBe('f: row 2 has 1 column, row 1 has 2');
    expect(rows('a,b\nc,d,e,f\n')).toBe('f: row 2 has 4 columns, row 1 has 2');
    expect(rows('a,b\n\nc,d')).toBe('f: row 2 is empty');
    expect(rows('\na,b')).toBe('f: row 1 is empty');
    expect(rows('a,b\nc,d"e')).toBe('f: row 2, column 2: the cell has a quote inside; quote the whole cell and double the quotes in it');
    expect(rows('a,"b"c')).toBe('f: row 1, column 2: the cell has text after its closing quote');
    expect(rows('a,"b\nc,d')).toBe('f: row 1, column 2: the cell has an opening quote that is never closed');
    expect(rows('a', { separator: '"' })).toContain('the separator must be one ASCII character');
    expect(rows('a', { separator: ',,' })).toContain('the separator must be one ASCII character');
    expect(rows(','.repeat(2 ** 20))).toBe('f: row 1 has more than 1048576 columns');
    expect(rows('a'.repeat(2 ** 20 + 1))).toBe('f: row 1, column 1: the cell is longer than 1048576 bytes');
  });
});

describe('readCsvTable', () => {
  it('reads decimal numbers of every form', () => {
    expect(table('0,-1,+2.5\n.5,1e3,-1.5E-2\n 7 , 8,9.')).toEqual({ header: null, rows: 3, columns: 3, data: [0, -1, 2.5, 0.5, 1000, -0.015, 7, 8, 9] });
    expect(table('"1","2"')).toEqual({ header: null, rows: 1, columns: 2, data: [1, 2] });
    expect(table('123456789,1234567890,00012345678,9007199254740993')).toEqual({ header: null, rows: 1, columns: 4, data: [123456789, 1234567890, 12345678, 9007199254740992] });
  });

  it('grows with the file', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `${i},${-i}`).join('\n');
    const decoded = readCsvTable(bytesOf(text));
    expect(isRight(decoded) && [decoded.right.rows, decoded.right.data[2 * 4321], decoded.right.data[2 * 4321 + 1]]).toEqual([5000, 4321, -4321]);
  });

  it('finds a header', () => {
    const header = (text: string): unknown => {
      const decoded = readCsvTable(bytesOf(text));
      return isRight(decoded) ? [decoded.right.header, decoded.right.rows] : decoded.left.message;
    };
    expect(header('x,y\n1,2')).toEqual([['x', 'y'], 1]);
    expect(header('0,1,label\n1,2,3')).toEqual([['0', '1', 'label'], 1]);
    expect(header('150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0')).toEqual([['150', '4', 'setosa', 'versicolor', 'virginica'], 1]);
    expect(header('1,2\n3,4')).toEqual([null, 2]);
    // A first row with a slip of the pen is data, not a header.
    expect(header('0,x,0\n1,2,3')).toBe('csv: row 1, column 2: "x" is not a finite number');
    expect(header('0,0,x\n1,2,3')).toBe('csv: row 1, column 3: "x" is not a finite number');
    expect(header('0,,x\n1,2,3')).toBe('csv: row 1, column 2: the cell is empty, expected a number');
    expect(header(',\n1,2')).toBe('csv: row 1, column 1: the cell is empty, expected a number');
  });

  it('does as told about the header', () => {
    expect(table('1,2\n3,4', { header: true })).toEqual({ header: ['1', '2'], rows: 1, columns: 2, data: [3, 4] });
    expect(table('a,b\n3,4', { header: false })).toBe('f: row 1, column 1: "a" is not a finite number');
  });

  it('says in one line what is wrong, and where', () => {
    expect(table('')).toBe('f: the file is empty');
    expect(table('x,y\n')).toBe('f: holds a header and no rows');
    expect(table('1,2\n3,four')).toBe('f: row 2, column 2: "four" is not a finite number');
    expect(table('1,2\n,4')).toBe('f: row 2, column 1: the cell is empty, expected a number');
    expect(table('1,2\n3,4\n5,6,7')).toBe('f: row 3 has 3 columns, row 1 has 2');
    expect(table('1,2\n3')).toBe('f: row 2 has 1 column, row 1 has 2');
    for (const cell of ['NaN', 'Infinity', '-inf', '1e999', '0x10', '1_000', '1 2', '--1', '1e', '.', '+', '١']) {
      expect(table(`1\n${cell}`)).toBe(`f: row 2, column 1: "${cell}" is not a finite number`);
    }
    expect(table(`1\n"multi\nline ${'long '.repeat(20)}"`)).toBe('f: row 2, column 1: "multi\\nline long long lon..." is not a finite number');
  });

  it('answers every damaged file with a whole table or one line', () => {
    const word = words(3);
    const files = [
      'a,b,c\n1,2.5,3\n4,5,-6e1\n7,8,9\n', '1,2\r\n3,4\r\n"5",6\r\n', '"x ""1""",y\n1,2\n', Array.from({ length: 20 }, (_, i) => `${i},${i * 7},${i % 3}`).join('\n'),
    ].map(bytesOf);
    let refused = 0;
    for (let round = 0; round < 8000; round++) {
      const bytes = mutated(files[round % files.length] ?? new Uint8Array(0), word);
      const text = readCsv(bytes, { name: 'f' });
      const numbers = readCsvTable(bytes, { name: 'f' });
      for (const decoded of [text, numbers]) {
        if (isLeft(decoded) && (decoded.left.code !== 'data' || !/^f: [^\n\r]{8,200}$/.test(decoded.left.message))) expect.fail(decoded.left.message);
      }
      if (isLeft(numbers)) refused++;
      else if (numbers.right.data.length !== numbers.right.rows * numbers.right.columns || !numbers.right.data.every(Number.isFinite)) expect.fail(bytes.join());
    }
    expect(refused).toBeGreaterThan(2000);
    expect(refused).toBeLessThan(8000);
  });
});
