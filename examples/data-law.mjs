// A data law of your own: two units, the second half the first plus a kick, both uniform. Its best harmonic network, exactly.
// Run it with `node examples/data-law.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import * as od from 'overdamped'

/** @type {import('overdamped').DataLaw} x ~ U(-1, 1), y = x/2 + U(-1, 1) */
const echo = {
  units: 2,
  sample(count, seed, draw) {
    const uniform = new Float64Array(2 * count)
    // Numbers keyed by seed, stream and draw repeat bit by bit, and no two sets share them.
    od.fillUniform({ seed, stream: od.stream.data, step: draw }, uniform)
    const points = uniform.map((u) => 2 * u - 1)
    for (let n = 1; n < points.length; n += 2) points[n] = (points[n] ?? 0) + (points[n - 1] ?? 0) / 2
    return { points, count, units: 2 }
  },
}

const noising = od.createNoising({ duration: 1, tMin: 0.3, slices: 1 })
const network = od.createNetwork({ visible: { units: 2 } })
const potential = od.potentialOf(network, [od.stiffness, od.bilinear])
const state = od.createTrainingState(od.startParameters(potential, noising, 1))
// A table of your own, { points, count, units } row by row, can stand in the place of drawSets'.
const data = od.drawSets(echo, 6000, 1)
const optimizer = { rate: 0.01, finalRate: 1, beta1: 0.9, beta2: 0.99 } // least squares takes no steps
const once = { optimizer, iterations: 1, batch: 1, average: false, oracle: false }
const task = /** @type {const} */ ({ potential, noising, drive: 'quasi-static', seed: 1, data })
await od.train(task, { rule: 'least-squares', ...once }, state, od.createReference())
export const found = [...(state.finished.at(-1) ?? [])]

// kT Σ_t⁻¹ of the noised data, Σ_t = m²Σ + s²; ⟨x²⟩ = 1/3, ⟨xy⟩ = 1/6, ⟨y²⟩ = 5/12.
const t = noising.knots.at(-1) ?? Number.NaN
const [m2, s2] = [od.signal(noising, t) ** 2, od.noiseWidth(noising, t) ** 2]
const [xx, xy, yy] = [m2 / 3 + s2, m2 / 6, (5 * m2) / 12 + s2]
export const truth = [yy, xx, -xy].map((entry) => entry / (xx * yy - xy * xy))
console.log(`k₁, k₂, J = ${found}, of the law itself ${truth}`)
