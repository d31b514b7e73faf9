// A move of your own: the stochastic midpoint rule. Its stationary variance against the exact one of its step.
// Run it with `node examples/move.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import * as od from 'overdamped'

/** @type {import('overdamped').Integrator} x′ = x + μF(x + ½(μF(x) dt + R)) dt + R,  R ~ N(0, 2μkT dt) */
const midpoint = {
  name: 'stochastic-midpoint',
  dynamical: true,
  mobilities: false,
  harmonic: false,
  start({ drive, bath, batch, normals: draw }) {
    const size = drive.units * batch
    const normals = new Float64Array(size)
    const middle = new Float64Array(size)
    const there = new Float64Array(size)
    return ({ step, dt, kT, x, force }, next) => {
      draw(step, normals)
      const drift = bath.mobility * dt
      const kicks = normals.map((z) => Math.sqrt(2 * drift * kT) * z)
      middle.set(x.map((value, n) => value + (drift * (force[n] ?? 0) + (kicks[n] ?? 0)) / 2))
      drive.evaluate(middle, batch, there, null)
      next.set(x.map((value, n) => value + drift * (there[n] ?? 0) + (kicks[n] ?? 0)))
    }
  },
}

const [k, kT, dt] = [2, 0.7, 0.4]
const { final } = await od.simulate({
  potential: od.potentialOf(od.createNetwork({ visible: { units: 2 } }), [od.stiffness]),
  protocol: od.constantProtocol(Float64Array.of(k, k), 60 * dt, dt),
  bath: { kT, mobility: 1 },
  trajectories: 4000,
  integrator: midpoint,
})
export const found = od.meanOf(final.points.map((x) => x * x))
const a = k * dt
export const truth = ((kT / k) * (2 - a)) / (2 - a + (a * a) / 2)
console.log(`⟨x²⟩ = ${found.value} ± ${found.standardError}, of this step exactly ${truth}; kT/k = ${kT / k}`)
