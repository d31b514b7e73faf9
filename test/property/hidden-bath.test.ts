import { afterAll, expect, test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import { rescaleHidden, startParameters, stepScale } from '../../src/learning/rules/parameter-scales.js'
import { frameOf } from '../../src/learning/training/centred.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { auditTerm } from '../../src/physics/potential/audit.js'
import { bistable, hiddenUnits, quarticHidden } from '../../src/physics/potential/hidden.js'
import { createPotential, forceAndEnergy, groupSlice, type Potential } from '../../src/physics/potential/potential.js'
import { twoStateResponse } from '../../src/physics/potential/response.js'
import { createNoising, scoreScale, signal } from '../../src/physics/protocol/noising.js'
import { normals } from '../systems.js'

const kT = 1.3
const bath = { kT, mobility: 0.7 }
const noising = createNoising({ stiffness: 1.4, duration: 2, tMin: 0.01, slices: 6 }, bath)
const wasm = createThreadedWasm(2)
const reference = createReference()
afterAll(() => wasm.close())

const networkOf = (temperature?: number, kind: 'bistable' | 'quartic' = 'bistable') =>
  createNetwork({ visible: { units: 7 }, hidden: { units: 5, kind, temperature }, label: {} }, 1)
const potentialOf = (temperature?: number) =>
  createPotential(networkOf(temperature), { onsite: ['stiffness', 'cubic', 'quartic', 'bias'], pair: ['bilinear'] }, kT)

/** Parameters of order 1, hidden units at temperature T. */
function someParameters({ groups, size }: Potential, T: number): Float64Array {
  const theta = normals(size, 3).map((value) => 0.4 * value)
  for (const group of groups) {
    const values = groupSlice(group, theta)
    if (group.name === 'quartic') values.set(values.map((value) => 0.3 + Math.abs(value)))
    if (group.name === 'hidden-temperature') values.fill(T)
  }
  return theta
}

function forceOf(potential: Potential, theta: Float64Array, x: Float64Array, batch: number): Float64Array {
  const force = new Float64Array(x.length)
  forceAndEnergy(potential, theta, x, batch, force, null)
  return force
}

test('every method of hidden units in a bath of their own follows from their energy, and nothing is learned of its temperature', () => {
  for (const term of [bistable(kT), quarticHidden(kT, 2)]) expect(auditTerm(term, networkOf(0.4))).toEqual([])
  // One that takes the common temperature for the derivative alone is found out.
  const wrong = hiddenUnits(
    { ...twoStateResponse, respond: (u, length, _T, ...out) => twoStateResponse.respond(u, length, kT, ...out) },
    kT,
  )
  expect(auditTerm(wrong, networkOf(0.4)).length).toBeGreaterThan(0)
})

test('at the temperature of the common bath they are what they are in it', () => {
  const [own, shared] = [potentialOf(0.4), potentialOf()]
  const theta = someParameters(own, kT)
  const x = normals(8 * 9, 4)
  const bare = theta.subarray(0, shared.size)
  expect(forceOf(own, theta, x, 9)).toEqual(forceOf(shared, bare, x, 9))
})

test.each([0.06, 0.9, 4])('the force of units at T = %f is that of the integral over their states', (T) => {
  const potential = potentialOf(T)
  const theta = someParameters(potential, T)
  const { visible, hiddenEdges, hidden, units } = potential.network
  const x = normals(units, 5)
  const value = (name: string) => groupSlice(potential.groups.find((group) => group.name === name)!, theta)
  const [V, b] = [value('hidden-coupling'), value('hidden-bias')]
  // The free energy of one unit by its two Boltzmann weights, differentiated numerically.
  const free = (at: Float64Array) => {
    let sum = 0
    for (let h = 0; h < hidden; h++) {
      let u = b[h]!
      for (let e = hiddenEdges.start[h]!; e < hiddenEdges.start[h + 1]!; e++) u += V[e]! * at[hiddenEdges.visible[e]!]!
      sum -= Math.abs(u) + T * Math.log(1 + Math.exp((-2 * Math.abs(u)) / T))
    }
    return sum
  }
  const without = theta.slice()
  const off = potential.groups.find(({ name }) => name === 'hidden-coupling')!
  groupSlice(off, without).fill(0)
  const [whole, rest] = [forceOf(potential, theta, x, 1), forceOf(potential, without, x, 1)]
  for (let i = 0; i < visible; i++) {
    const moved = (by: number) => x.map((at, unit) => (unit === i ? at + by : at))
    const expected = (free(moved(-1e-6)) - free(moved(1e-6))) / 2e-6
    expect(whole[i]! - rest[i]!).toBeCloseTo(expected, 6)
  }
})

test('the kernels take the temperature from the parameters: samples, gradients and energies of float64', async () => {
  const potential = potentialOf(0.4)
  const points = normals(40 * 8, 6).map((value, n) => (n % 8 === 7 ? (value > 0 ? 1 : -1) : value))
  const data = { points, count: 40, units: 8 }
  const task = { potential, noising, drive: 'reverse' as const, seed: 2, train: data, heldOut: data }
  const learners = [reference, wasm].map((backend) => backend.learner({ ...task, rule: 'nudged-force-matching' }))
  for (const T of [0.3, 3]) {
    const theta = someParameters(potential, T)
    const gradients = await Promise.all(
      learners.map(async (learner) => {
        const gradient = new Float64Array(potential.size)
        return { loss: await learner.gradient(theta, 0.3, 64, 1, gradient), gradient }
      }),
    )
    const [a, b] = gradients as [(typeof gradients)[0], (typeof gradients)[0]]
    expect(Math.abs(a.loss / b.loss - 1)).toBeLessThan(1e-5)
    const largest = Math.max(...a.gradient.map(Math.abs))
    a.gradient.forEach((value, n) => {
      expect(Math.abs(value - b.gradient[n]!)).toBeLessThan(1e-4 * largest)
    })
    for (const { gradient } of gradients) expect(Math.abs(gradient.at(-1)!)).toBe(0)
    const energies = [reference, wasm].map((backend) => {
      const energy = new Float64Array(40)
      const x = Float64Array.from({ length: 8 * 40 }, (_, n) => points[(n % 40) * 8 + Math.floor(n / 40)]!)
      const arithmetic = backend.arithmetic?.(potential, bath)
      if (arithmetic === undefined) forceAndEnergy(potential, theta, x, 40, null, energy)
      else arithmetic.forceAndEnergy(theta, x, 40, null, energy)
      return energy
    })
    energies[0]!.forEach((value, n) => {
      expect(Math.abs(value - energies[1]![n]!)).toBeLessThan(1e-4)
    })
  }
})

test('a bath that grows hotter leaves u/T as it was, and steps go with T', () => {
  const potential = potentialOf(0.4)
  const theta = startParameters(potential, noising, 1, 0.2)
  const before = theta.slice()
  rescaleHidden(potential, theta, 0.6)
  for (const group of potential.groups) {
    const factor = group.support === 'hidden' ? 3 : 1
    groupSlice(group, theta).forEach((value, a) => {
      expect(value).toBeCloseTo(factor * groupSlice(group, before)[a]!, 12)
    })
  }
  const scale = (temperature: number) => stepScale(potential, noising, 0.1, { temperature, rate: 2, bias: 3 })
  const [cold, hot] = [scale(0.2), scale(0.6)]
  for (const { name, support, offset } of potential.groups)
    expect(hot[offset]! / (cold[offset]! || 1), name).toBeCloseTo(
      name === 'hidden-temperature' ? 0 : support === 'hidden' ? 3 : 1,
      12,
    )
})

test.each([
  ['reverse', 1],
  ['quasi-static', 1],
  ['reverse', 3],
] as const)(
  'parameters learned about the mean of the data have the same force in x (%s, label units: %d)',
  (drive, labels) => {
    const units = 7 + labels
    const network = createNetwork({ visible: { units: 7 }, hidden: { units: 5, temperature: 0.4 }, label: {} }, labels)
    const terms = { onsite: ['stiffness', 'cubic', 'quartic', 'bias'], pair: ['bilinear'] } as const
    const potential = createPotential(network, terms, kT)
    const data = { points: normals(30 * units, 7).map((value) => value + 2), count: 30, units }
    const frame = frameOf(potential, noising, drive, data)!
    const theta = someParameters(potential, 0.4)
    const { trap } = scoreScale(noising, drive)
    const y = frame.centred(data)
    const column = (set: typeof y, n: number) => set.points.subarray(n * units, (n + 1) * units)
    // One label unit stays as it is, of several each is displaced, and none is noised.
    expect(column(y, 0)[7] === column(data, 0)[7]).toBe(labels === 1)
    for (const t of noising.knots) {
      const m = signal(noising, t)
      frame.own(frame.parameters(theta, t), t).forEach((value, a) => {
        expect(value).toBeCloseTo(theta[a]!, 9)
      })
      for (const n of [0, 5]) {
        const shift = Float64Array.from(column(data, n), (value, i) => (i < 7 ? m : 1) * (value - column(y, n)[i]!))
        const at = column(y, n).map((value, i) => value + shift[i]!)
        const [there, here] = [
          forceOf(potential, theta, column(y, n), 1),
          forceOf(potential, frame.parameters(theta, t), at, 1),
        ]
        for (let i = 0; i < 7; i++) expect(here[i]).toBeCloseTo(there[i]! + trap * shift[i]!, 9)
      }
    }
  },
)
