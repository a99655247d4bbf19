// The public namespace `io`: file formats, from bytes to typed arrays and back. Runs in browsers; what touches the disk says so there.

export { arrayOf, tensorOf } from './arrays.ts';
export { readCheckpoint, writeCheckpoint, type Checkpoint, type CheckpointOptions } from './checkpoint.ts';
export { readCsv, readCsvTable, type CsvOptions, type CsvRows, type CsvTable } from './csv.ts';
export { type StoredArray } from './elements.ts';
export { loadCheckpoint, readFile, saveCheckpoint, writeFile } from './files.ts';
export { gunzip, isGzip, type GunzipOptions } from './gunzip.ts';
export { readIdx, type IdxArray } from './idx.ts';
export { datasetOfTable } from './labelled-table.ts';
export { datasetOfIdx } from './mnist.ts';
export { readNpy, writeNpy } from './npy.ts';
export { readNpz, writeNpz, type NpzOptions } from './npz.ts';
export { readPng, writePng, type Image, type PngOptions } from './png.ts';
export { readSafetensors, writeSafetensors, type Safetensors } from './safetensors.ts';
export { jsonLine, readJsonLines, readText, type JsonLinesOptions, type Record } from './text.ts';
