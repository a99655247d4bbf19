// The public namespace `io`: readers of file formats, from bytes to typed arrays. Runs in browsers; node.ts reads from disk.

export { readCsv, readCsvTable, type CsvOptions, type CsvRows, type CsvTable } from './csv.ts';
export { gunzip, isGzip, type GunzipOptions } from './gunzip.ts';
export { readIdx, type IdxArray } from './idx.ts';
export { datasetOfTable } from './labelled-table.ts';
