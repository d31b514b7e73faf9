// Sums over trajectories of products of two fields: what local rules measure. p and q: [groups][units][16], `stride` floats
// from one group to the next. The sums run over groups in order, so their bits depend on the shard alone.
#pragma once
#include "system.h"

/** Rows of a block of sums by four columns, which stay in registers. */
#define SUM_ROWS (LANES == 4 ? 2 : 4)

/** Four columns of q and v, as `packColumns` writes them: [2][groups][4 quarters][4 columns][4 lanes]. */
typedef struct {
  floats quarter[2][MOST_GROUPS][4][PARTS];
} Columns;

/** A quarter of four columns' rows side by side, so that one vector of a row's quarter, repeated, multiplies all of them. */
static void packColumns(Columns *to, const float *q, const float *v, long stride, int groups) {
  for (int group = 0; group < groups; group++)
    for (int quarter = 0; quarter < 4; quarter++)
      for (int column = 0; column < 4; column++) {
        const long from = group * stride + 16 * column + 4 * quarter;
        ((quad *)to->quarter[0][group][quarter])[column] = *(const quad *)(q + from);
        ((quad *)to->quarter[1][group][quarter])[column] = *(const quad *)(v + from);
      }
}

/** out[r][c] = Σ p_r q_c + u_r v_c for SUM_ROWS rows and four columns; `width` floats from one row of out to the next. */
INLINE void storeBlock(const float *p, const float *u, long stride, const Columns *columns, int groups, float *out, long width) {
  floats sum[SUM_ROWS][PARTS];
  UNROLL for (int r = 0; r < SUM_ROWS; r++)
    UNROLL for (int part = 0; part < PARTS; part++) sum[r][part] = (floats){0};
  for (int which = 0; which < 2; which++) {
    const float *row = which == 0 ? p : u;
    for (int group = 0; group < groups; group++, row += stride)
      for (int quarter = 0; quarter < 4; quarter++)
        UNROLL for (int r = 0; r < SUM_ROWS; r++) {
          const floats value = repeat(*(const quad *)(row + 16 * r + 4 * quarter));
          UNROLL for (int part = 0; part < PARTS; part++) sum[r][part] += value * columns->quarter[which][group][quarter][part];
        }
  }
  UNROLL for (int r = 0; r < SUM_ROWS; r++) {
    // Of a copy: sums whose address is taken would not stay in registers.
    floats done[PARTS];
    UNROLL for (int part = 0; part < PARTS; part++) done[part] = sum[r][part];
    const quad *column = (const quad *)done;
    *(quad *)(out + r * width) = laneSums(column[0], column[1], column[2], column[3]);
  }
}

/**
 * out[i][j] = Σ p_i q_j + p_j q_i for the blocks that reach to or above the diagonal (the rest of out is
 * left alone); out: [units][units], units a multiple of four.
 */
static void denseEdgeCorrelation(const float *p, const float *q, int groups, long stride, int units, float *out) {
  Columns columns;
  for (int j = 0; j < units; j += 4) {
    packColumns(&columns, q + 16L * j, p + 16L * j, stride, groups);
    for (int i = 0; i < j + 4; i += SUM_ROWS)
      storeBlock(p + 16L * i, q + 16L * i, stride, &columns, groups, out + (long)i * units + j, units);
  }
}

/** out_e = Σ p_a q_b + p_b q_a over a list of edges; `a` and `b`: int32 byte offsets of the ends' rows, [edges]. */
static void listedEdgeCorrelation(const float *p, const float *q, int groups, long stride, const int32_t *a, const int32_t *b, int edges, float *out) {
  for (int e = 0; e < edges; e++) {
    floats sum[PARTS];
    UNROLL for (int part = 0; part < PARTS; part++) sum[part] = (floats){0};
    const float *pa = p + a[e] / 4, *pb = p + b[e] / 4, *qa = q + a[e] / 4, *qb = q + b[e] / 4;
    for (int group = 0; group < groups; group++) {
      UNROLL for (int part = 0; part < PARTS; part++) {
        sum[part] += ((const floats *)pa)[part] * ((const floats *)qb)[part];
        sum[part] += ((const floats *)pb)[part] * ((const floats *)qa)[part];
      }
      pa += stride;
      pb += stride;
      qa += stride;
      qb += stride;
    }
    const quad *quarter = (const quad *)sum;
    out[e] = laneSum((quarter[0] + quarter[1]) + (quarter[2] + quarter[3]));
  }
}

/**
 * out[i][h] = Σ p_i q_h + u_i v_h for a rectangle: rows of p and u, columns of q and v, both multiples of four; `rowStride` and
 * `columnStride` floats from one group to the next; out: [rows][columns].
 */
static void rectangularCorrelation(const float *p, const float *u, long rowStride, int rows, const float *q, const float *v, long columnStride, int columns, int groups, float *out) {
  Columns packed;
  for (int j = 0; j < columns; j += 4) {
    packColumns(&packed, q + 16L * j, v + 16L * j, columnStride, groups);
    for (int i = 0; i < rows; i += SUM_ROWS)
      storeBlock(p + 16L * i, u + 16L * i, rowStride, &packed, groups, out + (long)i * columns + j, columns);
  }
}
