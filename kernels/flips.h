// Units with two states, s = ±1, redrawn in turn, each from its heat bath given all others as they are then,
//   s_i = ±1 with probability ∝ e^(h s_i/kT),   h = f_i - Σ_j J_ij s_j + Σ_h V_ih s_h
// with the random numbers of src/physics/noise/uniform.ts. Glauber, J. Math. Phys. 4, 294 (1963).
#pragma once
#include "force.h"
#include "gaussian.h"

/** How often units of one rate are tried: the probability, and the last of the 2³² words that try one; never where the first is 0. */
typedef struct {
  float probability;
  uint32_t last;
} Attempt;

/** Trajectory τ takes word τ mod 4 of counter ⌊τ/4⌋: the words of `count` vectors of counters as a row of sixteen for each unit, in place. */
INLINE void uniformRows(words *out, const int count) {
  EACH(n, count) {
    words counter[4];
    transposeWithin(out + 4 * n, counter);
    transposeQuads(counter, out + 4 * n);
  }
}

/**
 * New states given their fields. The number that decides is counted from the end of the likelier state, so that an improbable one has the
 * digits of a small number: s is against the field where u < e^(-2|h|/kT)/(1 + e^(-2|h|/kT)), u between 0 and 1.
 *
 * @param scale - -2/kT
 * @param always - whether all are tried, which `attempt` then says too
 */
INLINE floats drawn(words word, floats field, floats old, float scale, const Attempt attempt, const int always) {
  const words down = (words)((ints)field >> 31);
  const words number = (word & down) | ((attempt.last - word) & ~down);
  const floats u = __builtin_convertvector((ints)(number >> 1), floats) * 0x1p-31f + 0x1p-32f;
  const floats e = fadingExponential(magnitude(field) * scale);
  floats odds = e;
  if (!always) odds = e * attempt.probability;
  const ints against = u * (e + 1.0f) < odds;
  const floats state = (floats)((((words)against ^ down) & 0x80000000u) | 0x3f800000u);
  return always ? state : choose(word <= attempt.last, state, old);
}

/** What a turn of a group is made of. */
typedef struct {
  const Counters *counters;
  float scale;
  /** of each rate; 0: all are tried */
  const Attempt *attempts;
  /** which of them each unit has */
  const int32_t *rate;
} Draws;

/** Units whose counters are made together. */
#define CHUNK (UNITS_TOGETHER * ABREAST)

/** A row from its fields. */
INLINE void drawRow(const Draws draws, const words *random, int unit, const floats *field, floats *x, const int always) {
  const Attempt attempt = always ? (Attempt){1, 0xffffffffu} : draws.attempts[draws.rate[unit]];
  if (!always && attempt.probability == 0) return;
  EACH(p, PARTS) x[p] = drawn(random[p], field[p], x[p], draws.scale, attempt, always);
}

/**
 * Rows that don't act on each other, from their fields bias ± field.
 *
 * @param unit - number of the first; `more` is added to it in the counters
 */
INLINE void drawRows(
    const Draws draws, int unit, uint32_t more, int rows, const float *bias, const float *fields, const float sign, float *x,
    const int always
) {
  for (int n = 0; n < rows; n += CHUNK) {
    words random[4 * ABREAST], units[ABREAST];
    unitsFrom(draws.counters, (uint32_t)(unit + n) + more, units, ABREAST);
    philox(draws.counters, units, random, ABREAST);
    uniformRows(random, ABREAST);
    for (int m = 0; m < CHUNK && n + m < rows; m++) {
      floats field[PARTS];
      EACH(p, PARTS) field[p] = splat(bias[n + m]) + sign * ((const floats *)(fields + 16L * (n + m)))[p];
      drawRow(draws, random + m * PARTS, unit + n + m, field, (floats *)(x + 16L * (n + m)), always);
    }
  }
}

/** The field on a unit: `form` is a constant. @param pull - of hidden units, or 0 */
INLINE void turnField(
    Memory memory, const System *system, const char *block, int i, const float *x, const float *pull, const int form,
    floats field[PARTS]
) {
  const float bias = ((const float *)block)[3L * system->rows + i];
  EACH(p, PARTS) field[p] = splat(bias);
  if (pull != 0)
    EACH(p, PARTS) field[p] += ((const floats *)(pull + 16L * i))[p];
  if (form == absent) return;
  const int32_t *start = at(memory, system->start);
  const uint32_t *neighbour = (const uint32_t *)at(memory, system->neighbour) + start[i];
  const uint32_t *end = neighbour + (start[i + 1] - start[i]);
  const float *w = (const float *)(block + system->bilinearOffset);
  w += form == listed ? start[i] : (long)(i >> 1) * 2 * system->rows + (i & 1);
  for (; neighbour < end; neighbour++, w += form == listed) {
    const floats *row = (const floats *)((const char *)x + *neighbour);
    const float weight = form == listed ? *w : w[*neighbour / 32];
    EACH(p, PARTS) field[p] -= weight * row[p];
  }
}

/** All units of a group in turn, each from the field as it is then. @param more - added to their numbers in the counters */
INLINE void drawInTurn(
    Memory memory, const System *system, const char *block, const Draws draws, const uint32_t *turn, uint32_t more,
    const float *pull, float *x, const int form, const int always
) {
  for (int n = 0; n < system->units; n += CHUNK) {
    words random[4 * ABREAST], units[ABREAST];
    EACH(m, ABREAST) units[m] = repeatedFour(turn + n + m * UNITS_TOGETHER) + more;
    philox(draws.counters, units, random, ABREAST);
    uniformRows(random, ABREAST);
    for (int m = 0; m < CHUNK && n + m < system->units; m++) {
      const int i = (int)turn[n + m];
      floats field[PARTS];
      turnField(memory, system, block, i, x, pull, form, field);
      drawRow(draws, random + m * PARTS, i, field, (floats *)(x + 16L * i), always);
    }
  }
}

/** One layer of units given the other, in groups: a product with the couplings between them. */
INLINE void drawLayer(
    const System *system, const char *block, const Draws *draws, int second, uint32_t more, float *x, long stride, float *scratch,
    int groups, const int always
) {
  const float *bias = (const float *)block + 3L * system->rows;
  const int first = second ? system->layer : 0, units = second ? system->units - system->layer : system->layer;
  layerProduct(system, block + system->bilinearOffset, second, x, stride, bilinearField(system, scratch), groups);
  for (int g = 0; g < groups; g++)
    drawRows(
        draws[g], first, more, units, bias + first, bilinearField(system, scratch) + g * scratchSize(system) + 16L * first, -1,
        x + g * stride + 16L * first, always
    );
}

/** A turn of all units, in groups, or the other way round (`back`). */
INLINE void turnGroups(
    Memory memory, const System *system, const char *block, const Draws *draws, int back, uint32_t more, const float *pull,
    float *x, long stride, float *scratch, int groups, const int always
) {
  if (system->bilinear == layered) {
    drawLayer(system, block, draws, back, more, x, stride, scratch, groups, always);
    drawLayer(system, block, draws, !back, more, x, stride, scratch, groups, always);
    return;
  }
  const uint32_t *turn = (const uint32_t *)at(memory, system->turn) + (back ? system->turnLength : 0);
  for (int g = 0; g < groups; g++, x += stride, pull += pull == 0 ? 0 : scratchSize(system)) switch (system->bilinear) {
    case absent:
      drawInTurn(memory, system, block, draws[g], turn, more, pull, x, absent, always);
      break;
    case dense:
      drawInTurn(memory, system, block, draws[g], turn, more, pull, x, dense, always);
      break;
    default:
      drawInTurn(memory, system, block, draws[g], turn, more, pull, x, listed, always);
    }
}

/** Hidden units that follow at once, drawn given x; their pull on the others to `hiddenForce`. */
static void drawHidden(
    const System *system, const char *block, const Draws *draws, const float *x, long stride, float *scratch, int groups
) {
  const float *V = (const float *)(block + system->hiddenOffset), *bias = (const float *)(block + system->hiddenBiasOffset);
  const long room = scratchSize(system);
  float *u = hiddenField(system, scratch), *s = hiddenResponse(system, scratch);
  denseProduct(V, system->hiddenRows, system->rows, x, stride, u, room, groups);
  for (int g = 0; g < groups; g++) {
    // Padded rows have no couplings, but must hold numbers.
    for (long o = 16L * system->hidden; o < hiddenSize(system); o += LANES) *(floats *)(s + g * room + o) = (floats){0};
    drawRows(draws[g], system->units, 0, system->hidden, bias, u + g * room, 1, s + g * room, 1);
  }
  transposedProduct(V, system->rows, system->hiddenRows, s, room, hiddenForce(system, scratch), room, groups);
}

/**
 * A step of groups, in place: a turn with tries in each half, the second the other way round, or a Gibbs sweep, in which hidden units that
 * follow at once are drawn first.
 *
 * @param attempts - of each rate in a half; 0: a sweep
 */
static void flipGroups(
    Memory memory, const System *system, const char *block, const Attempt *attempts, float scale, int group, uint32_t step,
    uint32_t stream, uint32_t key0, uint32_t key1, float *x, long stride, float *scratch, int groups
) {
  Counters counters[MOST_GROUPS];
  Draws draws[MOST_GROUPS];
  for (int g = 0; g < groups; g++) {
    startCounters(counters + g, group + g, step, stream, key0, key1);
    draws[g] = (Draws){counters + g, scale, attempts, at(memory, system->rate)};
  }
  if (attempts != 0) {
    turnGroups(memory, system, block, draws, 0, 0, 0, x, stride, scratch, groups, 0);
    turnGroups(memory, system, block, draws, 1, (uint32_t)system->units, 0, x, stride, scratch, groups, 0);
    return;
  }
  if (system->hidden > 0) drawHidden(system, block, draws, x, stride, scratch, groups);
  turnGroups(
      memory, system, block, draws, 0, 0, system->hidden > 0 ? hiddenForce(system, scratch) : 0, x, stride, scratch, groups, 1
  );
}
