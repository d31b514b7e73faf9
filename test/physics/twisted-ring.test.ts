import { expect, test } from 'vitest'
import { twistedRingModes } from '../../src/physics/truth/twisted-ring.js'

const { cos, sin, exp, PI } = Math
const rotor = (K: number) => (angle: number) => -K * cos(angle)

test('cold rings have kT/4K cos Δ sin²(πk/N), and warmer ones more by a share of kT', () => {
  const [units, twist, K] = [24, 3, 2]
  const off = (kT: number) => {
    const modes = twistedRingModes({ units, twist, bond: rotor(K), kT })
    const harmonic = (k: number) => kT / (4 * K * cos((2 * PI * twist) / units) * sin((PI * k) / units) ** 2)
    const ratios = [1, 5, 12].map((k) => modes(k) / harmonic(k) - 1)
    expect(Math.max(...ratios) - Math.min(...ratios)).toBeLessThan(1e-12)
    return ratios[0]!
  }
  const [cold, colder] = [off(0.01), off(0.005)]
  expect(colder).toBeGreaterThan(0)
  expect(colder).toBeLessThan(0.02)
  expect(cold / colder).toBeCloseTo(2, 1)
})

test('three and four bonds are those of sums over the whole ring', () => {
  const [K, kT] = [2, 0.5]
  for (const [units, twist] of [
    [4, 0],
    [5, 1],
  ] as const) {
    const rest = (2 * PI * twist) / units
    // Bonds but the last are free, the last has what makes the sum 0.
    const n = units === 4 ? 81 : 41
    const grid = Array.from({ length: n }, (_, i) => ((i + 0.5) / n - 0.5) * PI)
    const w = (d: number) => (Math.abs(d) < PI / 2 ? exp((K * (cos(rest + d) - cos(rest))) / kT) : 0)
    let [partition, squares] = [0, 0]
    const add = (left: number, sum: number, weight: number, square: number) => {
      if (left === 1) {
        partition += weight * w(-sum)
        squares += weight * w(-sum) * square
        return
      }
      for (const d of grid) add(left - 1, sum + d, weight * w(d), square + (left === units ? d * d : 0))
    }
    add(units, 0, 1, 0)
    const modes = twistedRingModes({ units, twist, bond: rotor(K), kT })
    const variance = (modes(1) * 4 * sin(PI / units) ** 2 * (units - 1)) / units
    expect(variance / (squares / partition)).toBeGreaterThan(0.99)
    expect(variance / (squares / partition)).toBeLessThan(1.01)
  }
})
