// sin, cos, tan and their inverses, to a few units in the last place. Polynomials: Cephes sinf, cosf, atanf, asinf (Moshier).
#pragma once
#include "lanes.h"

#define HALF_PI 1.5707963267948966f

/** sin(angle) and cos(angle) for |angle| ≤ π/4, of a few vectors; z = angle². */
INLINE void nearSines(const floats *angle, const floats *z, floats *sine, const int count) {
  EACH(n, count) sine[n] = -1.9515295891e-4f * z[n] + 8.3321608736e-3f;
  EACH(n, count) sine[n] = sine[n] * z[n] + -1.6666654611e-1f;
  EACH(n, count) sine[n] = sine[n] * z[n] * angle[n] + angle[n];
}
INLINE void nearCosines(const floats *z, floats *cosine, const int count) {
  EACH(n, count) cosine[n] = 2.443315711809948e-5f * z[n] + -1.388731625493765e-3f;
  EACH(n, count) cosine[n] = cosine[n] * z[n] + 4.166664568298827e-2f;
  EACH(n, count) cosine[n] = cosine[n] * z[n] * z[n] + (z[n] * -0.5f + 1.0f);
}

/** x = rest + quarters·π/2 with |rest| ≤ π/4, quarters modulo 4 (higher bits mean nothing). */
typedef struct {
  floats rest;
  ints quarters;
} Turned;

/** From here on float64 is too short for the remainder. */
#define FAR_TURN 0x1p28f

/**
 * The same for one number beyond FAR_TURN: x = m·2^e times the bits of 2/π that matter, those from weight 2^(2-e) down (what stands
 * before gives whole turns). Source: Payne and Hanek, SIGNUM Newsletter 18, 19 (1983).
 */
static float farRest(float x, int32_t *quarters) {
  // Volatile, so that they are written to the stack: the kernels have no data, which would need a place in memory.
  volatile uint32_t twoOverPi[7];
  twoOverPi[0] = 0xa2f9836eu;
  twoOverPi[1] = 0x4e441529u;
  twoOverPi[2] = 0xfc2757d1u;
  twoOverPi[3] = 0xf534ddc0u;
  twoOverPi[4] = 0xdb629599u;
  twoOverPi[5] = 0x3c439041u;
  twoOverPi[6] = 0xfe5163abu;
  union {
    float value;
    uint32_t bits;
  } given = {x};
  const uint64_t m = (given.bits & 0x7fffff) | 0x800000;
  const int from = (int)((given.bits >> 23) & 255) - 150 - 2;
  uint64_t word[3];
  for (int w = 0; w < 3; w++) {
    const volatile uint32_t *two = twoOverPi + (from >> 5) + w;
    const uint64_t both = ((uint64_t)two[0] << 32) | two[1];
    word[w] = (uint32_t)(both >> (32 - (from & 31)));
  }
  // In units of 2⁻⁶² quarter turns, modulo four.
  const uint64_t turns = ((m * word[0]) << 32) + m * word[1] + ((m * word[2]) >> 32);
  const uint64_t whole = (turns + (1ull << 61)) >> 62;
  const double rest = (double)(int64_t)(turns - (whole << 62)) * (0x1p-62 * 1.5707963267948966);
  const int negative = (int)(given.bits >> 31);
  *quarters = negative ? -(int32_t)whole : (int32_t)whole;
  return (float)(negative ? -rest : rest);
}

INLINE Turned turned(floats x) {
  // π/2 in two parts, the first of 25 bits: its products with up to 28 bits are exact.
  const double first = 0x1.921fb5p0, second = 0x1.110b4611a6263p-26;
  // As in exponentialParts; the whole number stands in the last bits too.
  const double shift = 0x1.8p52;
  doubles low = lowHalf(x), high = highHalf(x);
  const doubles lowShifted = low * 0.6366197723675814 + shift, highShifted = high * 0.6366197723675814 + shift;
  const doubles lowWhole = lowShifted - shift, highWhole = highShifted - shift;
  low = low - lowWhole * first - lowWhole * second;
  high = high - highWhole * first - highWhole * second;
  Turned out = {narrowed(low, high), __builtin_shufflevector((ints)lowShifted, (ints)highShifted, EVEN)};
  const floats size = magnitude(x);
  const ints far = (size >= FAR_TURN) & (size < __builtin_inff());
  int32_t any = 0;
  for (int lane = 0; lane < LANES; lane++) any |= far[lane];
  if (any)
    for (int lane = 0; lane < LANES; lane++)
      if (far[lane]) {
        int32_t quarters;
        out.rest[lane] = farRest(x[lane], &quarters);
        out.quarters[lane] = quarters;
      }
  return out;
}

/** sin(rest + quarters·π/2). */
INLINE floats turnedSine(floats rest, ints quarters) {
  const floats z = rest * rest;
  const ints odd = -(quarters & 1);
  floats sine, cosine;
  nearSines(&rest, &z, &sine, 1);
  nearCosines(&z, &cosine, 1);
  const floats value = choose(odd, cosine, sine);
  return (floats)((ints)value ^ ((quarters & 2) << 30));
}

INLINE floats sineOf(floats x) {
  const Turned t = turned(x);
  return turnedSine(t.rest, t.quarters);
}

INLINE floats cosineOf(floats x) {
  const Turned t = turned(x);
  return turnedSine(t.rest, t.quarters + 1);
}

INLINE floats tangentOf(floats x) {
  const Turned t = turned(x);
  return turnedSine(t.rest, t.quarters) / turnedSine(t.rest, t.quarters + 1);
}

/** atan(x), by atan(a) = π/2 - atan(1/a) beyond tan 3π/8 and π/4 + atan((a - 1)/(a + 1)) beyond tan π/8. */
INLINE floats arctangent(floats x) {
  const floats size = magnitude(x), none = {0};
  const ints far = size > 2.414213562373095f, middle = size > 0.4142135623730950f;
  const floats to = choose(far, splat(-1.0f), choose(middle, size - 1.0f, size));
  const floats over = choose(far, size, choose(middle, size + 1.0f, splat(1.0f)));
  const floats r = to / over;
  const floats z = r * r;
  floats y = 8.05374449538e-2f * z + -1.38776856032e-1f;
  y = y * z + 1.99777106478e-1f;
  y = y * z + -3.33329491539e-1f;
  y = y * z * r + r;
  y = y + choose(far, splat(HALF_PI), choose(middle, splat(0.7853981633974483f), none));
  return (floats)((ints)y | ((ints)x & (int32_t)0x80000000));
}

/** asin(r) for 0 ≤ r ≤ ½. */
INLINE floats nearArcsine(floats r) {
  const floats z = r * r;
  floats y = 4.2163199048e-2f * z + 2.4181311049e-2f;
  y = y * z + 4.5470025998e-2f;
  y = y * z + 7.4953002686e-2f;
  y = y * z + 1.6666752422e-1f;
  return y * z * r + r;
}

/** asin(x), beyond ½ by asin(a) = π/2 - 2 asin√((1 - a)/2); not a number beyond 1. */
INLINE floats arcsine(floats x) {
  const floats size = magnitude(x);
  const ints far = size > 0.5f;
  const floats y = nearArcsine(choose(far, squareRoot((1.0f - size) * 0.5f), size));
  const floats value = choose(far, HALF_PI - (y + y), y);
  return (floats)((ints)value | ((ints)x & (int32_t)0x80000000));
}

/** acos(x): π/2 - asin(x), beyond ½ as 2 asin√((1 - x)/2), which has no difference in it. */
INLINE floats arccosine(floats x) {
  const floats size = magnitude(x);
  const ints far = size > 0.5f;
  const floats y = nearArcsine(choose(far, squareRoot((1.0f - size) * 0.5f), size));
  const ints negative = x < 0;
  const floats near = HALF_PI - choose(negative, -y, y);
  return choose(far, choose(negative, 2 * HALF_PI - (y + y), y + y), near);
}
