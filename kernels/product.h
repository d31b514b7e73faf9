// Matrix times groups of states: out[row][16] = Σ_column w[row][column] u[column][16]. It costs nearly all the time. From one group
// to the next are `uStride` and `outStride` floats. A sum runs over the columns in order, however rows and groups are blocked.
#pragma once
#include "lanes.h"

/**
 * Rows and groups of a block: their sums stay in registers. (Measured in WebAssembly: four rows by two vectors, or two columns at
 * a time, are a quarter slower in V8, whose register allocator then spills.)
 */
#define BLOCK_ROWS (LANES == 4 ? 2 : 4)
#define BLOCK_GROUPS (LANES == 16 ? 4 : 1)

/** Rows `w` by `groups` groups; constants, so that the loops over them are unrolled. */
INLINE void denseBlock(const float *w, long columns, const float *u, long uStride, float *out, long outStride, const int groups) {
  floats sum[BLOCK_ROWS][BLOCK_GROUPS][PARTS];
  UNROLL for (int r = 0; r < BLOCK_ROWS; r++)
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int p = 0; p < PARTS; p++) sum[r][g][p] = (floats){0};
  for (long c = 0; c < columns; c++)
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int p = 0; p < PARTS; p++) {
        const floats value = ((const floats *)(u + g * uStride + 16 * c))[p];
        UNROLL for (int r = 0; r < BLOCK_ROWS; r++)
          sum[r][g][p] += w[(r >> 1) * 2 * columns + 2 * c + (r & 1)] * value;
      }
  UNROLL for (int r = 0; r < BLOCK_ROWS; r++)
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int p = 0; p < PARTS; p++) ((floats *)(out + g * outStride + 16 * r))[p] = sum[r][g][p];
}

/**
 * Dense product. The matrix is packed in pairs of rows, [rows/2][columns][2], so that one pointer walks through two; rows are a
 * multiple of four (padded with zeros).
 */
static void denseProduct(const float *w, int rows, int columns, const float *u, long uStride, float *out, long outStride, int groups) {
  for (int row = 0; row < rows; row += BLOCK_ROWS) {
    const float *block = w + (long)row * columns;
    int g = 0;
    for (; g + BLOCK_GROUPS <= groups; g += BLOCK_GROUPS)
      denseBlock(block, columns, u + g * uStride, uStride, out + g * outStride + 16 * row, outStride, BLOCK_GROUPS);
    for (; g < groups; g++) denseBlock(block, columns, u + g * uStride, uStride, out + g * outStride + 16 * row, outStride, 1);
  }
}

/** Σ over the neighbours of one unit; u and out of `groups` groups, a constant. */
INLINE void sparseRow(const int32_t *neighbour, const float *w, long entries, const char *u, long uStride, float *out, long outStride, const int groups) {
  floats sum[BLOCK_GROUPS][PARTS];
  UNROLL for (int g = 0; g < groups; g++)
    UNROLL for (int p = 0; p < PARTS; p++) sum[g][p] = (floats){0};
  for (long e = 0; e < entries; e++) {
    const char *x = u + neighbour[e];
    const float weight = w[e];
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int p = 0; p < PARTS; p++) sum[g][p] += weight * ((const floats *)(x + 4 * g * uStride))[p];
  }
  UNROLL for (int g = 0; g < groups; g++)
    UNROLL for (int p = 0; p < PARTS; p++) ((floats *)(out + g * outStride))[p] = sum[g][p];
}

/**
 * Product over neighbour lists. `start`: [units + 1] int32; `neighbour`: int32 byte offsets of the neighbours' rows in u;
 * `w`: one weight for each entry of `neighbour`.
 */
static void sparseProduct(const int32_t *start, const int32_t *neighbour, const float *w, int units, const float *u, long uStride, float *out, long outStride, int groups) {
  for (int i = 0; i < units; i++) {
    const long first = start[i];
    const long entries = start[i + 1] - first;
    int g = 0;
    for (; g + BLOCK_GROUPS <= groups; g += BLOCK_GROUPS)
      sparseRow(neighbour + first, w + first, entries, (const char *)(u + g * uStride), uStride, out + g * outStride + 16L * i, outStride, BLOCK_GROUPS);
    for (; g < groups; g++)
      sparseRow(neighbour + first, w + first, entries, (const char *)(u + g * uStride), uStride, out + g * outStride + 16L * i, outStride, 1);
  }
}
