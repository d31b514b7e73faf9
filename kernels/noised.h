// Noised data and the residual force of learning: x = m x_0 + s ε, F̂ = trap·x - scale·ε/s, r = F - F̂.
#pragma once
#include "force.h"
#include "gaussian.h"

/** How data are noised at one time, and the key of the noise. The host writes it as 32-bit words in this order. */
typedef struct {
  /** clean data, [count][rows] float32 */
  address data;
  /** which datum each trajectory starts from, int32 [16·groups] */
  address picks;
  /** m, s, the trap's stiffness, scale/s */
  float signal;
  float width;
  float trap;
  float pull;
  uint32_t stream;
  uint32_t step;
  uint32_t key0;
  uint32_t key1;
} Noise;

/** Noised states and target forces of a group, [rows][16] each. */
KERNEL(noise)
void noise(Memory memory, address network, address noise, int32_t group, address to, address target, address scratch) {
  const System *system = at(memory, network);
  const Noise *given = at(memory, noise);
  const int32_t *picks = (const int32_t *)at(memory, given->picks) + 16 * group;
  float *x = at(memory, to), *force = at(memory, target), *random = normalRows(system, at(memory, scratch));
  for (int lane = 0; lane < 16; lane += 4) {
    const float *from[4];
    EACH(n, 4) from[n] = (const float *)at(memory, given->data) + (long)picks[lane + n] * system->rows;
    for (int i = 0; i < system->rows; i += 4)
      transposeFour((const float *[]){from[0] + i, from[1] + i, from[2] + i, from[3] + i}, x + 16 * i + lane, 16);
  }
  fillNormals(random, system->units, group, given->step, given->stream, given->key0, given->key1);
  for (long o = 0; o < 16L * system->units; o += LANES) {
    const floats epsilon = *(const floats *)(random + o);
    const floats value = given->signal * *(const floats *)(x + o) + given->width * epsilon;
    *(floats *)(x + o) = value;
    *(floats *)(force + o) = given->trap * value - given->pull * epsilon;
  }
}

/** Σ r² over the units and trajectories of a group, in float64: the four lanes of a quarter of a row after one another. */
static double sumOfSquares(const float *r, int units) {
  pair low = {0}, high = {0};
  for (int q = 0; q < 4; q++)
    for (int i = 0; i < units; i++) {
      const quad value = ((const quad *)(r + 16L * i))[q];
      const quad square = value * value;
      low += __builtin_convertvector(__builtin_shufflevector(square, square, 0, 1), pair);
      high += __builtin_convertvector(__builtin_shufflevector(square, square, 2, 3), pair);
    }
  const pair both = low + high;
  return both[0] + both[1];
}

/**
 * Turns the targets of groups into residuals r = F - F̂, zero beyond the first `lanes` trajectories and in padded rows, and
 * keeps the fields on the hidden units in `fields`.
 *
 * @param rooms - scratch memory of the groups, one after another
 * @param field - [groups][hiddenRows][16]
 * @returns Σ r² over units and trajectories
 */
KERNEL(residuals)
double residuals(
    Memory memory, address network, address landscape, int32_t lanes, address states, address targets, int32_t groups,
    address rooms, address fields
) {
  const System *system = at(memory, network);
  const char *block = at(memory, landscape);
  const long size = groupSize(system), stride = scratchSize(system), hidden = hiddenSize(system);
  float *x = at(memory, states), *target = at(memory, targets), *scratch = at(memory, rooms), *field = at(memory, fields);
  couplingFields(memory, system, block, x, size, scratch, groups, 0);
  double sum = 0;
  for (int g = 0; g < groups; g++, x += size, target += size, scratch += stride, field += hidden) {
    float *force = forceRows(system, scratch, 0);
    groupForces(system, block, x, scratch, force);
    copy(field, hiddenField(system, scratch), hidden);
    for (int i = 0; i < system->rows; i++)
      for (int p = 0; p < PARTS; p++) {
        floats *r = (floats *)(target + 16L * i) + p;
        ints counts;
        for (int lane = 0; lane < LANES; lane++) counts[lane] = -(16 * g + LANES * p + lane < lanes);
        *r = i < system->units ? (floats)((ints)(((const floats *)(force + 16L * i))[p] - *r) & counts) : (floats){0};
      }
    sum += sumOfSquares(target, system->units);
  }
  return sum;
}
