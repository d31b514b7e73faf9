import { expect, test } from 'vitest'
import { driveNetwork } from '../../src/physics/dynamics/drive.js'
import { evolve } from '../../src/physics/dynamics/evolve.js'
import { integrators } from '../../src/physics/dynamics/integrators.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'
import { meanStatistics } from '../../src/physics/truth/mean-statistics.js'

/** A real unit x and a spin s: U = kx²/2 - f_x x - f_s s + J x s. */
const network = createNetwork({ visible: { blocks: [{ units: 1 }, { units: 1, states: 'two', rate: 2 }] } })
const potential = potentialOf(network, [stiffness, bias, bilinear])
const [k, J] = [1.2, -1]
const [fx, fs] = [0.2, -0.3]
const theta = Float64Array.of(k, fx, fs, J)
const bath = { kT: 0.7, mobility: 1 }
const rate = 2
const start = { x: -1.5, s: 1 }

type Means = readonly [s: number, x: number, xs: number]

/** Means after a time, by splitting steps of the exact laws of x and of s, applied to the density on a grid of x in steps of h. */
function onGrid(time: number, h: number): Means {
  const [reach, spacing] = [5, 0.125]
  const at = Array.from({ length: (2 * reach) / spacing + 1 }, (_, n) => -reach + n * spacing)
  const kept = Math.exp(-k * h)
  const variance = (bath.kT / k) * (1 - kept ** 2)
  const kernels = [-1, 1].map((s) => {
    const rest = (fx - J * s) / k
    return at.map((from) => {
      const row = at.map((to) => Math.exp(-((to - rest - (from - rest) * kept) ** 2) / (2 * variance)))
      const total = row.reduce((a, b) => a + b)
      return row.map((p) => p / total)
    })
  })
  const tried = 1 - Math.exp((-rate * h) / 2)
  const flip = (p: number[][]) =>
    at.forEach((x, n) => {
      const up = 1 / (1 + Math.exp((-2 * (fs - J * x)) / bath.kT))
      const all = p[0]![n]! + p[1]![n]!
      p[0]![n] = (1 - tried) * p[0]![n]! + tried * (1 - up) * all
      p[1]![n] = (1 - tried) * p[1]![n]! + tried * up * all
    })
  let p: number[][] = [-1, 1].map((s) => at.map((x) => (s === start.s && Math.abs(x - start.x) < 1e-9 ? 1 : 0)))
  for (let step = 0; step < Math.round(time / h); step++) {
    flip(p)
    p = p.map((row, s) => {
      const out = new Array<number>(at.length).fill(0)
      row.forEach((mass, n) => {
        if (mass > 1e-300) for (let m = 0; m < at.length; m++) out[m]! += mass * kernels[s]![n]![m]!
      })
      return out
    })
    flip(p)
  }
  const mean = (f: (x: number, s: number) => number) =>
    p.reduce((sum, row, s) => sum + row.reduce((all, mass, n) => all + mass * f(at[n]!, 2 * s - 1), 0), 0)
  return [mean((_, s) => s), mean((x) => x), mean((x, s) => x * s)]
}

/** The same by trajectories in steps of dt. */
function byTrajectories(time: number, dt: number, batch: number, seed: number): Means {
  const x = new Float64Array(2 * batch).fill(start.x, 0, batch).fill(start.s, batch)
  const drive = driveNetwork(potential, constantProtocol(theta, time, dt))
  for (const _ of evolve(drive, bath, integrators['exact-ou'], x, seed, 0, { workAndHeat: null, observers: [] }));
  let [s, own, product] = [0, 0, 0]
  for (let b = 0; b < batch; b++) {
    s += x[batch + b]! / batch
    own += x[b]! / batch
    product += (x[b]! * x[batch + b]!) / batch
  }
  return [s, own, product]
}

test('what the splitting is off by on the way falls as dt², and nothing is left of it in equilibrium', () => {
  const time = 1.6
  // Off by h² itself, (.04/.8)² = 1/400 of what the longer step is off by.
  const [, truth] = onGrid(time, 0.04)
  const batch = 400_000
  const [long, short] = [0.8, 0.4].map((dt) => byTrajectories(time, dt, batch, 31)[1] - truth) as [number, number]
  // The standard deviation of x is below 1.1 throughout.
  const error = 1.1 / Math.sqrt(batch)
  expect(Math.abs(long)).toBeGreaterThan(12 * error)
  // The next order, dt⁴, is allowed a quarter of what dt² leaves at the shorter step.
  expect(Math.abs(short - long / 4)).toBeLessThan(4 * error * Math.sqrt(1 + 1 / 16) + Math.abs(long) / 16)
  // A scheme of first order would halve it.
  expect(Math.abs(short - long / 2)).toBeGreaterThan(4 * error)
  const few = 40_000
  const settled = byTrajectories(32, 1.6, few, 32)
  const [square, x, s, xs] = meanStatistics(potential, theta, bath)!
  const truths = [-s!, -x!, xs!]
  const spreads = [1 - s! ** 2, 2 * square! - x! ** 2, 2 * square! - xs! ** 2]
  truths.forEach((mean, n) => {
    expect(Math.abs(settled[n]! - mean) / Math.sqrt(spreads[n]! / few)).toBeLessThan(4)
  })
})
