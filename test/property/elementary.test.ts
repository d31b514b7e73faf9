import { afterAll, expect, test } from 'vitest'
import { describeSystem } from '../../src/backend/compiled/system.js'
import { wasmSource } from '../../src/backend/node/kernel-source.js'
import { createPool } from '../../src/backend/node/threads.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { formulaOnsite, formulaPair } from '../../src/physics/potential/formula-term.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'

await loadFormulas()
const { arena, pool } = createPool(wasmSource, 1)
afterAll(() => pool.close())

const lanes = 16
const points = 8192

/** What the kernels make of φ(x) or φ(x, y) in float32, for parameter 1: the energy of one term, sixteen points at a time. */
function evaluate(term: TermOn, columns: readonly Float64Array[]): Float64Array {
  const mark = arena.mark()
  const isPair = columns.length === 2
  const network = createNetwork({
    visible: { units: columns.length },
    ...(isPair ? { couplings: { visible: { range: 'all' } } } : {}),
  })
  const potential = potentialOf(network, [term])
  const system = describeSystem(potential, 1, arena)
  const block = arena.take(system.blockBytes)
  const [x, energy, theta, scratch] = [128, 128, 64, system.scratchBytes].map((bytes, n) =>
    arena.take(n === 0 ? system.groupBytes : bytes),
  ) as [number, number, number, number]
  arena.f32(block, system.blockBytes / 4).fill(0)
  arena.f32(x, system.groupBytes / 4).fill(0)
  arena.f64(theta, 1)[0] = 1
  pool.kernels.pack(theta, system.first, system.second, 0, 1, block)
  const out = new Float64Array(columns[0]!.length)
  for (let from = 0; from < out.length; from += lanes) {
    columns.forEach((column, unit) => {
      arena.f32(x, lanes * columns.length).set(column.subarray(from, from + lanes), lanes * unit)
    })
    pool.kernels.energies(system.address, block, x, scratch, energy)
    out.set(arena.f64(energy, lanes), from)
  }
  arena.release(mark)
  return out
}

/** Repeatable numbers in [0, 1): a Weyl sequence. */
const spread = (n: number, by = Math.SQRT2) => (n * by) % 1

/** Float32 numbers between two, evenly. */
const between = (from: number, to: number) =>
  Float64Array.from({ length: points }, (_, n) => Math.fround(from + (to - from) * spread(n)))
/** Float32 numbers of every size and either sign, subnormal ones among them. */
const ofAnySize = () =>
  Float64Array.from({ length: points }, (_, n) => Math.fround((n & 1 ? -1 : 1) * 2 ** (-149 + 276.9 * spread(n))))

/** Distance of float32 results from float64 ones in units of the last place; where both are infinite or no numbers, 0. */
function worstOf(got: Float64Array, exact: (n: number) => number): { ulp: number; n: number } {
  let worst = { ulp: 0, n: 0 }
  got.forEach((value, n) => {
    const truth = exact(n)
    const rounded = Math.fround(truth)
    const unit = Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.abs(truth))) - 23))
    const agrees = Object.is(value, truth) || value === rounded || (Number.isNaN(value) && Number.isNaN(truth))
    const ulp = agrees ? 0 : Math.abs(value - truth) / unit
    if (!(ulp <= worst.ulp)) worst = { ulp, n }
  })
  return worst
}

/** Largest distance from float64 that is allowed, in units of the last place: what the polynomials and their last steps leave. */
test.each([
  ['sqrt', 0.5, [0, 10]],
  ['exp', 2, [-110, 92]],
  ['log', 2, [0.2, 3]],
  ['sin', 2, [-20, 20]],
  ['cos', 2, [-20, 20]],
  ['tan', 3, [-20, 20]],
  ['asin', 3, [-1.05, 1.05]],
  ['acos', 2, [-1.05, 1.05]],
  ['atan', 3, [-5, 5]],
  ['sinh', 2, [-92, 92]],
  ['cosh', 2, [-92, 92]],
  ['tanh', 2, [-10, 10]],
] as const)('%s in float32 is within %d units in the last place of float64', async (name, limit, [from, to]) => {
  const term = await formulaOnsite({ name, formula: `${name}(x)` })
  for (const x of [between(from, to), ofAnySize()]) {
    const { ulp, n } = worstOf(evaluate(term, [x]), (at) => Math[name](x[at]!))
    expect(ulp, `${name}(${x[n]})`).toBeLessThan(limit)
  }
})

test('powers in float32 are within .51 units in the last place of float64', async () => {
  const term = await formulaPair({ name: 'power', formula: 'x^y' })
  const wide = ofAnySize().map(Math.abs)
  const whole = between(-40, 40).map(Math.round)
  for (const [x, y] of [
    [between(0, 4), between(-60, 60)],
    [wide, between(-4, 4)],
    [between(-3, 3), whole],
    [between(-3, 3), between(-3, 3)],
    [whole, whole.map((_, n) => (n % 9) - 4)],
  ] as const) {
    const { ulp, n } = worstOf(evaluate(term, [x, y]), (at) => x[at]! ** y[at]!)
    expect(ulp, `${x[n]}^${y[n]}`).toBeLessThan(0.51)
  }
})
