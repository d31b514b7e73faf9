// Terms that are formulas: U = Σ_a θ_a φ(x_a) over the units, or Σ_e θ_e φ(x_i, x_j) over the edges. A formula is a tape: a list of
// operations on registers, data that the host writes (src/backend/compiled/tape.ts). A register is a strip of rows of sixteen, so
// that what an operation is gets asked once for many numbers.
#pragma once
#include "circular.h"
#include "hyperbolic.h"
#include "power.h"
#include "system.h"

/** What an operation does to its registers a and b, or to a and a number. */
enum {
  opNumberItself = 0,
  opPlus = 1,
  opMinus = 2,
  opTimes = 3,
  opOver = 4,
  opPlusNumber = 5,
  opNumberMinus = 6,
  opTimesNumber = 7,
  opOverNumber = 8,
  opNumberOver = 9,
  opPower = 10,
  opNegative = 11,
  opRoot = 12,
  opSine = 13,
  opCosine = 14,
  opTangent = 15,
  opSecant = 16,
  opArcSine = 17,
  opArcCosine = 18,
  opArcTangent = 19,
  opSineHyperbolic = 20,
  opCosineHyperbolic = 21,
  opTangentHyperbolic = 22,
  opSecantHyperbolic = 23,
  opExponent = 24,
  opLogarithmNatural = 25
};

typedef struct {
  int32_t operation;
  /** registers: of the result, and of what it is made of */
  int32_t to;
  int32_t a;
  int32_t b;
  float number;
} Operation;

/** A term. The host writes it as 32-bit words in this order. */
typedef struct {
  /** parameters: one for each unit, or one for each edge */
  int32_t count;
  /** byte offset of the parameters in a block, and the word of the first sum in those of a shard */
  uint32_t offset;
  uint32_t sum;
  /** byte offsets of the rows of x and y, [count] each; y: 0 for terms on units */
  address x;
  address y;
  address operations;
  /** how many of the operations give the slopes, and how many the value too */
  int32_t sloping;
  int32_t all;
  /** registers of ∂φ/∂x, ∂φ/∂y and φ */
  int32_t slopeX;
  int32_t slopeY;
  int32_t value;
  /** numbers that a step has for all trajectories, in the registers after x and y: how many, and their byte offset in a block */
  int32_t inputs;
  uint32_t inputOffset;
  /** of a force without a potential: 1 + what it counts as (system.h); 0 for others */
  int32_t driving;
} Tape;

INLINE float *registerAt(float *registers, int n) { return registers + (long)n * STRIP * 16; }

#define ROWS(value) \
  for (long o = 0; o < size; o += LANES) { \
    const floats p = *(const floats *)(a + o); \
    (void)p; \
    *(floats *)(to + o) = (value); \
  } \
  break
#define q (*(const floats *)(b + o))

/** Runs operations on strips of `size` numbers. */
static void runTape(const Operation *operation, int count, float *registers, long size) {
  for (; count > 0; count--, operation++) {
    const float *a = registerAt(registers, operation->a), *b = registerAt(registers, operation->b);
    const float number = operation->number;
    float *to = registerAt(registers, operation->to);
    switch (operation->operation) {
    case opNumberItself:
      ROWS(splat(number));
    case opPlus:
      ROWS(p + q);
    case opMinus:
      ROWS(p - q);
    case opTimes:
      ROWS(p * q);
    case opOver:
      ROWS(p / q);
    case opPlusNumber:
      ROWS(p + number);
    case opNumberMinus:
      ROWS(number - p);
    case opTimesNumber:
      ROWS(number * p);
    case opOverNumber:
      ROWS(p / number);
    case opNumberOver:
      ROWS(number / p);
    case opPower:
      ROWS(powerOf(p, q));
    case opNegative:
      ROWS(-p);
    case opRoot:
      ROWS(squareRoot(p));
    case opSine:
      ROWS(sineOf(p));
    case opCosine:
      ROWS(cosineOf(p));
    case opTangent:
      ROWS(tangentOf(p));
    case opSecant:
      ROWS(1.0f / cosineOf(p));
    case opArcSine:
      ROWS(arcsine(p));
    case opArcCosine:
      ROWS(arccosine(p));
    case opArcTangent:
      ROWS(arctangent(p));
    case opSineHyperbolic:
      ROWS(hyperbolicSine(p));
    case opCosineHyperbolic:
      ROWS(hyperbolicCosine(p));
    case opTangentHyperbolic:
      ROWS(hyperbolicTangent(p));
    case opSecantHyperbolic:
      ROWS(1.0f / hyperbolicCosine(p));
    case opExponent:
      ROWS(exponential(p));
    case opLogarithmNatural:
      ROWS(logarithm(p));
    }
  }
}
#undef ROWS
#undef q

/** Parameters that fill a strip with so many groups. */
INLINE int stripOf(int groups) { return STRIP / groups; }

/** Runs the tape for parameters `from` … `from` + `width` - 1; row n·groups + g of a register is parameter from + n in group g. */
static void runStrip(
    Memory memory, const Tape *tape, const char *block, int operations, const float *x, long stride, int from, int width,
    int groups, float *registers
) {
  const address rows[2] = {tape->x, tape->y};
  const int places = tape->y == 0 ? 1 : 2;
  for (int variable = 0; variable < places; variable++) {
    const uint32_t *row = (const uint32_t *)at(memory, rows[variable]) + from;
    float *to = registerAt(registers, variable);
    for (int n = 0; n < width; n++)
      for (int g = 0; g < groups; g++, to += 16)
        for (int p = 0; p < PARTS; p++) ((floats *)to)[p] = ((const floats *)((const char *)(x + g * stride) + row[n]))[p];
  }
  const float *input = (const float *)(block + tape->inputOffset);
  for (int n = 0; n < tape->inputs; n++) {
    float *to = registerAt(registers, places + n);
    for (long o = 0; o < 16L * width * groups; o += LANES) *(floats *)(to + o) = splat(input[n]);
  }
  runTape(at(memory, tape->operations), operations, registers, 16L * width * groups);
}

/** force -= θ·slope for the rows of one parameter in all groups. */
INLINE void addSlope(uint32_t row, float theta, int groups, const float *slope, float *force, long stride) {
  for (int g = 0; g < groups; g++, slope += 16)
    for (int p = 0; p < PARTS; p++) ((floats *)((char *)(force + g * stride) + row))[p] -= theta * ((const floats *)slope)[p];
}

/** energy += θ·φ for the rows of a strip, in float64. */
static void addValues(const float *theta, int width, int groups, const float *value, float *energy, long stride) {
  for (int n = 0; n < width; n++)
    for (int g = 0; g < groups; g++, value += 16)
      for (int p = 0; p < PARTS; p++) {
        doubles *sum = (doubles *)(energy + g * stride) + 2 * p;
        const floats part = theta[n] * ((const floats *)value)[p];
        sum[0] += lowHalf(part);
        sum[1] += highHalf(part);
      }
}

/**
 * Forces of the formulas at x to `formulaForce` of each group, and with `measured` their energies to `formulaEnergy`, and what has no
 * potential to `drivingForce`.
 */
static void formulaFields(
    Memory memory, const System *system, const char *block, const float *x, long xStride, float *scratch, int groups, int measured
) {
  const long stride = scratchSize(system);
  float *force = formulaForce(system, scratch), *energy = formulaEnergy(system, scratch),
        *registers = formulaRegisters(system, scratch);
  for (int g = 0; g < groups; g++) {
    for (long o = 0; o < 16L * system->units; o += LANES) *(floats *)(force + g * stride + o) = (floats){0};
    for (long o = 0; measured && o < 32; o += LANES) *(floats *)(energy + g * stride + o) = (floats){0};
    for (int kind = countsAsWork; kind <= countsAsBath; kind++)
      for (long o = 0; measured && (system->driving >> kind & 1) && o < 16L * system->units; o += LANES)
        *(floats *)(drivingForce(system, scratch + g * stride, kind) + o) = (floats){0};
  }
  const Tape *tape = at(memory, system->tape);
  for (int t = 0; t < system->tapes; t++, tape++) {
    const float *theta = (const float *)(block + tape->offset);
    const uint32_t *rowX = at(memory, tape->x), *rowY = at(memory, tape->y);
    float *driving = measured && tape->driving > 0 ? drivingForce(system, scratch, tape->driving - 1) : 0;
    for (int from = 0; from < tape->count; from += stripOf(groups)) {
      const int rest = tape->count - from, width = rest < stripOf(groups) ? rest : stripOf(groups);
      runStrip(memory, tape, block, measured ? tape->all : tape->sloping, x, xStride, from, width, groups, registers);
      // Parameter by parameter, so that a unit's sum has one order however many stand in a strip.
      for (int n = 0; n < width; n++) {
        const float *slopeX = registerAt(registers, tape->slopeX) + 16L * n * groups;
        const float *slopeY = registerAt(registers, tape->slopeY) + 16L * n * groups;
        addSlope(rowX[from + n], theta[from + n], groups, slopeX, force, stride);
        if (tape->y != 0) addSlope(rowY[from + n], theta[from + n], groups, slopeY, force, stride);
        if (driving == 0) continue;
        addSlope(rowX[from + n], theta[from + n], groups, slopeX, driving, stride);
        if (tape->y != 0) addSlope(rowY[from + n], theta[from + n], groups, slopeY, driving, stride);
      }
      if (measured) addValues(theta + from, width, groups, registerAt(registers, tape->value), energy, stride);
    }
  }
}

/** Σ_groups r·slope over the rows of one parameter; `r`: where its rows lie. */
INLINE quad slopeSum(const char *r, long stride, const float *slope, int groups, quad sum) {
  for (int g = 0; g < groups; g++)
    for (int quarter = 0; quarter < 4; quarter++)
      sum += ((const quad *)(r + 4 * g * stride))[quarter] * ((const quad *)(slope + 16 * g))[quarter];
  return sum;
}

/** The sums Σ_trajectories r·∇φ_a of a shard, at the words that the tapes say; `x` and `r`: [groups][rows][16]. */
static void formulaSums(
    Memory memory, const System *system, const char *block, const float *x, const float *r, int groups, float *scratch,
    float *out
) {
  const long size = groupSize(system);
  float *registers = formulaRegisters(system, scratch);
  const Tape *tape = at(memory, system->tape);
  for (int t = 0; t < system->tapes; t++, tape++) {
    const uint32_t *rowX = at(memory, tape->x), *rowY = at(memory, tape->y);
    for (int from = 0; from < tape->count; from += stripOf(groups)) {
      const int rest = tape->count - from, width = rest < stripOf(groups) ? rest : stripOf(groups);
      runStrip(memory, tape, block, tape->sloping, x, size, from, width, groups, registers);
      for (int n = 0; n < width; n++) {
        const long row = 16L * n * groups;
        quad sum = slopeSum((const char *)r + rowX[from + n], size, registerAt(registers, tape->slopeX) + row, groups, (quad){0});
        if (tape->y != 0)
          sum = slopeSum((const char *)r + rowY[from + n], size, registerAt(registers, tape->slopeY) + row, groups, sum);
        out[tape->sum + from + n] = laneSum(sum);
      }
    }
  }
}
