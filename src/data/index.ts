// The public namespace `data`: examples to learn from, as typed arrays.

export { drawDigits, type DigitsOptions, type DrawnDigits } from './digits.ts';
export { datasetOfGreys, drawnDataset, type Dataset, type DrawnDatasetOptions, type Examples, type GreyImages } from './dataset.ts';
export { shuffledIndices } from './random-stream.ts';
