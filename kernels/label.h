// Label units s_l, clamped rows that follow the visible ones: F_i += Σ_l L_il s_l, U -= Σ_il L_il x_i s_l.
#pragma once
#include "system.h"

INLINE const float *labelCouplings(const System *system, const char *block, int l) {
  return (const float *)(block + system->labelOffset) + (long)l * system->rows;
}

/** Adds what the labels do to the forces of a group. `x` and `force`: [rows][16]; L in the block: [labels][rows]. */
static void addLabelForces(const System *system, const char *block, const float *x, float *force) {
  for (int l = 0; l < system->labels; l++) {
    const float *L = labelCouplings(system, block, l);
    const floats *label = (const floats *)(x + 16L * (system->units + l));
    for (int i = 0; i < system->units; i++)
      for (int p = 0; p < PARTS; p++) {
        floats *sum = (floats *)(force + 16L * i) + p;
        *sum = *sum + L[i] * label[p];
      }
  }
}

/** -Σ_l L_il s_l of unit i in part p of a row: its part of the energy over x_i. */
INLINE floats labelField(const System *system, const char *block, const float *x, int i, int p) {
  floats field = {0};
  for (int l = 0; l < system->labels; l++)
    field = field - labelCouplings(system, block, l)[i] * ((const floats *)(x + 16L * (system->units + l)))[p];
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
