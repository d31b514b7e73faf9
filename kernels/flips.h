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

/** Vectors of states that are drawn side by side: while one waits for an operation another goes on. */
#define DRAWN (LANES == 4 ? 1 : ABREAST * PARTS)

/**
 * New states given their fields. The number that decides is counted from the end of the likelier state, so that an improbable one has the
 * digits of a small number: s is against the field where u < e^(-2|h|/kT)/(1 + e^(-2|h|/kT)), u between 0 and 1.
 *
 * @param scale - -2/kT
 * @param always - whether all are tried, which `attempt` then says too; a constant, as is `count`
 */
INLINE void draw(
    const words *word, const floats *field, float scale, const Attempt *attempt, const int always, floats *const *x,
    const int count
) {
  words down[DRAWN];
  floats u[DRAWN], e[DRAWN];
  EACH(n, count) down[n] = (words)((ints)field[n] >> 31);
  EACH(n, count) {
    const words number = (word[n] & down[n]) | ((attempt[n].last - word[n]) & ~down[n]);
    u[n] = __builtin_convertvector((ints)(number >> 1), floats) * 0x1p-31f + 0x1p-32f;
  }
  // As words, numbers below 0 are in the order of their size.
  EACH(n, count) e[n] = (floats)smaller((words)(magnitude(field[n]) * scale), (words)splat(-87.0f));
  exponentialsBelowOne(e, count);
  EACH(n, count) {
    floats odds = e[n];
    if (!always) odds = e[n] * attempt[n].probability;
    const ints against = u[n] * (e[n] + 1.0f) < odds;
    const floats state = (floats)((((words)against ^ down[n]) & 0x80000000u) | 0x3f800000u);
    *x[n] = always || attempt[n].probability > 0 ? (always ? state : choose(word[n] <= attempt[n].last, state, *x[n])) : *x[n];
  }
}

/** What a turn is made of. */
typedef struct {
  /** of each group */
  const Counters *counters;
  float scale;
  /** of each rate; 0: all are tried */
  const Attempt *attempts;
  /** which of them each unit has */
  const int32_t *rate;
} Draws;

/** Units whose counters are made together. */
#define CHUNK (UNITS_TOGETHER * ABREAST)

/**
 * Rows from their fields, `apart` floats from one to the next, as are their random numbers in vectors.
 *
 * @param next - from the unit of a row to that of the next: 0 of groups, 1 of units
 */
INLINE void drawRows(
    const Draws draws, const words *random, long randomApart, int unit, int next, const floats field[ABREAST][PARTS], float *x,
    long apart, const int always, const int rows
) {
  words word[ABREAST * PARTS];
  floats all[ABREAST * PARTS], *to[ABREAST * PARTS];
  Attempt attempt[ABREAST * PARTS];
  EACH(r, rows)
    EACH(p, PARTS) {
      const int n = r * PARTS + p;
      word[n] = random[r * randomApart + p];
      all[n] = field[r][p];
      to[n] = (floats *)(x + r * apart) + p;
      attempt[n] = always ? (Attempt){1, 0xffffffffu} : draws.attempts[draws.rate[unit + r * next]];
    }
  if (DRAWN == 1)
    EACH(n, rows * PARTS) draw(word + n, all + n, draws.scale, attempt + n, always, to + n, 1);
  else
    draw(word, all, draws.scale, attempt, always, to, rows * PARTS);
}

/**
 * Units of a group that don't act on each other, one after another, from their fields bias ± field.
 *
 * @param more - added to their numbers in the counters
 */
INLINE void drawLine(
    const Draws draws, const Counters *counters, int unit, uint32_t more, int units, const float *bias, const float *fields,
    const float sign, float *x, const int always
) {
  for (int n = 0; n < units; n += CHUNK) {
    words random[4 * ABREAST], numbers[ABREAST];
    unitsFrom(counters, (uint32_t)(unit + n) + more, numbers, ABREAST);
    philox(counters, 0, numbers, random, ABREAST);
    uniformRows(random, ABREAST);
    for (int m = 0; m < CHUNK && n + m < units; m += ABREAST) {
      const int rows = units - n - m < ABREAST ? 1 : ABREAST;
      floats field[ABREAST][PARTS];
      for (int r = 0; r < rows; r++)
        EACH(p, PARTS) field[r][p] = splat(bias[n + m + r]) + sign * ((const floats *)(fields + 16L * (n + m + r)))[p];
      if (rows == ABREAST)
        drawRows(draws, random + m * PARTS, PARTS, unit + n + m, 1, field, x + 16L * (n + m), 16, always, ABREAST);
      else
        drawRows(draws, random + m * PARTS, PARTS, unit + n + m, 1, field, x + 16L * (n + m), 16, always, 1);
    }
  }
}

/** The fields on a unit in groups; `form` and `groups` are constants. @param pull - of hidden units, or 0; in rooms that are apart */
INLINE void turnFields(
    Memory memory, const System *system, const char *block, int i, const float *x, long stride, const float *pull, long apart,
    const int form, floats field[ABREAST][PARTS], const int groups
) {
  const float bias = ((const float *)block)[3L * system->rows + i];
  EACH(g, groups)
    EACH(p, PARTS) field[g][p] = splat(bias);
  if (pull != 0)
    EACH(g, groups)
      EACH(p, PARTS) field[g][p] += ((const floats *)(pull + g * apart + 16L * i))[p];
  if (form == absent) return;
  const int32_t *start = at(memory, system->start);
  const uint32_t *neighbour = (const uint32_t *)at(memory, system->neighbour) + start[i];
  const uint32_t *end = neighbour + (start[i + 1] - start[i]);
  const float *w = (const float *)(block + system->bilinearOffset);
  w += form == listed ? start[i] : (long)(i >> 1) * 2 * system->rows + (i & 1);
  for (; neighbour < end; neighbour++, w += form == listed) {
    const Factor weight = factorAt(form == listed ? w : w + *neighbour / 32);
    EACH(g, groups) {
      const floats *row = (const floats *)((const char *)(x + g * stride) + *neighbour);
      EACH(p, PARTS) field[g][p] -= timesFactor(weight, row[p]);
    }
  }
}

/**
 * All units of groups in turn, each from the field as it is then; `form`, `always` and `groups` are constants, 1 or ABREAST.
 *
 * @param more - added to their numbers in the counters
 */
INLINE void drawInTurn(
    Memory memory, const System *system, const char *block, const Draws draws, const Counters *counters, const uint32_t *turn,
    uint32_t more, const float *pull, float *x, long stride, const int form, const int always, const int groups
) {
  const int chunk = CHUNK / groups;
  for (int n = 0; n < system->units; n += chunk) {
    words random[4 * ABREAST], units[ABREAST];
    EACH(m, ABREAST) units[m] = repeatedFour(turn + n + (groups == 1 ? m * UNITS_TOGETHER : 0)) + more;
    philox(counters, groups > 1, units, random, ABREAST);
    uniformRows(random, ABREAST);
    for (int m = 0; m < chunk && n + m < system->units; m++) {
      const int i = (int)turn[n + m];
      floats field[ABREAST][PARTS];
      turnFields(memory, system, block, i, x, stride, pull, scratchSize(system), form, field, groups);
      drawRows(draws, random + m * PARTS, 4, i, 0, field, x + 16L * i, stride, always, groups);
    }
  }
}

/** The same of any number of groups. */
INLINE void drawGroupsInTurn(
    Memory memory, const System *system, const char *block, const Draws draws, const uint32_t *turn, uint32_t more,
    const float *pull, float *x, long stride, int groups, const int form, const int always
) {
  int g = 0;
  const long apart = pull == 0 ? 0 : scratchSize(system);
  if (ABREAST > 1)
    for (; g + ABREAST <= groups; g += ABREAST)
      drawInTurn(
          memory, system, block, draws, draws.counters + g, turn, more, pull + g * apart, x + g * stride, stride, form, always,
          ABREAST
      );
  for (; g < groups; g++)
    drawInTurn(
        memory, system, block, draws, draws.counters + g, turn, more, pull + g * apart, x + g * stride, stride, form, always, 1
    );
}

/** One layer of units given the other, in groups: a product with the couplings between them. */
INLINE void drawLayer(
    const System *system, const char *block, const Draws draws, int second, uint32_t more, float *x, long stride, float *scratch,
    int groups, const int always
) {
  const float *bias = (const float *)block + 3L * system->rows;
  const int first = second ? system->layer : 0, units = second ? system->units - system->layer : system->layer;
  layerProduct(system, block + system->bilinearOffset, second, x, stride, bilinearField(system, scratch), groups);
  for (int g = 0; g < groups; g++)
    drawLine(
        draws, draws.counters + g, first, more, units, bias + first,
        bilinearField(system, scratch) + g * scratchSize(system) + 16L * first, -1, x + g * stride + 16L * first, always
    );
}

/** A turn of all units, in groups, or the other way round (`back`). */
INLINE void turnGroups(
    Memory memory, const System *system, const char *block, const Draws draws, int back, uint32_t more, const float *pull,
    float *x, long stride, float *scratch, int groups, const int always
) {
  if (system->bilinear == layered) {
    drawLayer(system, block, draws, back, more, x, stride, scratch, groups, always);
    drawLayer(system, block, draws, !back, more, x, stride, scratch, groups, always);
    return;
  }
  const uint32_t *turn = (const uint32_t *)at(memory, system->turn) + (back ? system->turnLength : 0);
  switch (system->bilinear) {
  case absent:
    drawGroupsInTurn(memory, system, block, draws, turn, more, pull, x, stride, groups, absent, always);
    return;
  case dense:
    drawGroupsInTurn(memory, system, block, draws, turn, more, pull, x, stride, groups, dense, always);
    return;
  default:
    drawGroupsInTurn(memory, system, block, draws, turn, more, pull, x, stride, groups, listed, always);
  }
}

/** Hidden units that follow at once, drawn given x; their pull on the others to `hiddenForce`. */
static void drawHidden(
    const System *system, const char *block, const Draws draws, const float *x, long stride, float *scratch, int groups
) {
  const float *V = (const float *)(block + system->hiddenOffset), *bias = (const float *)(block + system->hiddenBiasOffset);
  const long room = scratchSize(system);
  float *u = hiddenField(system, scratch), *s = hiddenResponse(system, scratch);
  denseProduct(V, system->hiddenRows, system->rows, x, stride, u, room, groups);
  for (int g = 0; g < groups; g++) {
    // Padded rows have no couplings, but must hold numbers.
    for (long o = 16L * system->hidden; o < hiddenSize(system); o += LANES) *(floats *)(s + g * room + o) = (floats){0};
    drawLine(draws, draws.counters + g, system->units, 0, system->hidden, bias, u + g * room, 1, s + g * room, 1);
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
  for (int g = 0; g < groups; g++) startCounters(counters + g, group + g, step, stream, key0, key1);
  const Draws draws = {counters, scale, attempts, at(memory, system->rate)};
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
