import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { firstLawOf, heatIntegralOf } from '../../src/experiment/checks/exchange-checks.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import type { Check } from '../../src/physics/observe/check.js'
import { writeReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()
const backends = ['reference', 'wasm'] as const

const driven = (parameters: string, checks: string, rest = '') => `name: driven
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
initial: { kind: equilibrium }
protocol: { duration: 2, dt: 0.01, bothWays: true, parameters: ${parameters} }
sampling: { trajectories: 300 }
record: { trajectories: 0 }
observe: [work, heat]
checks: ${checks}
${rest}`

async function resultsOf(text: string, backend: (typeof backends)[number], set: string[] = []) {
  const directory = folder()
  await run(await parseScenario(text, 'driven.yaml', { set }), { directory, backend })
  return { directory, ...JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')) }
}

const passes = ({ checks }: { checks: { name: string; pass: boolean | null }[] }) =>
  Object.fromEntries(checks.map(({ name, pass }) => [name, pass]))

describe.each(backends)('tolerances on %s', (backend) => {
  test.each([
    ['energies of 10⁸ kT that cancel', '{ stiffness: 1, bias: 10000, bilinear: 0 }'],
    ['energies of 10⁸ kT in units that pull on each other', '{ stiffness: 3, bias: 20000, bilinear: -1 }'],
    ['a force that rises to 10⁴ and falls back to 0', '{ stiffness: 1, bias: 10000*sin(pi*t/2), bilinear: 0.2 }'],
    ['energies of 10⁻⁶ kT', '{ stiffness: 1, bias: 0.001*t, bilinear: 0 }'],
  ])('of the first law and of heat scale with %s', async (_, parameters) => {
    const results = await resultsOf(driven(parameters, '[heat-integral, first-law]'), backend)
    expect(Object.values(passes(results))).toEqual([true, true])
    for (const { tolerance } of results.checks) expect(tolerance).toBeLessThan(1e-4)
  })

  test('leave room for rounding where a protocol does no work', async () => {
    const text = driven('{ stiffness: 1.3 + 0*t, bias: 0.7, bilinear: 0.3 }', '[free-energy, work-mean]')
    const { checks } = await resultsOf(text, backend)
    expect(checks).toHaveLength(5)
    for (const { pass, value } of checks) expect([pass, value]).toEqual([true, 0])
    // The bars of the time step are not those of rounding.
    for (const { tolerance } of checks.filter(({ name }: Check) => !/^time step|^second law/.test(name))) {
      expect(tolerance).toBeGreaterThan(0)
      expect(tolerance).toBeLessThan(backend === 'wasm' ? 1e-4 : 1e-12)
    }
  })

  test('of a single work no law is broken, whose error is not known', async () => {
    const text = driven('{ stiffness: 1, bias: t, bilinear: 0 }', '[]').replace(/trajectories: \d+/, 'trajectories: 1')
    const { freeEnergy } = await resultsOf(text, backend)
    expect(freeEnergy!.warning).not.toContain('which the second law forbids')
  })

  test('hold of a free particle, which has no energies at all', () => {
    const none = createWorkAndHeat(3)
    expect([firstLawOf(none, 10, 1, 0), heatIntegralOf(none, 10, 1, 0, 2 ** -53)].map(({ pass }) => pass)).toEqual([
      true,
      true,
    ])
  })

  test('a start on the target has crossed at once, one just beside it has not', async () => {
    const text = `name: passage
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
initial: { kind: point, x: 0.1 }
firstPassage: { unit: 0, to: 0.1 }
protocol: { duration: 60, dt: 0.05, parameters: { stiffness: 1 } }
sampling: { trajectories: 400 }
record: { trajectories: 0 }
observe: [first-passage]
checks: [mean-first-passage]
`
    for (const x of [0.1, 0.3, -1.7, 1e-5, 123.456]) {
      const { firstPassage, checks } = await resultsOf(text, backend, [
        ...[`initial.x=${x}`, `firstPassage.to=${x}`, 'protocol.duration=1'],
      ])
      expect(firstPassage).toMatchObject({ mean: 0, standardError: 0, censored: 0 })
      expect(checks[0]).toMatchObject({ value: 0, truth: 0, pass: true })
    }
    const beside = await resultsOf(text, backend, ['firstPassage.to=0.1000000001'])
    expect(beside.firstPassage.restrictedMean.mean).toBeGreaterThan(0.05)
  })

  test('of a single trajectory no error is known, and no check passes or fails by it', async () => {
    const text = driven(
      '{ stiffness: 1, bias: t, bilinear: 0.3 }',
      '[free-energy, work-mean, first-law, gaussian-moments]',
    )
    const { directory, ...results } = await resultsOf(text, backend, ['sampling.trajectories=1'])
    expect(results.thermodynamics.work).toMatchObject({ mean: expect.any(Number), standardError: null })
    expect(results.freeEnergy.jarzynski).toMatchObject({ standardError: null, interval: { low: null, high: null } })
    expect(results.freeEnergy.bennett).toMatchObject({ standardError: null, bootstrapError: null })
    expect(results.freeEnergy.reverseWork.standardError).toBeNull()
    expect(passes(results)).toMatchObject({
      'free energy, Jarzynski': null,
      'free energy, Bennett': null,
      'first law: |ΔU - W + Q|': true,
      'variance of x₀': null,
    })
    for (const { pass, reason } of results.checks)
      if (pass === null) expect(reason).toMatch(/standard error is not known/)
    const file = writeReport(directory)
    const page = readFileSync(file, 'utf8')
    expect(page).toContain('± unknown')
    expect(page).toContain('not applicable <small>its standard error is not known')
    expect(page).not.toMatch(/>NaN|± NaN/)
  })

  test('works that do not overlap leave the free energy without a verdict', async () => {
    const text = driven('{ stiffness: 1, bias: 2500*t, bilinear: 0 }', '[free-energy]')
    const results = await resultsOf(text, backend, ['protocol.duration=0.01'])
    expect(passes(results)).toEqual({ 'free energy, Jarzynski': null, 'free energy, Bennett': null })
    expect(results.freeEnergy.bennett.interval.low).toBeLessThan(-625)
    expect(results.freeEnergy.bennett.interval.high).toBeGreaterThan(-625)
  })
})

test('a ramp between two landscapes of one free energy is right to within what chance leaves', async () => {
  const text = `name: tilt
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
objective:
  kind: jarzynski
  kernels: [mala]
  step: [0.1]
  walkers: 400
  start: { stiffness: 1, bias: 1 }
  ramp: { to: { bias: -1 }, steps: 40 }
`
  const { checks } = await resultsOf(text, 'reference')
  const named = (start: string) => checks.find(({ name }: { name: string }) => name.startsWith(start))
  const logZ = named('log Z ratio, mala')
  expect(logZ).toMatchObject({ truth: expect.closeTo(0, 8), pass: true })
  expect(Math.abs(logZ.value)).toBeGreaterThan(1e-6)
  expect(logZ.tolerance).toBeLessThan(1)
  expect(named('log Z ratio, uncorrected')).toMatchObject({ pass: null, reason: expect.stringContaining('log Z is 0') })
})

test('the first law and the heat integral fail where energies are off by a millionth', () => {
  const exchanged = (off: number) => ({
    work: Float64Array.of(3),
    heat: Float64Array.of(1),
    heatIntegral: Float64Array.of(1 + off),
    energyChange: Float64Array.of(2 + off),
  })
  for (const off of [0, 1e-6]) {
    expect(firstLawOf(exchanged(off), 100, 2, 1).pass).toBe(off === 0)
    expect(heatIntegralOf(exchanged(off), 100, 2, 1, 2 ** -53).pass).toBe(off === 0)
  }
})
