// Matrix times groups of states: out[row][16] = Σ_column w[row][column] u[column][16]. It costs nearly all the time. From one group
// to the next are `uStride` and `outStride` floats. A sum runs over the columns in order, however rows and groups are blocked.
#pragma once
#include "lanes.h"

/**
 * Rows and groups of a block: their sums stay in registers. (Measured in WebAssembly: four rows by two vectors, or two columns at
 * a time, are a quarter slower in V8, whose register allocator then spills.)
 */
#define BLOCK_ROWS (LANES == 16 ? 6 : 2)
#define BLOCK_GROUPS (LANES / 4)

/** `rows` of w by `groups` groups, both constants, so that the loops over them are unrolled. */
INLINE void denseBlock(
    const float *w, long columns, const float *u, long uStride, float *out, long outStride, const int rows, const int groups
) {
  floats sum[BLOCK_ROWS][BLOCK_GROUPS][PARTS];
  EACH(r, rows)
    EACH(g, groups)
      EACH(p, PARTS) sum[r][g][p] = (floats){0};
  const float *x = u;
  for (const float *column = w, *end = w + 2 * columns; column < end; column += 2, x += 16) {
    floats weight[BLOCK_ROWS];
    EACH(r, rows) {
      weight[r] = splat(column[(r >> 1) * 2 * columns + (r & 1)]);
      IN_REGISTER(weight[r]);
    }
    EACH(g, groups)
      EACH(p, PARTS) {
        floats value = ((const floats *)(x + g * uStride))[p];
        IN_REGISTER(value);
        EACH(r, rows) {
          sum[r][g][p] += weight[r] * value;
          IN_ORDER(sum[r][g][p]);
        }
      }
  }
  EACH(r, rows)
    EACH(g, groups)
      EACH(p, PARTS) ((floats *)(out + g * outStride + 16 * r))[p] = sum[r][g][p];
}

/**
 * Dense product. The matrix is packed in pairs of rows, [rows/2][columns][2], so that one pointer walks
 * through two; rows are even (padded with zeros).
 */
static void denseProduct(
    const float *w, int rows, int columns, const float *u, long uStride, float *out, long outStride, int groups
) {
  int g = 0;
  for (; g + BLOCK_GROUPS <= groups; g += BLOCK_GROUPS)
    for (int row = 0; row < rows;) {
      const int isWhole = row + BLOCK_ROWS <= rows;
      const float *block = w + (long)row * columns, *x = u + g * uStride;
      float *y = out + g * outStride + 16L * row;
      if (isWhole)
        denseBlock(block, columns, x, uStride, y, outStride, BLOCK_ROWS, BLOCK_GROUPS);
      else
        denseBlock(block, columns, x, uStride, y, outStride, 2, BLOCK_GROUPS);
      row += isWhole ? BLOCK_ROWS : 2;
    }
  for (; g < groups; g++)
    for (int row = 0; row < rows; row += 2)
      denseBlock(w + (long)row * columns, columns, u + g * uStride, uStride, out + g * outStride + 16L * row, outStride, 2, 1);
}

INLINE void addNeighbour(const char *row, float weight, long uStride, floats sum[BLOCK_GROUPS][PARTS], const int groups) {
  EACH(g, groups)
    EACH(p, PARTS) {
      sum[g][p] += weight * ((const floats *)(row + 4 * g * uStride))[p];
      IN_ORDER(sum[g][p]);
    }
}

/**
 * Σ over the neighbours of one unit, in increasing order; u and out of `groups` groups. Weight e is that of neighbour e, or the one in
 * its column of a row of a packed matrix; both are constants, as is `groups`.
 */
INLINE void sparseRow(
    const uint32_t *neighbour, const float *w, const int inMatrix, long entries, const float *u, long uStride, float *out,
    long outStride, const int groups
) {
  floats sum[BLOCK_GROUPS][PARTS];
  EACH(g, groups)
    EACH(p, PARTS) sum[g][p] = (floats){0};
  // Two neighbours at a time: half the loop's own instructions.
  const uint32_t *last = neighbour + entries;
  for (; neighbour + 1 < last; neighbour += 2, w += inMatrix ? 0 : 2) {
    addNeighbour((const char *)u + neighbour[0], inMatrix ? w[neighbour[0] / 32] : w[0], uStride, sum, groups);
    addNeighbour((const char *)u + neighbour[1], inMatrix ? w[neighbour[1] / 32] : w[1], uStride, sum, groups);
  }
  if (neighbour < last)
    addNeighbour((const char *)u + neighbour[0], inMatrix ? w[neighbour[0] / 32] : w[0], uStride, sum, groups);
  EACH(g, groups)
    EACH(p, PARTS) ((floats *)(out + g * outStride))[p] = sum[g][p];
}

/**
 * Product over neighbour lists. `start`: [units + 1] int32; `neighbour`: int32 byte offsets of the
 * neighbours' rows in a group, in increasing order.
 *
 * @param w - one weight for each entry of `neighbour`; or a packed matrix of so many columns
 * @param columns - 0 for a list of weights
 */
static void sparseProduct(
    const int32_t *start, const uint32_t *neighbour, const float *w, int columns, int units, const float *u, long uStride,
    float *out, long outStride, int groups
) {
  for (int i = 0; i < units; i++) {
    const long first = start[i], entries = start[i + 1] - first;
    const uint32_t *list = neighbour + first;
    const float *weights = columns == 0 ? w + first : w + (long)(i >> 1) * 2 * columns + (i & 1);
    for (int g = 0; g < groups;) {
      const int isWhole = g + BLOCK_GROUPS <= groups;
      const float *x = u + g * uStride;
      float *y = out + g * outStride + 16L * i;
      if (columns == 0)
        isWhole ? sparseRow(list, weights, 0, entries, x, uStride, y, outStride, BLOCK_GROUPS)
                : sparseRow(list, weights, 0, entries, x, uStride, y, outStride, 1);
      else
        isWhole ? sparseRow(list, weights, 1, entries, x, uStride, y, outStride, BLOCK_GROUPS)
                : sparseRow(list, weights, 1, entries, x, uStride, y, outStride, 1);
      g += isWhole ? BLOCK_GROUPS : 1;
    }
  }
}
