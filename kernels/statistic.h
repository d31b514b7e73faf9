// What objectives measure: Σ_trajectories w φ̄_a(x) for every parameter but the hidden biases, given x and r = w x.
//   on site: Σ r x/2, Σ r x²/3, Σ r x³/4, -Σ r;  J: Σ r_i x_j;  G: Σ (r_i x_i)(x_j²);  L: -Σ r_i s_l;  V: -Σ r_i s_h
#pragma once
#include "directional.h"
#include "hidden.h"
#include "label.h"

/**
 * The sums of a shard, laid out as those of `directional`. x, r, p, q: [groups][rows][16], p and q room; s: the fields on the hidden
 * units at x, [groups][hiddenRows][16], in whose place their responses are left.
 */
KERNEL(statistic)
void statistic(
    Memory memory, address network, address landscape, address states, address weighted, int32_t groups, address room1,
    address room2, address fields, address sums
) {
  const System *system = at(memory, network);
  const char *block = at(memory, landscape);
  float *x = at(memory, states), *r = at(memory, weighted), *p = at(memory, room1), *q = at(memory, room2);
  float *s = at(memory, fields), *out = at(memory, sums);
  const long size = groupSize(system), rows = system->rows;
  onSiteSums(system, x, r, groups, p, q, 1, (float[]){0.5f, (float)(1.0 / 3.0), 0.25f}, out);
  float *next = out + 4 * rows;
  if (system->bilinear != absent) next = edgeCorrelation(memory, system, system->bilinear, r, x, 0, 0, groups, next);
  if (system->pairQuartic != absent) next = edgeCorrelation(memory, system, system->pairQuartic, p, q, 0, 0, groups, next);
  labelSums(system, x, r, groups, next);
  next += (long)system->labels * rows;
  if (system->hidden == 0) return;
  const long hidden = hiddenSize(system);
  respond(s, groups * hidden, 1 / hiddenTemperature(system, block));
  rectangularCorrelation(s, 0, hidden, system->hiddenRows, r, 0, size, system->rows, groups, -1, next);
}
