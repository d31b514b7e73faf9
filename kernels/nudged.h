// What nudged force matching measures: Σ_trajectories φ̄(x⁺) - φ̄(x⁻) at two displaced states x⁺ = x + δ⁺r, x⁻ = x - δ⁻r.
// Every difference of products is taken as (difference)·(mean) + (mean)·(difference), an identity, so that float32 keeps the
// digits that a difference of two large sums would lose.
#pragma once
#include "directional.h"

/** d = a - b and mean = (a + b)/2, in place of them. */
static void differenceAndMean(float *a, float *b, long size) {
  for (long o = 0; o < size; o += LANES) {
    const floats first = *(const floats *)(a + o), second = *(const floats *)(b + o);
    *(floats *)(a + o) = first - second;
    *(floats *)(b + o) = 0.5f * (first + second);
  }
}

/**
 * The sums of a shard, laid out as those of `directional`; r must be zero where it does not count, and is lost, as is x.
 * `p`, `q`: room like x; `s`: the fields on the hidden units at x, [groups][hiddenRows][16], lost too; `d`: room like it. The
 * fields at the displaced states are u ± δ Vᵀr: one product for both.
 */
KERNEL(nudged)
void nudged(
    Memory memory, address network, address landscape, float plus, float minus, address states, address residuals, int32_t groups,
    address room1, address room2, address fields, address room3, address sums
) {
  const System *system = at(memory, network);
  const char *block = at(memory, landscape);
  float *x = at(memory, states), *r = at(memory, residuals), *p = at(memory, room1), *q = at(memory, room2);
  float *s = at(memory, fields), *d = at(memory, room3), *out = at(memory, sums);
  const long size = groupSize(system), rows = system->rows, hidden = hiddenSize(system);
  if (system->hidden > 0) {
    denseProduct((const float *)(block + system->hiddenOffset), system->hiddenRows, system->rows, r, size, d, hidden, groups);
    respondTwice(s, d, hidden * groups, plus, minus, 1 / hiddenTemperature(system, block));
  }
  for (long o = 0; o < size * groups; o += LANES) {
    const floats value = *(const floats *)(x + o), residual = *(const floats *)(r + o);
    const floats first = value + plus * residual, second = value - minus * residual;
    *(floats *)(r + o) = first;
    *(floats *)(x + o) = second;
    *(floats *)(p + o) = first * first;
    *(floats *)(q + o) = second * second;
  }
  differenceAndMean(r, x, size * groups);
  differenceAndMean(p, q, size * groups);
  // With d and m of x, D and M of x²: x²/2 gives D/2, x³/3 gives d(m² + d²/12), x⁴/4 gives DM/2.
  for (long i = 0; i < rows; i++) {
    quad k = {0}, c = {0}, a = {0}, f = {0};
    for (int group = 0; group < groups; group++)
      for (int quarter = 0; quarter < 4; quarter++) {
        const long o = group * size + 16 * i + 4 * quarter;
        const quad difference = *(const quad *)(r + o), mean = *(const quad *)(x + o), square = *(const quad *)(p + o);
        const quad bend = difference * difference * (float)(1.0 / 12.0);
        f = f - difference;
        k = k + 0.5f * square;
        c = c + difference * (mean * mean + bend);
        a = a + 0.5f * (square * *(const quad *)(q + o));
      }
    out[i] = laneSum(k);
    out[rows + i] = laneSum(c);
    out[2 * rows + i] = laneSum(a);
    out[3 * rows + i] = laneSum(f);
  }
  couplingSums(memory, system, x, r, groups, p, q, s, d, out + 4 * rows);
}
