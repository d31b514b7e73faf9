// a^b: 2^(b log₂ a) in float64, of which float32 keeps half, so that it is right to a unit in the last place.
#pragma once
#include "exponential.h"

/** log₂ of m·2^e for m between 1/√2 and √2: 2 artanh((m - 1)/(m + 1))/ln 2 + e. The series is right to 10⁻¹². */
INLINE doubles binaryLogarithm(doubles m, doubles e) {
  const doubles r = (m - 1.0) / (m + 1.0);
  const doubles z = r * r;
  doubles series = z * (1.0 / 13.0) + 1.0 / 11.0;
  series = series * z + 1.0 / 9.0;
  series = series * z + 1.0 / 7.0;
  series = series * z + 1.0 / 5.0;
  series = series * z + 1.0 / 3.0;
  series = series * z + 1.0;
  return e + r * series * (2 * 1.4426950408889634);
}

/** The whole number nearest to t, |t| < 2⁵¹. */
INLINE doubles nearest(doubles t) { return t + 0x1.8p52 - 0x1.8p52; }

/** 2^t for |t| ≤ ½: the series of exp to 10⁻¹¹. */
INLINE doubles smallPower(doubles t) {
  const doubles r = t * 0.6931471805599453;
  doubles y = r * (1.0 / 362880.0) + 1.0 / 40320.0;
  y = y * r + 1.0 / 5040.0;
  y = y * r + 1.0 / 720.0;
  y = y * r + 1.0 / 120.0;
  y = y * r + 1.0 / 24.0;
  y = y * r + 1.0 / 6.0;
  y = y * r + 0.5;
  y = y * r + 1.0;
  return y * r + 1.0;
}

/** Whether |b| is a whole number: all are from 2²³ on. */
INLINE ints isWhole(floats size) { return (size >= 0x1p23f) | (size + 0x1p23f - 0x1p23f == size); }

/** |a|^b for 0 < |a| < ∞. */
INLINE floats positivePower(floats size, floats b) {
  const floats none = {0};
  const ints lifted = size < SMALLEST_NORMAL;
  const ints bits = (ints)choose(lifted, size * LIFT, size);
  const ints exponent = (bits - 0x3f3504f3) >> 23;
  const floats m = (floats)(bits - (exponent << 23));
  const floats e = __builtin_convertvector(exponent, floats) - choose(lifted, splat(24.0f), none);
  const doubles low = binaryLogarithm(lowHalf(m), lowHalf(e)) * lowHalf(b);
  const doubles high = binaryLogarithm(highHalf(m), highHalf(e)) * highHalf(b);
  const doubles lowWhole = nearest(low), highWhole = nearest(high);
  const floats part = narrowed(smallPower(low - lowWhole), smallPower(high - highWhole));
  const floats inside = scaled(part, narrowed(lowWhole, highWhole));
  const floats t = narrowed(low, high);
  return choose(t > 140.0f, splat(INFINITE), choose(t < -160.0f, none, inside));
}

/** a^b: 1 for b = 0; below 0 only whole b give numbers. */
INLINE floats powerOf(floats a, floats b) {
  const floats none = {0}, size = magnitude(a);
  // Of 0 and of infinity: 0 or infinity, by the sign of b.
  const floats extreme = choose((size == 0) == (b > 0), none, splat(INFINITE));
  const floats value = choose((size == 0) | (size == INFINITE), extreme, positivePower(size, b));
  const ints odd = isWhole(magnitude(b)) & ~isWhole(magnitude(b) * 0.5f);
  const floats below = choose(isWhole(magnitude(b)), (floats)((ints)value ^ (odd & (int32_t)0x80000000)), splat(NOT_A_NUMBER));
  const floats known = choose(a < 0, below, choose(a == a, value, a));
  return choose(b == 0, splat(1.0f), known);
}
