/**
 * The kernels, in C with vector extensions: compiled to WebAssembly when the package is built, and by the machine's own compiler
 * to a Node-API addon (addon.c). States lie in groups of sixteen trajectories, [groups][units][16] float32, units padded
 * with zeros to a multiple of four: a group fits the nearest cache, and it is the group that shares Philox counters. Every
 * operation is a plain IEEE one (no fused multiply-add, nothing reordered) and every sum has one order whatever the width of the
 * vectors, so the bits are the same on every machine, and no result depends on which groups are computed together.
 *
 * Pointers are byte addresses in one memory; the host (src/backend/compiled) owns all of it.
 */
#include "advance.h"
#include "descend.h"
#include "directional.h"
#include "exchange.h"
#include "flips.h"
#include "force.h"
#include "gaussian.h"
#include "noised.h"
#include "nudged.h"
#include "statistic.h"
#include "trial.h"
