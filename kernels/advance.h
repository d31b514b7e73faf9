// Steps of groups, in place: x' = x + μ F(x) dt + kick·R, with work and heat when asked.
#pragma once
#include "force.h"
#include "gaussian.h"

/** A stretch of a run's steps, and the key of its noise. The host writes it as 32-bit words in this order. */
typedef struct {
  /** number of the step that the arrays begin with */
  int32_t first;
  /** address of each step's parameter block; two steps with one address share a landscape */
  address blocks;
  /** μ dt and the width of the kick of each step, float32 */
  address drift;
  address kick;
  /** 0: a kick is R_n (Euler–Maruyama); 1: it is R_n + R_(n+1) (Leimkuhler–Matthews) */
  int32_t coloured;
  uint32_t stream;
  uint32_t key0;
  uint32_t key1;
  /** a coordinate beyond this (or not a number) has diverged */
  float limit;
} Steps;

/** A group's record: rows of sixteen. The energies before and after a jump of the landscape stand in the last two. */
typedef struct {
  double work[16];
  double heat[16];
  double integral[16];
  double energy[16];
  double jumped[16];
} Record;

/** sum += a - b, [16] each. */
static void addDifference(double *sum, const double *a, const double *b) {
  for (int lane = 0; lane < 16; lane++) sum[lane] += a[lane] - b[lane];
}

/** sum += Σ_i ½(F(x) + F(x'))·(x' - x). */
static void addForceIntegral(int units, const float *x, const float *before, const float *force, const float *forceAfter, double *sum) {
  for (int p = 0; p < PARTS; p++) {
    doubles low = ((doubles *)sum)[2 * p], high = ((doubles *)sum)[2 * p + 1];
    for (long o = LANES * p; o < 16L * units; o += 16) {
      const floats mean = 0.5f * (*(const floats *)(force + o) + *(const floats *)(forceAfter + o));
      const floats part = mean * (*(const floats *)(x + o) - *(const floats *)(before + o));
      low += lowHalf(part);
      high += highHalf(part);
    }
    ((doubles *)sum)[2 * p] = low;
    ((doubles *)sum)[2 * p + 1] = high;
  }
}

/** One update of all units. Returns whether all lanes are within the limit. */
static int move(Memory memory, const System *system, const Steps *steps, int n, int group, float *x, const float *force, float *random) {
  const float drift = ((const float *)at(memory, steps->drift))[n - steps->first];
  const float kick = ((const float *)at(memory, steps->kick))[n - steps->first];
  const long size = 16L * system->units;
  float *following = random + groupSize(system);
  for (int set = 0; set <= steps->coloured; set++)
    normals(memory, (address)((char *)(set == 0 ? random : following) - memory), system->units, group, (uint32_t)(n + set), steps->stream, steps->key0, steps->key1);
  if (steps->coloured != 0)
    for (long o = 0; o < size; o += LANES) *(floats *)(random + o) += *(const floats *)(following + o);
  ints outside = {0};
  for (long o = 0; o < size; o += LANES) {
    const floats next = *(const floats *)(x + o) + drift * *(const floats *)(force + o) + kick * *(const floats *)(random + o);
    outside |= ~(magnitude(next) < steps->limit);
    *(floats *)(x + o) = next;
  }
  for (int lane = 0; lane < LANES; lane++)
    if (outside[lane] != 0) return 0;
  return 1;
}

/** Whether one of the first `lanes` trajectories is beyond the limit; they fill groups of sixteen. */
static int beyond(const System *system, float limit, int lanes, const float *x) {
  for (int lane = 0; lane < lanes; lane++) {
    const float *group = x + (lane >> 4) * groupSize(system);
    for (int i = 0; i < system->units; i++)
      if (!(__builtin_fabsf(group[16 * i + (lane & 15)]) < limit)) return 1;
  }
  return 0;
}

static void copy(float *to, const float *from, long size) {
  for (long o = 0; o < size; o += LANES) *(floats *)(to + o) = *(const floats *)(from + o);
}

/**
 * Advances groups together from step `from` to step `to`.
 *
 * @param lanes - trajectories that count: the first of them, sixteen to a group
 * @param states - [groups][rows][16]; scratch memory: one after another
 * @param records - work and heat of each group (the energy now must be there), or 0
 * @returns -1, or the step at which a trajectory that counts diverged (the states are left as they were found there)
 */
KERNEL(advance) int32_t advance(Memory memory, address network, address stretch, int32_t from, int32_t to, int32_t group, int32_t groups, int32_t lanes, address states, address scratch, address records) {
  const System *system = at(memory, network);
  const Steps *steps = at(memory, stretch);
  const address *blocks = at(memory, steps->blocks);
  float *x = at(memory, states), *rooms = at(memory, scratch);
  Record *record = records == 0 ? 0 : at(memory, records);
  const long size = groupSize(system), stride = scratchSize(system);
  address previous = 0;
  for (int n = from; n < to; n++) {
    const char *block = at(memory, blocks[n - steps->first]);
    // With work and heat, all there is to know of an unchanged landscape is still there from the end of the step before.
    const int stands = record != 0 && blocks[n - steps->first] == previous;
    previous = blocks[n - steps->first];
    if (!stands) couplingFields(memory, system, block, x, rooms, groups, record != 0);
    int inside = 1;
    for (int g = 0; g < groups; g++) {
      float *states = x + g * size, *room = rooms + g * stride;
      float *force = forceRows(system, room);
      if (record != 0) {
        copy(savedState(system, room), states, 16L * system->units);
        if (stands)
          for (int lane = 0; lane < 16; lane++) record[g].jumped[lane] = record[g].energy[lane];
        else {
          groupEnergies(system, block, states, room, record[g].jumped);
          addDifference(record[g].work, record[g].jumped, record[g].energy);
        }
      }
      if (stands)
        copy(force, forceRowsAfter(system, room), 16L * system->units);
      else
        groupForces(system, block, states, room, force);
      if (!move(memory, system, steps, n, group + g, states, force, normalRows(system, room))) inside = 0;
    }
    if (!inside && beyond(system, steps->limit, lanes, x)) return n;
    if (record == 0) continue;
    couplingFields(memory, system, block, x, rooms, groups, 1);
    for (int g = 0; g < groups; g++) {
      float *states = x + g * size, *room = rooms + g * stride;
      float *forceAfter = forceRowsAfter(system, room);
      groupEnergies(system, block, states, room, record[g].energy);
      addDifference(record[g].heat, record[g].jumped, record[g].energy);
      groupForces(system, block, states, room, forceAfter);
      addForceIntegral(system->units, states, savedState(system, room), forceRows(system, room), forceAfter, record[g].integral);
    }
  }
  return -1;
}
