// The limit that `overdamped bench` measures against: Euler–Maruyama steps of a network in float32, one thread, as fast as
// we can write them. Same equation, same Philox4x32-10 counters and same Box–Muller as src/physics/noise/gaussian.ts, so the
// same trajectories to rounding.
//
//     x' = x + drift (-k x - a x³ + f - Σ_j J_ij x_j) + kick R,   drift = μ dt, kick = √(2 μ kT dt)
//
// A tile of 4·LANES trajectories goes through all its steps at once and stays in cache. Within a tile trajectories stand
// in the order in which the generator makes them, so that normals are never shuffled.
//
// Commands on stdin, one answer a line on stdout: `load FILE` (src/bench/folder.ts) → how it computes,
// `run STEPS` → seconds, `state STEPS noise|still FILE` → states after STEPS steps from the start, float32 [units, batch],
// `peak fused|unfused` → what one core multiplies and adds at most, in 10⁹ operations per second.

#include "common.h"

#define stream_dynamics 0u

INLINE real square_root(real a) {
#if defined __AVX512F__
  return (real)_mm512_sqrt_ps((__m512)a);
#elif defined __AVX2__
  return (real)_mm256_sqrt_ps((__m256)a);
#else
  for (int l = 0; l < LANES; l++) a[l] = sqrtf(a[l]);
  return a;
#endif
}

// Natural logarithm of a positive normal float (Cephes logf).
INLINE real logarithm(real x) {
  word exponent = ((word)x - 0x3f3504f3) >> 23;
  real m = (real)((word)x - (exponent << 23)) - 1.0f;
  real z = m * m;
  real y = 7.0376836292e-2f * m - 1.151461031e-1f;
  y = y * m + 1.167699874e-1f;
  y = y * m - 1.2420140846e-1f;
  y = y * m + 1.4249322787e-1f;
  y = y * m - 1.6668057665e-1f;
  y = y * m + 2.0000714765e-1f;
  y = y * m - 2.4999993993e-1f;
  y = y * m + 3.3333331174e-1f;
  y = y * m * z - 0.5f * z;
  return __builtin_convertvector(exponent, real) * 0.69314718056f + (m + y);
}

// Two vectors of normals: the radius from 31 bits of r1; angle, swap of sine and cosine, and sign from r2.
INLINE void box_muller(bits r1, bits r2, real out[2]) {
  real u = __builtin_convertvector((word)(r1 >> 1), real) * 0x1p-31f + 0x1p-32f;
  real radius = square_root(-2.0f * logarithm(u));
  real angle = __builtin_convertvector((word)r2 >> 2, real) * (float)(M_PI / 2147483648.0);
  real z = angle * angle;
  real sine = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * angle + angle;
  real cosine = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z +
                (1.0f - 0.5f * z);
  radius = (real)((bits)radius ^ ((r2 >> 1) << 31));
  bits swap = ((bits)sine ^ (bits)cosine) & (bits)((word)(r2 << 31) >> 31);
  out[0] = radius * (real)((bits)cosine ^ swap);
  out[1] = radius * (real)((bits)sine ^ swap);
}

// A network with drift and kick multiplied into its parameters: x' = x (keep - quartic x²) + push + Σ_j weight_j x_j + R.
typedef struct {
  int units, batch, rows, dense;
  uint32_t seed;
  float kick;
  float *keep, *quartic, *push;
  int *first, *neighbour;  // neighbour lists, as offsets in vectors
  float *weight;           // of the lists; for the dense product [rows / ROWS, units, ROWS]
  float *start;            // [units, batch]
  real *x, *y;             // [tiles, rows, TILE]
} network;

// A unit's new state without its neighbours.
INLINE void isolated(const network *n, const generator *g, const real *x, int unit, uint32_t step, float kick,
                     real out[4]) {
  bits random[4];
  real normal[4];
  philox(random, g, (uint32_t)unit, step);
  box_muller(random[0], random[1], normal);
  box_muller(random[2], random[3], normal + 2);
  float keep = n->keep[unit], quartic = n->quartic[unit], push = n->push[unit];
  for (int v = 0; v < 4; v++) {
    real X = x[unit * 4 + v];
    out[v] = X * (keep - quartic * X * X) + push + kick * normal[v];
  }
}

static void sparse_step(const network *n, const generator *g, const real *x, real *y, uint32_t step, float kick) {
  for (int i = 0; i < n->units; i++) {
    // Two neighbours at a time in two sets of sums: an addition takes four cycles, and there are two a cycle.
    real sum[4], other[4] = {};
    isolated(n, g, x, i, step, kick, sum);
    int k = n->first[i], end = n->first[i + 1];
    for (; k + 2 <= end; k += 2) {
      const real *xj = x + n->neighbour[k], *xl = x + n->neighbour[k + 1];
      for (int v = 0; v < 4; v++) sum[v] += n->weight[k] * xj[v];
      for (int v = 0; v < 4; v++) other[v] += n->weight[k + 1] * xl[v];
    }
    if (k < end)
      for (int v = 0; v < 4; v++) sum[v] += n->weight[k] * x[n->neighbour[k] + v];
    for (int v = 0; v < 4; v++) y[i * 4 + v] = sum[v] + other[v];
  }
}

static void dense_step(const network *n, const generator *g, const real *x, real *y, uint32_t step, float kick) {
  for (int i = 0; i < n->rows; i += ROWS) {
    for (int r = 0; r < ROWS; r++) isolated(n, g, x, i + r, step, kick, y + (i + r) * 4);
    add_product(n->weight + i * n->units, n->units, x, y + i * 4);
  }
}

// Advances every tile from step `first` to `first + steps`.
static void advance(network *n, uint32_t first, int steps, float kick) {
  int size = n->rows * 4;
  for (int tile = 0; tile * TILE < n->batch; tile++) {
    generator g = generator_of((uint32_t)tile * LANES, stream_dynamics, n->seed, 0);
    real *x = n->x + tile * size, *y = n->y;
    for (int step = 0; step < steps; step++) {
      (n->dense ? dense_step : sparse_step)(n, &g, x, y, first + step, kick);
      real *swap = x;
      x = y;
      y = swap;
    }
    if (x == n->y) memcpy(y, x, size * sizeof *x);
  }
}

// Where the generator puts trajectory number `lane` of vector v of a tile (the layout of src/physics/noise/gaussian.ts).
static int trajectory(int tile, int v, int lane) {
  int counter = tile * LANES + lane;
  return 16 * (counter >> 2) + 4 * v + (counter & 3);
}

static void restart(network *n) {
  for (int tile = 0; tile * TILE < n->batch; tile++)
    for (int i = 0; i < n->rows; i++)
      for (int v = 0; v < 4; v++)
        for (int l = 0; l < LANES; l++) {
          int t = trajectory(tile, v, l);
          n->x[(tile * n->rows + i) * 4 + v][l] = i < n->units && t < n->batch ? n->start[i * n->batch + t] : 0;
        }
}

static void load(network *n, const char *path) {
  struct { int32_t units, batch, entries; uint32_t seed; float drift, kick; } head;
  FILE *file = fopen(path, "rb");
  if (file == NULL || fread(&head, sizeof head, 1, file) != 1) exit(1);
  int units = head.units, rows = (units + ROWS - 1) / ROWS * ROWS, tiles = (head.batch + TILE - 1) / TILE;
  *n = (network){.units = units, .batch = head.batch, .rows = rows, .seed = head.seed, .kick = head.kick};
  n->keep = numbers(file, units, rows);
  n->quartic = numbers(file, units, rows);
  n->push = numbers(file, units, rows);
  for (int i = 0; i < units; i++) {
    n->keep[i] = 1 - head.drift * n->keep[i];
    n->quartic[i] *= head.drift;
    n->push[i] *= head.drift;
  }
  n->first = numbers(file, units + 1, units + 1);
  n->neighbour = numbers(file, head.entries, head.entries);
  n->weight = numbers(file, head.entries, head.entries);
  n->start = numbers(file, (size_t)units * head.batch, (size_t)units * head.batch);
  fclose(file);
  for (int k = 0; k < head.entries; k++) n->weight[k] *= -head.drift;
  // From about two thirds of all pairs on, register-blocking saves more loads than absent couplings cost products.
  n->dense = 3.0 * head.entries >= 2.0 * units * (units - 1.0);
  if (n->dense) {
    float *block = zeros((size_t)rows * units, 4);
    for (int i = 0; i < units; i++)
      for (int k = n->first[i]; k < n->first[i + 1]; k++)
        block[(size_t)(i / ROWS) * units * ROWS + n->neighbour[k] * ROWS + i % ROWS] = n->weight[k];
    n->weight = block;
  }
  for (int k = 0; k < head.entries; k++) n->neighbour[k] *= 4;
  n->x = zeros((size_t)tiles * rows * TILE, 4);
  n->y = zeros((size_t)rows * TILE, 4);
  restart(n);
}

static void save(const network *n, const char *path) {
  float *out = zeros((size_t)n->units * n->batch, 4);
  for (int tile = 0; tile * TILE < n->batch; tile++)
    for (int i = 0; i < n->units; i++)
      for (int v = 0; v < 4; v++)
        for (int l = 0; l < LANES; l++) {
          int t = trajectory(tile, v, l);
          if (t < n->batch) out[i * n->batch + t] = n->x[(tile * n->rows + i) * 4 + v][l];
        }
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(out, 4, (size_t)n->units * n->batch, file) != (size_t)n->units * n->batch) exit(1);
  fclose(file);
  free(out);
}

// A value that the compiler must have in a register here, and knows nothing of after: chains of operations stay what they are.
#if defined __x86_64__ || defined __i386__
#define KEEP(value) __asm__ volatile("" : "+v"(value))
#elif defined __aarch64__
#define KEEP(value) __asm__ volatile("" : "+w"(value))
#else
#define KEEP(value) __asm__ volatile("" : "+m"(value))
#endif

// Independent chains in three quarters of the registers: more than an operation's latency times the operations of a cycle.
#define CHAINS (REGISTERS * 3 / 4)
#define ROUNDS 2000000

// GFLOP/s of multiply-adds that are one operation each.
static double fused_peak(void) {
  real a = {}, b = {}, sum[CHAINS] = {};
  a += 0.999f;
  b += 0.001f;
  KEEP(a);
  KEEP(b);
  double begin = now();
  for (int round = 0; round < ROUNDS; round++)
#pragma GCC unroll 32
    for (int c = 0; c < CHAINS; c++) {
      sum[c] = sum[c] * a + b;
      KEEP(sum[c]);
    }
  return 2.0 * LANES * CHAINS * ROUNDS / (now() - begin) * 1e-9;
}

// GFLOP/s of as many multiplications as additions, which nothing can fuse: they are of different chains.
static double unfused_peak(void) {
  real a = {}, b = {}, product[CHAINS / 2], sum[CHAINS / 2];
  a += 0.9999999f;
  b += 0.001f;
  KEEP(a);
  KEEP(b);
  for (int c = 0; c < CHAINS / 2; c++) product[c] = sum[c] = a;
  double begin = now();
  for (int round = 0; round < ROUNDS; round++)
#pragma GCC unroll 32
    for (int c = 0; c < CHAINS / 2; c++) {
      product[c] *= a;
      sum[c] += b;
      KEEP(product[c]);
      KEEP(sum[c]);
    }
  return 1.0 * LANES * CHAINS * ROUNDS / (now() - begin) * 1e-9;
}

int main(void) {
  network n = {0};
  char path[4096], noise[8], line[4200];
  int steps;
  uint32_t done = 0;
  greet();
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "load %4095[^\n]", path) == 1) {
      load(&n, path);
      puts(n.dense ? "dense product" : "neighbour lists");
    } else if (sscanf(line, "run %d", &steps) == 1) {
      double begin = now();
      advance(&n, done, steps, n.kick);
      printf("%.9f\n", now() - begin);
      done += (uint32_t)steps;
    } else if (sscanf(line, "state %d %7s %4095[^\n]", &steps, noise, path) == 3) {
      restart(&n);
      advance(&n, 0, steps, strcmp(noise, "noise") == 0 ? n.kick : 0);
      save(&n, path);
      puts("ok");
    } else if (sscanf(line, "peak %7s", noise) == 1)
      printf("%.6f\n", strcmp(noise, "fused") == 0 ? fused_peak() : unfused_peak());
    fflush(stdout);
  }
  return 0;
}
