// What the hand-written programs share: vectors as wide as the machine's, Philox4x32-10 in the counters of src/physics/noise, files
// and the clock.
#pragma once

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// LANES: floats in a vector. ROWS × COLUMNS: sums of the dense product that stay in registers, beside COLUMNS states and
// one coupling: 24 of 32 registers, 12 of 16.
#if defined __AVX512F__
#include <immintrin.h>
#define LANES 16
#define ROWS 6
#define COLUMNS 4
#define REGISTERS 32
#elif defined __AVX2__
#include <immintrin.h>
#define LANES 8
#define ROWS 6
#define COLUMNS 2
#define REGISTERS 16
#else
#define LANES 4
#define ROWS 6
#define COLUMNS 2
#ifdef __aarch64__
#define REGISTERS 32
#else
#define REGISTERS 16
#endif
#endif
#define BYTES (4 * LANES)
#define TILE (4 * LANES)
#define INLINE static inline __attribute__((always_inline))

typedef float real __attribute__((vector_size(BYTES)));
typedef int32_t word __attribute__((vector_size(BYTES)));
typedef uint32_t bits __attribute__((vector_size(BYTES)));
typedef uint64_t wide __attribute__((vector_size(BYTES)));

// 64-bit products of the low halves of the lanes; the high halves may hold anything.
INLINE wide multiply(wide a, uint64_t constant) {
#if defined __AVX512F__
  return (wide)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64((long long)constant));
#elif defined __AVX2__
  return (wide)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x((long long)constant));
#else
  return (a & 0xffffffffu) * constant;
#endif
}

// Philox4x32-10 of the counters (lane, unit, step, stream). Only `lane` differs within a vector, so half of the first two
// rounds belongs to the lanes alone and is made once, the other half to (unit, step) alone and is scalar.

#define multiplier0 0xd2511f53u
#define multiplier1 0xcd9e8d57u

// The generator of a tile: the key of each round, and what rounds one and two make of the lanes, [0] the even ones and
// [1] the odd ones.
typedef struct {
  wide key0[10], key1[10], low[2], product[2];
} generator;

static generator generator_of(uint32_t first_lane, uint32_t stream, uint32_t key0, uint32_t key1) {
  generator g;
  for (int odd = 0; odd < 2; odd++)
    for (int l = 0; l < LANES / 2; l++) {
      uint64_t product = (uint64_t)multiplier0 * (first_lane + 2 * l + odd);
      g.low[odd][l] = (uint32_t)product;
      g.product[odd][l] = (uint64_t)multiplier1 * ((uint32_t)(product >> 32) ^ stream ^ key1);
    }
  for (int round = 0; round < 10; round++) {
    g.key0[round] = (wide){} + (key0 + round * 0x9e3779b9u);
    g.key1[round] = (wide){} + (key1 + round * 0xbb67ae85u);
  }
  return g;
}

// Four words for each lane. Sixteen operations a round; four chains of dependencies (a and c of even and odd lanes).
INLINE void philox(bits out[4], const generator *g, uint32_t unit, uint32_t step) {
  uint64_t of_step = (uint64_t)multiplier1 * step;
  uint64_t of_unit = (uint64_t)multiplier0 * ((uint32_t)(of_step >> 32) ^ unit ^ (uint32_t)g->key0[0][0]);
  wide a[2], b[2], c[2], d[2];
  for (int odd = 0; odd < 2; odd++) {
    a[odd] = (g->product[odd] >> 32) ^ (g->key0[1] ^ of_step);
    b[odd] = g->product[odd];
    c[odd] = g->low[odd] ^ (g->key1[1] ^ (of_unit >> 32));
    d[odd] = (wide){} + of_unit;
  }
#pragma GCC unroll 8
  for (int round = 2; round < 10; round++)
    for (int odd = 0; odd < 2; odd++) {
      wide product0 = multiply(a[odd], multiplier0), product1 = multiply(c[odd], multiplier1);
      a[odd] = (product1 >> 32) ^ (b[odd] ^ g->key0[round]);
      b[odd] = product1;
      c[odd] = (product0 >> 32) ^ (d[odd] ^ g->key1[round]);
      d[odd] = product0;
    }
  wide *words[4] = {a, b, c, d};
  for (int w = 0; w < 4; w++) out[w] = (bits)((words[w][0] & 0xffffffffu) | (words[w][1] << 32));
}

// y += W x for ROWS units; a function of its own, so that its sums have the registers to themselves.
static __attribute__((noinline)) void add_product(const float *w, int units, const real *x, real *y) {
  for (int c = 0; c < 4; c += COLUMNS) {
    real sum[ROWS][COLUMNS];
    for (int r = 0; r < ROWS; r++)
      for (int v = 0; v < COLUMNS; v++) sum[r][v] = y[r * 4 + c + v];
    const float *wj = w;
    const real *xj = x + c;
    for (int j = 0; j < units; j++, wj += ROWS, xj += 4)
      for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < COLUMNS; v++) sum[r][v] += wj[r] * xj[v];
    for (int r = 0; r < ROWS; r++)
      for (int v = 0; v < COLUMNS; v++) y[r * 4 + c + v] = sum[r][v];
  }
}

static void *zeros(size_t count, size_t size) {
  size_t bytes = (count * size + 63) / 64 * 64;
  void *out = aligned_alloc(64, bytes > 0 ? bytes : 64);
  if (out == NULL) exit(1);
  return memset(out, 0, bytes);
}

static void *numbers(FILE *file, size_t count, size_t room) {
  void *out = zeros(room, 4);
  if (fread(out, 4, count, file) != count) exit(1);
  return out;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* The first line that a peer writes: what compiled it. */
static void greet(void) {
#ifdef __clang__
  printf("%s, %d float32 lanes\n", __VERSION__, LANES);
#else
  printf("gcc %s, %d float32 lanes\n", __VERSION__, LANES);
#endif
  fflush(stdout);
}
