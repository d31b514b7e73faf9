// One step of Adam from the sums of all shards, for a range of parameters: the arithmetic of src/learning/rules/adam.ts and bounds.ts,
// bit for bit, with the new parameters written to the block that the kernels read.
// Source: Kingma & Ba, ICLR 2015, Algorithm 1.
#pragma once
#include "lanes.h"

/** What a step needs to know. The host writes it as 32-bit words, then 64-bit numbers, in this order. */
typedef struct {
  /** float64 [parameters] each: parameters, running means of the gradient and of its square, mean of the iterates; lowest
   * values, and how far each parameter moves relative to the others */
  address theta;
  address mean;
  address square;
  address average;
  address bounds;
  address scale;
  /** int32 [parameters] each: the word of a parameter's sum, and the two words (or twice the one) of its place in a block */
  address sumOf;
  address first;
  address second;
  address block;
  /** sums of the shards, float32, `sumBytes` from one shard to the next */
  address sums;
  uint32_t sumBytes;
  int32_t shards;
  /** gradient = factor · Σ_shards */
  double factor;
  double rate;
  double beta1;
  double beta2;
  /** 1/(1 - β1^n), 1/(1 - β2^n) */
  double meanScale;
  double squareScale;
  /** how many iterates the mean of iterates then holds; 0 leaves it alone */
  double averaged;
} Descent;

/** Keeps the step finite where a gradient has been zero. */
#define EPSILON 1e-8

/** Writes parameters `from` to `to` of θ (float64) to a block, rounded to float32. */
KERNEL(pack)
void pack(Memory memory, address parameters, address first, address second, int32_t from, int32_t to, address landscape) {
  const double *theta = at(memory, parameters);
  const int32_t *one = at(memory, first), *other = at(memory, second);
  float *block = at(memory, landscape);
  for (int a = from; a < to; a++) block[one[a]] = block[other[a]] = (float)theta[a];
}

/** Steps parameters `from` to `to`. */
KERNEL(descend) void descend(Memory memory, address record, int32_t from, int32_t to) {
  const Descent *given = at(memory, record);
  double *theta = at(memory, given->theta), *mean = at(memory, given->mean), *square = at(memory, given->square);
  double *average = at(memory, given->average);
  const double *bounds = at(memory, given->bounds), *scale = at(memory, given->scale);
  const int32_t *sumOf = at(memory, given->sumOf);
  const char *sums = at(memory, given->sums);
  const double rest1 = 1 - given->beta1, rest2 = 1 - given->beta2;
  for (int a = from; a < to; a++) {
    // The sums of all shards, in their order.
    double sum = 0;
    for (int shard = 0; shard < given->shards; shard++)
      sum += (double)((const float *)(sums + (long)shard * given->sumBytes))[sumOf[a]];
    const double g = given->factor * sum;
    const double m = given->beta1 * mean[a] + rest1 * g;
    const double v = given->beta2 * square[a] + rest2 * g * g;
    mean[a] = m;
    square[a] = v;
    const double step = given->rate * m * given->meanScale / (__builtin_sqrt(v * given->squareScale) + EPSILON);
    const double free = theta[a] - step * scale[a];
    theta[a] = free < bounds[a] ? bounds[a] : free;
    if (given->averaged == 1)
      average[a] = theta[a];
    else if (given->averaged > 1)
      average[a] = average[a] + (theta[a] - average[a]) / given->averaged;
  }
  pack(memory, given->theta, given->first, given->second, from, to, given->block);
}
