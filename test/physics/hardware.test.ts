import { expect, test } from 'vitest'
import { accumulatorOf, updateRange } from '../../src/learning/hardware/accumulated.js'
import { noErrors } from '../../src/learning/hardware/errors.js'
import { type Hardware, idealHardware } from '../../src/learning/hardware/hardware.js'
import { sensorsOf } from '../../src/learning/hardware/sensed.js'
import { specimenOf } from '../../src/learning/hardware/specimen.js'
import { deviceOf } from '../../src/learning/rules/device.js'
import { createNoiser } from '../../src/learning/rules/noised-batch.js'
import { nudgedForceMatching } from '../../src/learning/rules/nudged-force-matching.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { drawNormals } from '../../src/physics/noise/gaussian.js'
import { createPotential, groupSlice } from '../../src/physics/potential/potential.js'
import { defaultBath } from '../../src/physics/protocol/bath.js'
import { following } from '../../src/physics/protocol/following.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'

const network = createNetwork({ visible: { lattice: [20, 20] }, hidden: { units: 40 } })
const potential = createPotential(network, { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] })
const normals = (count: number, step: number) => drawNormals({ seed: 9, stream: 200, step }, 1, count)
const given = normals(potential.size, 0).map((x) => 1 + 0.3 * Math.abs(x))
const onDevice = (change: Partial<Hardware>) => specimenOf({ ...idealHardware, ...change }, potential, 1)
const group = (name: string, theta: Float64Array) =>
  groupSlice(potential.groups.find((each) => each.name === name)!, theta)

/** |z| of a mean of independent numbers against its truth. */
function z(values: ArrayLike<number>, truth: number): number {
  const { length } = values
  const mean = Array.from(values).reduce((sum, x) => sum + x, 0) / length
  const square = Array.from(values).reduce((sum, x) => sum + (x - mean) ** 2, 0) / (length - 1)
  return Math.abs(mean - truth) / Math.sqrt(square / length)
}

test('an ideal specimen has what it is given, and the parts of one that is none have too', () => {
  expect(onDevice({}).realised(given)).toBe(given)
  // Through the code of imperfect ones: a range that nothing reaches.
  expect(onDevice({ protocol: { slew: null, range: 1e9 } }).realised(given, 7)).toEqual(given)
})

test.each(['stiffness', 'couplings'] as const)('disorder of %s has mean 1 and the rms that is asked for', (kind) => {
  const { realised } = onDevice({ disorder: { ...idealHardware.disorder, [kind]: 0.3 } })
  const [own, others] = kind === 'stiffness' ? ['bias', 'bilinear'] : ['bilinear', 'bias']
  const gains = group(own!, realised(given)).map((x, a) => x / group(own!, given)[a]!)
  expect(z(gains, 1)).toBeLessThan(4)
  expect(
    z(
      gains.map((gain) => (gain - 1) ** 2),
      0.09,
    ),
  ).toBeLessThan(4)
  expect(group(others!, realised(given))).toEqual(group(others!, given))
  // Fabrication is once, and each specimen has its own.
  expect(realised(given)).toEqual(onDevice({ disorder: { ...idealHardware.disorder, [kind]: 0.3 } }).realised(given))
  const other = onDevice({ device: 2, disorder: { ...idealHardware.disorder, [kind]: 0.3 } })
  expect(other.realised(given)).not.toEqual(realised(given))
})

test('what wanders is as large as is asked, and forgets', () => {
  const { realised } = onDevice({ disorder: { ...idealHardware.disorder, drift: 0.1, driftTime: 5 } })
  const logs = (n: number) =>
    group('bilinear', realised(given, n)).map((x, a) => Math.log(x / group('bilinear', given)[a]!))
  const [first, later] = [logs(3), logs(8)]
  expect(
    z(
      first.map((x) => x * x),
      0.01,
    ),
  ).toBeLessThan(4)
  expect(
    z(
      first.map((x, a) => x * later[a]!),
      0.01 * Math.exp(-1),
    ),
  ).toBeLessThan(4)
  expect(realised(given)).toEqual(given)
})

test('couplings that are missing are 0, as many as asked, and more of them are the same and others', () => {
  const gone = (part: number) =>
    group('bilinear', onDevice({ missing: part }).realised(given)).map((J) => Number(J === 0))
  const [few, many] = [gone(0.1), gone(0.4)]
  expect(z(few, 0.1)).toBeLessThan(4)
  expect(z(many, 0.4)).toBeLessThan(4)
  expect(few.every((is, a) => is <= many[a]!)).toBe(true)
})

test('a dead hidden unit answers nothing; without hidden units of a dead unit the trap is left', () => {
  const theta = onDevice({ dead: 0.5 }).realised(given)
  const [V, b] = [group('hidden-coupling', theta), group('hidden-bias', theta)]
  const dead = [...b.keys()].filter((h) => b[h] === 0)
  expect(dead.length).toBeGreaterThan(8)
  expect(dead.length).toBeLessThan(32)
  V.forEach((value, e) => void expect(value === 0).toBe(dead.includes(network.hiddenEdges.hidden[e]!)))
  expect(group('stiffness', theta)).toEqual(group('stiffness', given))

  const alone = createPotential(createNetwork({ visible: { units: 60 } }), {
    onsite: ['stiffness', 'bias'],
    pair: ['bilinear'],
  })
  const values = new Float64Array(alone.size).fill(3)
  const left = specimenOf({ ...idealHardware, dead: 0.3 }, alone, 1).realised(values)
  const stiffness = left.subarray(0, 60)
  expect(new Set(stiffness)).toEqual(new Set([1, 3]))
  const { a, b: other } = alone.network.edges
  left.subarray(120).forEach((J, e) => {
    expect(J === 0).toBe(stiffness[a[e]!] === 1 || stiffness[other[e]!] === 1)
  })
})

/** That values are on the 2^bits - 1 levels up to the largest of them, and on more than two. */
function expectLevels(values: Float64Array, bits: number) {
  const step = Math.max(...values.map(Math.abs)) / (2 ** (bits - 1) - 1)
  for (const value of values) expect(Math.abs(value / step - Math.round(value / step))).toBeLessThan(1e-12)
  expect(new Set(values).size).toBeGreaterThan(2)
}

test('each write to storage rounds by random numbers of its own, and leaves the mean', () => {
  const { realised } = onDevice({ storage: { bits: 4, rounding: 'stochastic' } })
  const writes = Array.from({ length: 400 }, (_, write) => group('bilinear', realised(given, 5, write)))
  expect(writes[1]).not.toEqual(writes[0])
  const asked = group('bilinear', given)
  const step = Math.max(...asked.map(Math.abs)) / 7
  const off = asked.map((value, a) => writes.reduce((sum, of) => sum + of[a]!, 0) / writes.length - value)
  // Of one write at most a quarter of a step squared; |z| < 4 of the mean over values and writes, and of the largest of them < 5.
  const error = step / 2 / Math.sqrt(writes.length)
  expect(Math.abs(off.reduce((sum, value) => sum + value, 0) / off.length)).toBeLessThan(
    (4 * error) / Math.sqrt(off.length),
  )
  expect(Math.max(...off.map(Math.abs))).toBeLessThan(5.5 * error)
})

test('storage has as many levels as bits say; a quartic term that confines is never rounded to nothing', () => {
  const { realised } = onDevice({ storage: { bits: 4, rounding: 'nearest' } })
  const small = given.slice()
  group('quartic', small).fill(1e-6)
  group('quartic', small)[0] = 1
  const theta = realised(small)
  for (const name of ['stiffness', 'bilinear', 'hidden-coupling']) expectLevels(group(name, theta), 4)
  expect(Math.min(...group('quartic', theta))).toBeCloseTo(1 / 7, 12)
})

test('crosstalk adds a part of the four neighbours, and nothing to couplings', () => {
  const theta = onDevice({ crosstalk: 0.1 }).realised(given)
  const [before, after] = [group('bias', given), group('bias', theta)]
  // Unit (3, 5), and the corner.
  expect(after[65]!).toBeCloseTo(before[65]! + 0.1 * (before[45]! + before[85]! + before[64]! + before[66]!), 12)
  expect(after[0]!).toBeCloseTo(before[0]! + 0.1 * (before[1]! + before[20]!), 12)
  expect(group('bilinear', theta)).toEqual(group('bilinear', given))
})

test('force sensors are off by what is asked: white in each reading, offset and drift per unit, and 0 on average without', () => {
  const units = network.units
  const batch = 400
  const device = deviceOf(potential, given, defaultBath)
  const x = drawNormals({ seed: 1, stream: 200, step: 1 }, units, batch)
  const [bare, read] = [new Float64Array(x.length), new Float64Array(x.length)]
  device.force(x, batch, bare)
  const errors = (force: Partial<Hardware['force']>, n = 5) => {
    sensorsOf({ ...idealHardware, force: { ...noErrors, ...force } }, units)
      .reading(device, { iteration: n, update: n })
      .force(x, batch, read)
    return read.map((F, k) => F - bare[k]!)
  }
  expect(errors({})).toEqual(new Float64Array(x.length))
  const noise = errors({ noise: 0.2 })
  expect(z(noise, 0)).toBeLessThan(4)
  expect(
    z(
      noise.map((e) => e * e),
      0.04,
    ),
  ).toBeLessThan(4)
  expect(errors({ noise: 0.2 }, 6)).not.toEqual(noise)
  const offsets = errors({ offset: 0.2 }).filter((_, k) => k % batch === 0)
  expect(
    z(
      offsets.map((e) => e * e),
      0.04,
    ),
  ).toBeLessThan(4)
  for (const e of errors({ offset: 0.2 }, 99).subarray(0, batch)) expect(e).toBeCloseTo(offsets[0]!, 9)
})

test('updates of one iteration have white errors of their own, and the drift of the iteration', () => {
  const device = deviceOf(potential, given, defaultBath)
  const x = drawNormals({ seed: 1, stream: 200, step: 1 }, network.units, 4)
  const read = (force: Partial<Hardware['force']>, update: number) => {
    const out = new Float64Array(x.length)
    const sensors = sensorsOf({ ...idealHardware, force: { ...noErrors, ...force } }, network.units)
    sensors.reading(device, { iteration: 5, update }).force(x, 4, out)
    return out
  }
  expect(read({ noise: 1 }, 40)).not.toEqual(read({ noise: 1 }, 41))
  expect(read({ drift: 1 }, 40)).toEqual(read({ drift: 1 }, 41))
})

test('white noise is that of nobody else, however often an update reads', () => {
  const { reading } = sensorsOf({ ...idealHardware, force: { ...idealHardware.force, noise: 1 } }, network.units)
  const device = deviceOf(potential, given, defaultBath)
  const x = new Float64Array(network.units * 3)
  const seen = [3, 4].flatMap((update) => {
    const read = reading(device, { iteration: 0, update })
    return Array.from({ length: 130 }, () => {
      const out = new Float64Array(x.length)
      read.force(x, 3, out)
      return out[0]!
    })
  })
  expect(new Set(seen).size).toBe(260)
})

test('sensors without errors change no bit of a rule', () => {
  const noising = createNoising()
  const points = normals(50 * network.visible, 3)
  const batch = createNoiser({ points, units: network.visible, count: 50 }, noising).minibatch(0.5, 32, 1)
  const device = deviceOf(potential, given, defaultBath)
  const [one, other] = [new Float64Array(potential.size), new Float64Array(potential.size)]
  const rule = nudgedForceMatching()
  rule.gradient(device, batch, one)
  // Errors so small that they are lost: through all of the code.
  const sensors = sensorsOf({ ...idealHardware, readout: 1e-300, force: { ...noErrors, noise: 1e-300 } }, network.units)
  rule.gradient(sensors.reading(device, { iteration: 1, update: 1 }), batch, other)
  expect(other).toEqual(one)
})

test('an accumulator forms updates with errors over their rms, and rounds what it adds up', () => {
  const size = 20_000
  const [before, scale] = [new Float64Array(size), new Float64Array(size).fill(2)]
  const moved = normals(size, 4).map((x) => 0.01 * x)
  const formed = (update: Partial<Hardware['update']>) => {
    const theta = moved.slice()
    accumulatorOf({ ...idealHardware, update: { ...idealHardware.update, ...update } }, size).add(
      before,
      theta,
      scale,
      { iteration: 3, update: 3 },
    )
    return theta
  }
  expect(formed({})).toEqual(moved)
  const errors = formed({ noise: 0.5 }).map((x, a) => x - moved[a]!)
  expect(z(errors, 0)).toBeLessThan(4)
  const rms = Math.sqrt(moved.reduce((sum, x) => sum + x * x, 0) / size)
  expect(
    z(
      errors.map((e) => (e / rms) ** 2),
      0.25,
    ),
  ).toBeLessThan(4)
  // Updates far below a level: to the nearest nothing moves; stochastic rounding moves as much on average.
  expect(formed({ rounding: { bits: 8, rounding: 'nearest' } })).toEqual(new Float64Array(size))
  const stochastic = formed({ rounding: { bits: 8, rounding: 'stochastic' } })
  expect(
    z(
      stochastic.map((x, a) => x - moved[a]!),
      0,
    ),
  ).toBeLessThan(4)
  expect(new Set(stochastic.map((x) => Math.round((x * 127) / (2 * updateRange)))).size).toBeLessThan(4)
})

test('a protocol that is limited never changes faster, and follows one that is slower to the last bit', () => {
  const size = 3
  const asked = {
    ...constantProtocol(new Float64Array(size), 1, 0.1),
    parameters(step: number, out: Float64Array) {
      out.set([step < 3 ? 0 : 1, Math.max(0, step) * 0.01, -2])
      return true
    },
  }
  const limited = following(asked, 2, Uint8Array.of(1, 1, 1))
  const at = (step: number) => {
    const out = new Float64Array(size)
    limited.parameters(step, out)
    return out
  }
  const path = Array.from({ length: 11 }, (_, n) => at(n - 1))
  path.slice(1).forEach((theta, n) => {
    theta.forEach((value, a) => void expect(Math.abs(value - path[n]![a]!)).toBeLessThanOrEqual(0.2 + 1e-15))
  })
  expect(path.map((theta) => theta[0])).toEqual([0, 0, 0, 0, 0.2, 0.4, 0.6000000000000001, 0.8, 1, 1, 1])
  expect(path.map((theta) => theta[1])).toEqual(path.map((_, n) => Math.max(0, n - 1) * 0.01))
  const free = following(asked, 2, Uint8Array.of(0, 1, 1))
  free.parameters(3, path[0]!)
  expect(path[0]![0]).toBe(1)
  // Out of turn.
  expect(at(5)).toEqual(path[6])
})
