import { Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import { imitationObjective } from '../../src/learning/objectives/imitation.js'
import { imitateLags, information, policyGradient } from '../../src/learning/objectives/lag-imitation.js'
import { createLandscape } from '../../src/learning/objectives/landscape.js'
import { contrast } from '../../src/learning/objectives/objective.js'
import {
  actionGradient,
  likeliestMobility,
  oneStepLikelihood,
  pathAction,
} from '../../src/learning/objectives/path-action.js'
import { cutPaths, frameOf, lagProducts, type Paths, recordPaths } from '../../src/learning/objectives/paths.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { stream } from '../../src/physics/noise/streams.js'
import { quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { laggedCovariance, stationaryCovariance } from '../../src/physics/truth/harmonic.js'
import { normals } from '../systems.js'

const bath = { kT: 1.5, mobility: 0.8 }
const dt = 0.1
const landscapeOf = (units: number, terms: readonly TermOn[]) =>
  createLandscape(potentialOf(createNetwork({ visible: { units } }), terms), bath)
/** Two coupled units. */
const pair = landscapeOf(2, [stiffness, bilinear])
const teacher = Float64Array.of(1.5, 1, 0.6)
const pathsOf = (count: number, steps: number, seed = 1): Paths => {
  const start = exactStates(pair.potential, teacher, bath, count, { seed, stream: stream.data, step: 0 })
  return recordPaths(pair, teacher, bath, start, { dt, steps, seed, stream: stream.recordedPaths, from: 0 })
}

test('the slope of the action is its finite difference, path by path, at kT and μ other than 1, with a nonlinear force', () => {
  const landscape = landscapeOf(2, [stiffness, quartic, bilinear])
  const { size } = landscape.potential
  const paths: Paths = { x: normals(2 * 5 * 3, 1), units: 2, frames: 5, paths: 3 }
  const theta = normals(size, 2).map(Math.abs)
  const weights = Float64Array.of(0.2, -1, 0.7)
  const total = (at: Float64Array) =>
    pathAction(landscape, at, bath, paths, dt).action.reduce((sum, A, n) => sum + weights[n]! * A, 0)
  const slope = actionGradient(landscape, theta, paths, pathAction(landscape, theta, bath, paths, dt), weights)
  // Actions are quadratic in θ: central differences are exact but for rounding, 1e-16 of 100 over 1e-4.
  slope.forEach((value, a) => {
    const moved = (by: number) => total(theta.map((value, b) => value + (a === b ? by : 0)))
    expect(value).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 8)
  })
})

test('an action is minus the logarithm of the probability of its steps, up to what θ does not change', () => {
  const paths = pathsOf(1, 3)
  const logLaw = (theta: Float64Array) => {
    let sum = 0
    for (let t = 0; t < 3; t++) {
      const [now, next] = [frameOf(paths, t).x, frameOf(paths, t + 1).x]
      const force = [-theta[0]! * now[0]! - theta[2]! * now[1]!, -theta[1]! * now[1]! - theta[2]! * now[0]!]
      for (let i = 0; i < 2; i++)
        sum -= (next[i]! - now[i]! - bath.mobility * dt * force[i]!) ** 2 / (2 * (2 * bath.mobility * bath.kT * dt))
    }
    return sum
  }
  const other = Float64Array.of(0.3, 2, -0.4)
  const A = (theta: Float64Array) => pathAction(pair, theta, bath, paths, dt).action[0]!
  expect(A(other) - A(teacher)).toBeCloseTo(logLaw(teacher) - logLaw(other), 10)
})

test('the gradient of the contrast is the finite difference of its loss; the policy begins where the data do', () => {
  const data = pathsOf(20, 4)
  const first = Float64Array.of(1, 1.2, 0.1)
  const begun = () => {
    const objective = imitationObjective({ landscape: pair, data, dt, refresh: null, rate: 0.1, seed: 3 })
    objective.phases(first, 0)
    return objective
  }
  const objective = begun()
  expect(objective.loss()).toBeCloseTo(2 * Math.LN2, 12)
  // An offset that is not 0 counts too.
  objective.follow!(first, first, 0)
  const theta = Float64Array.of(1.4, 0.8, 0.5)
  const gradient = contrast(pair.potential, theta, objective.phases(theta, 1), new Float64Array(3))
  theta.forEach((_, a) => {
    const lossAt = (by: number) => {
      objective.phases(
        theta.map((value, b) => value + (a === b ? by : 0)),
        1,
      )
      return objective.loss()
    }
    expect(gradient[a]! / bath.kT).toBeCloseTo((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5, 8)
  })
  const start = frameOf(data, 0)
  const own = { x: start.x.slice(), batch: start.batch }
  const recording = { dt, steps: 4, seed: 3, stream: stream.policyPaths, from: 0 }
  const policy = recordPaths(pair, first, bath, own, recording)
  const mean = (paths: Paths) => actionGradient(pair, first, paths, pathAction(pair, first, bath, paths, dt), null)
  const renewed = begun()
  const atRenewal = contrast(pair.potential, first, renewed.phases(first, 0), new Float64Array(3))
  const [real, imagined] = [mean(data), mean(policy)]
  // At a renewal nothing tells them apart: half of each.
  atRenewal.forEach((value, a) => {
    expect(value / bath.kT).toBeCloseTo((real[a]! - imagined[a]!) / 2, 10)
  })
})

test('one-step likelihood has the parameters of the data within 4 s.e., and their mobility', () => {
  const paths = pathsOf(400, 50)
  const { theta, standardError } = oneStepLikelihood(pair, bath, paths, dt)
  theta.forEach((value, a) => {
    expect(standardError[a]!).toBeLessThan(0.05)
    expect(Math.abs(value - teacher[a]!) / standardError[a]!).toBeLessThan(4)
  })
  const cut = oneStepLikelihood(pair, bath, cutPaths(paths, 10), dt)
  cut.theta.forEach((value, a) => {
    expect(value).toBeCloseTo(theta[a]!, 10)
  })
  // Seen with a bath of another mobility. A variance of 40,000 numbers is known to √(2/40,000) = .7 %.
  const other = likeliestMobility(pair, { ...bath, mobility: 2 }, paths, dt)
  expect(Math.abs(other.mobility / bath.mobility - 1)).toBeLessThan(4 * 0.0071)
  other.theta.forEach((value, a) => {
    expect(Math.abs(value - teacher[a]!)).toBeLessThan(4 * (standardError[a]! + 0.0071 * Math.abs(teacher[a]!)))
  })
})

test('the covariance with later times is the step matrix’s power times that at rest, as products of paths have it', () => {
  const K = Float64Array.of(1.5, 0.6, 0.6, 1)
  const A = Matrix.sub(
    Matrix.eye(2),
    new Matrix([
      [1.5, 0.6],
      [0.6, 1],
    ]).mul(bath.mobility * dt),
  )
  const S = stationaryCovariance(K, bath, dt)
  const rest = new Matrix([Array.from(S.subarray(0, 2)), Array.from(S.subarray(2))])
  const expected = A.mmul(A).mmul(A).mmul(rest).to1DArray()
  laggedCovariance(K, bath, dt, 3).forEach((value, n) => {
    expect(value).toBeCloseTo(expected[n]!, 12)
  })
  // 4,000 independent paths: a product of correlated normals is known to √2 of itself over √4,000, and the start is off by h/2.
  const products = lagProducts(pathsOf(4000, 20), [0, 3])
  const mean = (k: number) => products.subarray(k * 4000, (k + 1) * 4000).reduce((sum, value) => sum + value, 0) / 4000
  expect(Math.abs(mean(0) / S[0]! - 1)).toBeLessThan(4 * 0.0224)
  expect(Math.abs(mean(2) / expected[0]! - 1)).toBeLessThan(4 * 0.0224)
})

test('a policy’s eligibilities are finite differences of the action in θ and log μ, and their covariance is the information', () => {
  const count = 500
  const paths = pathsOf(count, 4)
  const seen = pathAction(pair, teacher, bath, paths, dt)
  const of = (weights: Float64Array) => policyGradient(pair, teacher, bath, paths, dt, seen, weights)
  const single = (n: number) => Float64Array.from({ length: count }, (_, m) => (m === n ? count : 0))
  const A = (theta: Float64Array, mobility: number) =>
    pathAction(pair, theta, { kT: bath.kT, mobility }, paths, dt).action[7]!
  of(single(7)).forEach((value, a) => {
    const moved = (by: number) =>
      a < 3
        ? A(
            teacher.map((own, b) => own + (a === b ? by : 0)),
            bath.mobility,
          )
        : A(teacher, bath.mobility * Math.exp(by))
    expect(value).toBeCloseTo(-(moved(1e-4) - moved(-1e-4)) / 2e-4, 6)
  })
  const scores = Array.from({ length: count }, (_, n) => of(single(n)))
  const F = information(pair, teacher, bath, paths, dt, seen)
  const mean = F.to2DArray().map((_, a) => scores.reduce((sum, row) => sum + row[a]!, 0) / count)
  // Of -A alone log μ has a mean of half the number of steps and units.
  expect(Math.abs(mean[3]! - 4)).toBeLessThan(4 * Math.sqrt(F.get(3, 3) / count))
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < 4; b++) {
      const covariance = scores.reduce((sum, row) => sum + (row[a]! - mean[a]!) * (row[b]! - mean[b]!), 0) / count
      // A covariance of 500 is known to √(F_aa F_bb/500), or √2 of that; scores have somewhat heavier tails.
      expect(Math.abs(covariance - F.get(a, b))).toBeLessThan(6 * Math.sqrt((F.get(a, a) * F.get(b, b)) / count))
    }
})

test('a policy that imitates two lagged products finds stiffness and mobility of the unit that had them', () => {
  const unit = landscapeOf(1, [stiffness])
  const [k, mobility] = [0.4, 0.6]
  const target = Float64Array.from(
    [0, 20],
    (lag) => laggedCovariance(Float64Array.of(k), { kT: bath.kT, mobility }, dt, lag)[0]!,
  )
  const policy = { theta: Float64Array.of(1), mobility: 1.5 }
  const key = { seed: 5, stream: stream.initial, step: 0 }
  const chains = exactStates(unit.potential, policy.theta, bath, 1000, key)
  const settings = { landscape: unit, dt, lags: [0, 20], target, chains, steps: 60, iterations: 60 }
  for (const _ of imitateLags(policy, { ...settings, rate: 0.2, finalRate: 0.02, seed: 5 }));
  // The last dozen small steps average some 10,000 paths, whose products are known to 2 %, and the mobility to twice that.
  expect(Math.abs(policy.theta[0]! / k - 1)).toBeLessThan(0.08)
  expect(Math.abs(policy.mobility / mobility - 1)).toBeLessThan(0.16)
})
