// Vectors as wide as the machine's registers, written with the vector extensions of clang and gcc. The sixteen lanes of a row
// are PARTS of them. Wider vectors than the machine has are slow (gcc takes them apart through memory), so the target decides.
#pragma once
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__wasm__)
#include <wasm_simd128.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define LANES 16
#define LOW_HALF 0, 1, 2, 3, 4, 5, 6, 7
#define HIGH_HALF 8, 9, 10, 11, 12, 13, 14, 15
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#elif defined(__AVX2__)
#define LANES 8
#define LOW_HALF 0, 1, 2, 3
#define HIGH_HALF 4, 5, 6, 7
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#else
#define LANES 4
#define LOW_HALF 0, 1
#define HIGH_HALF 2, 3
#define EVEN 0, 2, 4, 6
#endif
/** Vectors in a row of sixteen lanes. */
#define PARTS (16 / LANES)

#define INLINE static inline __attribute__((always_inline))
/** Before a short loop over an array of vectors: unrolled, the array is registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/**
 * Vectors that are worked on side by side where it can be done: each operation waits for the one before, and the others' fill the time. In
 * WebAssembly one, for more registers than it has would be needed.
 */
#define ABREAST (LANES == 4 ? 1 : 2)

/** A short loop with a constant end, unrolled. */
#define EACH(index, count) UNROLL for (int index = 0; index < (count); index++)

/** What the host calls: exported from WebAssembly, called by addon.c. */
#if defined(__wasm__)
#define KERNEL(name) __attribute__((export_name(#name)))
#else
#define KERNEL(name) static
#endif

/**
 * IN_REGISTER keeps gcc from loading a vector again for each use: there are more of them than loads in a cycle. IN_ORDER keeps
 * WebAssembly's instructions in the order of the source: in clang's own more values are alive at a time than V8 has registers.
 */
#if defined(__x86_64__) && defined(__AVX512F__)
#define IN_REGISTER(vector) __asm__("" : "+v"(vector))
#elif defined(__x86_64__)
#define IN_REGISTER(vector) __asm__("" : "+x"(vector))
#elif defined(__aarch64__)
#define IN_REGISTER(vector) __asm__("" : "+w"(vector))
#else
#define IN_REGISTER(vector) IN_ORDER(vector)
#endif
#if defined(__wasm__)
#define IN_ORDER(vector) __asm__ volatile("" : "+r"(vector))
#else
#define IN_ORDER(vector)
#endif

typedef float floats __attribute__((vector_size(4 * LANES), may_alias));
/** At any float's address. */
typedef float looseFloats __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(4 * LANES), may_alias));
typedef uint32_t words __attribute__((vector_size(4 * LANES), may_alias));
typedef uint64_t longWords __attribute__((vector_size(4 * LANES), may_alias));
typedef double doubles __attribute__((vector_size(4 * LANES), may_alias));
#if LANES == 4
/** Half as many float32. */
typedef float halfFloats __attribute__((vector_size(2 * LANES)));
#endif
/** Four lanes, and two of twice the width, on every machine: sums whose order is that of four lanes. */
typedef float quad __attribute__((vector_size(16), may_alias));
typedef int32_t quadInts __attribute__((vector_size(16), may_alias));
typedef double pair __attribute__((vector_size(16), may_alias));

/** A byte address in the memory that the host hands out: the same number in WebAssembly and in a native build. */
typedef uint32_t address;
/** Where that memory begins: 0 in WebAssembly. */
typedef char *Memory;

/** What is at a byte address. */
INLINE void *at(Memory memory, address byte) { return memory + byte; }

/** A number in all lanes. (Taking 0 away changes no number, so nothing is computed; adding 0 would turn -0.) */
INLINE floats splat(float a) { return a - (floats){0}; }

/**
 * A number that multiplies vectors. With sixteen lanes it stays in memory: a product that repeats it costs no more than one of two
 * registers, while to repeat it before takes the time of half a product.
 */
#if LANES == 16
typedef const float *Factor;
INLINE Factor factorAt(const float *a) { return a; }
INLINE floats timesFactor(Factor a, floats b) {
  floats product;
  __asm__("vmulps %2%{1to16%}, %1, %0" : "=v"(product) : "v"(b), "m"(*a));
  return product;
}
#else
typedef floats Factor;
INLINE Factor factorAt(const float *a) {
  floats all = splat(*a);
  IN_REGISTER(all);
  return all;
}
INLINE floats timesFactor(Factor a, floats b) { return a * b; }
#endif

INLINE words splatWord(uint32_t a) { return a - (words){0}; }

/** The halves of a vector as float64. */
INLINE doubles lowHalf(floats a) { return __builtin_convertvector(__builtin_shufflevector(a, a, LOW_HALF), doubles); }
INLINE doubles highHalf(floats a) { return __builtin_convertvector(__builtin_shufflevector(a, a, HIGH_HALF), doubles); }

/** Halves in float64, rounded to a vector of float32. */
INLINE floats narrowed(doubles low, doubles high) {
#if LANES == 16
  return (floats)_mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps((__m512d)low)), _mm512_cvtpd_ps((__m512d)high), 1);
#elif LANES == 8
  return (floats)_mm256_set_m128(_mm256_cvtpd_ps((__m256d)high), _mm256_cvtpd_ps((__m256d)low));
#else
  return __builtin_shufflevector(
      __builtin_convertvector(low, halfFloats), __builtin_convertvector(high, halfFloats), LOW_HALF, HIGH_HALF
  );
#endif
}

/** Four vectors as a matrix of quads, [4][LANES/4], and its transpose. */
INLINE void transposeQuads(const words from[4], words to[4]) {
#define QUADS(a, b, c, d) a, a + 1, a + 2, a + 3, b, b + 1, b + 2, b + 3, c, c + 1, c + 2, c + 3, d, d + 1, d + 2, d + 3
#if LANES == 16
  const words a = __builtin_shufflevector(from[0], from[1], QUADS(0, 16, 4, 20));
  const words b = __builtin_shufflevector(from[2], from[3], QUADS(0, 16, 4, 20));
  const words c = __builtin_shufflevector(from[0], from[1], QUADS(8, 24, 12, 28));
  const words d = __builtin_shufflevector(from[2], from[3], QUADS(8, 24, 12, 28));
  to[0] = __builtin_shufflevector(a, b, QUADS(0, 4, 16, 20));
  to[1] = __builtin_shufflevector(a, b, QUADS(8, 12, 24, 28));
  to[2] = __builtin_shufflevector(c, d, QUADS(0, 4, 16, 20));
  to[3] = __builtin_shufflevector(c, d, QUADS(8, 12, 24, 28));
#elif LANES == 8
  to[0] = __builtin_shufflevector(from[0], from[1], 0, 1, 2, 3, 8, 9, 10, 11);
  to[1] = __builtin_shufflevector(from[2], from[3], 0, 1, 2, 3, 8, 9, 10, 11);
  to[2] = __builtin_shufflevector(from[0], from[1], 4, 5, 6, 7, 12, 13, 14, 15);
  to[3] = __builtin_shufflevector(from[2], from[3], 4, 5, 6, 7, 12, 13, 14, 15);
#else
  for (int n = 0; n < 4; n++) to[n] = from[n];
#endif
}

/** Four vectors of quads, each 4×4 block of numbers in the quads at one place transposed: quad q of to[n] is numbers n of quads q. */
INLINE void transposeWithin(const words from[4], words to[4]) {
#if LANES == 16
#define LOW_PAIRS 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define HIGH_PAIRS 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define LOW_LONG 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH_LONG 1, 9, 3, 11, 5, 13, 7, 15
#elif LANES == 8
#define LOW_PAIRS 0, 8, 1, 9, 4, 12, 5, 13
#define HIGH_PAIRS 2, 10, 3, 11, 6, 14, 7, 15
#define LOW_LONG 0, 4, 2, 6
#define HIGH_LONG 1, 5, 3, 7
#else
#define LOW_PAIRS 0, 4, 1, 5
#define HIGH_PAIRS 2, 6, 3, 7
#define LOW_LONG 0, 2
#define HIGH_LONG 1, 3
#endif
  const longWords a = (longWords)__builtin_shufflevector(from[0], from[1], LOW_PAIRS);
  const longWords b = (longWords)__builtin_shufflevector(from[2], from[3], LOW_PAIRS);
  const longWords c = (longWords)__builtin_shufflevector(from[0], from[1], HIGH_PAIRS);
  const longWords d = (longWords)__builtin_shufflevector(from[2], from[3], HIGH_PAIRS);
  to[0] = (words)__builtin_shufflevector(a, b, LOW_LONG);
  to[1] = (words)__builtin_shufflevector(a, b, HIGH_LONG);
  to[2] = (words)__builtin_shufflevector(c, d, LOW_LONG);
  to[3] = (words)__builtin_shufflevector(c, d, HIGH_LONG);
}

/** LANES/4 words, each in four lanes. */
INLINE words repeatedFour(const uint32_t *from) {
#if LANES == 16
  const quadInts four = *(const quadInts *)from;
  return (words)__builtin_shufflevector(four, four, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
#elif LANES == 8
  return (words){from[0], from[0], from[0], from[0], from[1], from[1], from[1], from[1]};
#else
  return splatWord(*from);
#endif
}

/** a where the mask is set, b elsewhere. */
INLINE floats choose(ints mask, floats a, floats b) { return (floats)((mask & (ints)a) | (~mask & (ints)b)); }

INLINE floats magnitude(floats a) { return (floats)((ints)a & 0x7fffffff); }

/** The larger words. */
INLINE words larger(words a, words b) {
#if LANES == 16
  return (words)_mm512_max_epu32((__m512i)a, (__m512i)b);
#elif LANES == 8
  return (words)_mm256_max_epu32((__m256i)a, (__m256i)b);
#elif defined(__wasm__)
  return (words)wasm_u32x4_max((v128_t)a, (v128_t)b);
#else
  const words mask = (words)(a > b);
  return (a & mask) | (b & ~mask);
#endif
}

/** The smaller words. */
INLINE words smaller(words a, words b) {
#if LANES == 16
  return (words)_mm512_min_epu32((__m512i)a, (__m512i)b);
#elif LANES == 8
  return (words)_mm256_min_epu32((__m256i)a, (__m256i)b);
#elif defined(__wasm__)
  return (words)wasm_u32x4_min((v128_t)a, (v128_t)b);
#else
  const words mask = (words)(a < b);
  return (a & mask) | (b & ~mask);
#endif
}

INLINE floats squareRoot(floats a) {
#if LANES == 16
  return (floats)_mm512_sqrt_ps((__m512)a);
#elif LANES == 8
  return (floats)_mm256_sqrt_ps((__m256)a);
#elif defined(__wasm__)
  return (floats)wasm_f32x4_sqrt((v128_t)a);
#else
  for (int lane = 0; lane < LANES; lane++) a[lane] = __builtin_sqrtf(a[lane]);
  return a;
#endif
}

/**
 * Words on their way through products of 64 bits: where the machine multiplies the even lanes of a vector, the even and the odd
 * ones apart, each in the low half of 64 bits (what stands in the high half is not looked at).
 */
#if defined(__x86_64__)
#define SPLIT 2
#else
#define SPLIT 1
#endif
typedef struct {
  words part[SPLIT];
} Split;

INLINE Split split(words a) {
#if SPLIT == 2
  return (Split){{a, (words)((longWords)a >> 32)}};
#else
  return (Split){{a}};
#endif
}

INLINE words joined(Split a) {
#if SPLIT == 2
  return (words)(((longWords)a.part[0] & 0xffffffffu) | ((longWords)a.part[1] << 32));
#else
  return a.part[0];
#endif
}

/** a ^ b ^ c. */
INLINE Split mixed(Split a, Split b, words c) {
  EACH(n, SPLIT) a.part[n] = a.part[n] ^ (b.part[n] ^ c);
  return a;
}

/** The high and the low words of the products of words. */
INLINE void multiply(Split a, uint32_t by, Split *high, Split *low) {
#if defined(__x86_64__)
  EACH(n, SPLIT) {
#if LANES == 16
    const longWords product = (longWords)_mm512_mul_epu32((__m512i)a.part[n], _mm512_set1_epi64(by));
#elif LANES == 8
    const longWords product = (longWords)_mm256_mul_epu32((__m256i)a.part[n], _mm256_set1_epi64x(by));
#else
    const longWords product = (longWords)_mm_mul_epu32((__m128i)a.part[n], _mm_set1_epi64x(by));
#endif
    high->part[n] = (words)(product >> 32);
    low->part[n] = (words)product;
  }
#elif defined(__wasm__)
  const v128_t factor = wasm_u32x4_splat(by);
  const v128_t first = wasm_u64x2_extmul_low_u32x4((v128_t)a.part[0], factor);
  const v128_t last = wasm_u64x2_extmul_high_u32x4((v128_t)a.part[0], factor);
  high->part[0] = (words)wasm_i32x4_shuffle(first, last, 1, 3, 5, 7);
  low->part[0] = (words)wasm_i32x4_shuffle(first, last, 0, 2, 4, 6);
#else
  for (int lane = 0; lane < LANES; lane++) {
    const uint64_t product = (uint64_t)a.part[0][lane] * by;
    high->part[0][lane] = (uint32_t)(product >> 32);
    low->part[0][lane] = (uint32_t)product;
  }
#endif
}

/** a and b lane after lane, a's first: the first and the second half. */
INLINE void interleave(floats a, floats b, floats *low, floats *high) {
#if LANES == 16
  *low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  *high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif LANES == 8
  *low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  *high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  *low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  *high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/** Four times four numbers, transposed: the rows of `to` are `stride` floats apart. */
INLINE void transposeFour(const float *const from[4], float *to, long stride) {
  const quad a = *(const quad *)from[0], b = *(const quad *)from[1], c = *(const quad *)from[2], d = *(const quad *)from[3];
  const quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const quad nextAb = __builtin_shufflevector(a, b, 2, 6, 3, 7), nextCd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(quad *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(quad *)(to + stride) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(quad *)(to + 2 * stride) = __builtin_shufflevector(nextAb, nextCd, 0, 1, 4, 5);
  *(quad *)(to + 3 * stride) = __builtin_shufflevector(nextAb, nextCd, 2, 3, 6, 7);
}

/** The sum of four lanes, in the order (0 + 2) + (1 + 3). */
INLINE float laneSum(quad a) { return (a[0] + a[2]) + (a[1] + a[3]); }
