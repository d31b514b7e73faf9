import { inverse, Matrix } from 'ml-matrix'
import type { LearningTask } from '../../backend/backend.js'
import { contrastiveDivergence, contrastTime } from '../../learning/rules/contrastive-divergence.js'
import { deviceOf } from '../../learning/rules/device.js'
import { implicitScoreMatching } from '../../learning/rules/implicit-score-matching.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { reversePath as reversePathRule } from '../../learning/rules/reverse-path.js'
import type { NoisedBatch, NoisingStep } from '../../learning/rules/rule.js'
import type { RuleName } from '../../learning/rules/rules.js'
import { arrays } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { identityCheck, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { bias, cubic, quartic, stiffness } from '../../physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../physics/potential/pair.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { type DriveKind, scoreScale } from '../../physics/protocol/noising.js'
import { type Claim, estimateCheck, type Topic, type Trial, unitsWith } from './claim.js'
import { fittedPair, gaussianData, harmonicPair, noisedSecondMoments, noising } from './gaussian-data.js'

const { kT, mobility } = noising.bath
const dataCount = 2000

/** A learner of Gaussian data on the trial's backend. */
export function gaussianLearner({ backend, seed }: Trial, task: Pick<LearningTask, 'potential' | 'drive' | 'rule'>) {
  const train = gaussianData(seed, dataCount)
  return { learner: backend.learner({ ...task, noising, seed, train, heldOut: train }), train }
}

/** At each knot force matching finds K = 2kTΣ_t⁻¹ - k0 (reverse), kTΣ_t⁻¹ (quasi-static). */
function gaussianOptimum(drive: DriveKind, times: readonly number[]): Claim {
  return {
    name: `force matching, ${drive}`,
    async check(trial) {
      const rows = []
      const { trap, scale } = scoreScale(noising, drive)
      for (const [number, t] of times.entries()) {
        const own = { ...trial, seed: trial.seed + number }
        const { learner, train } = gaussianLearner(own, { potential: harmonicPair, drive, rule: 'force-matching' })
        const S = noisedSecondMoments(train, t)
        const fits = await fittedPair(learner.gradient, S, t, 100 * trial.effort)
        const exact = Matrix.sub(inverse(S).mul(scale), Matrix.eye(2).mul(trap))
        rows.push(
          ...['K₀₀', 'K₁₁', 'K₀₁'].map((entry, p) => {
            const truth = exact.get(p === 1 ? 1 : 0, p === 0 ? 0 : 1)
            return estimateCheck(`${drive}, t = ${t}: ${entry}`, fits[p]!, truth)
          }),
        )
      }
      return rows
    },
  }
}

/** Every built-in term of two coupled units. */
export const everyTerm = potentialOf(unitsWith(2, [[0, 1]]), [stiffness, cubic, quartic, bias, bilinear, pairQuartic])
const everyTermTask = { potential: everyTerm, drive: 'reverse' } as const
const theta = Float64Array.of(0.8, -0.3, 0.4, -0.2, 0.5, 0.9, 0.3, -0.6, -0.7, 0.2)

/** Force matching and implicit score matching have the same gradient, up to the sampling of ε. */
const implicit: Claim = {
  name: 'force matching and implicit score matching',
  async check(trial) {
    const [t, size, count] = [0.3, 512, 100 * trial.effort]
    const { learner, train } = gaussianLearner(trial, { ...everyTermTask, rule: 'force-matching' })
    // The same keyed numbers: the learner's own minibatches.
    const noiser = createNoiser(train, noising, 'reverse', trial.seed)
    const [matched, implicitly] = arrays(2, everyTerm.size)
    const differences = Array.from(matched, () => new Float64Array(count))
    const [rule, device] = [implicitScoreMatching(), deviceOf(everyTerm, theta, noising.bath)]
    for (let step = 0; step < count; step++) {
      await learner.gradient(theta, t, size, step, matched)
      rule.gradient(device, noiser.minibatch(t, size, step), implicitly)
      differences.forEach((row, a) => {
        row[step] = matched[a]! - implicitly[a]!
      })
    }
    return everyTerm.groups.map(({ name, offset, size: parameters }, which) => {
      const unit = parameters > 1 ? which % 2 : 0
      return estimateCheck(`force matching - implicit score matching: ${name}`, meanOf(differences[offset + unit]!), 0)
    })
  },
}

/** Nudged force matching measures what force matching computes, without hidden units, but for O(δ²). */
const nudged: Claim = {
  name: 'nudged force matching',
  async check(trial) {
    const [t, size] = [0.3, 2048]
    const [exact, measured] = arrays(2, everyTerm.size)
    const learnerOf = (rule: RuleName) => gaussianLearner(trial, { ...everyTermTask, rule }).learner
    await learnerOf('force-matching').gradient(theta, t, size, 0, exact)
    await learnerOf('nudged-force-matching').gradient(theta, t, size, 0, measured)
    const largest = Math.max(...exact.map(Math.abs))
    const worst = Math.max(...exact.map((part, a) => Math.abs(part - measured[a]!))) / largest
    return [identityCheck('nudged - force matching, relative to the largest', worst, 0, 1e-3)]
  },
}

/**
 * Contrastive divergence with one step of length h differs from implicit score matching by -(μh/2)⟨F²⟩ on a stiffness and by
 * -μh⟨F_iF_j⟩ on a coupling, here of an anharmonic network and on the same minibatches.
 */
const contrast: Claim = {
  name: 'contrastive divergence',
  async check({ seed, effort }) {
    const [t, size, count, time] = [0.3, 512, 100 * effort, 0.2]
    const noiser = createNoiser(gaussianData(seed, dataCount), noising, 'quasi-static', seed)
    const device = deviceOf(everyTerm, theta, noising.bath)
    const [moved, implicitly] = arrays(2, everyTerm.size)
    const [free, rule] = [contrastiveDivergence({ time, antithetic: true }), implicitScoreMatching()]
    const shown = everyTerm.groups.filter(({ name }) => ['stiffness', 'bilinear'].includes(name))
    const off = shown.map(() => new Float64Array(count))
    const expected = shown.map(() => new Float64Array(count))
    const force = new Float64Array(2 * size)
    for (let step = 0; step < count; step++) {
      const batch = noiser.minibatch(t, size, step)
      free.gradient(device, batch, moved)
      rule.gradient(device, batch, implicitly)
      device.force(batch.x, size, force)
      const drift = mobility * contrastTime(batch, noising.bath, { time })
      let [square, product] = [0, 0]
      for (let b = 0; b < size; b++) {
        square += force[b]! ** 2 / size
        product += (force[b]! * force[size + b]!) / size
      }
      shown.forEach(({ name, offset }, which) => {
        const bias = name === 'stiffness' ? (-drift / 2) * square : -drift * product
        expected[which]![step] = bias
        off[which]![step] = (moved[offset]! - implicitly[offset]!) / batch.weight - bias
      })
    }
    return shown.map(({ name }, which) => {
      const { value, standardError } = meanOf(off[which]!)
      const truth = meanOf(expected[which]!).value
      const row = `contrastive divergence - implicit score matching: ${name}`
      return statisticalCheck(row, truth + value, truth, standardError)
    })
  },
}

/** Second moments of the noised states that the reverse-path rows are about: v₀, v₁, c. */
export const noisedMoments = [0.6, 0.5, 0.2] as const

/** Noising of one step h of such Gaussian states, by Euler–Maruyama. */
function noisingStep(seed: number, count: number, dt: number): NoisingStep {
  const [a, b, c] = noisedMoments
  const [z, before] = arrays(2, 2 * count)
  fillNormals(seed, stream.initial, 0, 2, 0, count, z)
  const along = c / Math.sqrt(a)
  for (let n = 0; n < count; n++) {
    before[n] = Math.sqrt(a) * z[n]!
    before[count + n] = along * z[n]! + Math.sqrt(b - along * along) * z[count + n]!
  }
  fillNormals(seed, stream.dynamics, 0, 2, 0, count, z)
  const width = Math.sqrt(2 * mobility * kT * dt)
  const after = before.map((x, n) => (1 - mobility * noising.stiffness * dt) * x + width * z[n]!)
  return { before, after, dt }
}

/** One step of noising as a batch of weight 1; nothing but the step matters to the rule. */
function steppedBatch(step: NoisingStep, batch: number): NoisedBatch {
  const { trap, scale } = scoreScale(noising, 'reverse')
  const draw = { seed: 0, step: 0 }
  const { after: x } = step
  return { batch, x, target: x, weight: 1, targetVariance: scale ** 2, trap, scale, draw, path: [step] }
}

/** A symmetric 2×2 matrix by its diagonal and what is off it. */
const symmetric = (a: number, b: number, c: number) =>
  new Matrix([
    [a, c],
    [c, b],
  ])

/** Stiffnesses, quartic coefficients and coupling of the reverse-path rows. */
const anharmonic = potentialOf(unitsWith(2, [[0, 1]]), [stiffness, quartic, bilinear])
export const anharmonicTheta = [0.8, -0.3, 0.4, 0.2, 0.5] as const

/**
 * The gradient of the reverse-path rule for Gaussian states of those moments S, exactly: after a step S' = a²S + 2μkTh with
 * a = 1 - μk0h, and -dx = (aS S'⁻¹ - 1)x' on average, so every average is a Gaussian moment of x'.
 */
export function exactReversePath(dt: number) {
  const [v0, v1, c01] = noisedMoments
  const S = symmetric(v0, v1, c01)
  const [k0, k1, a0, a1, J] = anharmonicTheta
  const a = 1 - mobility * noising.stiffness * dt
  const after = Matrix.mul(S, a * a).add(Matrix.eye(2).mul(2 * mobility * kT * dt))
  // r = L x' + μh a_i x_i'³/(2kT), in the mean at given x'; ⟨x_i³ x_j⟩ = 3 v_i c, ⟨x⁶⟩ = 15 v³.
  const L = Matrix.mul(S, a)
    .mmul(inverse(after))
    .sub(Matrix.eye(2))
    .add(symmetric(k0, k1, J).mul(mobility * dt))
    .div(2 * kT)
  const LS = L.mmul(after)
  const cube = [a0, a1].map((quartic) => (mobility * dt * quartic) / (2 * kT))
  const v = (i: number) => after.get(i, i)
  const c = after.get(0, 1)
  return {
    stiffness: [0, 1].map((i) => LS.get(i, i) + 3 * cube[i]! * v(i) ** 2),
    quartic: [0, 1].map((i) => 3 * v(i) * LS.get(i, i) + 15 * cube[i]! * v(i) ** 3),
    bilinear: LS.get(0, 1) + LS.get(1, 0) + 3 * c * (cube[0]! * v(0) + cube[1]! * v(1)),
  }
}

/** The reverse-path gradient of k₀, a₁ and J from one step of noising, and its exact value; `at`: see the rule. */
export function reversePathRows(trial: Trial, at: 'after' | 'before') {
  const [dt, size, count] = [0.02, 500, 100 * trial.effort]
  const gradient = new Float64Array(anharmonic.size)
  const [rule, device] = [
    reversePathRule({ at }),
    deviceOf(anharmonic, Float64Array.from(anharmonicTheta), noising.bath),
  ]
  // The rule's scale is that of force matching, 2kT/μh times that of the action.
  const toAction = (mobility * dt) / (2 * kT)
  const parameters = [0, 3, 4]
  const measured = parameters.map(() => new Float64Array(count))
  for (let draw = 0; draw < count; draw++) {
    const step = noisingStep(trial.seed + draw, size, dt)
    rule.gradient(device, steppedBatch(step, size), gradient)
    measured.forEach((row, which) => {
      row[draw] = toAction * gradient[parameters[which]!]!
    })
  }
  const exact = exactReversePath(dt)
  const truths = [exact.stiffness[0]!, exact.quartic[1]!, exact.bilinear]
  return measured.map((values, which) => ({
    name: ['stiffness', 'quartic', 'coupling'][which]!,
    estimate: meanOf(values),
    truth: truths[which]!,
  }))
}

/** The reverse-path rule has its exact gradient, and (2kT/μh) times it tends to that of force matching as h → 0. */
const reversePath: Claim = {
  name: 'reverse path',
  async check(trial) {
    // Force matching of J with weight 1 is -⟨(F - k0x)_i x_j⟩ - …, by parts free of the score's own scale.
    const [k0, k1, a0, a1, J] = anharmonicTheta
    const [v0, v1, c] = noisedMoments
    const trap = 2 * noising.stiffness * c
    const matched = (k0 + k1) * c + J * (v0 + v1) + 3 * c * (a0 * v0 + a1 * v1) + trap
    const scaled = (dt: number) => ((2 * kT) / (mobility * dt)) * exactReversePath(dt).bilinear
    return [
      ...reversePathRows(trial, 'after').map(({ name, estimate, truth }) =>
        estimateCheck(`reverse path: gradient of a ${name}`, estimate, truth),
      ),
      identityCheck('reverse path · 2kT/μh → force matching as h → 0', 2 * scaled(5e-5) - scaled(1e-4), matched, 1e-5),
    ]
  },
}

/** Local learning rules. */
export const learning: Topic = {
  name: 'learning',
  truth:
    'Gaussian data: force matching finds K = 2kTΣ⁻¹-k₀ (reverse), kTΣ⁻¹ (quasi-static); force matching = implicit score matching = nudged = contrastive divergence, reverse path as h → 0.',
  claims: [
    gaussianOptimum('reverse', [0.05, 0.5]),
    gaussianOptimum('quasi-static', [0.2]),
    implicit,
    nudged,
    contrast,
    reversePath,
  ],
}
