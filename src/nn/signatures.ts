// The signatures of `seq` and `from`, one for each number of layers: plain generic inference, which is what keeps composition cheap to
// check and open in batch, rank and width. Types only. A table: every row has the same form.
import type { Net } from './net.ts';

/** Two to sixteen layers, one after the other; longer networks are made of shorter ones. */
export interface Seq {
  <X0, P1, X1, P2, X2>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>,
  ): (x: X0) => Net<[P1, P2], X2>;
  <X0, P1, X1, P2, X2, P3, X3>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>,
  ): (x: X0) => Net<[P1, P2, P3], X3>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>,
  ): (x: X0) => Net<[P1, P2, P3, P4], X4>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5], X5>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6], X6>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7], X7>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8], X8>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9], X9>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10], X10>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11], X11>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12], X12>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13], X13>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13, P14, X14>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>, f14: (x: X13) => Net<P14, X14>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14], X14>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13, P14, X14, P15, X15>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>, f14: (x: X13) => Net<P14, X14>, f15: (x: X14) => Net<P15, X15>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15], X15>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13, P14, X14, P15, X15, P16, X16>(
    f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>, f14: (x: X13) => Net<P14, X14>, f15: (x: X14) => Net<P15, X15>, f16: (x: X15) => Net<P16, X16>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15, P16], X16>;
}

/** As `Seq`, with the input first, so that each layer meets a known shape. */
export interface From {
  <X0, P1, X1, P2, X2>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>,
  ): (x: X0) => Net<[P1, P2], X2>;
  <X0, P1, X1, P2, X2, P3, X3>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>,
  ): (x: X0) => Net<[P1, P2, P3], X3>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>,
  ): (x: X0) => Net<[P1, P2, P3, P4], X4>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5], X5>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6], X6>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7], X7>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8], X8>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9], X9>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10], X10>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11], X11>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12], X12>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13], X13>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13, P14, X14>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>, f14: (x: X13) => Net<P14, X14>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14], X14>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13, P14, X14, P15, X15>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>, f14: (x: X13) => Net<P14, X14>, f15: (x: X14) => Net<P15, X15>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15], X15>;
  <X0, P1, X1, P2, X2, P3, X3, P4, X4, P5, X5, P6, X6, P7, X7, P8, X8, P9, X9, P10, X10, P11, X11, P12, X12, P13, X13, P14, X14, P15, X15, P16, X16>(
    x: X0, f1: (x: X0) => Net<P1, X1>, f2: (x: X1) => Net<P2, X2>, f3: (x: X2) => Net<P3, X3>, f4: (x: X3) => Net<P4, X4>, f5: (x: X4) => Net<P5, X5>, f6: (x: X5) => Net<P6, X6>, f7: (x: X6) => Net<P7, X7>, f8: (x: X7) => Net<P8, X8>, f9: (x: X8) => Net<P9, X9>, f10: (x: X9) => Net<P10, X10>, f11: (x: X10) => Net<P11, X11>, f12: (x: X11) => Net<P12, X12>, f13: (x: X12) => Net<P13, X13>, f14: (x: X13) => Net<P14, X14>, f15: (x: X14) => Net<P15, X15>, f16: (x: X15) => Net<P16, X16>,
  ): (x: X0) => Net<[P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15, P16], X16>;
}
