// The response of bistable hidden units: ⟨s⟩ = tanh(u/kT), and their free energy A = -kT log 2cosh(u/kT).
// Polynomials: Cephes expf, tanhf (Moshier).
#pragma once
#include "lanes.h"

/** exp(x) for x ≤ 0, at least e^-87. */
INLINE floats exponential(floats given) {
  const floats least = splat(-87.0f);
  const floats x = choose(given < least, least, given);
  // The nearest integer, ties to even: adding and subtracting 1.5·2²³ rounds away what is below one.
  const floats n = x * 1.4426950408889634f + 12582912.0f - 12582912.0f;
  // ln 2 in two parts, the first with few bits, so that the remainder is exact.
  floats r = x - n * 0.693359375f;
  r = r - n * -2.1219444e-4f;
  floats y = 1.98756915e-4f * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * (r * r) + (r + 1.0f);
  const ints power = (__builtin_convertvector(n, ints) + 127) << 23;
  return y * (floats)power;
}

/** tanh(x): a polynomial near zero, (1 - e)/(1 + e) with e = exp(-2|x|) elsewhere. */
INLINE floats hyperbolicTangent(floats x) {
  const floats size = magnitude(x);
  const floats e = exponential(size * -2.0f);
  const floats far = (1.0f - e) / (1.0f + e);
  const floats z = x * x;
  floats near = -5.70498872745e-3f * z + 2.06390887954e-2f;
  near = near * z + -5.37397155531e-2f;
  near = near * z + 1.33314422036e-1f;
  near = near * z + -3.33332819422e-1f;
  near = near * z * x + x;
  const ints sign = (ints)x & (int32_t)0x80000000;
  return choose(size < 0.625f, near, (floats)((ints)far | sign));
}

/** log(1 + e) for e in [0, 1]: 2 artanh(z) with z = e/(2 + e) ≤ 1/3, whose series needs seven terms. */
INLINE floats logarithmOfOnePlus(floats e) {
  const floats z = e / (e + 2.0f);
  const floats square = z * z;
  floats series = (float)(1.0 / 13.0) * square + (float)(1.0 / 11.0);
  series = series * square + (float)(1.0 / 9.0);
  series = series * square + (float)(1.0 / 7.0);
  series = series * square + (float)(1.0 / 5.0);
  series = series * square + (float)(1.0 / 3.0);
  series = series * square + 1.0f;
  return (z + z) * series;
}

/** log 2cosh(x) = |x| + log(1 + exp(-2|x|)). */
INLINE floats logTwoCosh(floats x) {
  const floats size = magnitude(x);
  return size + logarithmOfOnePlus(exponential(size * -2.0f));
}

/** Turns the fields of hidden units into their mean responses tanh(u/kT), in place; `size` float32. */
static void respond(float *u, long size, float inverseKT) {
  for (long o = 0; o < size; o += LANES) {
    floats *field = (floats *)(u + o);
    *field = hyperbolicTangent(*field * inverseKT);
  }
}

/** Responses to fields u + plus·w and u - minus·w: their mean in place of u, their difference in place of w; `size` float32. */
static void respondTwice(float *u, float *w, long size, float plus, float minus, float inverseKT) {
  for (long o = 0; o < size; o += LANES) {
    floats *field = (floats *)(u + o), *change = (floats *)(w + o);
    const floats first = hyperbolicTangent((*field + plus * *change) * inverseKT);
    const floats second = hyperbolicTangent((*field - minus * *change) * inverseKT);
    *field = 0.5f * (first + second);
    *change = first - second;
  }
}

/** The mean responses of a group: adds the biases ([units]) to the fields u ([units][16], in place); tanh(u/kT) to `response`. */
static void meanResponse(float *u, const float *bias, int units, float inverseKT, float *response) {
  for (int h = 0; h < units; h++)
    for (int p = 0; p < PARTS; p++) {
      floats *field = (floats *)(u + 16 * h) + p;
      *field = *field + bias[h];
      ((floats *)(response + 16 * h))[p] = hyperbolicTangent(*field * inverseKT);
    }
}
