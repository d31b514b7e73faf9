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
#define FOUR_TIMES 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#elif defined(__AVX2__)
#define LANES 8
#define LOW_HALF 0, 1, 2, 3
#define HIGH_HALF 4, 5, 6, 7
#define FOUR_TIMES 0, 1, 2, 3, 0, 1, 2, 3
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#else
#define LANES 4
#define LOW_HALF 0, 1
#define HIGH_HALF 2, 3
#define FOUR_TIMES 0, 1, 2, 3
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

/** What the host calls: exported from WebAssembly, called by addon.c. */
#if defined(__wasm__)
#define KERNEL(name) __attribute__((export_name(#name)))
#else
#define KERNEL(name) static
#endif

typedef float floats __attribute__((vector_size(4 * LANES), may_alias));
typedef int32_t ints __attribute__((vector_size(4 * LANES), may_alias));
typedef uint32_t words __attribute__((vector_size(4 * LANES), may_alias));
typedef double doubles __attribute__((vector_size(4 * LANES), may_alias));
/** Half as many float32. */
typedef float halfFloats __attribute__((vector_size(2 * LANES)));
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

/** The halves of a vector as float64. */
INLINE doubles lowHalf(floats a) {
  return __builtin_convertvector(__builtin_shufflevector(a, a, LOW_HALF), doubles);
}
INLINE doubles highHalf(floats a) {
  return __builtin_convertvector(__builtin_shufflevector(a, a, HIGH_HALF), doubles);
}

/** Halves in float64, rounded to a vector of float32. */
INLINE floats narrowed(doubles low, doubles high) {
  return __builtin_shufflevector(__builtin_convertvector(low, halfFloats), __builtin_convertvector(high, halfFloats), LOW_HALF, HIGH_HALF);
}

/** Four lanes, as often as a vector holds them. */
INLINE floats repeat(quad a) { return __builtin_shufflevector(a, a, FOUR_TIMES); }

/** a where the mask is set, b elsewhere. */
INLINE floats choose(ints mask, floats a, floats b) { return (floats)((mask & (ints)a) | (~mask & (ints)b)); }

INLINE floats magnitude(floats a) { return (floats)((ints)a & 0x7fffffff); }

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

/** The high and the low words of the products of words. */
INLINE void multiply(words a, uint32_t by, words *high, words *low) {
#if defined(__wasm__)
  const v128_t factor = wasm_u32x4_splat(by);
  const v128_t first = wasm_u64x2_extmul_low_u32x4((v128_t)a, factor);
  const v128_t last = wasm_u64x2_extmul_high_u32x4((v128_t)a, factor);
  *high = (words)wasm_i32x4_shuffle(first, last, 1, 3, 5, 7);
  *low = (words)wasm_i32x4_shuffle(first, last, 0, 2, 4, 6);
#elif defined(__x86_64__)
  // Products of the even lanes, and of the odd ones. (A product of vectors of 64 bits would be three times as many instructions.)
#if LANES == 16
  const __m512i factor = _mm512_set1_epi32((int)by);
  const __m512i even = _mm512_mul_epu32((__m512i)a, factor);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64((__m512i)a, 32), factor);
  *high = (words)_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
  *low = (words)_mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
#elif LANES == 8
  const __m256i factor = _mm256_set1_epi32((int)by);
  const __m256i even = _mm256_mul_epu32((__m256i)a, factor);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)a, 32), factor);
  *high = (words)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  *low = (words)_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
#else
  const __m128i factor = _mm_set1_epi32((int)by);
  const __m128i even = _mm_mul_epu32((__m128i)a, factor);
  const __m128i odd = _mm_mul_epu32(_mm_srli_epi64((__m128i)a, 32), factor);
  const __m128i upper = _mm_set1_epi64x((long long)0xffffffff00000000u);
  *high = (words)_mm_or_si128(_mm_srli_epi64(even, 32), _mm_and_si128(upper, odd));
  *low = (words)_mm_or_si128(_mm_andnot_si128(upper, even), _mm_slli_epi64(odd, 32));
#endif
#else
  for (int lane = 0; lane < LANES; lane++) {
    const uint64_t product = (uint64_t)a[lane] * by;
    (*high)[lane] = (uint32_t)(product >> 32);
    (*low)[lane] = (uint32_t)product;
  }
#endif
}

/** The sum of four lanes, in the order (0 + 2) + (1 + 3). */
INLINE float laneSum(quad a) { return (a[0] + a[2]) + (a[1] + a[3]); }

/** The four sums of the lanes of four vectors. */
INLINE quad laneSums(quad a, quad b, quad c, quad d) {
  const quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
  return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}
