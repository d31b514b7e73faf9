// sinh, cosh, tanh, to a few units in the last place. Polynomials: Cephes sinhf, tanhf (Moshier).
#pragma once
#include "exponential.h"

/** a with the sign of x; a ≥ 0. */
INLINE floats withSign(floats a, floats x) { return (floats)((ints)a | ((ints)x & (int32_t)0x80000000)); }

/** tanh(x): a polynomial near zero, (1 - e)/(1 + e) with e = exp(-2|x|) elsewhere. */
INLINE floats hyperbolicTangent(floats x) {
  const floats size = magnitude(x);
  const floats e = fadingExponential(size * -2.0f);
  const floats far = (1.0f - e) / (1.0f + e);
  const floats z = x * x;
  floats near = -5.70498872745e-3f * z + 2.06390887954e-2f;
  near = near * z + -5.37397155531e-2f;
  near = near * z + 1.33314422036e-1f;
  near = near * z + -3.33332819422e-1f;
  near = near * z * x + x;
  return choose(size < 0.625f, near, withSign(far, x));
}

/** sinh(x): a polynomial near zero, e/2 - 1/2e with e = exp|x| elsewhere. */
INLINE floats hyperbolicSine(floats x) {
  const floats size = magnitude(x);
  const floats half = shiftedExponential(size, -1);
  const floats z = x * x;
  floats near = 2.03721912945e-4f * z + 8.33028376239e-3f;
  near = near * z + 1.66667160211e-1f;
  near = near * z * x + x;
  return choose(size < 1.0f, near, withSign(half - 0.25f / half, x));
}

INLINE floats hyperbolicCosine(floats x) {
  const floats half = shiftedExponential(magnitude(x), -1);
  return half + 0.25f / half;
}
