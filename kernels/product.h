// Matrix times groups of states: out[row][16] = Σ_column w[row][column] u[column][16]. It costs nearly all the time. From one group
// to the next are `uStride` and `outStride` floats. A sum runs over the columns in order, however rows, columns and groups are blocked.
#pragma once
#include "lanes.h"

/**
 * Rows and groups of a block: their sums stay in registers. (Measured in WebAssembly: four rows by two vectors, or two columns at
 * a time, are a quarter slower in V8, whose register allocator then spills.)
 */
#define BLOCK_ROWS (LANES == 16 ? 6 : 2)
#define BLOCK_GROUPS (LANES / 4)
/** Rows of a block of fewer groups, half as many or one. */
#define HALF_ROWS (LANES == 16 ? 8 : 2)
#define HALF_GROUPS (LANES == 4 ? 1 : LANES / 8)
#define MOST_ROWS (BLOCK_ROWS > HALF_ROWS ? BLOCK_ROWS : HALF_ROWS)

/** Columns at a time where there are more than twice as many: their states, and the weights of some rows, stay in the nearest cache. */
#define BLOCK_COLUMNS 128

/** How a matrix is packed: rows in pairs, [rows/2][columns][2], or columns in pairs, [columns/2][rows][2]. One pointer walks through either. */
typedef struct {
  const float *weights;
  long rows;
  long columns;
  int byColumns;
} Matrix;

/** Columns `from` to `to` of `rows` rows of w, by `groups` groups, both constants, so that the loops over them are unrolled. */
INLINE void denseBlock(
    const Matrix w, long row, long from, long to, const float *u, long uStride, float *out, long outStride, const int rows,
    const int groups
) {
  floats sum[MOST_ROWS][BLOCK_GROUPS][PARTS];
  EACH(r, rows)
    EACH(g, groups)
      EACH(p, PARTS) sum[r][g][p] = from == 0 ? (floats){0} : ((floats *)(out + g * outStride + 16 * r))[p];
  const float *x = u + 16 * from, *end = u + 16 * to;
  const float *next = w.weights + (w.byColumns ? from * w.rows + 2 * row : row * w.columns + 2 * from);
  // From an even column to the odd one, and from that to the next pair.
  long step = w.byColumns ? 1 : 2;
  const long both = w.byColumns ? 2 * w.rows : 4;
  for (; x < end; next += step, step = both - step, x += 16) {
    Factor weight[MOST_ROWS];
    EACH(r, rows) weight[r] = factorAt(next + (w.byColumns ? 2 * r : (r >> 1) * 2 * w.columns + (r & 1)));
    EACH(g, groups)
      EACH(p, PARTS) {
        floats value = ((const floats *)(x + g * uStride))[p];
        IN_REGISTER(value);
        EACH(r, rows) {
          sum[r][g][p] += timesFactor(weight[r], value);
          IN_ORDER(sum[r][g][p]);
        }
      }
  }
  EACH(r, rows)
    EACH(g, groups)
      EACH(p, PARTS) ((floats *)(out + g * outStride + 16 * r))[p] = sum[r][g][p];
}

/** All rows of columns `from` to `to`: `most` at a time, a constant, the rest two at a time. */
INLINE void densePanel(
    const Matrix w, long from, long to, const float *u, long uStride, float *out, long outStride, const int most, const int groups
) {
  long row = 0;
  for (; row + most <= w.rows; row += most) denseBlock(w, row, from, to, u, uStride, out + 16 * row, outStride, most, groups);
  if (most > 2)
    for (; row < w.rows; row += 2) denseBlock(w, row, from, to, u, uStride, out + 16 * row, outStride, 2, groups);
}

/** Dense product; rows and columns are even (padded with zeros). */
INLINE void product(const Matrix w, const float *u, long uStride, float *out, long outStride, int groups) {
  for (long from = 0; from < w.columns;) {
    const long to = w.columns - from > 2 * BLOCK_COLUMNS ? from + BLOCK_COLUMNS : w.columns;
    int g = 0;
    for (; g + BLOCK_GROUPS <= groups; g += BLOCK_GROUPS)
      densePanel(w, from, to, u + g * uStride, uStride, out + g * outStride, outStride, BLOCK_ROWS, BLOCK_GROUPS);
    if (HALF_GROUPS > 1 && g + HALF_GROUPS <= groups) {
      densePanel(w, from, to, u + g * uStride, uStride, out + g * outStride, outStride, HALF_ROWS, HALF_GROUPS);
      g += HALF_GROUPS;
    }
    for (; g < groups; g++) densePanel(w, from, to, u + g * uStride, uStride, out + g * outStride, outStride, HALF_ROWS, 1);
    from = to;
  }
}

/** Of a matrix that is packed in pairs of rows. */
static void denseProduct(
    const float *w, int rows, int columns, const float *u, long uStride, float *out, long outStride, int groups
) {
  product((Matrix){w, rows, columns, 0}, u, uStride, out, outStride, groups);
}

/** Of one that is packed in pairs of columns: with denseProduct, of a matrix and of its transpose that are stored once. */
static void transposedProduct(
    const float *w, int rows, int columns, const float *u, long uStride, float *out, long outStride, int groups
) {
  product((Matrix){w, rows, columns, 1}, u, uStride, out, outStride, groups);
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
