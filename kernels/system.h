// What the kernels know of a network. The host writes these records as int32 words in this order (src/backend/compiled/system.ts).
#pragma once
#include "lanes.h"

/**
 * How a pair term's couplings are stored: as a symmetric matrix, with neighbour lists, or, where the units are two layers that are coupled
 * to each other alone, as the matrix between them.
 */
enum { absent = 0, dense = 1, listed = 2, layered = 3 };

/** Most groups that are computed together: those of a shard. */
#define MOST_GROUPS 4

/** A network of coupled units; addresses are bytes, offsets count from the start of a parameter block. */
typedef struct {
  /** units that move, visible ones, hidden ones that have their terms, and active ones: the first rows */
  int32_t units;
  /** rows of a group: visible and label units, padded to a multiple of four */
  int32_t rows;
  /** label units that pull on the visible ones: the rows after those, which nothing moves */
  int32_t labels;
  int32_t hidden;
  /** hidden units padded likewise; 0 when there are none */
  int32_t hiddenRows;
  /** absent, dense or listed */
  int32_t bilinear;
  int32_t pairQuartic;
  /** neighbour lists of the listed form: see sparseProduct */
  address start;
  address neighbour;
  /** byte offsets of the rows of each edge's ends, [edges] each */
  address a;
  address b;
  int32_t edges;
  /** offsets of the couplings in a parameter block: J, G, L, V ([hiddenRows/2][rows][2]), b */
  uint32_t bilinearOffset;
  uint32_t pairQuarticOffset;
  uint32_t labelOffset;
  uint32_t hiddenOffset;
  uint32_t hiddenBiasOffset;
  /** terms that are formulas (tape.h), their records one after another, and registers of the one that takes most */
  int32_t tapes;
  address tape;
  int32_t registers;
  /** units of the first of two layers, in the layered form */
  int32_t layer;
  /** units with two states in the order of a turn, then the other way round, so many words each; which rate each unit has. 0: none have states */
  address turn;
  address rate;
  int32_t turnLength;
  /** walls below and above each unit, [2][rows] float32, infinite where there are none; 0 without any */
  address walls;
  /** bits: whether formulas that are forces without a potential count as work (1), and whether others as the bath's (2) */
  int32_t driving;
  /** baths of several temperatures, and which of them each unit is in, [units], -1: in none; 0 where all are in one */
  int32_t baths;
  address bath;
  /** of the bath that all units are in where the hidden ones have none of their own */
  float kT;
} System;

/** Rows of the matrix between two layers, those of the second, and its columns, those of the first; padded to multiples of four. */
INLINE int layerRows(const System *system) { return (system->units - system->layer + 3) & ~3; }
INLINE int layerColumns(const System *system) { return (system->layer + 3) & ~3; }

/** T of the hidden units: the word after their biases where it is theirs alone, 0 where it is not. */
INLINE float hiddenTemperature(const System *system, const char *block) {
  const float own = ((const float *)(block + system->hiddenBiasOffset))[system->hiddenRows];
  return own > 0 ? own : system->kT;
}

/**
 * A parameter block begins with the on-site parameters k, c, a, f, [rows] float32 each (zero where a term is absent).
 * Scratch memory of a group, in rows of 16 float32: fields of the couplings, forces, copies and normals, [rows]
 * rows each, then fields and responses of the hidden units, [hiddenRows] rows each; with formulas their forces, [rows] rows, their
 * energies, two rows that are sixteen float64, and the registers that they are computed in; where some of them are forces without a
 * potential, those forces by what they count as, now and before and after a step, [rows] rows each.
 */
INLINE float *scratchRows(const System *system, float *scratch, int first) { return scratch + (long)first * system->rows * 16; }
INLINE float *bilinearField(const System *system, float *scratch) { return scratchRows(system, scratch, 0); }
INLINE float *quarticField(const System *system, float *scratch) { return scratchRows(system, scratch, 1); }
INLINE float *hiddenForce(const System *system, float *scratch) { return scratchRows(system, scratch, 2); }
INLINE float *squares(const System *system, float *scratch) { return scratchRows(system, scratch, 3); }
/** of which there are two */
INLINE float *forceRows(const System *system, float *scratch, int which) { return scratchRows(system, scratch, 4 + which); }
INLINE float *otherStates(const System *system, float *scratch) { return scratchRows(system, scratch, 6); }
/** twice as many: the second half is for a second set */
INLINE float *normalRows(const System *system, float *scratch) { return scratchRows(system, scratch, 7); }
INLINE float *hiddenField(const System *system, float *scratch) { return scratchRows(system, scratch, 9); }
INLINE float *hiddenResponse(const System *system, float *scratch) {
  return hiddenField(system, scratch) + (long)system->hiddenRows * 16;
}
INLINE float *formulaForce(const System *system, float *scratch) {
  return hiddenField(system, scratch) + 2L * system->hiddenRows * 16;
}
INLINE float *formulaEnergy(const System *system, float *scratch) { return formulaForce(system, scratch) + 16L * system->rows; }
INLINE float *formulaRegisters(const System *system, float *scratch) { return formulaEnergy(system, scratch) + 32; }
/** Rows of a register: a whole number of parameters for any number of groups. */
#define STRIP 16
/** What forces without a potential count as: bit `kind` of System.driving. */
enum { countsAsWork = 0, countsAsBath = 1 };
/** Such forces as they were computed last, and where those before a step and those after it are kept. */
INLINE float *drivingForce(const System *system, float *scratch, int kind) {
  return formulaRegisters(system, scratch) + 16L * ((long)STRIP * system->registers + 3L * kind * system->rows);
}
INLINE float *keptDriving(const System *system, float *scratch, int kind, int which) {
  return drivingForce(system, scratch, kind) + 16L * (1 + which) * system->rows;
}
/** Float32 of a group's states, and of its scratch memory; that of several groups follows one another. */
INLINE long groupSize(const System *system) { return 16L * system->rows; }
INLINE long hiddenSize(const System *system) { return 16L * system->hiddenRows; }
INLINE long scratchSize(const System *system) {
  const long formulas = system->tapes == 0 ? 0 : system->rows + 2 + (long)STRIP * system->registers;
  const long driving = system->driving == 0 ? 0 : 6L * system->rows;
  return 16L * (9 * system->rows + 2 * system->hiddenRows + formulas + driving);
}
