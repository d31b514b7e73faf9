// Label units s_l, clamped rows that follow the visible ones: F_i += Σ_l L_il s_l, U -= Σ_il L_il x_i s_l.
#pragma once
#include "system.h"

INLINE const float *labelCouplings(const System *system, const char *block, int l) {
  return (const float *)(block + system->labelOffset) + (long)l * system->rows;
}

/** L_il s_l in part p of a row: what label l adds to the force on unit i. `x`: [rows][16]; L in the block: [labels][rows]. */
INLINE floats labelPull(const System *system, const char *block, const float *x, int l, int i, int p) {
  return labelCouplings(system, block, l)[i] * ((const floats *)(x + 16L * (system->units + l)))[p];
}

/** -Σ_l L_il s_l of unit i in part p of a row: its part of the energy over x_i. */
INLINE floats labelField(const System *system, const char *block, const float *x, int i, int p) {
  floats field = {0};
  for (int l = 0; l < system->labels; l++) field = field - labelPull(system, block, x, l, i, p);
  return field;
}

/** The sums -Σ_trajectories r_i s_l of a shard, [labels][rows]; `x` and `r`: [groups][rows][16]. */
static void labelSums(const System *system, const float *x, const float *r, int groups, float *out) {
  for (int l = 0; l < system->labels; l++)
    for (int i = 0; i < system->units; i++) {
      quad sum = {0};
      for (int group = 0; group < groups; group++) {
        const float *states = x + group * groupSize(system), *residual = r + group * groupSize(system);
        for (int q = 0; q < 4; q++)
          sum = sum - ((const quad *)(residual + 16L * i))[q] * ((const quad *)(states + 16L * (system->units + l)))[q];
      }
      out[(long)l * system->rows + i] = laneSum(sum);
    }
}
