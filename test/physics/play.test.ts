import { readFileSync } from 'node:fs'
import { determinant, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { createWasm } from '../../src/backend/wasm/wasm.js'
import { noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import type { PlayFrame } from '../../src/play/messages.js'
import { createSession } from '../../src/play/session.js'
import { networkAt, playRecord } from '../play-record.js'
import { conditional, covariance, exactNetwork, largestZ, options, units } from './conditional-gaussian.js'

const kernels = readFileSync('dist/wasm/kernels.wasm')
const noise = { duration: 4, tMin: 0.003, slices: 32 }
const { noising, knots } = exactNetwork(noise, 'reverse')
const system = { network: { visible: { units } }, potential: options, noising: noise }
const gaussian = networkAt(playRecord(system), knots)
const steps = gaussian.protocol.dt.length
const session = async (network = gaussian) => createSession(network, await createWasm({ kernels }))

/** Largest |z| of the means and of the variances of units against those of independent Gaussian ones, [units] each. */
function zOf({ x }: Pick<PlayFrame, 'x'>, all: number, unit: number, mean: number, variance: number): number {
  const values = Float64Array.from({ length: x.length / all }, (_, n) => x[n * all + unit]! - mean)
  const n = values.length
  const offset = values.reduce((sum, value) => sum + value, 0) / n
  const spread = values.reduce((sum, value) => sum + value * value, 0) / n
  return Math.max(Math.abs(offset) / Math.sqrt(variance / n), Math.abs(spread / variance - 1) / Math.sqrt(2 / n))
}

const known = Float32Array.of(Number.NaN, -1.2, Number.NaN, 0.9, 0.8, Number.NaN)
const free = known.map(() => Number.NaN)

test('the first law holds to rounding at every frame, whatever hand is laid on the ensemble', async () => {
  const play = await session()
  const frames = [await play.begin({ trajectories: 48, seed: 3 })]
  const keep = async (frame: Promise<PlayFrame>) => void frames.push(await frame)
  for (const act of [
    () => play.advance({ steps: 90 }),
    () => play.set({ kT: 1.7 }),
    () => play.advance({ steps: 40 }),
    () => play.noise({ to: 20 }),
    () => play.clamp({ known }),
    () => play.advance({ steps: 100 }),
    () => play.advance({ steps: 1 }),
    () => play.set({ kT: 1 }),
    () => play.noise({ to: 70 }),
    () => play.advance({ steps: 60 }),
    () => play.clamp({ known: free }),
    () => play.advance({ steps }),
    () => play.clamp({ known }),
    () => play.advance({ steps }),
  ])
    await keep(act())
  // Float32 rounds an energy of some hundred kT to 2^-24 of it, at each of some hundred steps.
  for (const { firstLaw } of frames) expect(firstLaw).toBeLessThan(1e-3)
  const apart = frames.map(({ energyChange, work, heat }) =>
    Math.max(...energyChange.map((change, n) => Math.abs(change - work[n]! + heat[n]!))),
  )
  expect(frames.map(({ firstLaw }) => firstLaw)).toEqual(apart)
  // It is no identity: energies are the reference's, sums the kernels'.
  expect(frames.some(({ firstLaw }) => firstLaw > 1e-7)).toBe(true)
  expect(frames.at(-1)!.work.some((work) => Math.abs(work) > 1)).toBe(true)
})

test('noising has the mean and the variance of the Ornstein–Uhlenbeck process, at the temperature that is set', async () => {
  const play = await session()
  await play.begin({ trajectories: 4000, seed: 5 })
  const from = await play.advance({ steps })
  await play.set({ kT: 0.5 })
  const to = await play.noise({ to: Math.floor(0.6 * steps) })
  const m = Math.exp(-(to.clock - from.clock))
  const noised = { x: to.x.map((x, n) => x - m * from.x[n]!) }
  for (let i = 0; i < units; i++) expect(zOf(noised, units, i, 0, 0.5 * (1 - m * m))).toBeLessThan(4)
  // Another hand, another noise.
  const again = await play.noise({ to: Math.floor(0.5 * steps) })
  const k = Math.exp(-(again.clock - to.clock))
  const [first, second] = [noised.x, again.x.map((x, n) => x - k * to.x[n]!)]
  const product = first.reduce((sum, x, n) => sum + x * second[n]!, 0) / first.length
  expect(Math.abs(product)).toBeLessThan(4 * Math.sqrt((0.25 * (1 - m * m) * (1 - k * k)) / first.length))
})

test('held long in a harmonic landscape at kT, units have the variance kT/k', async () => {
  const stiffness = 2.5
  const held = playRecord({ noising: { duration: 4, tMin: 0.5, slices: 2 }, generation: { slowdown: 3, dt: 0.02 } })
  const network = networkAt(
    held,
    [0, 1, 2].map(() => Float64Array.of(stiffness)),
  )
  const play = await session(network)
  for (const kT of [0.4, 3]) {
    await play.begin({ trajectories: 2000, seed: 11 })
    await play.set({ kT })
    const end = await play.advance({ steps: network.protocol.dt.length })
    expect(end.done).toBe(true)
    // Euler–Maruyama: kT/(k(1 - μ k dt/2)).
    expect(zOf(end, 1, 0, 0, kT / (stiffness * (1 - (stiffness * 0.02) / 2)))).toBeLessThan(4)
  }
})

test('known units are at m y + s ε whenever they are seen, from the moment that they are known', async () => {
  const play = await session()
  await play.begin({ trajectories: 2000, seed: 7 })
  await play.advance({ steps: Math.floor(steps / 3) })
  let frame = await play.clamp({ known })
  for (;;) {
    const [m, s] = [signal(noising, frame.clock), noiseWidth(noising, frame.clock)]
    for (const i of [1, 3, 4]) expect(zOf(frame, units, i, m * known[i]!, s * s)).toBeLessThan(4.5)
    if (frame.done) break
    frame = await play.advance({ steps: 20 })
  }
})

test.each([
  ['before the protocol begins', 0],
  ['in the middle of a slice', 0.3],
])('units that are known %s leave the others in their exact conditional law', async (_, share) => {
  // (Where little noise is left in what is known, and there is time to come to rest.)
  const finest = { ...noise, tMin: 0.0003 }
  const fine = networkAt(
    playRecord({ ...system, noising: finest, completion: { sweeps: 2, steps: 48 } }),
    exactNetwork(finest, 'reverse').knots,
  )
  const steps = fine.protocol.dt.length
  const play = await session(fine)
  await play.begin({ trajectories: 4000, seed: 9 })
  // (.3 of the steps end within a slice: a knot would be another case.)
  if (share > 0) await play.advance({ steps: Math.floor(share * steps) })
  await play.clamp({ known })
  let end = await play.advance({ steps })
  while (!end.done) end = await play.advance({ steps })
  const m = signal(fine.noising, end.clock)
  const points = Float64Array.from(end.x, (x) => x / m)
  const exact = conditional([0, 2, 5], [1, 3, 4], [-1.2, 0.9, 0.8])
  expect(largestZ({ points, count: 4000, units }, [0, 2, 5], exact)).toBeLessThan(4)
})

test('a free run ends in the law of the data, and its entropy production is that of heat and a Gaussian fit', async () => {
  const play = await session()
  const begun = await play.begin({ trajectories: 4000, seed: 13 })
  expect(Math.abs(begun.entropyProduction!)).toBeLessThan(0.1)
  const end = await play.advance({ steps })
  const heat = end.heat.reduce((sum, q) => sum + q, 0) / 4000
  // S(p) - S(p_0) = ½ ln det(m²Σ + s²), the trap's own variance being 1.
  const [m, s] = [signal(noising, end.clock), noiseWidth(noising, end.clock)]
  const spread = covariance
    .clone()
    .mul(m * m)
    .add(Matrix.eye(units, units, s * s))
  const change = Math.log(determinant(spread)) / 2
  // Of ln p the spread is √(d/2) at either end; steps of Euler–Maruyama narrow the law by some hundredths.
  expect(Math.abs(end.entropyProduction! - heat - change)).toBeLessThan(4 * Math.sqrt(units / 4000) + 0.05)
  await play.begin({ trajectories: units, seed: 13 })
  expect((await play.advance({ steps: 10 })).entropyProduction).toBeNull()
})

test('hidden units are up as often as tanh says, given what they feel', async () => {
  const hidden = playRecord({
    network: { visible: { units: 1 }, hidden: { units: 400 } },
    noising: { duration: 4, tMin: 0.5, slices: 1 },
  })
  const bias = 0.3
  const theta = Float64Array.from({ length: 801 }, (_, n) => (n === 0 ? 1 : n <= 400 ? 0 : bias))
  const play = await session(networkAt(hidden, [theta, theta]))
  let up = 0
  await play.begin({ trajectories: 1, seed: 17 })
  for (let n = 0; n < 10; n++) {
    const { hidden: states } = await play.advance({ steps: 1 })
    up += states.reduce((sum, s) => sum + s, 0)
  }
  expect(Math.abs(up / 4000 - Math.tanh(bias))).toBeLessThan(
    (4 * Math.sqrt(1 - Math.tanh(bias) ** 2)) / Math.sqrt(4000),
  )
})

test("the lens shows what acts on a unit: its couplings, and the curve whose slope is the unit's force", async () => {
  const play = await session()
  await play.begin({ trajectories: 2, seed: 19 })
  const { x } = await play.advance({ steps: 30 })
  const lens = await play.lens({ unit: 2, trajectory: 1 })
  expect(lens.x).toBeCloseTo(x[units + 2]!, 6)
  expect([...lens.couplings].map((value) => Number.isNaN(value))).toEqual([false, false, true, false, false, false])
  expect(Math.min(...lens.potential)).toBe(0)
  // Of a harmonic unit the lowest point is where its force vanishes: k x = f + Σ couplings·x.
  const theta = new Float64Array(gaussian.learned.size)
  gaussian.protocol.parameters(29, theta)
  const [k, f] = [theta[2]!, theta[units + 2]!]
  const pull = lens.couplings.reduce((sum, J, j) => sum + (j === 2 ? 0 : J * x[units + j]!), f)
  const lowest = lens.at[lens.potential.indexOf(0)]!
  expect(Math.abs(lowest - pull / k)).toBeLessThan(lens.at[1]! - lens.at[0]!)
})
