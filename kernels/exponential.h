// exp and log, to two units in the last place. Polynomials: Cephes expf, logf (Moshier).
#pragma once
#include "lanes.h"

#define INFINITE __builtin_inff()
#define NOT_A_NUMBER __builtin_nanf("")

/** exp(x) = part · 2^power, part between 1/√2 and √2; for |x| ≤ 10⁴. */
typedef struct {
  floats part;
  floats power;
} Exponential;

/** Vectors whose exponentials are made side by side, at most. */
#define MOST_EXPONENTIALS 4

INLINE void exponentialsInParts(const floats *x, Exponential *to, const int count) {
  floats n[MOST_EXPONENTIALS], r[MOST_EXPONENTIALS], y[MOST_EXPONENTIALS];
  // The nearest integer, ties to even: adding and subtracting 1.5·2²³ rounds away what is below one.
  EACH(m, count) n[m] = x[m] * 1.4426950408889634f + 12582912.0f - 12582912.0f;
  // ln 2 in two parts, the first with few bits, so that the remainder is exact.
  EACH(m, count) r[m] = x[m] - n[m] * 0.693359375f;
  EACH(m, count) r[m] = r[m] - n[m] * -2.1219444e-4f;
  EACH(m, count) y[m] = 1.98756915e-4f * r[m] + 1.3981999507e-3f;
  EACH(m, count) y[m] = y[m] * r[m] + 8.3334519073e-3f;
  EACH(m, count) y[m] = y[m] * r[m] + 4.1665795894e-2f;
  EACH(m, count) y[m] = y[m] * r[m] + 1.6666665459e-1f;
  EACH(m, count) y[m] = y[m] * r[m] + 5.0000001201e-1f;
  EACH(m, count) to[m] = (Exponential){y[m] * (r[m] * r[m]) + (r[m] + 1.0f), n[m]};
}

INLINE Exponential exponentialParts(floats x) {
  Exponential e;
  exponentialsInParts(&x, &e, 1);
  return e;
}

/** exp(x) for -87 ≤ x ≤ 0, in place. */
INLINE void exponentialsBelowOne(floats *x, const int count) {
  Exponential e[MOST_EXPONENTIALS];
  exponentialsInParts(x, e, count);
  EACH(m, count) x[m] = e[m].part * (floats)((__builtin_convertvector(e[m].power, ints) + 127) << 23);
}

/** exp(x) for x ≤ 0, at least e^-87. */
INLINE floats fadingExponential(floats given) {
  const floats least = splat(-87.0f);
  floats x = choose(given < least, least, given);
  exponentialsBelowOne(&x, 1);
  return x;
}

/** part · 2^power, rounded once; |power| ≤ 252. In two factors, since 2^power may be no normal number. */
INLINE floats scaled(floats part, floats power) {
  const ints n = __builtin_convertvector(power, ints);
  const ints half = n >> 1;
  return part * (floats)((half + 127) << 23) * (floats)((n - half + 127) << 23);
}

/** 2^shift · exp(x): 0 and infinity where it is too small or too large for float32; shift 0 or -1. */
INLINE floats shiftedExponential(floats given, float shift) {
  // Beyond these there is nothing but 0 and infinity.
  const floats least = splat(-104.0f), most = splat(90.0f);
  const Exponential e = exponentialParts(choose(given < least, least, choose(given > most, most, given)));
  return scaled(e.part, e.power + shift);
}

INLINE floats exponential(floats x) { return shiftedExponential(x, 0); }

/** Natural logarithm of positive normal numbers, in place; m, y and z are room. */
INLINE void normalLogarithms(floats *x, const int count) {
  ints exponent[2 * ABREAST];
  floats m[2 * ABREAST], z[2 * ABREAST], y[2 * ABREAST];
  EACH(n, count) exponent[n] = ((ints)x[n] - 0x3f3504f3) >> 23;
  EACH(n, count) m[n] = (floats)((ints)x[n] - (exponent[n] << 23)) - 1.0f;
  EACH(n, count) z[n] = m[n] * m[n];
  EACH(n, count) y[n] = 7.0376836292e-2f * m[n] + -1.151461031e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + 1.167699874e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + -1.2420140846e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + 1.4249322787e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + -1.6668057665e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + 2.0000714765e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + -2.4999993993e-1f;
  EACH(n, count) y[n] = y[n] * m[n] + 3.3333331174e-1f;
  EACH(n, count) y[n] = z[n] * -0.5f + y[n] * m[n] * z[n];
  EACH(n, count) x[n] = __builtin_convertvector(exponent[n], floats) * 0.6931471805599453f + (m[n] + y[n]);
}

INLINE floats normalLogarithm(floats x) {
  normalLogarithms(&x, 1);
  return x;
}

/** Numbers that are not normal are taken 2²⁴ times as large. */
#define SMALLEST_NORMAL 0x1p-126f
#define LIFT 0x1p24f

/** Natural logarithm: -infinity at 0, not a number below. */
INLINE floats logarithm(floats x) {
  const floats none = {0};
  const ints lifted = x < SMALLEST_NORMAL;
  const floats y = normalLogarithm(choose(lifted, x * LIFT, x)) - choose(lifted, splat(24 * 0.6931471805599453f), none);
  const floats outside = choose(x == 0, splat(-INFINITE), splat(NOT_A_NUMBER));
  return choose(x > 0, choose(x == INFINITE, x, y), outside);
}
