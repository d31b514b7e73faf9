// Philox4x32-10 and Box–Muller, LANES counters at a time: the numbers of src/physics/noise/gaussian.ts, bit for bit.
// Philox: Salmon, Moraes, Dror, Shaw, SC 2011.
#pragma once
#include "circular.h"
#include "exponential.h"

/** Philox's multipliers and key increments. */
#define MULTIPLIER_0 0xd2511f53u
#define MULTIPLIER_1 0xcd9e8d57u
#define WEYL_0 0x9e3779b9u
#define WEYL_1 0xbb67ae85u

/** Units whose counters fill a vector. */
#define UNITS_TOGETHER (LANES / 4)

/**
 * Philox words of a group of trajectories for units 0 … units - 1, a multiple of UNITS_TOGETHER: four vectors for as many units, one
 * for each word of their counters. Lane l has counter (4·group + l mod 4, unit + ⌊l/4⌋, step, stream).
 */
static void philox(words *out, int units, int group, uint32_t step, uint32_t stream, uint32_t key0, uint32_t key1) {
  // Three words of a counter are the same for all lanes and one is the same for all units: what they give is done once.
  words counter, units0;
  for (int lane = 0; lane < LANES; lane++) {
    counter[lane] = 4u * (uint32_t)group + (lane & 3);
    units0[lane] = lane >> 2;
  }
  words high, c1, d1, a2, b2, c3, d3;
  // Round 1: (counter, unit, step, stream) → (step·m1 high ^ unit ^ key0, step·m1 low, counter·m0 high ^ …, counter·m0 low).
  multiply(counter, MULTIPLIER_0, &high, &d1);
  c1 = high ^ (stream ^ key1);
  const uint64_t stepped = (uint64_t)step * MULTIPLIER_1;
  const uint32_t a1 = (uint32_t)(stepped >> 32) ^ key0;
  const uint32_t b1 = (uint32_t)stepped;
  // Round 2: a2 knows no unit, nor does b2. Round 3, the half of a2.
  multiply(c1, MULTIPLIER_1, &high, &b2);
  a2 = high ^ (b1 ^ (key0 + WEYL_0));
  multiply(a2, MULTIPLIER_0, &high, &d3);
  c3 = high ^ (key1 + 2 * WEYL_1);
  const words b2Keyed = b2 ^ (key0 + 2 * WEYL_0);
  const words d1Keyed = d1 ^ (key1 + WEYL_1);
  for (int unit = 0; unit < units; unit += UNITS_TOGETHER) {
    words low0, high0, low1, high1;
    multiply(a1 ^ (units0 + (uint32_t)unit), MULTIPLIER_0, &high0, &low0);
    multiply(d1Keyed ^ high0, MULTIPLIER_1, &high1, &low1);
    words a = high1 ^ b2Keyed, b = low1, c = c3 ^ low0, d = d3;
    uint32_t k0 = key0 + 3 * WEYL_0, k1 = key1 + 3 * WEYL_1;
    UNROLL for (int round = 3; round < 10; round++) {
      multiply(a, MULTIPLIER_0, &high0, &low0);
      multiply(c, MULTIPLIER_1, &high1, &low1);
      a = high1 ^ b ^ k0;
      b = low1;
      c = high0 ^ d ^ k1;
      d = low0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
    out += 4;
  }
}

/** Turns pairs of words into pairs of normals. */
INLINE void boxMuller(words *first, words *second) {
  const ints r2 = (ints)*second;
  const floats u = __builtin_convertvector((ints)(*first >> 1), floats) * 4.656612873077393e-10f + 2.3283064365386963e-10f;
  const floats length = squareRoot(normalLogarithm(u) * -2.0f);
  // Bit 1 of the second word is the sign of the radius, bit 0 swaps sine and cosine.
  const ints radius = (ints)length ^ (ints)((*second >> 1) << 31);
  const floats angle = __builtin_convertvector(r2 >> 2, floats) * 1.4629180792671596e-9f;
  const floats z = angle * angle;
  const floats sine = nearSine(angle, z), cosine = nearCosine(z);
  const ints change = ((ints)sine ^ (ints)cosine) & ((ints)(*second << 31) >> 31);
  *first = (words)((floats)radius * (floats)((ints)cosine ^ change));
  *second = (words)((floats)radius * (floats)((ints)sine ^ change));
}

/**
 * The normals of a group for units 0 … units - 1, [units][16]: trajectory τ takes word ⌊(τ mod 16)/4⌋ of counter τ mod 4.
 * Rows up to the next multiple of four may be written.
 */
KERNEL(normals) void normals(Memory memory, address to, int32_t units, int32_t group, uint32_t step, uint32_t stream, uint32_t key0, uint32_t key1) {
  words *out = at(memory, to);
  philox(out, units, group, step, stream, key0, key1);
  // A pass of its own: the constants of either stay in registers.
  for (int unit = 0; unit < units; unit += UNITS_TOGETHER, out += 4) {
    words word[4] = {out[0], out[1], out[2], out[3]};
    boxMuller(&word[0], &word[1]);
    boxMuller(&word[2], &word[3]);
    quadInts *row = (quadInts *)out;
    UNROLL for (int u = 0; u < UNITS_TOGETHER; u++)
      UNROLL for (int w = 0; w < 4; w++) row[4 * u + w] = ((quadInts *)&word[w])[u];
  }
}
