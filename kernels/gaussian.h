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

/** What the Philox words of a group's counters at one step are made of, as far as it doesn't depend on the unit. */
typedef struct {
  uint32_t a1;
  words unitOfLane;
  Split d1, b2, c3, d3;
  words keys[10][2];
} Counters;

/** The counters (4·group + lane mod 4, unit + ⌊lane/4⌋, step, stream) before their third round. */
static void startCounters(Counters *to, int group, uint32_t step, uint32_t stream, uint32_t key0, uint32_t key1) {
  words counter;
  for (int lane = 0; lane < LANES; lane++) {
    counter[lane] = 4u * (uint32_t)group + (uint32_t)(lane & 3);
    to->unitOfLane[lane] = (uint32_t)(lane >> 2);
  }
  for (int round = 0; round < 10; round++) {
    to->keys[round][0] = splatWord(key0 + (uint32_t)round * WEYL_0);
    to->keys[round][1] = splatWord(key1 + (uint32_t)round * WEYL_1);
  }
  const Split none = split(splatWord(0));
  const uint64_t stepped = (uint64_t)step * MULTIPLIER_1;
  Split high;
  // Round 1: (counter, unit, step, stream) → (step·m1 high ^ unit ^ key0, step·m1 low, counter·m0 high ^ …, counter·m0 low).
  multiply(split(counter), MULTIPLIER_0, &high, &to->d1);
  to->a1 = (uint32_t)(stepped >> 32) ^ key0;
  // Round 2: a2 knows no unit, nor does b2. Round 3, the half of a2.
  multiply(mixed(high, none, splatWord(stream ^ key1)), MULTIPLIER_1, &high, &to->b2);
  multiply(mixed(high, none, splatWord((uint32_t)stepped ^ (key0 + WEYL_0))), MULTIPLIER_0, &high, &to->d3);
  to->c3 = mixed(high, none, to->keys[2][1]);
  // Three words of a counter are the same for all units; the keys that meet them do so here.
  to->b2 = mixed(to->b2, none, to->keys[2][0]);
  to->d1 = mixed(to->d1, none, to->keys[1][1]);
}

/** The units of `count` vectors of counters that follow one another, from `unit` on. */
INLINE void unitsFrom(const Counters *counters, uint32_t unit, words *units, const int count) {
  EACH(n, count) units[n] = counters->unitOfLane + (unit + (uint32_t)n * UNITS_TOGETHER);
}

/**
 * Philox words of `count` vectors of counters, of the units in their lanes: four vectors for each, one for each word.
 *
 * @param apart - 0: all of one group; 1: each of the next, whose counters follow; a constant
 */
INLINE void philox(const Counters *counters, const int apart, const words *units, words *out, const int count) {
  const words none = splatWord(0);
  Split low0[ABREAST], high0[ABREAST], low1[ABREAST], high1[ABREAST], a[ABREAST], b[ABREAST], c[ABREAST], d[ABREAST];
  EACH(n, count) multiply(split(counters->a1 ^ units[n]), MULTIPLIER_0, &high0[n], &low0[n]);
  EACH(n, count) multiply(mixed(high0[n], counters[apart * n].d1, none), MULTIPLIER_1, &high1[n], &low1[n]);
  EACH(n, count) {
    a[n] = mixed(high1[n], counters[apart * n].b2, none);
    b[n] = low1[n];
    c[n] = mixed(low0[n], counters[apart * n].c3, none);
    d[n] = counters[apart * n].d3;
  }
  UNROLL for (int round = 3; round < 10; round++) {
    EACH(n, count) multiply(a[n], MULTIPLIER_0, &high0[n], &low0[n]);
    EACH(n, count) multiply(c[n], MULTIPLIER_1, &high1[n], &low1[n]);
    EACH(n, count) {
      a[n] = mixed(high1[n], b[n], counters->keys[round][0]);
      b[n] = low1[n];
      c[n] = mixed(high0[n], d[n], counters->keys[round][1]);
      d[n] = low0[n];
    }
  }
  EACH(n, count) {
    out[4 * n] = joined(a[n]);
    out[4 * n + 1] = joined(b[n]);
    out[4 * n + 2] = joined(c[n]);
    out[4 * n + 3] = joined(d[n]);
  }
}

/** Turns `count` pairs of words into pairs of normals, in place. */
INLINE void boxMuller(words *first, words *second, const int count) {
  floats length[2 * ABREAST], angle[2 * ABREAST], z[2 * ABREAST], sine[2 * ABREAST], cosine[2 * ABREAST];
  EACH(n, count)
    length[n] = __builtin_convertvector((ints)(first[n] >> 1), floats) * 4.656612873077393e-10f + 2.3283064365386963e-10f;
  normalLogarithms(length, count);
  EACH(n, count) length[n] = squareRoot(length[n] * -2.0f);
  EACH(n, count) angle[n] = __builtin_convertvector((ints)second[n] >> 2, floats) * 1.4629180792671596e-9f;
  EACH(n, count) z[n] = angle[n] * angle[n];
  nearSines(angle, z, sine, count);
  nearCosines(z, cosine, count);
  EACH(n, count) {
    // Bit 1 of the second word is the sign of the radius, bit 0 swaps sine and cosine.
    const floats radius = (floats)((words)length[n] ^ ((second[n] >> 1) << 31));
    const ints change = ((ints)sine[n] ^ (ints)cosine[n]) & ((ints)(second[n] << 31) >> 31);
    first[n] = (words)(radius * (floats)((ints)cosine[n] ^ change));
    second[n] = (words)(radius * (floats)((ints)sine[n] ^ change));
  }
}

/** Philox words of `count` vectors of counters to their normals, in place: a row of sixteen for each unit. */
INLINE void normalRowsOf(words *out, const int count) {
  words first[2 * ABREAST], second[2 * ABREAST];
  EACH(n, 2 * count) {
    first[n] = out[2 * n];
    second[n] = out[2 * n + 1];
  }
  boxMuller(first, second, 2 * count);
  EACH(n, count) {
    const words normal[4] = {first[2 * n], second[2 * n], first[2 * n + 1], second[2 * n + 1]};
    transposeQuads(normal, out + 4 * n);
  }
}

/**
 * The normals of a group for units 0 … units - 1, [units][16]: trajectory τ takes word ⌊(τ mod 16)/4⌋ of counter τ mod 4.
 * Rows up to the next multiple of four are written.
 */
static void fillNormals(float *random, int units, int group, uint32_t step, uint32_t stream, uint32_t key0, uint32_t key1) {
  Counters counters;
  startCounters(&counters, group, step, stream, key0, key1);
  words *out = (words *)random;
  const int vectors = (units + UNITS_TOGETHER - 1) / UNITS_TOGETHER;
  words unitsNow[ABREAST];
  int n = 0;
  for (; n + ABREAST <= vectors; n += ABREAST) {
    unitsFrom(&counters, (uint32_t)(n * UNITS_TOGETHER), unitsNow, ABREAST);
    philox(&counters, 0, unitsNow, out + 4 * n, ABREAST);
  }
  for (; n < vectors; n++) {
    unitsFrom(&counters, (uint32_t)(n * UNITS_TOGETHER), unitsNow, 1);
    philox(&counters, 0, unitsNow, out + 4 * n, 1);
  }
  // A pass of its own: the constants of either stay in registers.
  if (LANES == 4)
    for (n = 0; n < 2 * vectors; n++) boxMuller(out + 2 * n, out + 2 * n + 1, 1);
  else {
    for (n = 0; n + ABREAST <= vectors; n += ABREAST) normalRowsOf(out + 4 * n, ABREAST);
    for (; n < vectors; n++) normalRowsOf(out + 4 * n, 1);
  }
}

/** The normals of a group for units 0 … units - 1, [units][16] (rows up to the next multiple of four are written). */
KERNEL(normals)
void normals(
    Memory memory, address out, int32_t units, int32_t group, uint32_t step, uint32_t stream, uint32_t key0, uint32_t key1
) {
  fillNormals(at(memory, out), units, group, step, stream, key0, key1);
}
