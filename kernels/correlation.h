// Sums over trajectories of products of two fields: what local rules measure. p and q: [groups][units][16], `stride` floats
// from one group to the next. The sums run over groups in order, so their bits depend on the shard alone.
#pragma once
#include "system.h"

/** Rows, and vectors of columns, of a block of sums: they stay in registers. */
#define SUM_ROWS (LANES == 16 ? 12 : LANES == 8 ? 4 : 2)
#define SUM_VECTORS (LANES == 4 ? 4 : 2)
#define SUM_COLUMNS (SUM_VECTORS * LANES)
/** Rows of a block of few columns. */
#define TALL_ROWS 4

/** Columns of q and v (or of q alone), a trajectory after the other. */
typedef struct {
  float of[2][16 * MOST_GROUPS][SUM_COLUMNS];
} Columns __attribute__((aligned(64)));

static void packColumns(Columns *to, const float *q, const float *v, long stride, int columns, int groups) {
  for (int which = 0; which < (v == 0 ? 1 : 2); which++)
    for (int group = 0; group < groups; group++)
      for (int column = 0; column < columns; column += 4)
        for (int lane = 0; lane < 16; lane += 4) {
          const float *from = (which == 0 ? q : v) + group * stride + 16 * column + lane;
          transposeFour(
              (const float *[]){from, from + 16, from + 32, from + 48}, &to->of[which][16 * group + lane][column], SUM_COLUMNS
          );
        }
}

/** Fields, and where their sums go: sign·(Σ p_r q_c + u_r v_c), without u sign·Σ p_r q_c, in pairs of rows, [rows/2][width][2]. */
typedef struct {
  const float *p;
  const float *u;
  long stride;
  float *out;
  long width;
  float sign;
} Sums;

/** Sums of `rows` rows and `vectors` vectors of columns, both constants: those of `of` from `column` on, which in all are from `from` on. */
INLINE void sumBlock(
    const Sums sums, long row, const Columns *columns, long from, long column, int groups, const int rows, const int vectors
) {
  floats sum[SUM_ROWS > TALL_ROWS ? SUM_ROWS : TALL_ROWS][SUM_VECTORS];
  EACH(r, rows)
    EACH(n, vectors) sum[r][n] = (floats){0};
  for (int which = 0; which < (sums.u == 0 ? 1 : 2); which++)
    for (int group = 0; group < groups; group++) {
      const float *given = (which == 0 ? sums.p : sums.u) + group * sums.stride + 16 * row;
      const float *state = columns->of[which][16 * group] + column;
      for (int lane = 0; lane < 16; lane++, given++, state += SUM_COLUMNS) {
        Factor factor[SUM_ROWS > TALL_ROWS ? SUM_ROWS : TALL_ROWS];
        EACH(r, rows) factor[r] = factorAt(given + 16 * r);
        EACH(n, vectors) {
          floats value = ((const floats *)state)[n];
          IN_REGISTER(value);
          EACH(r, rows) {
            sum[r][n] += timesFactor(factor[r], value);
            IN_ORDER(sum[r][n]);
          }
        }
      }
    }
  float *to = sums.out + row * sums.width + 2 * (from + column);
  EACH(pair, rows / 2)
    EACH(n, vectors) {
      floats low, high;
      interleave(sums.sign * sum[2 * pair][n], sums.sign * sum[2 * pair + 1][n], &low, &high);
      looseFloats *first = (looseFloats *)(to + 2 * pair * sums.width) + 2 * n;
      first[0] = low;
      first[1] = high;
    }
}

/** The same of four rows and four columns. */
INLINE void sumFour(const Sums sums, long row, const Columns *columns, long from, long column, int groups) {
  quad sum[4] = {{0}, {0}, {0}, {0}};
  for (int which = 0; which < (sums.u == 0 ? 1 : 2); which++)
    for (int group = 0; group < groups; group++) {
      const float *given = (which == 0 ? sums.p : sums.u) + group * sums.stride + 16 * row;
      const float *state = columns->of[which][16 * group] + column;
      for (int lane = 0; lane < 16; lane++, given++, state += SUM_COLUMNS)
        EACH(r, 4) sum[r] += given[16 * r] * *(const quad *)state;
    }
  float *to = sums.out + row * sums.width + 2 * (from + column);
  EACH(r, 4)
    for (int n = 0; n < 4; n++) to[(r >> 1) * 2 * sums.width + 2 * n + (r & 1)] = sums.sign * sum[r][n];
}

/** Sums of rows 0 … rows - 1 and of columns `from` on of q and v, `count` of them; all multiples of four. */
INLINE void sumColumns(
    const Sums sums, int rows, const float *q, const float *v, long columnStride, int from, int count, int groups
) {
  Columns columns;
  packColumns(&columns, q + 16L * from, v == 0 ? 0 : v + 16L * from, columnStride, count, groups);
  int column = 0;
  if (count == SUM_COLUMNS) {
    long row = 0;
    for (; row + SUM_ROWS <= rows; row += SUM_ROWS) sumBlock(sums, row, &columns, from, 0, groups, SUM_ROWS, SUM_VECTORS);
    if (SUM_ROWS > TALL_ROWS)
      for (; row < rows; row += TALL_ROWS) sumBlock(sums, row, &columns, from, 0, groups, TALL_ROWS, SUM_VECTORS);
    return;
  }
  for (; column + LANES <= count; column += LANES)
    for (long row = 0; row < rows; row += TALL_ROWS) sumBlock(sums, row, &columns, from, column, groups, TALL_ROWS, 1);
  for (; column < count; column += 4)
    for (long row = 0; row < rows; row += 4) sumFour(sums, row, &columns, from, column, groups);
}

/**
 * out[i][j] = Σ p_i q_j + u_i v_j (without u and v, Σ p_i q_j) above the diagonal and in the blocks that it crosses (the rest of out is
 * left alone); out: [units/2][units][2], units a multiple of four.
 */
static void denseEdgeCorrelation(
    const float *p, const float *q, const float *u, const float *v, int groups, long stride, int units, float *out
) {
  const Sums sums = {p, u, stride, out, units, 1};
  for (int from = 0; from < units; from += SUM_COLUMNS) {
    const int count = units - from < SUM_COLUMNS ? units - from : SUM_COLUMNS;
    sumColumns(sums, from + count, q, v, stride, from, count, groups);
  }
}

/**
 * out[h][i] = sign·(Σ p_h q_i + u_h v_i) for a rectangle: rows of p and u, columns of q and v, both multiples of four; `rowStride` and
 * `columnStride` floats from one group to the next; out: [rows/2][columns][2].
 */
static void rectangularCorrelation(
    const float *p, const float *u, long rowStride, int rows, const float *q, const float *v, long columnStride, int columns,
    int groups, float sign, float *out
) {
  const Sums sums = {p, u, rowStride, out, columns, sign};
  for (int from = 0; from < columns; from += SUM_COLUMNS) {
    const int count = columns - from < SUM_COLUMNS ? columns - from : SUM_COLUMNS;
    sumColumns(sums, rows, q, v, columnStride, from, count, groups);
  }
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
  if (form == layered) {
    const int rows = layerRows(system), columns = layerColumns(system);
    const long second = 16L * system->layer;
    rectangularCorrelation(q + second, v == 0 ? 0 : v + second, stride, rows, p, u, stride, columns, groups, 1, out);
    return out + (long)rows * columns;
  }
  listedEdgeCorrelation(p, q, u, v, groups, stride, at(memory, system->a), at(memory, system->b), system->edges, out);
  return out + ((system->edges + 3) & ~3);
}
