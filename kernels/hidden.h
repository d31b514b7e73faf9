// The response of bistable hidden units: ⟨s⟩ = tanh(u/T), and their free energy A = -T log 2cosh(u/T).
#pragma once
#include "hyperbolic.h"

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
  return size + logarithmOfOnePlus(fadingExponential(size * -2.0f));
}

/** Turns the fields of hidden units into their mean responses tanh(u/T), in place; `size` float32. */
static void respond(float *u, long size, float inverseT) {
  for (long o = 0; o < size; o += LANES) {
    floats *field = (floats *)(u + o);
    *field = hyperbolicTangent(*field * inverseT);
  }
}

/** Responses to fields u + plus·w and u - minus·w: their mean in place of u, their difference in place of w; `size` float32. */
static void respondTwice(float *u, float *w, long size, float plus, float minus, float inverseT) {
  for (long o = 0; o < size; o += LANES) {
    floats *field = (floats *)(u + o), *change = (floats *)(w + o);
    const floats first = hyperbolicTangent((*field + plus * *change) * inverseT);
    const floats second = hyperbolicTangent((*field - minus * *change) * inverseT);
    *field = 0.5f * (first + second);
    *change = first - second;
  }
}

/** The mean responses of a group: adds the biases ([units]) to the fields u ([units][16], in place); tanh(u/T) to `response`. */
static void meanResponse(float *u, const float *bias, int units, float inverseT, float *response) {
  for (int h = 0; h < units; h++)
    for (int p = 0; p < PARTS; p++) {
      floats *field = (floats *)(u + 16 * h) + p;
      *field = *field + bias[h];
      ((floats *)(response + 16 * h))[p] = hyperbolicTangent(*field * inverseT);
    }
}
