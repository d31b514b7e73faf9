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
  /** of units that are not all alike: address of each step's μ_i dt, width of the kick and decay, [3][rows] float32; 0 where they are */
  address own;
} Steps;

/**
 * A group's record: rows of sixteen. The energies before and after a jump of the landscape stand in the last two; where there are several
 * baths a row for the heat of each follows.
 */
typedef struct {
  double work[16];
  double heat[16];
  double integral[16];
  double energy[16];
  double jumped[16];
} Record;

/** Of the groups' records, one after another, that of group g. */
INLINE Record *recordOf(const System *system, Record *records, int g) {
  return (Record *)((char *)records + g * (sizeof(Record) + 128L * system->baths));
}

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

/** Σ_i ½(f(x) + f(x'))·(x' - x) of one kind of force without a potential, or with `sign` -1 what it takes from a sum. */
static void addDriving(
    const System *system, const float *x, const float *before, float *scratch, int kind, int which, float sign, double *sum
) {
  const float *f = keptDriving(system, scratch, kind, which), *after = keptDriving(system, scratch, kind, !which);
  for (int p = 0; p < PARTS; p++) {
    doubles low = ((doubles *)sum)[2 * p], high = ((doubles *)sum)[2 * p + 1];
    for (long o = LANES * p; o < 16L * system->units; o += 16) {
      const floats mean = (sign * 0.5f) * (*(const floats *)(f + o) + *(const floats *)(after + o));
      const floats part = mean * (*(const floats *)(x + o) - *(const floats *)(before + o));
      low += lowHalf(part);
      high += highHalf(part);
    }
    ((doubles *)sum)[2 * p] = low;
    ((doubles *)sum)[2 * p + 1] = high;
  }
}

/** The arithmetic of a step: numbers for all units, or of each its own. */
typedef struct {
  float drift, kick, limit;
  /** μ_i dt, width of the kick and decay, and walls below and above, [rows] each; 0: alike, and none */
  const float *own, *walls;
} Update;

/** Where mirrors at two walls leave states (see reflection in src/physics/dynamics/unit-steps.ts); what is not finite becomes NaN. */
static float reflected(float x, float lower, float upper) {
  if (!(x < lower || x > upper)) return x;
  const float width = upper - lower;
  float out;
  if (width > 3e38f)
    out = x < lower ? lower + (lower - x) : upper - (x - upper);
  else {
    const float beyond = x - lower, round = 2 * width, turns = beyond / round;
    // The largest whole number below it: beyond 2²³ all are whole.
    float whole = turns;
    if (__builtin_fabsf(turns) < 8388608.0f) {
      whole = (float)(int32_t)turns;
      if (whole > turns) whole -= 1;
    }
    const float turn = beyond - round * whole;
    out = lower + (turn <= width ? turn : round - turn);
  }
  return out < lower ? lower : out > upper ? upper : out;
}

/** A row's states, those beyond a wall reflected. */
INLINE floats withinWalls(floats state, float lower, float upper) {
  const ints out = (ints)(state < splat(lower)) | (ints)(state > splat(upper));
  uint64_t any = 0;
  for (int n = 0; n < LANES / 2; n++) any |= ((longWords)out)[n];
  if (any == 0) return state;
  for (int lane = 0; lane < LANES; lane++)
    if (out[lane]) state[lane] = reflected(state[lane], lower, upper);
  return state;
}

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
    const System *network, const char *block, const Update update, const int alike, const float *x, const float *random,
    float *scratch, float *force, const int known, float *next
) {
  // A copy of its own: the compiler needn't ask whether a state that is written changes it.
  const System system = *network;
  const float *own = update.own;
  // As bits, NaN is beyond all numbers.
  words farthest = {0};
  for (int i = 0; i < system.units; i++) {
    const OnSite site = onSite(&system, block, i);
    EACH(p, PARTS) {
      const long o = 16L * i + LANES * p;
      const floats pull = known ? *(const floats *)(force + o) : unitForce(&system, block, site, x, scratch, i, p);
      if (force != 0) *(floats *)(force + o) = pull;
      floats state;
      if (alike)
        state = *(const floats *)(x + o) + update.drift * pull + update.kick * *(const floats *)(random + o);
      else {
        const float drift = own == 0 ? update.drift : own[i], kick = own == 0 ? update.kick : own[system.rows + i];
        const float decay = own == 0 ? 1 : own[2 * system.rows + i];
        state = decay * *(const floats *)(x + o) + drift * pull + kick * *(const floats *)(random + o);
        if (update.walls != 0) state = withinWalls(state, update.walls[i], update.walls[system.rows + i]);
      }
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
  if (update.own != 0 || update.walls != 0)
    return moveGroup(system, block, update, 0, x, random, scratch, force, known, next);
  if (force == 0) return moveGroup(system, block, update, 1, x, random, scratch, 0, 0, next);
  return moveGroup(system, block, update, 1, x, random, scratch, force, known, next);
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

/** Keeps what was computed last of the forces without a potential. */
static void keepDriving(const System *system, float *scratch, int which) {
  for (int kind = countsAsWork; kind <= countsAsBath; kind++)
    if (system->driving >> kind & 1)
      copy(keptDriving(system, scratch, kind, which), drivingForce(system, scratch, kind), groupSize(system));
}

/** Σ ½(F + F')·dx over the units of each bath, in rows after the record; `scratch`: with what counts as the bath's, which is no heat. */
static void addHeatOfBaths(
    Memory memory, const System *system, const float *x, const float *before, const float *force, const float *forceAfter,
    float *scratch, int which, Record *record
) {
  const int32_t *bath = at(memory, system->bath);
  double *heat = (double *)(record + 1);
  const int less = system->driving >> countsAsBath & 1;
  const float *b = keptDriving(system, scratch, countsAsBath, which), *after = keptDriving(system, scratch, countsAsBath, !which);
  for (int i = 0; i < system->units; i++) {
    if (bath[i] < 0) continue;
    for (long o = 16L * i; o < 16L * (i + 1); o++) {
      float mean = 0.5f * (force[o] + forceAfter[o]);
      if (less) mean -= 0.5f * (b[o] + after[o]);
      heat[16 * bath[i] + (o & 15)] += (double)(mean * (x[o] - before[o]));
    }
  }
}

/** What happens in a step beside the update itself: energies and forces before it or after it go to a group's record. */
static void recordJump(
    const System *system, const char *block, const float *x, float *scratch, int which, Record *record
) {
  groupEnergies(system, block, x, scratch, record->jumped);
  addDifference(record->work, record->jumped, record->energy);
  keepDriving(system, scratch, which);
}

static void recordStep(
    Memory memory, const System *system, const char *block, const float *before, const float *x, float *scratch, int which,
    Record *record
) {
  const float *force = forceRows(system, scratch, which);
  float *forceAfter = forceRows(system, scratch, !which);
  groupEnergies(system, block, x, scratch, record->energy);
  addDifference(record->heat, record->jumped, record->energy);
  groupForces(system, block, x, scratch, forceAfter);
  addForceIntegral(system->units, x, before, force, forceAfter, record->integral);
  keepDriving(system, scratch, !which);
  if (system->driving >> countsAsWork & 1) {
    double done[16] __attribute__((aligned(64))) = {0};
    addDriving(system, x, before, scratch, countsAsWork, which, 1, done);
    for (int lane = 0; lane < 16; lane++) record->work[lane] += done[lane];
    for (int lane = 0; lane < 16; lane++) record->heat[lane] += done[lane];
  }
  if (system->driving >> countsAsBath & 1) addDriving(system, x, before, scratch, countsAsBath, which, -1, record->integral);
  if (system->baths > 0) addHeatOfBaths(memory, system, x, before, force, forceAfter, scratch, which, record);
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
 * @param records - work and heat of each group (the energy now must be there; see recordOf), or 0
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
        steps->limit,
        steps->own == 0 ? 0 : at(memory, ((const address *)at(memory, steps->own))[n - steps->first]),
        system->walls == 0 ? 0 : at(memory, system->walls)};
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
        Record *of = recordOf(system, record, g);
        if (stands)
          for (int lane = 0; lane < 16; lane++) of->jumped[lane] = of->energy[lane];
        else
          recordJump(system, block, now.x + g * now.stride, rooms + g * stride, before, of);
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
      recordStep(
          memory, system, block, last.x + g * last.stride, now.x + g * now.stride, rooms + g * stride, before,
          recordOf(system, record, g)
      );
    }
  }
  if (now.x != host.x) copyStates(system, host, now, groups);
  return diverged;
}
