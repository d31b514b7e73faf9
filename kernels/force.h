// Forces and energies of a group:
//   F_i = -k x - c x² - a x³ + f - Σ_j [ J_ij x_j + 2 G_ij x_i x_j² ] + Σ_l L_il s_l + Σ_h V_ih tanh(u_h/T)
//       - Σ_a θ_a ∂φ_a/∂x_i
//   U = Σ_i [ k x²/2 + c x³/3 + a x⁴/4 - f x + x_i (Jx)_i/2 + x_i² (Gx²)_i/2 - Σ_l L_il x_i s_l ] - T Σ_h log 2cosh(u_h/T)
//       + Σ_a θ_a φ_a, φ_a a formula (tape.h)
#pragma once
#include "hidden.h"
#include "label.h"
#include "product.h"
#include "system.h"
#include "tape.h"

/**
 * From this share of coupled pairs on, a matrix is multiplied as one; below, only the entries that a neighbour list names. The zeros
 * left out change no bit.
 */
#define DENSE_SHARE (LANES == 4 ? 0.0f : 0.9f)

/** What one of two layers feels of the other, in its rows of `out` (and in some after them). `u`: [groups][rows][16]. */
static void layerProduct(const System *system, const char *w, int second, const float *u, long uStride, float *out, int groups) {
  const long stride = scratchSize(system), from = 16L * system->layer;
  const int rows = layerRows(system), columns = layerColumns(system);
  if (second)
    denseProduct((const float *)w, rows, columns, u, uStride, out + from, stride, groups);
  else
    transposedProduct((const float *)w, columns, rows, u + from, uStride, out, stride, groups);
}

/** What the couplings of one form give. `u`: [groups][rows][16]. */
static void pairProduct(
    Memory memory, const System *system, int form, const char *w, const float *u, long uStride, float *out, int groups
) {
  const int32_t *start = at(memory, system->start);
  const uint32_t *neighbour = at(memory, system->neighbour);
  const long stride = scratchSize(system);
  const int isMatrix = form == dense;
  if (form == layered) {
    layerProduct(system, w, 0, u, uStride, out, groups);
    layerProduct(system, w, 1, u, uStride, out, groups);
    return;
  }
  if (isMatrix && (float)start[system->units] >= DENSE_SHARE * (float)system->units * (float)(system->units - 1))
    denseProduct((const float *)w, system->rows, system->rows, u, uStride, out, stride, groups);
  else
    sparseProduct(
        start, neighbour, (const float *)w, isMatrix ? system->rows : 0, system->units, u, uStride, out, stride, groups
    );
}

/**
 * What the couplings and the formulas add to the forces at x, in the scratch memory of each group; with `measured` what formulas add to
 * the energies too. `x`: [groups][rows][16], `xStride` apart.
 */
static void couplingFields(
    Memory memory, const System *system, const char *block, const float *x, long xStride, float *scratch, int groups, int measured
) {
  const long size = groupSize(system), stride = scratchSize(system);
  float *field = bilinearField(system, scratch);
  if (system->bilinear != absent)
    pairProduct(memory, system, system->bilinear, block + system->bilinearOffset, x, xStride, field, groups);
  else
    for (int group = 0; group < groups; group++)
      for (long o = 0; o < 16L * system->units; o += LANES) *(floats *)(field + group * stride + o) = (floats){0};
  if (system->pairQuartic != absent) {
    float *square = squares(system, scratch);
    for (int group = 0; group < groups; group++)
      for (long o = 0; o < size; o += LANES) {
        const floats value = *(const floats *)(x + group * xStride + o);
        *(floats *)(square + group * stride + o) = value * value;
      }
    pairProduct(
        memory, system, system->pairQuartic, block + system->pairQuarticOffset, square, stride, quarticField(system, scratch),
        groups
    );
  }
  if (system->hidden > 0) {
    float *u = hiddenField(system, scratch), *response = hiddenResponse(system, scratch);
    denseProduct((const float *)(block + system->hiddenOffset), system->hiddenRows, system->rows, x, xStride, u, stride, groups);
    const float *bias = (const float *)(block + system->hiddenBiasOffset);
    for (int group = 0; group < groups; group++)
      meanResponse(u + group * stride, bias, system->hiddenRows, 1 / hiddenTemperature(system, block), response + group * stride);
    transposedProduct(
        (const float *)(block + system->hiddenOffset), system->rows, system->hiddenRows, response, stride,
        hiddenForce(system, scratch), stride, groups
    );
  }
  if (system->tapes > 0) formulaFields(memory, system, block, x, xStride, scratch, groups, measured);
}

/** The on-site parameters of a unit, in all lanes. */
typedef struct {
  floats k, c, a, f;
} OnSite;

INLINE OnSite onSite(const System *system, const char *block, int i) {
  const float *row = (const float *)block + i;
  const long rows = system->rows;
  return (OnSite){splat(row[0]), splat(row[rows]), splat(row[2 * rows]), splat(row[3 * rows])};
}

/** Whether there are other forces than those of on-site terms and bilinear couplings. */
INLINE int hasMore(const System *system) { return (system->pairQuartic | system->labels | system->hidden | system->tapes) != 0; }

/** The force on unit i, whose on-site parameters these are, in part p of a row; the fields must be there. */
INLINE floats unitForce(const System *system, const char *block, const OnSite at, const float *x, float *scratch, int i, int p) {
  const long o = 16L * i + LANES * p;
  const floats value = *(const floats *)(x + o);
  floats g = at.a * value + at.c;
  g = g * value + at.k;
  g = at.f - g * value;
  g = g - *(const floats *)(bilinearField(system, scratch) + o);
  if (!hasMore(system)) return g;
  if (system->pairQuartic != absent) g = g - (value + value) * *(const floats *)(quarticField(system, scratch) + o);
  for (int l = 0; l < system->labels; l++) g = g + labelPull(system, block, x, l, i, p);
  if (system->hidden > 0) g = g + *(const floats *)(hiddenForce(system, scratch) + o);
  if (system->tapes > 0) g = g + *(const floats *)(formulaForce(system, scratch) + o);
  return g;
}

/** Forces of a group at x; the fields must be there. `force`: [rows][16], the padded ones left alone. */
static void groupForces(const System *system, const char *block, const float *x, float *scratch, float *force) {
  for (int i = 0; i < system->units; i++) {
    const OnSite at = onSite(system, block, i);
    EACH(p, PARTS) ((floats *)(force + 16L * i))[p] = unitForce(system, block, at, x, scratch, i, p);
  }
}

/** Energies of a group at x; the fields, measured, must be there. Terms are float32, their sums float64. `energy`: [16]. */
static void groupEnergies(const System *system, const char *block, const float *x, float *scratch, double *energy) {
  const float *field = bilinearField(system, scratch), *pairField = quarticField(system, scratch);
  const float *u = hiddenField(system, scratch);
  const float T = hiddenTemperature(system, block);
  for (int p = 0; p < PARTS; p++) {
    doubles low = {0}, high = {0};
    for (int i = 0; i < system->units; i++) {
      const OnSite at = onSite(system, block, i);
      const floats value = ((const floats *)(x + 16L * i))[p];
      floats e = at.a * (value * 0.25f);
      e = e + at.c * (float)(1.0 / 3.0);
      e = e * value + at.k * 0.5f;
      e = e * value - at.f;
      e = (e + 0.5f * ((const floats *)(field + 16L * i))[p]) * value;
      if (system->labels > 0) e = e + labelField(system, block, x, i, p) * value;
      if (system->pairQuartic != absent) e = e + 0.5f * (value * value) * ((const floats *)(pairField + 16L * i))[p];
      low += lowHalf(e);
      high += highHalf(e);
    }
    for (int h = 0; h < system->hidden; h++) {
      const floats v = ((const floats *)(u + 16L * h))[p] * (1 / T);
      const floats e = logTwoCosh(v) * -T;
      low += lowHalf(e);
      high += highHalf(e);
    }
    if (system->tapes > 0) {
      low += ((const doubles *)formulaEnergy(system, scratch))[2 * p];
      high += ((const doubles *)formulaEnergy(system, scratch))[2 * p + 1];
    }
    ((doubles *)energy)[2 * p] = low;
    ((doubles *)energy)[2 * p + 1] = high;
  }
}

/** Forces of a group at x, [rows][16]. */
KERNEL(forces) void forces(Memory memory, address system, address block, address x, address scratch, address force) {
  const System *network = at(memory, system);
  couplingFields(memory, network, at(memory, block), at(memory, x), 0, at(memory, scratch), 1, 0);
  groupForces(network, at(memory, block), at(memory, x), at(memory, scratch), at(memory, force));
}

/** Energies of a group at x, float64 [16]. */
KERNEL(energies) void energies(Memory memory, address system, address block, address x, address scratch, address energy) {
  const System *network = at(memory, system);
  couplingFields(memory, network, at(memory, block), at(memory, x), 0, at(memory, scratch), 1, 1);
  groupEnergies(network, at(memory, block), at(memory, x), at(memory, scratch), at(memory, energy));
}
