// A backend of your own: a plain loop over Euler–Maruyama steps. The same keyed noise gives the reference's bits.
// Run it with `node examples/backend.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import * as od from 'overdamped'

/** @type {import('overdamped').Backend} */
const loop = {
  name: 'loop',
  device: 'float64, a plain loop',
  threads: 1,
  roundoff: od.roundoff.float64,
  refusal: ({ rule, integrator, potential }) =>
    rule === null && integrator === 'euler-maruyama' && potential.network.mobility === null
      ? null
      : 'it only runs euler-maruyama, with one mobility for all units',
  async simulate({ potential, protocol, bath, start, seed, trajectories }) {
    const x = new Float64Array(potential.network.units * trajectories)
    const [force, normals, theta] = [x.slice(), x.slice(), new Float64Array(potential.size)]
    start(x, 0, trajectories)
    const initial = od.rowsOf({ x, batch: trajectories })
    protocol.dt.forEach((dt, step) => {
      protocol.parameters(step, theta)
      od.forceAndEnergy(potential, theta, x, trajectories, force, null)
      od.fillNormals(seed, od.stream.dynamics, step, potential.network.units, 0, trajectories, normals)
      const [drift, kick] = [bath.mobility * dt, Math.sqrt(2 * bath.mobility * bath.kT * dt)]
      x.set(x.map((value, n) => value + drift * (force[n] ?? 0) + kick * (normals[n] ?? 0)))
    })
    return { initial, final: od.rowsOf({ x, batch: trajectories }) }
  },
  learner() {
    throw new Error('refused')
  },
  async close() {},
}

const potential = od.potentialOf(od.createNetwork({ visible: { units: 3 } }), [od.stiffness, od.bilinear])
const protocol = od.constantProtocol(Float64Array.of(1, 2, 3, 0.1, -0.2, 0.3), 1, 0.01)
const run = async (/** @type {'reference' | typeof loop} */ backend) =>
  (await od.simulate({ potential, protocol, trajectories: 100 }, { backend })).final.points
export const [found, truth] = [await run(loop), await run('reference')]
console.log(`${found.filter((x, n) => x !== truth[n]).length} of ${found.length} numbers differ from the reference's`)
