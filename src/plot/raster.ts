// Pixels inside a picture: PNG files as data URIs. Floor 7. Knows nothing of what the pixels mean.
import { writePng, type Image } from '../io/png.ts';

/** The image as a data URI. */
export async function dataUri(image: Image): Promise<string> {
  const bytes = await writePng(image);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}

/** Matplotlib's viridis (Smith and van der Walt, 2015) at eighths: even steps of lightness for all kinds of colour vision. */
const viridisStops = [[68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37]] as const;

/** The colour of a share in [0, 1], red, green and blue from 0 to 255. */
export function viridis(share: number): readonly [number, number, number] {
  const at = Math.max(0, Math.min(1, share)) * 8;
  const k = Math.min(7, Math.floor(at));
  const [a, b] = [viridisStops[k] ?? viridisStops[0], viridisStops[k + 1] ?? viridisStops[8]];
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * (at - k));
  return [mix(0), mix(1), mix(2)];
}
