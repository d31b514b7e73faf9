// An observer of your own: ⟨x(0)x(t)⟩ of the first unit, with two numbers a trajectory however long the run.
// Run it with `node examples/observer.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import { constantProtocol, createNetwork, gaussianStart, meanOf, potentialOf, simulate, stiffness } from 'overdamped'

/** Products of the states at the start and after `steps` steps. @param {number} trajectories @param {number} steps */
function observeProducts(trajectories, steps) {
  const start = new Float64Array(trajectories)
  const products = new Float64Array(trajectories)
  /** @type {import('overdamped').Observer} */
  const observer = {
    trajectories,
    memory: { start, products }, // all that it carries: a run that was killed goes on with it
    wants: (index) => index === -1 || index === steps - 1,
    see({ index, first, batch, x }) {
      // x is [units, batch]: its first row is the first unit. Frames are reused, so numbers are copied.
      const row = x.subarray(0, Math.min(batch, trajectories - first))
      if (index === -1) start.set(row, first)
      else
        products.set(
          row.map((value, b) => value * (start[first + b] ?? 0)),
          first,
        )
    },
  }
  return { observer, products }
}

const [k, kT, dt, steps, trajectories] = [1.5, 0.8, 0.1, 7, 6000]
const variance = kT / k / (1 - (k * dt) / 2) // stationary under Euler–Maruyama
const { observer, products } = observeProducts(trajectories, steps)
await simulate({
  potential: potentialOf(createNetwork({ visible: { units: 2 } }), [stiffness]),
  protocol: constantProtocol(Float64Array.of(k, k), steps * dt, dt),
  bath: { kT, mobility: 1 },
  start: gaussianStart(1, 0, variance), // any function that writes x, [units, batch], will do
  trajectories,
  observers: [observer],
})
export const found = meanOf(products)
export const truth = variance * (1 - k * dt) ** steps
console.log(`⟨x(0)x(t)⟩ = ${found.value} ± ${found.standardError}, exactly ${truth}`)
