// A device that is lost: the words for it, and how one finds out in time. Floor 6.
import { MemoryError } from '../../error.ts';
import type { GpuDevice, GpuLost } from './gpu.ts';

/** What devices say in several lines. */
export const oneLine = (words: string): string => words.trim().replace(/\s*\n\s*/g, ' ');

export const lostError = ({ reason, message }: GpuLost): MemoryError =>
  new MemoryError('unsupported', `webgpu: the device was lost (${reason}${message === '' ? '' : `: ${message}`}); await setBackend('webgpu') gets a new one, tensors that lived on it are gone`);

/** Whether a device refuses what it is asked for because it is lost. */
export const saysLost = (words: string): boolean => /device (?:is|was) (?:lost|destroyed)/i.test(words);
/** Some devices refuse whatever they are asked for once they are lost, in words of their own: the error that says why. */
export async function whyRefused(device: GpuDevice, words: string, refused: Error): Promise<Error> {
  return saysLost(words) ? lostError(await device.lost) : refused;
}
/** When all that happened to the device so far has been told: its answer comes after that, or, from devices that answer at once, a turn later. */
export async function heardFrom(device: GpuDevice): Promise<void> {
  device.pushErrorScope('validation');
  await device.popErrorScope().catch(() => null);
  await new Promise<void>(resolve => { setTimeout(resolve); });
}
