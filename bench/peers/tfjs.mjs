// TensorFlow.js on its WebAssembly backend (SIMD, one thread), a peer of `overdamped bench`. Argument: a file in a folder
// whose node_modules holds the packages. Same equation and commands as peer.py.
//
//     x' = x W - quartic x³ + push + kick R,   W = 1 - drift (diag(stiffness) + J), states [batch, units]

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.argv[2])
const tf = require('@tensorflow/tfjs-core')
const { setThreadsCount } = require('@tensorflow/tfjs-backend-wasm')

/** The workload file (src/bench/folder.ts) as tensors, drift multiplied into them. */
function load(path) {
  const bytes = readFileSync(path)
  let offset = 0
  const take = (kind, count) => {
    const out = new kind(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 4 * count))
    offset += 4 * count
    return out
  }
  const [units, batch, entries, seed] = take(Int32Array, 4)
  const [drift, kick] = take(Float32Array, 2)
  const stiffness = take(Float32Array, units)
  const quartic = take(Float32Array, units).map((a) => drift * a)
  const push = take(Float32Array, units).map((f) => drift * f)
  const first = take(Int32Array, units + 1)
  const neighbour = take(Int32Array, entries)
  const weight = take(Float32Array, entries)
  const start = take(Float32Array, units * batch)
  const linear = new Float32Array(units * units)
  for (let i = 0; i < units; i++) {
    linear[i * units + i] = 1 - drift * stiffness[i]
    for (let k = first[i]; k < first[i + 1]; k++) linear[neighbour[k] * units + i] = -drift * weight[k]
  }
  return {
    kick,
    seed,
    linear: tf.tensor2d(linear, [units, units]),
    quartic: tf.tensor1d(quartic),
    push: tf.tensor1d(push),
    start: tf.transpose(tf.tensor2d(start, [units, batch])),
  }
}

let system = null
let x = null
let draws = 0

function step(kick) {
  const next = tf.tidy(() => {
    const { linear, quartic, push, seed } = system
    const moved = tf.sub(tf.add(tf.matMul(x, linear), push), tf.mul(tf.mul(tf.mul(x, x), x), quartic))
    if (kick === 0) return moved
    return tf.add(moved, tf.mul(tf.randomNormal(x.shape, 0, 1, 'float32', seed + draws++), kick))
  })
  x.dispose()
  x = next
}

const commands = {
  load(path) {
    system = load(path)
    x = tf.clone(system.start)
    return 'dense matMul'
  },
  run(steps) {
    const begin = performance.now()
    for (let n = 0; n < Number(steps); n++) step(system.kick)
    return ((performance.now() - begin) / 1e3).toFixed(9)
  },
  state(steps, noise, ...path) {
    x.dispose()
    x = tf.clone(system.start)
    for (let n = 0; n < Number(steps); n++) step(noise === 'noise' ? system.kick : 0)
    writeFileSync(
      path.join(' '),
      tf.tidy(() => tf.transpose(x).dataSync()),
    )
    return 'ok'
  },
}

setThreadsCount(1)
await tf.setBackend('wasm')
await tf.ready()
const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
console.log(`TensorFlow.js ${tf.version_core} wasm${simd ? ', SIMD' : ''}`)
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...words] = line.split(' ')
  console.log(command === 'load' ? commands.load(words.join(' ')) : commands[command](...words))
}
