import { afterAll, expect, test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import {
  constantProtocol,
  createNetwork,
  eulerMaruyama,
  gaussianStart,
  type Integrator,
  leimkuhlerMatthews,
  potentialOf,
  simulate,
  simulationOf,
  stiffness,
} from '../../src/index.js'

const wasm = createThreadedWasm(1)
afterAll(() => wasm.close())

const potential = potentialOf(createNetwork({ visible: { units: 3 } }), [stiffness])
const given = {
  potential,
  protocol: constantProtocol(Float64Array.of(1, 2, 3), 1, 0.1),
  start: gaussianStart(2, 1, 0.5),
  trajectories: 20,
}

/** Motion without noise: x' = x + μ F dt. */
const withoutNoise = (name: string): Integrator => ({
  name,
  dynamical: true,
  mobilities: false,
  harmonic: false,
  start:
    ({ bath }) =>
    ({ x, force, dt }, next) => {
      for (let n = 0; n < x.length; n++) next[n] = x[n]! + bath.mobility * force[n]! * dt
    },
})

test('a scheme of one’s own runs on the reference, whatever it is called, and other backends say why not', async () => {
  const { initial, final } = await simulate({ ...given, integrator: withoutNoise('euler-maruyama') })
  initial.points.forEach((x, n) => {
    expect(final.points[n]).toBeCloseTo(x * (1 - 0.1 * (1 + (n % 3))) ** 10, 12)
  })
  const asked = simulate({ ...given, integrator: withoutNoise('euler-maruyama') }, { backend: 'wasm' })
  await expect(asked).rejects.toThrow(
    'it has no kernel for an integrator of your own, "euler-maruyama". Use --backend auto or reference.',
  )
})

test('kernels know their schemes by name and by themselves, and refuse others when they are asked to run them too', async () => {
  const refusal = (integrator: Parameters<typeof wasm.refusal>[0]['integrator']) =>
    wasm.refusal({ potential, rule: null, integrator })
  for (const known of ['leimkuhler-matthews', leimkuhlerMatthews, eulerMaruyama] as const)
    expect(refusal(known)).toBeNull()
  expect(refusal('heun')).toBe('it has no kernel for heun')
  expect(refusal({ ...eulerMaruyama })).toBe('it has no kernel for an integrator of your own, "euler-maruyama"')
  const whole = simulationOf({ ...given, integrator: { ...eulerMaruyama } })
  await expect(wasm.simulate(whole)).rejects.toThrow(/it has no kernel for an integrator of your own.*E_BACKEND/)
})

test('a built-in scheme is the same by its name as by itself, on kernels as on the reference', async () => {
  for (const backend of ['wasm', 'reference'] as const) {
    const named = await simulate({ ...given, integrator: 'leimkuhler-matthews' }, { backend })
    const itself = await simulate({ ...given, integrator: leimkuhlerMatthews }, { backend })
    expect(itself.final.points).toEqual(named.final.points)
  }
})
