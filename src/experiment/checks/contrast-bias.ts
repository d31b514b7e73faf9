import { contrastTime } from '../../learning/rules/contrastive-divergence.js'
import { deviceOf } from '../../learning/rules/device.js'
import { implicitScoreMatching } from '../../learning/rules/implicit-score-matching.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { createRule } from '../../learning/rules/rules.js'
import { statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { harmonic, type RunCheck } from './run-check.js'

/** Minibatches of each knot, and the number of the first: far from those that the parameters were trained on. */
const draws = 1000
const firstDraw = 2 ** 31
/** Antithetic kicks cancel on a bias force but for rounding, relative to the force. */
const rounding = 1e-12

/**
 * By how much the gradient of contrastive divergence is off, at the trained parameters of the first, the middle and the last
 * knot: CD - ISM on the same minibatches, over their weight. With one Euler–Maruyama step of length h it is exactly
 *
 *     stiffness -(μh/2)⟨F_i²⟩,   coupling -μh⟨F_iF_j⟩,   bias force 0
 *
 * for the first parameter of each group. What is left to chance is the noise of the runs.
 */
export const contrastBiasCheck: RunCheck = {
  needs: [
    [({ scenario }) => scenario.learning?.rule === 'contrastive-divergence', 'learning.rule contrastive-divergence'],
    [({ scenario }) => (scenario.learning?.contrast?.substeps ?? 1) === 1, 'learning.contrast.substeps 1'],
    harmonic,
  ],
  run({ problem, knots: trained }) {
    const { potential, noising, scenario, data } = problem
    const { knots } = noising
    const learning = scenario.learning!
    const { units, visible, edges } = potential.network
    const noiser = createNoiser(data!.states.train, noising, 'quasi-static', scenario.seed, { visible })
    const contrast = createRule({ ...learning, rule: 'contrastive-divergence' })
    const implicit = implicitScoreMatching()
    const shown = [...new Set([0, Math.floor((knots.length - 1) / 2), knots.length - 1])]
    return shown.flatMap((knot) => {
      const t = knots[knot]!
      const device = deviceOf(potential, trained![knot]!, noising.bath)
      const [moved, matched] = [new Float64Array(potential.size), new Float64Array(potential.size)]
      const force = new Float64Array(units * learning.batch)
      const groups = potential.groups.filter(({ size }) => size > 0)
      const measured = groups.map(() => new Float64Array(draws))
      const exact = groups.map(() => new Float64Array(draws))
      for (let draw = 0; draw < draws; draw++) {
        const batch = noiser.minibatch(t, learning.batch, firstDraw + knot * draws + draw)
        const { mobility } = noising.bath
        const h = contrastTime(batch, noising.bath, learning.contrast)
        contrast.gradient(device, batch, moved)
        implicit.gradient(device, batch, matched)
        device.force(batch.x, batch.batch, force)
        const product = (i: number, j: number) => {
          let sum = 0
          for (let b = 0; b < batch.batch; b++) sum += force[i * batch.batch + b]! * force[j * batch.batch + b]!
          return sum / batch.batch
        }
        for (const [which, { name, offset }] of groups.entries()) {
          measured[which]![draw] = (moved[offset]! - matched[offset]!) / batch.weight
          exact[which]![draw] =
            name === 'stiffness'
              ? (-mobility * h * product(0, 0)) / 2
              : name === 'bilinear'
                ? -mobility * h * product(edges.a[0]!, edges.b[0]!)
                : 0
        }
      }
      return groups.map(({ name }, which) => {
        const truth = meanOf(exact[which]!).value
        const { value, standardError } = meanOf(measured[which]!.map((one, draw) => one - exact[which]![draw]!))
        const row = `contrast-bias: ${name} at t = ${Number(t.toPrecision(3))}`
        return statisticalCheck(row, truth + value, truth, standardError, rounding * Math.max(...force.map(Math.abs)))
      })
    })
  },
}
