import { getEventListeners } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import * as od from '../../src/index.js'

const reference = od.createReference()
const wasm = createThreadedWasm(2)
afterAll(() => wasm.close())
const backends = [reference, wasm]

/** Three coupled units in a stiffening trap, from a Gaussian; 70 trajectories, which fill no whole group of lanes. */
const network = od.createNetwork({ visible: { units: 3 } })
const potential = od.potentialOf(network, [od.stiffness, od.bilinear])
const theta = Float64Array.of(1, 1, 1, 0.2, -0.1, 0.3)
const trajectories = 70
// A power of two: a part of the protocol has the same clock, to the bit.
const dt = 1 / 64
const protocolOf = (steps: number) =>
  od.scheduledProtocol(theta, [{ parameter: 0, value: (t) => 1 + t }], steps * dt, dt)
const given = () => ({
  ...{ potential, trajectories, start: od.gaussianStart(5, 0.3, 0.5), seed: 5, bath: { kT: 0.7, mobility: 1.2 } },
  workAndHeat: od.createWorkAndHeat(trajectories),
})

/** A protocol that knows how often, and for which step last, it was asked. */
function counted(steps: number) {
  const protocol = od.constantProtocol(theta, steps * 0.01, 0.01)
  const asked = { calls: 0, latest: 0 }
  const parameters: od.Protocol['parameters'] = (step, out) => {
    asked.calls++
    asked.latest = step + 1
    return protocol.parameters(step, out)
  }
  return { asked, protocol: { ...protocol, parameters } }
}

test.each(backends)(
  'frames on $name have the states, work and heat of simulate after as many steps',
  async (backend) => {
    const seen: od.EnsembleFrame[] = []
    for await (const frame of od.frames({ ...given(), protocol: protocolOf(22), every: 4 }, { backend }))
      seen.push(frame)
    expect(seen.map(({ step }) => step)).toEqual([0, 4, 8, 12, 16, 20, 22])
    for (const { step, clock, points, count, units, work, heat } of seen) {
      expect([count, units]).toEqual([trajectories, 3])
      expect(clock).toBe(dt * step)
      const cut = { ...given(), protocol: protocolOf(Math.max(1, step)) }
      const { initial, final } = await od.simulate(cut, { backend })
      expect(points).toEqual((step === 0 ? initial : final).points)
      const none = new Float64Array(trajectories)
      expect([work, heat]).toEqual(step === 0 ? [none, none] : [cut.workAndHeat.work, cut.workAndHeat.heat])
    }
    // They are copies: no frame has the array of another.
    expect(new Set(seen.map(({ points }) => points.buffer)).size).toBe(seen.length)
  },
)

test('frames are whole where the ensemble runs in parts, and batches change nothing', async () => {
  const inParts = {
    simulate: (whole: od.Simulation, hooks?: od.SimulationHooks) => reference.simulate({ ...whole, batch: 32 }, hooks),
  }
  const points = async (backend: Pick<od.Backend, 'simulate'>, batch?: number) => {
    const seen: Float64Array[] = []
    for await (const frame of od.framesOn(backend, { ...given(), protocol: protocolOf(5), batch }))
      seen.push(frame.points)
    return seen
  }
  const whole = await points(reference)
  expect(whole).toHaveLength(6)
  expect(await points(inParts)).toEqual(whole)
  expect(await points(reference, 16)).toEqual(whole)
})

// 20,000 trajectories of 3 units are 60,000 updates a step: the reference turns to whoever waits after each.
test.each(backends)(
  '$name waits while a frame is looked at, and makes no step after the loop is left',
  async (backend) => {
    const { asked, protocol } = counted(400)
    const { signal } = new AbortController()
    const made: number[] = []
    for await (const { step } of od.frames(
      { potential, protocol, trajectories: 20_000, every: 2 },
      { backend, signal },
    )) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      made.push(asked.latest - step)
      if (step === 6) break
    }
    expect(made).toHaveLength(4)
    expect(Math.max(...made)).toBeLessThanOrEqual(3)
    const last = asked.calls
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(asked.calls).toBe(last)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    // Nothing holds the backend: it runs the next one.
    expect((await od.simulate({ potential, protocol: protocolOf(1), trajectories: 2 }, { backend })).final.count).toBe(
      2,
    )
  },
)

test('a signal, a divergence and an error in the loop end it as they are', async () => {
  const collect = async (frames: AsyncIterable<od.EnsembleFrame>, each = (_: od.EnsembleFrame) => {}) => {
    let last = -1
    try {
      for await (const frame of frames) {
        last = frame.step
        each(frame)
      }
    } catch (error) {
      return { last, error }
    }
    return { last, error: null }
  }
  const simulation = { potential, trajectories: 20_000, protocol: counted(200).protocol }
  const controller = new AbortController()
  const options = { backend: reference, signal: controller.signal }
  const stopped = await collect(od.frames(simulation, options), ({ step }) => step === 3 && controller.abort())
  expect(stopped.error).toBeInstanceOf(od.StoppedError)
  expect(stopped.last).toBeLessThan(6)
  expect((await collect(od.frames(simulation, options))).error).toBeInstanceOf(od.StoppedError)

  const runaway = {
    ...simulation,
    trajectories: 2,
    protocol: od.constantProtocol(
      theta.map((x) => -1e3 * x),
      10,
      0.01,
    ),
  }
  const diverged = await collect(od.frames({ ...runaway, start: od.gaussianStart(1, 1, 0) }, { backend: reference }))
  expect(diverged.error).toMatchObject({ code: 'E_DIVERGED' })
  expect(diverged.last).toBeGreaterThan(1)

  const own = new Error('mine')
  const thrown = await collect(od.frames(simulation, { backend: reference }), () => {
    throw own
  })
  expect(thrown.error).toBe(own)
  const refused = await collect(od.frames({ ...simulation, every: 0 }))
  expect(refused.error).toMatchObject({ code: 'E_INVALID_VALUE', where: 'every' })
})
