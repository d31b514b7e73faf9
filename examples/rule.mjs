// A learning rule of your own: force matching with clipped residuals, which outliers can't pull. Its fit against the optimum.
// Run it with `node examples/rule.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import * as od from 'overdamped'

/** @type {import('overdamped').Rule} */
const clipped = {
  name: 'clipped-force-matching',
  equation: '-w⟨ψ(r)·∇φ⟩, ψ(r) = r clipped at the width of the target',
  measures: 'positions, forces and the injected noise',
  locality: 'local',
  hidden: null,
  bias: 'none where residuals are symmetric',
  trains: ['reverse', 'quasi-static'],
  gradient(device, { x, batch, target, weight, targetVariance }, gradient) {
    const r = new Float64Array(x.length)
    device.force(x, batch, r)
    const most = Math.sqrt(targetVariance)
    target.forEach((wanted, n) => {
      r[n] = Math.max(-most, Math.min(most, (r[n] ?? 0) - wanted))
    })
    device.electronics.directional(x, r, batch, gradient)
    gradient.forEach((sum, a) => {
      gradient[a] = (-weight * sum) / batch
    })
    return null // or the dimensionless loss of force matching, where the rule knows it
  },
}

const [width, noising] = [0.6, od.createNoising({ duration: 1, tMin: 0.3, slices: 1 })]
const data = od.drawSets(od.isotropicMixture([[0]], width), 4000, 1)
const potential = od.potentialOf(od.createNetwork({ visible: { units: 1 } }), [od.stiffness])
const state = od.createTrainingState(od.startParameters(potential, noising, 1))
const optimizer = { rate: 0.03, finalRate: 0.1, beta1: 0.9, beta2: 0.99 }
const options = { rule: clipped, optimizer, iterations: 150, batch: 500, average: true, oracle: false }
await od.train({ potential, noising, drive: 'reverse', seed: 1, data }, options, state, od.createReference())
export const found = state.finished.at(-1)?.[0] ?? Number.NaN
const t = noising.knots.at(-1) ?? Number.NaN
export const truth = 2 / ((od.signal(noising, t) * width) ** 2 + od.noiseWidth(noising, t) ** 2) - 1 // 2kT/σ_t² - k0
console.log(`k = ${found}, the optimum for Gaussian data ${truth}`)
