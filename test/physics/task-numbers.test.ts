// Numbers that scenarios expect of their observables, each against the truth that it was taken from.
import { readFileSync } from 'node:fs'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { constantOf } from '../../src/experiment/scenario/checks.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { type DriftDiffusion, eulerMaruyamaProcess } from '../../src/physics/truth/drift-diffusion.js'
import { fokkerPlanckOnLine, gaussianLineStart } from '../../src/physics/truth/fokker-planck-line.js'
import { twistedRingModes } from '../../src/physics/truth/twisted-ring.js'

await loadFormulas()

/** What a scenario expects of its observables, and what it allows for. */
function expectedOf(name: string): { observable: string; value: number; within: number }[] {
  const { checks } = parse(readFileSync(`scenarios/${name}.yaml`, 'utf8')) as {
    checks: (string | { observable: string; expected: number | string; within?: number })[]
  }
  return checks.flatMap((check) =>
    typeof check === 'string'
      ? []
      : [{ observable: check.observable, value: constantOf(check.expected), within: check.within ?? 0 }],
  )
}

/**
 * ⟨x²⟩ and ⟨xx'⟩ of an endless chain of wells x⁴/4 - x²/2 with springs of stiffness c, from its transfer matrix T, and their changes
 * by Euler–Maruyama's steps to first order: (h/4kT) Cov(A, Σ_i F_i² - 2kT U_ii).
 */
function chainOfWells(kT: number, h: number, c: number): [square: number, bond: number] {
  const points = 101
  const x = Float64Array.from({ length: points }, (_, n) => 3 * ((2 * n) / (points - 1) - 1))
  const u = x.map((at) => at ** 4 / 4 - at ** 2 / 2)
  const T = new Matrix(points, points)
  for (let i = 0; i < points; i++)
    for (let j = 0; j < points; j++)
      T.set(i, j, Math.exp(-(u[i]! / 2 + u[j]! / 2 + (c * (x[i]! - x[j]!) ** 2) / 2) / kT))
  const modes = new EigenvalueDecomposition(T, { assumeSymmetric: true })
  const order = modes.realEigenvalues.map((value, n) => [value, n] as const).sort((a, b) => b[0] - a[0])
  const V = modes.eigenvectorMatrix
  const top = V.getColumn(order[0]![1])
  const rows = T.div(order[0]![0]).to2DArray()
  type Sites = ReadonlyMap<number, Float64Array>
  /** The average of a product of functions of single sites. */
  const average = (sites: Sites) => {
    const [first, last] = [Math.min(...sites.keys()), Math.max(...sites.keys())]
    let v = Float64Array.from(top, (value, n) => value * sites.get(first)![n]!)
    for (let site = first + 1; site <= last; site++) {
      const own = sites.get(site)
      v = Float64Array.from(rows, (row, n) => row.reduce((sum, t, m) => sum + t * v[m]!, 0) * (own?.[n] ?? 1))
    }
    return v.reduce((sum, value, n) => sum + value * top[n]!, 0)
  }
  const times = (a: Sites, b: Sites): Sites => {
    const out = new Map(a)
    for (const [site, f] of b) out.set(site, out.get(site)?.map((value, n) => value * f[n]!) ?? f)
    return out
  }
  const own = x.map((at) => at ** 3 - at + 2 * c * at)
  const squares = x.map((at) => at * at)
  // F_i² - 2kT U_ii with -F_i = own(x_i) - c(x_(i-1) + x_(i+1)).
  const change = (i: number): [number, Sites][] => [
    [1, new Map([[i, own.map((a) => a * a)]])],
    [
      -2 * c,
      new Map([
        [i - 1, x],
        [i, own],
      ]),
    ],
    [
      -2 * c,
      new Map([
        [i, own],
        [i + 1, x],
      ]),
    ],
    [c * c, new Map([[i - 1, squares]])],
    [c * c, new Map([[i + 1, squares]])],
    [
      2 * c * c,
      new Map([
        [i - 1, x],
        [i + 1, x],
      ]),
    ],
    [-2 * kT, new Map([[i, x.map((at) => 3 * at * at - 1 + 2 * c)]])],
  ]
  const shifted = (A: Sites) => {
    const mean = average(A)
    let covariance = 0
    // Correlations fall by half a site: beyond 20 sites nothing is left.
    for (let i = -20; i <= 20; i++)
      for (const [weight, part] of change(i)) covariance += weight * (average(times(A, part)) - mean * average(part))
    return mean + (h / (4 * kT)) * covariance
  }
  return [
    shifted(new Map([[0, squares]])),
    shifted(
      new Map([
        [0, x],
        [1, x],
      ]),
    ),
  ]
}

test('the chain of double wells has the fluctuations of its transfer matrix', () => {
  const [square, bond] = chainOfWells(0.5, 0.005, 0.5)
  const [first, second] = expectedOf('double-well-chain')
  expect(first!.value).toBeCloseTo(square, 4)
  expect(second!.value).toBeCloseTo(bond, 4)
})

test('the rocked double well answers in and out of phase as the Fokker–Planck equation says', () => {
  const rocked: DriftDiffusion = {
    isSteady: false,
    drift: (x, t) => x.map((at) => at - at ** 3 + 0.15 * Math.cos((2 * Math.PI * t) / 20)),
    diffusion: (x) => x.map(() => 0.15),
  }
  const times = Array.from({ length: 301 }, (_, n) => 40 + n * 0.2)
  const law = fokkerPlanckOnLine(
    eulerMaruyamaProcess(rocked, 0.01),
    gaussianLineStart({ mean: 1, variance: 0 }),
    times,
    {
      cells: 500,
      steps: 2500,
    },
  )
  const part = (wave: (z: number) => number) =>
    times.reduce((sum, t, n) => sum + 2 * law.mean[n]! * wave((2 * Math.PI * t) / 20), 0) / times.length
  const [cosine, sine] = expectedOf('stochastic-resonance')
  expect(cosine!.value).toBeCloseTo(part(Math.cos), 3)
  expect(sine!.value).toBeCloseTo(part(Math.sin), 3)
})

test('the waves of the twisted ring have their mean squares', () => {
  const modes = twistedRingModes({ units: 16, twist: 2, bond: (angle) => -4 * Math.cos(angle), kT: 0.05 })
  const found = expectedOf('twisted-ring')
  const waves = [1, 2, 4]
  found.forEach(({ value }, n) => {
    const rate = 4 * 4 * Math.SQRT1_2 * Math.sin((Math.PI * waves[n]!) / 16) ** 2
    expect(value / (modes(waves[n]!) / (1 - (0.005 * rate) / 2))).toBeCloseTo(1, 3)
  })
})
