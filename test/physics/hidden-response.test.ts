import { expect, test } from 'vitest'
import { doubleWellResponse } from '../../src/physics/potential/double-well-response.js'
import type { Response } from '../../src/physics/potential/response.js'

const barriers = [0.25, 1, 4, 8, 16, 64]

/** A, ⟨s⟩ and its first two derivatives at one field. */
function at(response: Response, u: number, T = 1): [number, number, number, number] {
  const [energy, mean, slope, bend] = Array.from({ length: 4 }, () => new Float64Array(1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  response.addFreeEnergy(Float64Array.of(u), 0, 1, energy, T)
  response.respond(Float64Array.of(u), 1, T, mean, slope, bend)
  return [energy[0]!, mean[0]!, slope[0]!, bend[0]!]
}

/**
 * ln Z, mean, variance and third central moment of e^(ys - B(s² - 1)²), by Simpson's rule around the lowest point, which
 * bisection finds: nothing is shared with the table but the potential.
 */
function quadrature(barrier: number, y: number): [number, number, number, number] {
  let [low, high] = [1, 2]
  while (4 * barrier * high * (high * high - 1) < Math.abs(y)) high *= 2
  for (let n = 0; n < 200; n++) {
    const middle = (low + high) / 2
    if (4 * barrier * middle * (middle * middle - 1) < Math.abs(y)) low = middle
    else high = middle
  }
  const top = low * (y < 0 ? -1 : 1)
  const lowest = y * top - barrier * (top * top - 1) ** 2
  const width = 1 / Math.sqrt(4 * barrier * (3 * top * top - 1))
  // Both wells while both count; a window around one of them when the field is large.
  const reach = Math.abs(top) + 20 * width
  const [from, to] = Math.abs(y) < 60 ? [-reach, reach] : [top - 20 * width, top + 20 * width]
  const intervals = 3000
  const h = (to - from) / intervals
  const moments = [0, 0, 0, 0]
  for (let n = 0; n <= intervals; n++) {
    const d = from - top + n * h
    // The exponent less its highest value, in powers of d, which cancel nothing.
    const exponent = -d * d * (barrier * (6 * top * top - 2) + 4 * barrier * top * d + barrier * d * d)
    const weight = (n === 0 || n === intervals ? 1 : n % 2 === 1 ? 4 : 2) * (h / 3) * Math.exp(exponent)
    for (let power = 0; power < 4; power++) moments[power]! += weight * d ** power
  }
  const [m0, m1, m2, m3] = moments as [number, number, number, number]
  const [a, b, c] = [m1 / m0, m2 / m0, m3 / m0]
  return [lowest + Math.log(m0), top + a, b - a * a, c - 3 * a * b + 2 * a ** 3]
}

test.each(barriers)('the tabulated response of a well of %f kT is that of direct quadrature', (barrier) => {
  const kT = 0.7
  const response = doubleWellResponse(barrier)
  // On knots (y = sinh(n/16)), between them, and across the end of the table at y ~ 10⁶.
  const inner = Array.from({ length: 75 }, (_, n) => Math.sinh((n * 15.3) / 75 + 0.013))
  for (const y of [0, 1e-9, 1, Math.sinh(3 / 16), ...inner, 4e5, 6e5, 2e6, 3e6, 1e7].flatMap((y) => [y, -y])) {
    const [A, mean, slope, bend] = at(response, y * kT, kT)
    const [lnZ, m1, m2, m3] = quadrature(barrier, y)
    expect(Math.abs(A / -kT - lnZ), `ln Z at ${y}`).toBeLessThan(1e-10 + 1e-14 * Math.abs(lnZ))
    expect(Math.abs(mean - m1), `⟨s⟩ at ${y}`).toBeLessThan(1e-10)
    expect(Math.abs(slope * kT - m2), `d⟨s⟩/dy at ${y}`).toBeLessThan(1e-9)
    expect(Math.abs(bend * kT ** 2 - m3), `d²⟨s⟩/dy² at ${y}`).toBeLessThan(1e-7)
  }
})

test('beyond the table the response is its expansion to twelve digits, without a jump where they meet', () => {
  for (const barrier of barriers) {
    const response = doubleWellResponse(barrier)
    // The table ends where B s⁴ = 10⁷.
    const s = (1e7 / barrier) ** 0.25
    const end = Math.sinh(Math.ceil(16 * Math.asinh(4 * barrier * s * (s * s - 1))) / 16)
    const [inside, outside] = [at(response, end * (1 - 1e-9)), at(response, end * (1 + 1e-9))]
    const [, mean, slope, bend] = quadrature(barrier, end * (1 + 1e-9))
    expect(Math.abs(outside[1] / mean - 1)).toBeLessThan(1e-12)
    expect(Math.abs(outside[2] / slope - 1)).toBeLessThan(1e-10)
    expect(Math.abs(outside[3] / bend - 1)).toBeLessThan(1e-4)
    expect(Math.abs(inside[0] / outside[0] - 1)).toBeLessThan(1e-8)
    expect(Math.abs(inside[2] / outside[2] - 1)).toBeLessThan(1e-8)
  }
})

test('the response tends to tanh(u/kT) as the barrier grows: .727, .747, .755 at u = kT for 4, 8, 16 kT', () => {
  const response = [4, 8, 16].map((barrier) => at(doubleWellResponse(barrier), 1.7, 1.7)[1])
  expect(response.map((mean) => mean.toFixed(3))).toEqual(['0.727', '0.747', '0.755'])
  // The distance falls as 1/barrier.
  const gap = (barrier: number) => Math.tanh(1) - at(doubleWellResponse(barrier), 1)[1]
  expect(gap(64) * 64).toBeCloseTo(gap(32) * 32, 2)
  expect(gap(64)).toBeLessThan(0.002)
})
