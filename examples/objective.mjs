// An objective of your own: maximum likelihood whose model phase is a grid, weighted by e^(-U/kT). It ends at the exact parameters.
// Run it with `node examples/objective.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import * as od from 'overdamped'

/**
 * @param {import('overdamped').Landscape} landscape of one unit
 * @param {(iteration: number) => import('overdamped').Phase} data
 * @returns {import('overdamped').Objective}
 */
function gridLikelihood({ evaluate, bath }, data) {
  const x = Float64Array.from({ length: 801 }, (_, n) => (n - 400) / 50)
  const energy = new Float64Array(x.length)
  return {
    name: 'grid',
    locality: 'three-factor', // each state of the grid has a weight of its own
    phases(theta, iteration) {
      evaluate(theta, x, x.length, null, energy.fill(0))
      const weights = od.normalised(energy.map((u) => -u / bath.kT))
      return [data(iteration), { name: 'grid', x, batch: x.length, scale: -1, weights }]
    },
  }
}

const kT = 0.7
const potential = od.potentialOf(od.createNetwork({ visible: { units: 1 } }), [od.stiffness, od.bias])
const landscape = od.createLandscape(potential, { kT, mobility: 1 })
const x = Float64Array.of(-0.9, 0.2, 0.4, 1.1, 1.3, 1.9)
const objective = gridLikelihood(landscape, od.dataPhase({ x, batch: x.length }, undefined, 1))
const theta = Float64Array.of(1, 0)
const settings = /** @type {const} */ ({ iterations: 1500, optimizer: { kind: 'sgd', rate: 0.4 } })
for (const _ of od.descend(landscape, objective, theta, new Uint8Array(2), settings));
export const found = [...theta]

const mean = x.reduce((sum, v) => sum + v, 0) / x.length
const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length
export const truth = [kT / variance, (kT * mean) / variance] // the Gaussian of the data's mean and variance
console.log(`k, f = ${found}, exactly ${truth}`)
