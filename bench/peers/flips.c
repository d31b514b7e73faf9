// What `overdamped bench --only flips` measures against: sweeps of heat-bath updates of units ±1 in float32, one thread, as fast as we
// can write them, for two systems:
//
//     a periodic square lattice, the sites of even and of odd checkerboard in turn, each coupling and field a number of its own
//     a restricted Boltzmann machine, the visible units given the hidden ones, then these given those
//
//     s = ±1 with probability ∝ e^(h s/kT),   h_i = f_i - Σ_j J_ij s_j
//
// Same Philox4x32-10 counters as src/physics/noise/uniform.ts, so the same states but where rounding decides a draw. A tile of 4·LANES
// trajectories goes through all its sweeps at once; within it trajectories stand in the order in which the generator makes their numbers.
//
// Commands on stdin, one answer a line on stdout, as in step.c: `load FILE` (src/bench/folder.ts), `run SWEEPS`,
// `state SWEEPS noise FILE`.

#include "common.h"

#define stream_gibbs 29u

typedef struct {
  int units, batch, rows, columns, visible;
  uint32_t seed;
  float scale;            // -2/kT
  float *field;
  float *right, *down;    // of the lattice: couplings to the next site of the row, and of the column
  float *forth, *back;    // of the machine: -J from hidden to visible units and the other way, [units / ROWS, others, ROWS]
  float *start;           // [units, batch]
  real *x, *sum;          // [tiles, units, TILE], [units, TILE]
} network;

// exp(x) for x ≤ 0, at least e^-87 (Cephes expf).
INLINE real exponential(real x) {
#if defined __AVX512F__
  x = (real)_mm512_max_ps((__m512)x, _mm512_set1_ps(-87));
  real n = (real)_mm512_roundscale_ps((__m512)(x * 1.4426950408889634f), 0);
#elif defined __AVX2__
  x = (real)_mm256_max_ps((__m256)x, _mm256_set1_ps(-87));
  real n = (real)_mm256_round_ps((__m256)(x * 1.4426950408889634f), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  for (int l = 0; l < LANES; l++) x[l] = x[l] < -87 ? -87 : x[l];
  real n = __builtin_convertvector(__builtin_convertvector(x * 1.4426950408889634f - 0.5f, word), real);
#endif
  real r = x - n * 0.693359375f + n * 2.1219444e-4f;
  real y = 1.98756915e-4f * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * (r * r) + (r + 1.0f);
  return y * (real)((__builtin_convertvector(n, word) + 127) << 23);
}

// ±1 from a random word and a field: against the field where what is left of the word is below e/(1 + e).
INLINE real drawn(bits random, real field, float scale) {
  bits sign = (bits)field & 0x80000000u;
  bits number = random ^ ~(bits)((word)field >> 31);
  real u = __builtin_convertvector((word)(number >> 1), real) * 0x1p-31f + 0x1p-32f;
  real e = exponential((real)((bits)field & 0x7fffffffu) * scale);
  bits against = (bits)(u * (1.0f + e) < e);
  return (real)(((against & 0x80000000u) ^ sign) | 0x3f800000u);
}

static void lattice_sweep(const network *n, const generator *g, real *x, uint32_t step) {
  int rows = n->rows, columns = n->columns;
  for (int parity = 0; parity < 2; parity++)
    for (int r = 0; r < rows; r++) {
      int above = (r == 0 ? rows - 1 : r - 1) * columns, below = (r == rows - 1 ? 0 : r + 1) * columns, own = r * columns;
      for (int c = (r + parity) & 1; c < columns; c += 2) {
        int left = own + (c == 0 ? columns - 1 : c - 1), right = own + (c == columns - 1 ? 0 : c + 1), i = own + c;
        float f = n->field[i], to_left = n->right[left], to_right = n->right[i], up = n->down[above + c], down = n->down[i];
        bits random[4];
        philox(random, g, (uint32_t)i, step);
        for (int v = 0; v < 4; v++) {
          real h = f - to_left * x[left * 4 + v] - to_right * x[right * 4 + v] - up * x[(above + c) * 4 + v] -
                   down * x[(below + c) * 4 + v];
          x[i * 4 + v] = drawn(random[v], h, n->scale);
        }
      }
    }
}

// Units `first` on, drawn given others that are `from`: W is packed for add_product. Columns in blocks that stay in the nearest cache.
static void layer_sweep(const network *n, const generator *g, const float *w, int first, int units, const real *from, int others,
                        real *x, uint32_t step) {
  const int block = 96;
  int padded = (units + ROWS - 1) / ROWS * ROWS;
  real *sum = n->sum;
  for (int i = 0; i < units; i++)
    for (int v = 0; v < 4; v++) sum[i * 4 + v] = (real){} + n->field[first + i];
  for (int column = 0; column < others; column += block) {
    int width = others - column < block ? others - column : block;
    for (int i = 0; i < padded; i += ROWS)
      add_product(w + (size_t)i * others + (size_t)column * ROWS, width, from + column * 4, sum + i * 4);
  }
  for (int i = 0; i < units; i++) {
    bits random[4];
    philox(random, g, (uint32_t)(first + i), step);
    for (int v = 0; v < 4; v++) x[i * 4 + v] = drawn(random[v], sum[i * 4 + v], n->scale);
  }
}

static void advance(network *n, uint32_t first, int sweeps) {
  int hidden = n->units - n->visible;
  for (int tile = 0; tile * TILE < n->batch; tile++) {
    generator g = generator_of((uint32_t)tile * LANES, stream_gibbs, n->seed, 0);
    real *x = n->x + (size_t)tile * n->units * 4, *s = x + n->visible * 4;
    for (int sweep = 0; sweep < sweeps; sweep++) {
      uint32_t step = first + (uint32_t)sweep;
      if (n->rows > 0) lattice_sweep(n, &g, x, step);
      else {
        layer_sweep(n, &g, n->forth, 0, n->visible, s, hidden, x, step);
        layer_sweep(n, &g, n->back, n->visible, hidden, x, n->visible, s, step);
      }
    }
  }
}

// Trajectory number `lane` of vector v of a tile: word v of its counter.
static int trajectory(int tile, int v, int lane) { return 4 * (tile * LANES + lane) + v; }

static void restart(network *n) {
  for (int tile = 0; tile * TILE < n->batch; tile++)
    for (int i = 0; i < n->units; i++)
      for (int v = 0; v < 4; v++)
        for (int l = 0; l < LANES; l++) {
          int t = trajectory(tile, v, l);
          n->x[((size_t)tile * n->units + i) * 4 + v][l] = t < n->batch ? n->start[(size_t)i * n->batch + t] : 1;
        }
}

static void load(network *n, const char *path) {
  struct { int32_t rows, columns, visible, hidden, batch; uint32_t seed; float scale; } head;
  FILE *file = fopen(path, "rb");
  if (file == NULL || fread(&head, sizeof head, 1, file) != 1) exit(1);
  int units = head.visible + head.hidden, tiles = (head.batch + TILE - 1) / TILE;
  *n = (network){.units = units, .batch = head.batch, .rows = head.rows, .columns = head.columns, .visible = head.visible,
                 .seed = head.seed, .scale = head.scale};
  n->field = numbers(file, units, units);
  if (n->rows > 0) {
    n->right = numbers(file, units, units);
    n->down = numbers(file, units, units);
  } else {
    int V = head.visible, H = head.hidden;
    float *J = numbers(file, (size_t)V * H, (size_t)V * H);
    n->forth = zeros((size_t)(V + ROWS) * H, 4);
    n->back = zeros((size_t)(H + ROWS) * V, 4);
    for (int i = 0; i < V; i++)
      for (int h = 0; h < H; h++) {
        n->forth[(size_t)(i / ROWS) * H * ROWS + h * ROWS + i % ROWS] = -J[(size_t)i * H + h];
        n->back[(size_t)(h / ROWS) * V * ROWS + i * ROWS + h % ROWS] = -J[(size_t)i * H + h];
      }
    free(J);
  }
  n->start = numbers(file, (size_t)units * head.batch, (size_t)units * head.batch);
  fclose(file);
  n->x = zeros((size_t)tiles * units * TILE, 4);
  n->sum = zeros((size_t)(units + ROWS) * TILE, 4);
  restart(n);
}

static void save(const network *n, const char *path) {
  float *out = zeros((size_t)n->units * n->batch, 4);
  for (int tile = 0; tile * TILE < n->batch; tile++)
    for (int i = 0; i < n->units; i++)
      for (int v = 0; v < 4; v++)
        for (int l = 0; l < LANES; l++) {
          int t = trajectory(tile, v, l);
          if (t < n->batch) out[(size_t)i * n->batch + t] = n->x[((size_t)tile * n->units + i) * 4 + v][l];
        }
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(out, 4, (size_t)n->units * n->batch, file) != (size_t)n->units * n->batch) exit(1);
  fclose(file);
  free(out);
}

int main(void) {
  network n = {0};
  char path[4096], line[4200];
  int sweeps;
  uint32_t done = 0;
  greet();
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "load %4095[^\n]", path) == 1) {
      load(&n, path);
      puts(n.rows > 0 ? "checkerboard" : "layers");
    } else if (sscanf(line, "run %d", &sweeps) == 1) {
      double begin = now();
      advance(&n, done, sweeps);
      printf("%.9f\n", now() - begin);
      done += (uint32_t)sweeps;
    } else if (sscanf(line, "state %d noise %4095[^\n]", &sweeps, path) == 2) {
      restart(&n);
      advance(&n, 0, sweeps);
      save(&n, path);
      puts("ok");
    }
    fflush(stdout);
  }
  return 0;
}
