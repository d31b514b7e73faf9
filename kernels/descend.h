// One step of Adam from the sums of all shards, for a range of parameters, in float32: the arithmetic of src/learning/rules/adam.ts and
// parameter-scales.ts. The parameters themselves are those of the block that the kernels read.
// Source: Kingma & Ba, ICLR 2015, Algorithm 1.
#pragma once
#include "lanes.h"

/** Sixteen parameters. In most their sums follow one another, their first places in the block do, and bound and scale are the same. */
typedef struct {
  /** the word of the first one's sum; -1 when one thing is otherwise */
  int32_t sum;
  /** the word of its first place, minus one less than that when the second places are others */
  int32_t place;
  float bound;
  float scale;
} Strip;

/** What a step needs to know. The host writes it as 32-bit words in this order. */
typedef struct {
  /** Strip [strips] */
  address strips;
  /** int32 [16·strips] each: the word of a parameter's sum, and the two words (or twice the one) of its place in a block */
  address sumOf;
  address first;
  address second;
  /** float32 [16·strips] each: lowest values, how far each parameter moves relative to the others, running means of the
   * gradient and of its square, mean of the iterates */
  address bounds;
  address scale;
  address mean;
  address square;
  address average;
  address block;
  /** sums of the shards, float32, `sumBytes` from one shard to the next */
  address sums;
  uint32_t sumBytes;
  int32_t shards;
  /** gradient = factor · Σ_shards */
  float factor;
  /** times 1/(1 - β1^n) */
  float rate;
  float beta1;
  float rest1;
  float beta2;
  float rest2;
  /** 1/(1 - β2^n) */
  float squareScale;
  /** one over how many iterates the mean of iterates then holds; 0 leaves it alone */
  float weight;
} Descent;

/** Keeps the step finite where a gradient has been zero. */
#define EPSILON 1e-8f

/** Writes parameters `from` to `to` of θ (float64) to a block, rounded to float32. */
KERNEL(pack)
void pack(Memory memory, address parameters, address first, address second, int32_t from, int32_t to, address landscape) {
  const double *theta = at(memory, parameters);
  const int32_t *one = at(memory, first), *other = at(memory, second);
  float *block = at(memory, landscape);
  for (int a = from; a < to; a++) block[one[a]] = block[other[a]] = (float)theta[a];
}

/** Parameters after a step, from the sums over the shards; `n`: of the vector in the descent's arrays. */
INLINE floats stepped(Memory memory, const Descent *given, long n, floats sum, floats theta, floats bound, floats scale) {
  floats *mean = (floats *)at(memory, given->mean) + n, *square = (floats *)at(memory, given->square) + n;
  const floats g = given->factor * sum;
  const floats m = given->beta1 * *mean + given->rest1 * g;
  const floats v = given->beta2 * *square + given->rest2 * (g * g);
  *mean = m;
  *square = v;
  const floats free = theta - given->rate * m / (squareRoot(v * given->squareScale) + EPSILON) * scale;
  const floats kept = choose(free < bound, bound, free);
  floats *average = (floats *)at(memory, given->average) + n;
  if (given->weight == 1)
    *average = kept;
  else if (given->weight > 0)
    *average = *average + (kept - *average) * given->weight;
  return kept;
}

/** The sums of all shards, in their order, that begin at a word. */
INLINE floats sumOfShards(Memory memory, const Descent *given, long word) {
  const char *sums = (const char *)at(memory, given->sums) + 4 * word;
  floats sum = *(const looseFloats *)sums;
  for (int shard = 1; shard < given->shards; shard++) sum += *(const looseFloats *)(sums + (long)shard * given->sumBytes);
  return sum;
}

/** Steps a strip whose parameters stand anywhere. */
static void stepScattered(Memory memory, const Descent *given, long strip) {
  const int32_t *sumOf = (const int32_t *)at(memory, given->sumOf) + 16 * strip;
  const int32_t *first = (const int32_t *)at(memory, given->first) + 16 * strip;
  const int32_t *second = (const int32_t *)at(memory, given->second) + 16 * strip;
  const floats *bounds = at(memory, given->bounds), *scale = at(memory, given->scale);
  float *block = at(memory, given->block);
  floats sum[PARTS], theta[PARTS];
  for (int n = 0; n < 16; n++) {
    const char *sums = (const char *)at(memory, given->sums) + 4L * sumOf[n];
    float total = *(const float *)sums;
    for (int shard = 1; shard < given->shards; shard++) total += *(const float *)(sums + (long)shard * given->sumBytes);
    ((float *)sum)[n] = total;
    ((float *)theta)[n] = block[first[n]];
  }
  for (int part = 0; part < PARTS; part++) {
    const long n = PARTS * strip + part;
    theta[part] = stepped(memory, given, n, sum[part], theta[part], bounds[n], scale[n]);
  }
  for (int n = 0; n < 16; n++) block[first[n]] = block[second[n]] = ((const float *)theta)[n];
}

/** Steps the parameters of strips `from` to `to`. */
KERNEL(descend) void descend(Memory memory, address record, int32_t from, int32_t to) {
  const Descent given = *(const Descent *)at(memory, record);
  const Strip *strips = at(memory, given.strips);
  float *block = at(memory, given.block);
  for (int strip = from; strip < to; strip++) {
    const Strip of = strips[strip];
    if (of.sum < 0)
      stepScattered(memory, &given, strip);
    else {
      float *places = block + (of.place < 0 ? -1 - of.place : of.place);
      EACH(part, PARTS) {
        looseFloats *theta = (looseFloats *)places + part;
        const floats sum = sumOfShards(memory, &given, of.sum + LANES * part);
        *theta = stepped(memory, &given, (long)PARTS * strip + part, sum, *theta, splat(of.bound), splat(of.scale));
      }
      const int32_t *second = (const int32_t *)at(memory, given.second) + 16L * strip;
      if (of.place < 0)
        for (int n = 0; n < 16; n++) block[second[n]] = places[n];
    }
  }
}
