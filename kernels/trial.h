// A step that is tried: x' = x + μ dt (F + k(a - x)) + kick·(R + S), force and energy there, and how likely the way back is. Metropolis
// steps and weighted walkers need both ends, and walks on tethers a spring of each trajectory's own.
#pragma once
#include "force.h"

/** log q(x|x')/q(x'|x) of a step without springs, [16]: squares are float32, their sums float64. */
static void stepRatio(
    int units, const float *x, const float *force, const float *next, const float *forceThere, float drift, float kick,
    double *out
) {
  const double scale = 0.5 / ((double)kick * (double)kick);
  for (int p = 0; p < PARTS; p++) {
    doubles low = {0}, high = {0};
    for (long o = LANES * p; o < 16L * units; o += 16) {
      const floats moved = *(const floats *)(next + o) - *(const floats *)(x + o);
      const floats forth = moved - drift * *(const floats *)(force + o);
      const floats back = moved + drift * *(const floats *)(forceThere + o);
      // forth² - back² as a product: their difference is small beside either.
      const floats difference = (forth - back) * (forth + back);
      low += lowHalf(difference);
      high += highHalf(difference);
    }
    ((doubles *)out)[2 * p] = low * scale;
    ((doubles *)out)[2 * p + 1] = high * scale;
  }
}

/**
 * Tries a step of a group and evaluates the landscape of `block` where it ends.
 *
 * @param x - states and `force` there, [rows][16]
 * @param random - R, [units][16]; 0: nothing moves, `next` is evaluated where it stands
 * @param following - S, [units][16]; 0: none
 * @param anchors - a, [units][16], of springs of stiffness `spring`; 0: none
 * @param next - x', [rows][16]; padded rows and labels are left alone
 * @param forceThere - F', [rows][16], in the landscape of `block`
 * @param out - 0, or float64 [2][16]: U(x'), then (where something moved) Σ (|x' - x - μ dt F|² - |x - x' - μ dt F'|²)/2 kick²
 */
KERNEL(trial)
void trial(
    Memory memory, address network, address landscape, address x, address force, address random, address following,
    address anchors, float drift, float kick, float spring, address next, address forceThere, address scratch, address out
) {
  const System *system = at(memory, network);
  const char *block = at(memory, landscape);
  const float *from = at(memory, x), *pull = at(memory, force);
  float *to = at(memory, next), *pullThere = at(memory, forceThere), *room = at(memory, scratch);
  if (random != 0) {
    const float *first = at(memory, random), *second = at(memory, following), *anchor = at(memory, anchors);
    for (long o = 0; o < 16L * system->units; o += LANES) {
      const floats state = *(const floats *)(from + o);
      floats all = *(const floats *)(pull + o), noise = *(const floats *)(first + o);
      if (anchors != 0) all = all + spring * (*(const floats *)(anchor + o) - state);
      if (following != 0) noise = noise + *(const floats *)(second + o);
      *(floats *)(to + o) = state + drift * all + kick * noise;
    }
  }
  couplingFields(memory, system, block, to, 0, room, 1, out != 0);
  groupForces(system, block, to, room, pullThere);
  if (out == 0) return;
  groupEnergies(system, block, to, room, at(memory, out));
  if (random != 0) stepRatio(system->units, from, pull, to, pullThere, drift, kick, (double *)at(memory, out) + 16);
}
