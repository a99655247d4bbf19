// The public namespace `data`: examples to learn from, as pure descriptions, and batches of them.

export { addNoise, cutout, flipLeftRight, randomAffine, randomShift, type AffineOptions } from './augment.ts';
export { characters, windows, type Characters, type Windows } from './characters.ts';
export { drawDigits, type DigitsOptions, type DrawnDigits } from './digits.ts';
export { datasetOfGreys, drawnDataset, type Dataset, type DrawnDatasetOptions, type Examples, type GreyImages } from './dataset.ts';
export { cutmix, mixup } from './mix.ts';
export { addingProblem, blobs, circles, moons, reversal, sine, spirals, xor, type NoiseOptions, type Points } from './generators.ts';
export { batches, map, prefetch, type Batch, type BatchOptions, type Last, type Loader } from './loader.ts';
export { shuffledIndices } from './random-stream.ts';
export { rescale, standardize, type ScaleOptions, type Scaling } from './scale.ts';
export { cache, kFold, source, split, subset, type Fold, type Parts, type Rows, type Source } from './source.ts';
export { randomCrop, resize, type ResizeOptions } from './resample.ts';
export { drawStrokes, type StrokesOptions } from './strokes.ts';
