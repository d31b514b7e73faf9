// Steps of groups, in place: x' = x + μ F(x) dt + kick·R, with work and heat when asked.
#pragma once
#include "flips.h"
#include "force.h"
#include "gaussian.h"

/** A stretch of a run's steps, and the key of its noise. The host writes it as 32-bit words in this order. */
typedef struct {
  /** number of the step that the arrays begin with */
  int32_t first;
  /** address of each step's parameter block; two steps with one address share a landscape */
  address blocks;
  /** μ dt and the width of the kick of each step, float32; of units with two states -2/kT in the place of the first */
  address drift;
  address kick;
  /** 0: a kick is R_n (Euler–Maruyama); 1: it is R_n + R_(n+1) (Leimkuhler–Matthews) */
  int32_t coloured;
  uint32_t stream;
  uint32_t key0;
  uint32_t key1;
  /** a coordinate beyond this (or not a number) has diverged */
  float limit;
  /** of units with two states: attempts of each rate in each step (flips.h), so many to a step; 0 for Gibbs sweeps */
  address attempts;
  int32_t rates;
} Steps;

/** A group's record: rows of sixteen. The energies before and after a jump of the landscape stand in the last two. */
typedef struct {
  double work[16];
  double heat[16];
  double integral[16];
  double energy[16];
  double jumped[16];
} Record;

static void copy(float *to, const float *from, long size) {
  for (long o = 0; o < size; o += LANES) *(floats *)(to + o) = *(const floats *)(from + o);
}

/** sum += a - b, [16] each. */
static void addDifference(double *sum, const double *a, const double *b) {
  for (int lane = 0; lane < 16; lane++) sum[lane] += a[lane] - b[lane];
}

/** sum += Σ_i ½(F(x) + F(x'))·(x' - x). */
static void addForceIntegral(
    int units, const float *x, const float *before, const float *force, const float *forceAfter, double *sum
) {
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

/** The arithmetic of a step. */
typedef struct {
  float drift, kick, limit;
} Update;

/** Normals of step n for a group, [units][16], or the sums of those of n and n + 1. */
static void kicks(const System *system, const Steps *steps, int n, int group, float *random) {
  const long size = groupSize(system);
  for (int set = 0; set <= steps->coloured; set++)
    fillNormals(random + set * size, system->units, group, (uint32_t)(n + set), steps->stream, steps->key0, steps->key1);
  if (steps->coloured != 0)
    for (long o = 0; o < size; o += LANES) *(floats *)(random + o) += *(const floats *)(random + size + o);
}

/**
 * The new states of a group; the fields must be there. Returns whether all lanes are within the limit.
 *
 * @param force - where the forces at x go, or null
 * @param known - whether they are there already
 */
INLINE int moveGroup(
    const System *network, const char *block, const Update update, const float *x, const float *random, float *scratch,
    float *force, const int known, float *next
) {
  // A copy of its own: the compiler needn't ask whether a state that is written changes it.
  const System system = *network;
  // As bits, NaN is beyond all numbers.
  words farthest = {0};
  for (int i = 0; i < system.units; i++) {
    const OnSite site = onSite(&system, block, i);
    EACH(p, PARTS) {
      const long o = 16L * i + LANES * p;
      const floats pull = known ? *(const floats *)(force + o) : unitForce(&system, block, site, x, scratch, i, p);
      if (force != 0) *(floats *)(force + o) = pull;
      const floats state = *(const floats *)(x + o) + update.drift * pull + update.kick * *(const floats *)(random + o);
      farthest = larger(farthest, (words)magnitude(state));
      *(floats *)(next + o) = state;
    }
  }
  for (int lane = 0; lane < LANES; lane++)
    if (!(((floats)farthest)[lane] < update.limit)) return 0;
  return 1;
}

static int move(
    const System *system, const char *block, const Update update, const float *x, const float *random, float *scratch,
    float *force, int known, float *next
) {
  if (force == 0) return moveGroup(system, block, update, x, random, scratch, 0, 0, next);
  return moveGroup(system, block, update, x, random, scratch, force, known, next);
}

/** Whether one of the first `lanes` trajectories is beyond the limit; they fill groups of sixteen, `stride` apart. */
static int beyond(const System *system, float limit, int lanes, const float *x, long stride) {
  for (int lane = 0; lane < lanes; lane++) {
    const float *group = x + (lane >> 4) * stride;
    for (int i = 0; i < system->units; i++)
      if (!(__builtin_fabsf(group[16 * i + (lane & 15)]) < limit)) return 1;
  }
  return 0;
}

/** The states of groups at one time: in the host's memory and in scratch memory in turn. */
typedef struct {
  float *x;
  /** from one group to the next */
  long stride;
} States;

static void copyStates(const System *system, States to, States from, int groups) {
  for (int group = 0; group < groups; group++) copy(to.x + group * to.stride, from.x + group * from.stride, groupSize(system));
}

/** What happens in a step beside the update itself: energies and forces before it or after it go to a group's record. */
static void recordJump(const System *system, const char *block, const float *x, float *scratch, Record *record) {
  groupEnergies(system, block, x, scratch, record->jumped);
  addDifference(record->work, record->jumped, record->energy);
}

static void recordStep(
    const System *system, const char *block, const float *before, const float *x, float *scratch, const float *force,
    float *forceAfter, Record *record
) {
  groupEnergies(system, block, x, scratch, record->energy);
  addDifference(record->heat, record->jumped, record->energy);
  groupForces(system, block, x, scratch, forceAfter);
  addForceIntegral(system->units, x, before, force, forceAfter, record->integral);
}

/** A step of units with two states; with work and heat the forces before it go to `forceRows`, unless they are there already. */
static void flipStep(
    Memory memory, const System *system, const Steps *steps, const char *block, int n, int group, int groups, States now,
    States next, float *scratch, int measured, int known
) {
  const Attempt *attempts =
      steps->attempts == 0 ? 0 : (const Attempt *)at(memory, steps->attempts) + (long)(n - steps->first) * steps->rates;
  const float scale = ((const float *)at(memory, steps->drift))[n - steps->first];
  for (int g = 0; g < groups && measured && !known; g++) {
    float *room = scratch + g * scratchSize(system);
    groupForces(system, block, now.x + g * now.stride, room, forceRows(system, room, n & 1));
  }
  if (measured) copyStates(system, next, now, groups);
  // Step 0 of the stream of tries drew the initial states.
  const uint32_t step = (uint32_t)n + (attempts != 0);
  const States moved = measured ? next : now;
  flipGroups(
      memory, system, block, attempts, scale, group, step, steps->stream, steps->key0, steps->key1, moved.x, moved.stride,
      scratch, groups
  );
}

/**
 * Advances groups together from step `from` to step `to`.
 *
 * @param lanes - trajectories that count: the first of them, sixteen to a group
 * @param states - [groups][rows][16]; scratch memory: one after another
 * @param records - work and heat of each group (the energy now must be there), or 0
 * @returns -1, or the step at which a trajectory that counts diverged (the states are left as they were found there)
 */
KERNEL(advance)
int32_t advance(
    Memory memory, address network, address stretch, int32_t from, int32_t to, int32_t group, int32_t groups, int32_t lanes,
    address states, address scratch, address records
) {
  const System *system = at(memory, network);
  const Steps *steps = at(memory, stretch);
  const address *blocks = at(memory, steps->blocks);
  float *rooms = at(memory, scratch), *random = normalRows(system, rooms);
  Record *record = records == 0 ? 0 : at(memory, records);
  const long stride = scratchSize(system);
  const States host = {at(memory, states), groupSize(system)};
  States now = host, next = {otherStates(system, rooms), stride};
  copyStates(system, next, now, groups);
  address previous = 0;
  int diverged = -1;
  for (int n = from; n < to && diverged < 0; n++) {
    const address landscape = blocks[n - steps->first];
    const char *block = at(memory, landscape);
    const Update update = {
        ((const float *)at(memory, steps->drift))[n - steps->first], ((const float *)at(memory, steps->kick))[n - steps->first],
        steps->limit};
    // With work and heat, all there is to know of an unchanged landscape is still there from the end of the step before:
    // energies, and the forces after that step, which are those before this one.
    const int stands = record != 0 && landscape == previous, before = n & 1;
    previous = landscape;
    const int flips = system->turn != 0;
    if (!stands && (record != 0 || !flips)) couplingFields(memory, system, block, now.x, now.stride, rooms, groups, record != 0);
    int inside = 1;
    if (flips && record == 0) {
      flipStep(memory, system, steps, block, n, group, groups, now, now, rooms, 0, 0);
      continue;
    }
    for (int g = 0; g < groups && !flips; g++) {
      float *room = rooms + g * stride, *force = record == 0 ? 0 : forceRows(system, room, before);
      // All groups share the room for normals, which so stays in the nearest cache.
      kicks(system, steps, n, group + g, random);
      if (!move(system, block, update, now.x + g * now.stride, random, room, force, stands, next.x + g * next.stride)) inside = 0;
    }
    if (record != 0)
      for (int g = 0; g < groups; g++) {
        if (stands)
          for (int lane = 0; lane < 16; lane++) record[g].jumped[lane] = record[g].energy[lane];
        else
          recordJump(system, block, now.x + g * now.stride, rooms + g * stride, record + g);
      }
    // After the energies before it: the fields that they are made of are room for those of the flips.
    if (flips) flipStep(memory, system, steps, block, n, group, groups, now, next, rooms, 1, stands);
    const States last = now;
    now = next;
    next = last;
    if (!inside && beyond(system, steps->limit, lanes, now.x, now.stride)) diverged = n;
    if (record == 0 || diverged >= 0) continue;
    couplingFields(memory, system, block, now.x, now.stride, rooms, groups, 1);
    for (int g = 0; g < groups; g++) {
      float *room = rooms + g * stride;
      recordStep(
          system, block, last.x + g * last.stride, now.x + g * now.stride, room, forceRows(system, room, before),
          forceRows(system, room, !before), record + g
      );
    }
  }
  if (now.x != host.x) copyStates(system, host, now, groups);
  return diverged;
}
