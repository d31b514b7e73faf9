// The kernels as a Node-API addon: `open(memory)` binds them to a Uint8Array over the memory that the host hands out. That is a
// shared WebAssembly.Memory, which grows in place and never moves: where it begins is asked once.
#include "kernels.c"
#include <node_api.h>

/** A function of these takes numbers only; C makes of each what the kernel's prototype says, as WebAssembly does. */
#define KERNELS(RUNS, GIVES) \
  RUNS(normals, 7) \
  RUNS(forces, 5) \
  RUNS(energies, 5) \
  GIVES(advance, 10) \
  RUNS(noise, 6) \
  GIVES(residuals, 8) \
  RUNS(directional, 11) \
  RUNS(nudged, 12) \
  RUNS(pack, 6) \
  RUNS(gather, 6) \
  RUNS(scatter, 5) \
  RUNS(statistic, 9) \
  RUNS(trial, 14) \
  RUNS(descend, 3)

#define FIRST_3 a[0], a[1], a[2]
#define FIRST_5 FIRST_3, a[3], a[4]
#define FIRST_6 FIRST_5, a[5]
#define FIRST_7 FIRST_6, a[6]
#define FIRST_8 FIRST_7, a[7]
#define FIRST_9 FIRST_8, a[8]
#define FIRST_10 FIRST_9, a[9]
#define FIRST_11 FIRST_10, a[10]
#define FIRST_12 FIRST_11, a[11]
#define FIRST_14 FIRST_12, a[12], a[13]

/** Where the memory begins, and the numbers that a function was called with; 0 and a thrown TypeError when one is missing. */
static Memory numbers(napi_env env, napi_callback_info info, size_t count, double *to) {
  napi_value given[14];
  size_t found = count;
  void *memory;
  napi_get_cb_info(env, info, &found, given, 0, &memory);
  for (size_t n = 0; n < count; n++)
    if (n >= found || napi_get_value_double(env, given[n], to + n) != napi_ok) {
      napi_throw_type_error(env, 0, "a kernel takes numbers");
      return 0;
    }
  return memory;
}

#define RUNS(name, count) \
  static napi_value call_##name(napi_env env, napi_callback_info info) { \
    double a[count]; \
    const Memory memory = numbers(env, info, count, a); \
    if (memory != 0) name(memory, FIRST_##count); \
    return 0; \
  }
#define GIVES(name, count) \
  static napi_value call_##name(napi_env env, napi_callback_info info) { \
    double a[count]; \
    napi_value result = 0; \
    const Memory memory = numbers(env, info, count, a); \
    if (memory != 0) napi_create_double(env, name(memory, FIRST_##count), &result); \
    return result; \
  }
KERNELS(RUNS, GIVES)

#define ENTRY(name, count) {#name, call_##name},
static const struct {
  const char *name;
  napi_callback call;
} kernels[] = {KERNELS(ENTRY, ENTRY)};

/** An object of the kernels over a memory, which lives as long as one of them does. */
static napi_value openMemory(napi_env env, napi_callback_info info) {
  size_t found = 1;
  napi_value bytes, object, function;
  napi_typedarray_type type;
  void *memory;
  napi_get_cb_info(env, info, &found, &bytes, 0, 0);
  if (found < 1 || napi_get_typedarray_info(env, bytes, &type, 0, &memory, 0, 0) != napi_ok || type != napi_uint8_array) {
    napi_throw_type_error(env, 0, "expected a Uint8Array over the memory");
    return 0;
  }
  napi_create_object(env, &object);
  for (size_t n = 0; n < sizeof kernels / sizeof *kernels; n++) {
    napi_create_function(env, kernels[n].name, NAPI_AUTO_LENGTH, kernels[n].call, memory, &function);
    napi_set_named_property(env, function, "memory", bytes);
    napi_set_named_property(env, object, kernels[n].name, function);
  }
  return object;
}

NAPI_MODULE_INIT() {
  napi_value open, lanes;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, openMemory, 0, &open);
  napi_set_named_property(env, exports, "open", open);
  napi_create_int32(env, LANES, &lanes);
  napi_set_named_property(env, exports, "lanes", lanes);
  return exports;
}
