import { expect, test } from 'vitest'
import { simulate } from '../../src/backend/node/simulate.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { autocovariances, timeAverages } from '../../src/physics/observe/time-averages.js'
import { observeTrajectories, recordedForces } from '../../src/physics/observe/trajectories.js'
import { bias, stiffness } from '../../src/physics/potential/onsite.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import { scheduledProtocol } from '../../src/physics/protocol/protocol.js'

const one = createNetwork({ visible: { units: 1 }, couplings: { visible: { range: 'all' } } })
const potential = potentialOf(one, [stiffness, bias])
const [k, f, dt, runs] = [2, 0.6, 0.02, 60]

async function recorded(duration: number, pushed = false) {
  const push = { parameter: 1, value: (t: number) => t }
  const protocol = scheduledProtocol(Float64Array.of(k, f), pushed ? [push] : [], duration, dt)
  const trajectories = observeTrajectories(runs, 1, protocol.dt.length, 600)
  const start = gaussianStart(5, f / k, 1 / k)
  await simulate({ potential, protocol, start, seed: 5, trajectories: runs, observers: [trajectories] })
  return { protocol, trajectories }
}

test('time averages of a trap are f/k, with honest blocking errors and the correlation time 1/μk', async () => {
  const { trajectories } = await recorded(300)
  const [average] = timeAverages(trajectories, 1)
  expect(Math.abs(average!.mean - f / k)).toBeLessThan(4 * average!.standardError)
  // The variance of a mean over a time τ is 2 (kT/k)/(μk τ), over sixty trajectories.
  expect(average!.standardError / Math.sqrt(2 / k / (k * 300) / runs)).toBeCloseTo(1, 0)
  expect(Math.abs(average!.correlationTime * k - 1)).toBeLessThan(0.2)
})

test('autocovariances of a trap are (kT/k) e^(-μkt) within 4 standard errors at every lag', async () => {
  const { trajectories } = await recorded(30)
  const { lag, of } = autocovariances(trajectories, 1)
  // Of Euler–Maruyama: the variance (1/k)/(1 - kh/2), and 1 - kh for each step.
  const variance = 1 / k / (1 - (k * dt) / 2)
  expect(lag.length).toBeGreaterThan(50)
  expect([lag[0], lag[1]]).toEqual([0, trajectories.time[2]! - trajectories.time[1]!])
  for (const [n, time] of lag.entries()) {
    const truth = variance * (1 - k * dt) ** Math.round(time / dt)
    expect(Math.abs(of[0]!.value[n]! - truth)).toBeLessThan(4 * of[0]!.standardError[n]!)
  }
})

test('recorded forces are those of the landscape that each step was driven by', async () => {
  const { protocol, trajectories } = await recorded(2, true)
  const force = recordedForces(potential, protocol, trajectories)
  const { x, frames, time } = trajectories
  for (let n = 0; n < runs; n++)
    for (let frame = 0; frame < frames; frame++)
      expect(force[n * frames + frame]).toBeCloseTo(-k * x[n * frames + frame]! + time[frame]!, 5)
})
