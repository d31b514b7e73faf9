// What force matching measures: Σ_trajectories r·∇φ_a(x) for every parameter.
//   on site: Σ r x, Σ r x², Σ r x³, -Σ r;  J: Σ r_i x_j + r_j x_i;  G: Σ 2x_i r_i x_j² + 2x_j r_j x_i²
//   L: -Σ r_i s_l;  V: -Σ r_i s_h + x_i s'_h (Vᵀr)_h;  b: -Σ s'_h (Vᵀr)_h,  s' = (1 - s²)/T
//   θ of a formula φ: Σ r_i ∂φ/∂x + r_j ∂φ/∂y
#pragma once
#include "correlation.h"
#include "hidden.h"
#include "label.h"
#include "product.h"
#include "system.h"
#include "tape.h"

/**
 * The coupling sums of a shard: J and L from (r, x), G from (p, q), V and b as -Σ r_i s_h + x_i d_h and -Σ d_h. Visible arrays:
 * [groups][rows][16]; `s` and `d`: [groups][hiddenRows][16]. `out`: J and G where they are present ([rows][rows] dense,
 * [edges] listed, padded to a multiple of four), then L ([labels][rows]), V ([hiddenRows/2][rows][2]) and b ([hiddenRows]).
 */
static void couplingSums(
    Memory memory, const System *system, const float *x, const float *r, int groups, const float *p, const float *q,
    const float *s, const float *d, float *out
) {
  float *next = out;
  if (system->bilinear != absent) next = edgeCorrelation(memory, system, system->bilinear, r, x, x, r, groups, next);
  if (system->pairQuartic != absent) next = edgeCorrelation(memory, system, system->pairQuartic, p, q, q, p, groups, next);
  labelSums(system, x, r, groups, next);
  next += (long)system->labels * system->rows;
  if (system->hidden == 0) return;
  const long hidden = hiddenSize(system), words = (long)system->rows * system->hiddenRows;
  rectangularCorrelation(s, d, hidden, system->hiddenRows, r, x, groupSize(system), system->rows, groups, -1, next);
  next += words;
  for (int h = 0; h < system->hiddenRows; h++) {
    quad sum = {0};
    for (int group = 0; group < groups; group++)
      for (int quarter = 0; quarter < 4; quarter++) sum = sum - ((const quad *)(d + group * hidden + 16L * h))[quarter];
    next[h] = laneSum(sum);
  }
}

/**
 * The sums of the on-site terms, [4][rows]: Σ r x, Σ r x² and Σ r x³, each times its factor, and -Σ r. Leaves scale·r x in p and x² in q.
 */
static void onSiteSums(
    const System *system, const float *x, const float *r, int groups, float *p, float *q, float scale, const float factor[3],
    float *out
) {
  const long size = groupSize(system), rows = system->rows;
  for (long i = 0; i < rows; i++) {
    quad k = {0}, c = {0}, a = {0}, f = {0};
    for (int group = 0; group < groups; group++)
      for (int quarter = 0; quarter < 4; quarter++) {
        const long o = group * size + 16 * i + 4 * quarter;
        const quad value = *(const quad *)(x + o);
        quad term = *(const quad *)(r + o);
        f = f - term;
        term = term * value;
        k = k + term;
        *(quad *)(p + o) = scale * term;
        *(quad *)(q + o) = value * value;
        term = term * value;
        c = c + term;
        a = a + term * value;
      }
    out[i] = laneSum(k) * factor[0];
    out[rows + i] = laneSum(c) * factor[1];
    out[2 * rows + i] = laneSum(a) * factor[2];
    out[3 * rows + i] = laneSum(f);
  }
}

/**
 * The sums of a shard; r must be zero where it does not count. `s` holds the fields on the hidden units at x, and is lost; `p`, `q` and `d` are room.
 * `out`: k, c, a, f ([rows] each), then the coupling sums, then those of formulas. `room`: scratch memory.
 */
KERNEL(directional)
void directional(
    Memory memory, address network, address landscape, address room, address states, address residuals, int32_t groups,
    address room1, address room2, address fields, address room3, address sums
) {
  const System *system = at(memory, network);
  const char *block = at(memory, landscape);
  float *x = at(memory, states), *r = at(memory, residuals), *p = at(memory, room1), *q = at(memory, room2);
  float *s = at(memory, fields), *d = at(memory, room3), *out = at(memory, sums);
  const long size = groupSize(system), rows = system->rows;
  onSiteSums(system, x, r, groups, p, q, 2, (float[]){1, 1, 1}, out);
  if (system->hidden > 0) {
    const long hidden = hiddenSize(system);
    const float beta = 1 / hiddenTemperature(system, block);
    respond(s, groups * hidden, beta);
    denseProduct((const float *)(block + system->hiddenOffset), system->hiddenRows, system->rows, r, size, d, hidden, groups);
    for (long o = 0; o < groups * hidden; o += LANES) {
      const floats response = *(const floats *)(s + o);
      *(floats *)(d + o) *= beta * (1.0f - response * response);
    }
  }
  couplingSums(memory, system, x, r, groups, p, q, s, d, out + 4 * rows);
  formulaSums(memory, system, block, x, r, groups, at(memory, room), out);
}
