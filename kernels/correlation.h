// Sums over trajectories of products of two fields: what local rules measure. p and q: [groups][units][16], `stride` floats
// from one group to the next. The sums run over groups in order, so their bits depend on the shard alone.
#pragma once
#include "system.h"

/** Rows, and fours of columns, of a block of sums: they stay in registers. */
#define SUM_ROWS (LANES == 4 ? 2 : 4)
#define SUM_FOURS (LANES == 16 ? 4 : 1)

/** Four columns of q and v (or of q alone), as `packColumns` writes them: [2][groups][4 quarters][4 columns][4 lanes]. */
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
        if (v != 0) ((quad *)to->quarter[1][group][quarter])[column] = *(const quad *)(v + from);
      }
}

#if LANES == 16
/** The sums of the lanes of four fours of columns, column after column: those of each quad in the order of laneSum. */
INLINE floats columnSums(const floats row[4]) {
#define LOW(a, b, i, j) \
  __builtin_shufflevector( \
      a, b, i, j, 16 + i, 16 + j, 4 + i, 4 + j, 20 + i, 20 + j, 8 + i, 8 + j, 24 + i, 24 + j, 12 + i, 12 + j, 28 + i, 28 + j \
  )
  const floats ab = LOW(row[0], row[1], 0, 1) + LOW(row[0], row[1], 2, 3);
  const floats cd = LOW(row[2], row[3], 0, 1) + LOW(row[2], row[3], 2, 3);
  const floats sums = LOW(ab, cd, 0, 2) + LOW(ab, cd, 1, 3);
  return __builtin_shufflevector(sums, sums, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}
#endif

/** Stores the sums of a block: row after row, `width` floats from one to the next; or, `inPairs`, minus them in pairs of rows, [rows/2][width][2]. */
INLINE void storeSums(floats sum[SUM_ROWS][SUM_FOURS][PARTS], const int fours, float *out, long width, const int inPairs) {
  EACH(pair, SUM_ROWS / 2)
#if LANES == 16
    if (fours == 4) {
      floats rows[2];
      EACH(r, 2) {
        floats parts[4];
        EACH(f, 4) parts[f] = sum[2 * pair + r][f][0];
        rows[r] = columnSums(parts);
      }
      float *to = out + 2 * pair * width;
      *(looseFloats *)to =
          inPairs ? -__builtin_shufflevector(rows[0], rows[1], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23) : rows[0];
      *(looseFloats *)(to + (inPairs ? 16 : width)) =
          inPairs ? -__builtin_shufflevector(rows[0], rows[1], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
                  : rows[1];
    } else
#endif
      EACH(f, fours) {
        const quad a = laneSums(sum[2 * pair][f]), b = laneSums(sum[2 * pair + 1][f]);
        float *to = out + 2 * pair * width + (inPairs ? 8 : 4) * f;
        *(quad *)to = inPairs ? -__builtin_shufflevector(a, b, 0, 4, 1, 5) : a;
        *(quad *)(to + (inPairs ? 4 : width)) = inPairs ? -__builtin_shufflevector(a, b, 2, 6, 3, 7) : b;
      }
}

/**
 * out[r][c] = Σ p_r q_c + u_r v_c for SUM_ROWS rows and `fours` times four columns, a constant; without u, Σ p_r q_c; `width` columns
 * has a row of out. See storeSums.
 */
INLINE void storeBlock(
    const float *p, const float *u, long stride, const Columns *columns, const int fours, int groups, float *out, long width,
    const int inPairs
) {
  floats sum[SUM_ROWS][SUM_FOURS][PARTS];
  EACH(r, SUM_ROWS)
    EACH(f, fours)
      EACH(part, PARTS) sum[r][f][part] = (floats){0};
  for (int which = 0; which < (u == 0 ? 1 : 2); which++) {
    const float *row = which == 0 ? p : u;
    for (int group = 0; group < groups; group++, row += stride)
      EACH(quarter, 4)
        EACH(r, SUM_ROWS) {
          const floats value = repeat(*(const quad *)(row + 16 * r + 4 * quarter));
          EACH(f, fours)
            EACH(part, PARTS) sum[r][f][part] += value * columns[f].quarter[which][group][quarter][part];
        }
  }
  storeSums(sum, fours, out, width, inPairs);
}

/**
 * Columns of a rectangle: out[i][j] = Σ p_i q_j + u_i v_j (without u and v, Σ p_i q_j) for rows 0 … rows - 1 (a multiple of four) and columns `from` on, SUM_FOURS
 * times four of them or, where so many are not left, four. Returns how many; `rowStride` and `columnStride` floats from one
 * group to the next; out: [rows][columns], or minus that in pairs of rows, [rows/2][columns][2].
 */
INLINE int storeColumns(
    const float *p, const float *u, long rowStride, int rows, const float *q, const float *v, long columnStride, int columns,
    int from, int groups, float *out, const int inPairs
) {
  Columns packed[SUM_FOURS];
  const int fours = from + 4 * SUM_FOURS <= columns ? SUM_FOURS : 1;
  for (int f = 0; f < fours; f++)
    packColumns(&packed[f], q + 16L * (from + 4 * f), v == 0 ? 0 : v + 16L * (from + 4 * f), columnStride, groups);
  for (int i = 0; i < rows; i += SUM_ROWS) {
    float *block = out + (long)i * columns + (inPairs ? 2 : 1) * from;
    const float *other = u == 0 ? 0 : u + 16L * i;
    if (fours == SUM_FOURS)
      storeBlock(p + 16L * i, other, rowStride, packed, SUM_FOURS, groups, block, columns, inPairs);
    else
      storeBlock(p + 16L * i, other, rowStride, packed, 1, groups, block, columns, inPairs);
  }
  return 4 * fours;
}

/**
 * out[i][j] = Σ p_i q_j + u_i v_j (without u and v, Σ p_i q_j) above the diagonal and in the blocks that it crosses (the rest of out is
 * left alone); out: [units][units], units a multiple of four.
 */
static void denseEdgeCorrelation(
    const float *p, const float *q, const float *u, const float *v, int groups, long stride, int units, float *out
) {
  for (int from = 0; from < units;) {
    const int rows = from + 4 * SUM_FOURS <= units ? from + 4 * SUM_FOURS : from + 4;
    from += storeColumns(p, u, stride, rows, q, v, stride, units, from, groups, out, 0);
  }
}

/**
 * out[h][i] = -Σ p_h q_i + u_h v_i for a rectangle: rows of p and u, columns of q and v, both multiples of four; `rowStride` and
 * `columnStride` floats from one group to the next; out: [rows/2][columns][2].
 */
static void rectangularCorrelation(
    const float *p, const float *u, long rowStride, int rows, const float *q, const float *v, long columnStride, int columns,
    int groups, float *out
) {
  for (int from = 0; from < columns;)
    from += storeColumns(p, u, rowStride, rows, q, v, columnStride, columns, from, groups, out, 1);
}

/** out_e = Σ p_a q_b + u_a v_b (without u and v, Σ p_a q_b) over a list of edges; `a` and `b`: int32 byte offsets of the ends' rows, [edges]. */
static void listedEdgeCorrelation(
    const float *p, const float *q, const float *u, const float *v, int groups, long stride, const int32_t *a, const int32_t *b,
    int edges, float *out
) {
  for (int e = 0; e < edges; e++) {
    floats sum[PARTS];
    EACH(part, PARTS) sum[part] = (floats){0};
    const long first = a[e] / 4, second = b[e] / 4;
    for (int group = 0; group < groups; group++) {
      const long one = group * stride + first, other = group * stride + second;
      EACH(part, PARTS) {
        sum[part] += ((const floats *)(p + one))[part] * ((const floats *)(q + other))[part];
        if (u != 0) sum[part] += ((const floats *)(u + one))[part] * ((const floats *)(v + other))[part];
      }
    }
    // Of a copy: sums whose address is taken would not stay in registers.
    floats done[PARTS];
    EACH(part, PARTS) done[part] = sum[part];
    const quad *quarter = (const quad *)done;
    out[e] = laneSum((quarter[0] + quarter[1]) + (quarter[2] + quarter[3]));
  }
}

/** The sums of a coupling of one form: Σ p_a q_b + u_a v_b, or without u and v the first alone. Returns where the next ones go. */
static float *edgeCorrelation(
    Memory memory, const System *system, int form, const float *p, const float *q, const float *u, const float *v, int groups,
    float *out
) {
  const long stride = groupSize(system);
  if (form == dense) {
    denseEdgeCorrelation(p, q, u, v, groups, stride, system->rows, out);
    return out + (long)system->rows * system->rows;
  }
  listedEdgeCorrelation(p, q, u, v, groups, stride, at(memory, system->a), at(memory, system->b), system->edges, out);
  return out + ((system->edges + 3) & ~3);
}
