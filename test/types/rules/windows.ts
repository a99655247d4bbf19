// conv, convTranspose, pool, adaptivePool.
import type { Dim } from '../../../src/shape/dim.ts';
import type { Conv, ConvTranspose } from '../../../src/shape/conv.ts';
import type { AdaptivePool, Pool } from '../../../src/shape/pool.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type C = Dim<'C'>;
type H = Dim<'H'>;

// Images, sequences, volumes; strides, padding, dilation, groups, features first.
holds<Eq<Conv<[32, 28, 28, 1], [3, 3, 1, 8]>, [32, 26, 26, 8]>>();
holds<Eq<Conv<[32, 28, 28, 1], [3, 3, 1, 8], 2, 'same'>, [32, 14, 14, 8]>>();
holds<Eq<Conv<[32, 29, 28, 1], [5, 3, 1, 8], [2, 1], 'same'>, [32, 15, 28, 8]>>();
holds<Eq<Conv<[1, 224, 224, 3], [7, 7, 3, 64], 2, 3>, [1, 112, 112, 64]>>();
holds<Eq<Conv<[1, 10, 2], [3, 2, 4], 1, [[2, 0]], 2>, [1, 8, 4]>>();
holds<Eq<Conv<[1, 4, 5, 6, 2], [2, 2, 2, 2, 3]>, [1, 3, 4, 5, 3]>>();
holds<Eq<Conv<[1, 10, 1], [1, 1, 1], 1, [[-2, -3]]>, [1, 5, 1]>>();
holds<Eq<Conv<[8, 16, 16, 32], [3, 3, 1, 64], 1, 'same', 1, 32>, [8, 16, 16, 64]>>();
holds<Eq<Conv<[8, 3, 16, 20], [64, 3, 3, 5], 1, 'valid', 1, 1, 'NCHW'>, [8, 64, 14, 16]>>();
// Named and unknown dims.
holds<Eq<Conv<[B, 28, 28, C], [3, 3, C, 8]>, [B, 26, 26, 8]>>();
holds<Eq<Conv<[B, H, 28, 3], [3, 3, 3, 8], 1, 'same'>, [B, H, 28, 8]>>();
holds<Eq<Conv<[B, H, 28, 3], [3, 3, 3, 8]>, [B, Dim<'H-2'>, 26, 8]>>();
holds<Eq<Conv<[B, H, 28, 3], [3, 3, 3, 8], 1, 1>, [B, H, 28, 8]>>();
holds<Eq<Conv<[number, 28, 28, number], [3, 3, 1, 8]>, [number, 26, 26, 8]>>();
holds<Eq<Conv<[2, number, 28, 1], [3, 3, 1, 8]>, [2, number, 26, 8]>>();
holds<Eq<Conv<[2, 28, 28, 1], [3, 3, 1, 8], number>, [2, number, number, 8]>>();
holds<Eq<Conv<[2, 28, 28, 1], [3, 3, 1, 8], 1, 'same' | 'valid'>, [2, number, number, 8]>>();
holds<Eq<Conv<readonly number[], [3, 3, 1, 8]>, readonly number[]>>();
holds<Eq<Conv<[2, 28, 28, 1], [3, 3, 1, 8], 1, 'valid', 1, 1, 'NHWC' | 'NCHW'>, readonly number[]>>();
// What does not fit.
holds<Eq<Conv<[32, 28, 28, 1], [3, 3, 3, 8]>, 'conv: input [32, 28, 28, 1] has 1 channels, kernel [3, 3, 3, 8] wants 3'>>();
holds<Eq<Conv<[B, 28, 28, C], [3, 3, 3, 8]>, 'conv: input [B, 28, 28, C] has C channels, kernel [3, 3, 3, 8] wants 3'>>();
holds<Eq<Conv<[1, 8, 4], [3, 4, 8], 1, 'valid', 1, 2>, 'conv: input [1, 8, 4] has 4 channels, kernel [3, 4, 8] wants 4 x 2 groups'>>();
holds<Eq<Conv<[1, 8, 4], [3, 2, 5], 1, 'valid', 1, 2>, 'conv: 5 output channels of kernel [3, 2, 5] do not divide into 2 groups'>>();
holds<Eq<Conv<[1, 8, 4], [3, 2, 5], 1, 'valid', 1, 0>, 'conv: 0 groups'>>();
holds<Eq<Conv<[1, 4, 4, 1], [5, 3, 1, 8]>, 'conv: window 5 does not fit into axis 1 of [1, 4, 4, 1]'>>();
holds<Eq<Conv<[1, 1, 4, 4], [8, 1, 3, 7], 1, [[0, 0], [1, 1]], 1, 1, 'NCHW'>, 'conv: window 7 does not fit into axis 3 of [1, 1, 4, 4] padded by [1, 1]'>>();
holds<Eq<Conv<[1, 8, 1], [3, 1, 8], 1, 'valid', 4>, 'conv: window 9 does not fit into axis 1 of [1, 8, 1]'>>();
holds<Eq<Conv<[1, 8, 1], [3, 1, 8], 0>, 'conv: stride 0 on axis 1 of [1, 8, 1] is not positive'>>();
holds<Eq<Conv<[1, 8, 8, 1], [3, 1, 8]>, 'conv: input [1, 8, 8, 1] has 2 spatial axes, kernel [3, 1, 8] has 1'>>();
holds<Eq<Conv<[8, 1], [3, 1, 8]>, 'conv: input [8, 1] must be [n, ...space, c]'>>();
holds<Eq<Conv<[1, 8, 1], [3]>, 'conv: kernel [3] must be [...window, in, out]'>>();
holds<Eq<Conv<[1, 8, 8, 1], [3, 3, 1, 8], [1, 1, 1]>, 'conv: 3 strides for 2 spatial axes'>>();
holds<Eq<Conv<[1, 8, 8, 1], [3, 3, 1, 8], 1, [[1, 1]]>, 'conv: 1 paddings for 2 spatial axes'>>();

holds<Eq<ConvTranspose<[8, 7, 7, 64], [5, 5, 64, 32], 2>, [8, 14, 14, 32]>>();
holds<Eq<ConvTranspose<[8, 7, 7, 64], [5, 5, 64, 32], 2, 'valid'>, [8, 17, 17, 32]>>();
holds<Eq<ConvTranspose<[8, 7, 1], [2, 1, 1], 3, 'valid'>, [8, 21, 1]>>();
holds<Eq<ConvTranspose<[8, 7, 1], [3, 1, 1], 2, [[2, 2]]>, [8, 15, 1]>>();
holds<Eq<ConvTranspose<[B, H, 1], [3, 1, C], 2>, [B, Dim<'H*2'>, C]>>();
holds<Eq<ConvTranspose<[B, 2, 1, 9], [3, 3, 1, 4], 2>, 'convTranspose: input [B, 2, 1, 9] has 9 channels, kernel [3, 3, 1, 4] wants 1'>>();
holds<Eq<ConvTranspose<[8, 2, 1], [7, 1, 1], 2, [[0, 0]]>, 'convTranspose: window 7 does not fit into axis 1 of [8, 2, 1] padded by [0, 0]'>>();
holds<Eq<ConvTranspose<[8, 2, 1], [7, 1, 1], -2>, 'convTranspose: stride -2 on axis 1 of [8, 2, 1] is not positive'>>();

holds<Eq<Pool<[32, 28, 28, 8], 2>, [32, 14, 14, 8]>>();
holds<Eq<Pool<[32, 28, 27, 8], [3, 2], 2, 'same'>, [32, 14, 14, 8]>>();
holds<Eq<Pool<[32, 112, 112, 64], 3, 2, 1>, [32, 56, 56, 64]>>();
holds<Eq<Pool<[32, 8, 28, 28], 3, 1, 'valid', 2, 'NCHW'>, [32, 8, 24, 24]>>();
holds<Eq<Pool<[B, H, 28, 8], 2>, [B, Dim<'(H-2)/2+1'>, 14, 8]>>();
holds<Eq<Pool<[32, 28, 28, 8], 2, number>, [32, number, number, 8]>>();
holds<Eq<Pool<[32, 28, 28, 8], 29>, 'pool: window 29 does not fit into axis 1 of [32, 28, 28, 8]'>>();
holds<Eq<Pool<[32, 28, 28, 8], [2, 2, 2]>, 'pool: 3 windows for 2 spatial axes'>>();
holds<Eq<Pool<[32, 28], 2>, 'pool: input [32, 28] must be [n, ...space, c]'>>();
holds<Eq<Pool<[32, 28, 28, 8], 0>, 'pool: window 0 on axis 1 of [32, 28, 28, 8] is not positive'>>();

holds<Eq<AdaptivePool<[32, 7, 9, 512], 1>, [32, 1, 1, 512]>>();
holds<Eq<AdaptivePool<[B, H, 9, 512], [3, 4]>, [B, 3, 4, 512]>>();
holds<Eq<AdaptivePool<[B, 512, 7, 7], [3, 4], 'NCHW'>, [B, 512, 3, 4]>>();
holds<Eq<AdaptivePool<[32, 7, 9, 512], [1, 0]>, 'adaptivePool: size 0 on axis 2 of [32, 7, 9, 512] is not positive'>>();
holds<Eq<AdaptivePool<[32, 0, 9, 512], 1>, 'adaptivePool: axis 1 of [32, 0, 9, 512] is empty'>>();
holds<Eq<AdaptivePool<[32, 7, 9, 512], [1, 1, 1]>, 'adaptivePool: 3 sizes for 2 spatial axes'>>();

// A network stays open in its batch, its image's size and its width.
export function generic<N extends number, I extends number, O extends number>(): void {
  holds<Eq<Conv<[N, 28, 28, 3], [3, 3, 3, 8]>, [N, 26, 26, 8]>>();
  holds<Eq<Conv<[N, 28, 28, I], [3, 3, I, O], 2, 'same'>, [N, 14, 14, O]>>();
  holds<Eq<Conv<[N, 28, 28, 1], [3, 3, 3, 8]>, `conv: input [${N}, 28, 28, 1] has 1 channels, kernel [3, 3, 3, 8] wants 3`>>();
  holds<Eq<Conv<[N, I, 28, 3], [3, 3, 3, 8], 1, 'same'>, [N, I, 28, 8]>>();
  holds<Eq<Pool<[N, 28, 28, I], 2>, [N, 14, 14, I]>>();
  holds<Eq<AdaptivePool<[N, 28, 28, I], 1>, [N, 1, 1, I]>>();
  holds<Eq<ConvTranspose<[N, 7, 7, I], [5, 5, I, O], 2>, [N, 14, 14, O]>>();
}
