// States between the host's layout, [units][batch] float64, and a group's, [units][16] float32.
#pragma once
#include "lanes.h"

/**
 * Copies the `count` states of a group that begins at `from` (of row 0; `stride` bytes from one row to the next) to `to`, times w
 * where given (float64 [count], or 0); lanes beyond `count` are zero.
 */
KERNEL(gather)
void gather(Memory memory, address from, uint32_t stride, int32_t units, int32_t count, address weights, address to) {
  const double *w = at(memory, weights);
  float *row = at(memory, to);
  for (int i = 0; i < units; i++, from += stride, row += 16) {
    const double *x = at(memory, from);
    if (weights == 0)
      for (int lane = 0; lane < 16; lane++) row[lane] = lane < count ? (float)x[lane] : 0;
    else
      for (int lane = 0; lane < 16; lane++) row[lane] = lane < count ? (float)(x[lane] * w[lane]) : 0;
  }
}

/** Copies `count` states of a group back, to `to` of row 0. */
KERNEL(scatter) void scatter(Memory memory, address from, int32_t units, int32_t count, address to, uint32_t stride) {
  const float *row = at(memory, from);
  for (int i = 0; i < units; i++, to += stride, row += 16) {
    double *x = at(memory, to);
    for (int lane = 0; lane < count; lane++) x[lane] = row[lane];
  }
}
