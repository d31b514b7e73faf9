import { expect, test } from 'vitest'
import { createNetwork } from '../../src/physics/network/network.js'
import { lengthPower } from '../../src/physics/potential/dimensions.js'
import { createPotential, forceAndEnergy, groupSlice } from '../../src/physics/potential/potential.js'
import { parameterUnit, systemUnits } from '../../src/physics/protocol/scales.js'
import { fastest, slewLimited } from '../../src/physics/protocol/slew.js'

const t = Float64Array.from({ length: 200 }, (_, n) => 0.01 * n + 0.004 * Math.sin(n))
const theta = t.map((time) => Math.sin(5 * time) + (time > 1 ? 2 : 0))

/** The least that the largest deviation of any schedule slower than `slew` can be: half of what two values miss each other by. */
function leastDeviation(slew: number): number {
  let most = 0
  for (let n = 0; n < t.length; n++)
    for (let m = 0; m < t.length; m++)
      most = Math.max(most, (theta[n]! - theta[m]! - slew * Math.abs(t[n]! - t[m]!)) / 2)
  return most
}

test('a limited schedule keeps its slew rate and its range, and deviates by no more than any must', () => {
  for (const slew of [0.5, 3, 20]) {
    const limited = slewLimited(t, theta, slew)
    expect(fastest(t, limited)).toBeLessThanOrEqual(slew * (1 + 1e-9))
    const deviation = Math.max(...limited.map((value, n) => Math.abs(value - theta[n]!)))
    expect(leastDeviation(slew)).toBeGreaterThan(0.1)
    expect(deviation).toBeCloseTo(leastDeviation(slew), 12)
    expect(Math.max(...limited)).toBeLessThanOrEqual(Math.max(...theta))
    expect(Math.min(...limited)).toBeGreaterThanOrEqual(Math.min(...theta))
  }
})

test('a schedule that is slow enough stays as it is, to the bit', () => {
  expect(slewLimited(t, theta, fastest(t, theta) * 1.001)).toEqual(theta)
})

/** A bath, a trap, and the device that they are told of. */
const told = { bath: { kT: 2, mobility: 0.5 }, stiffness: 3 }
const device = { kT: 4.1e-21, mobility: 2e7, stiffness: 5e-6 }

test('energies scale as kT whatever the terms: U(λx; θε/λⁿ) = εU(x; θ)', () => {
  const { energy, length } = systemUnits(told, device)
  for (const hidden of [{ units: 2 }, { units: 2, temperature: 1.5 }] as const) {
    const network = createNetwork({ visible: { units: 3 }, hidden })
    const terms = { onsite: ['stiffness', 'cubic', 'quartic', 'bias'], pair: ['bilinear', 'quartic'] } as const
    const own = createPotential(network, terms, told.bath.kT)
    const real = createPotential(network, terms, device.kT)
    const theta = Float64Array.from({ length: own.size }, (_, n) => 0.3 + 0.1 * (n % 7))
    const scaled = theta.slice()
    for (const group of own.groups) {
      const unit = parameterUnit({ energy, length, time: 1 }, lengthPower(own, group))
      groupSlice(group, scaled).forEach((value, n, slice) => {
        slice[n] = value * unit
      })
    }
    const x = Float64Array.from([0.7, -1.1, 0.4])
    const [u, v, f, g] = [1, 1, 3, 3].map((size) => new Float64Array(size)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    forceAndEnergy(own, theta, x, 1, f, u)
    forceAndEnergy(
      real,
      scaled,
      x.map((value) => value * length),
      1,
      g,
      v,
    )
    expect(v[0]! / energy / u[0]!).toBeCloseTo(1, 12)
    g.forEach((force, i) => {
      expect((force * length) / energy / f[i]!).toBeCloseTo(1, 12)
    })
  }
})

test('a step of the device is a step of the scenario: drift μF dt and noise sqrt(2μkT dt) are lengths', () => {
  const { energy, length, time } = systemUnits(told, device)
  const dt = 0.01
  expect((device.mobility * (energy / length) * (time * dt)) / length).toBeCloseTo(told.bath.mobility * dt, 12)
  expect(Math.sqrt(2 * device.mobility * device.kT * time * dt) / length).toBeCloseTo(
    Math.sqrt(2 * told.bath.mobility * told.bath.kT * dt),
    12,
  )
  expect(device.stiffness).toBeCloseTo((told.stiffness * energy) / length ** 2, 12)
  const ordinary = systemUnits({ bath: { kT: 1, mobility: 1 }, stiffness: 1 }, device)
  expect(ordinary.length / Math.sqrt(device.kT / device.stiffness)).toBeCloseTo(1, 12)
  expect(ordinary.time * device.mobility * device.stiffness).toBeCloseTo(1, 12)
})
