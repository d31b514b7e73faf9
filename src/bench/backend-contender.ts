import type { Backend } from '../backend/backend.js'
import { simulationOf } from '../backend/simulation.js'
import type { Arithmetic } from '../learning/objectives/arithmetic.js'
import { createDescent } from '../learning/rules/descent.js'
import { defaultIntegrator } from '../physics/dynamics/integrators.js'
import { createWorkAndHeat } from '../physics/dynamics/work-and-heat.js'
import { columnsOf, rowsOf, sliceStates } from '../physics/network/states.js'
import { constantProtocol, type Protocol } from '../physics/protocol/protocol.js'
import type { Account, Contender } from './contender.js'
import { learnObjective, type TimedObjective } from './objectives.js'
import { trainingTask } from './training.js'
import type { Workload } from './workload.js'

/**
 * A backend of this package as `overdamped run` uses it, without observers.
 *
 * @param open - starts it; what it throws is why it was not run
 */
export function backendContender(family: string, threads: number, open: () => Promise<Backend>): Contender {
  return {
    name: threads === 1 ? family : `${family}, ${threads} threads`,
    role: 'project',
    family,
    threads,
    async open() {
      try {
        const backend = await open()
        let held: Workload
        let arithmetic: Arithmetic | undefined
        return {
          description: `${backend.device}, Node ${process.version}`,
          async load(workload) {
            held = workload
            arithmetic = undefined
            return backend.name
          },
          run: async (steps) => (await simulate(backend, held, steps)).seconds,
          sample: async (steps, account) => (await simulate(backend, held, steps, account)).seconds,
          state: async (steps, noise) =>
            columnsOf((await simulate(backend, noise ? held : still(held), steps)).final).x,
          train: (iterations) => seconds(() => train(backend, held, iterations)),
          learn(objective, iterations) {
            // Not when a workload is loaded: what moves states may refuse to learn, as kernels do formulas by objectives.
            arithmetic ??= backend.arithmetic!(held.potential, held.bath)
            const made = arithmetic
            return seconds(async () => learnObjective(objective as TimedObjective, held, made, iterations))
          },
          close: backend.close,
        }
      } catch (error) {
        return { notRun: (error as Error).message }
      }
    },
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

/** Seconds from the first step to the end: the states and couplings are in place by then, as the peers' are before they run. */
async function simulate(backend: Backend, workload: Workload, steps: number, account?: Account) {
  const { potential, theta, bath, dt, seed, batch, start, integrator = defaultIntegrator } = workload
  let begin = 0
  const stopwatch = {
    trajectories: 1,
    wants: (index: number) => index < 0,
    see: () => {
      begin = performance.now()
    },
  }
  const { final } = await backend.simulate(
    simulationOf({
      potential,
      protocol: protocolOf(theta, steps, dt, account?.moving ?? false),
      bath,
      integrator,
      workAndHeat: account?.workAndHeat ? createWorkAndHeat(batch) : null,
      seed,
      trajectories: batch,
      start: (x, first, size) => x.set(sliceStates({ x: start, batch }, first, size).x),
      observers: [stopwatch],
    }),
  )
  return { final, seconds: (performance.now() - begin) / 1000 }
}

/** The workload without noise. */
function still(workload: Workload): Workload {
  return { ...workload, bath: { ...workload.bath, kT: 0 } }
}

/** Constant parameters, or all of them growing by a tenth, a little at every step, as they do in generation. */
function protocolOf(theta: Float64Array, steps: number, dt: number, moving: boolean): Protocol {
  const constant = constantProtocol(theta, steps * dt, dt)
  if (!moving) return constant
  return {
    ...constant,
    parameters(step, out) {
      for (let n = 0; n < theta.length; n++) out[n] = theta[n]! * (1 + (step + 1) / (10 * steps))
      return true
    },
  }
}

async function train(backend: Backend, { potential, theta: first, seed, batch, start }: Workload, iterations: number) {
  const { noising, t, batch: size, rate, adam } = trainingTask
  const data = rowsOf({ x: start, batch })
  const sets = { train: data, heldOut: data }
  const learner = backend.learner({ potential, noising, drive: 'reverse', seed, ...sets, rule: 'force-matching' })
  const state = createDescent(first)
  const descent = learner.descend(state, potential.lowerBound, new Float64Array(first.length).fill(1))
  for (let step = 0; step < iterations; step++) await descent.step(t, size, step, { ...adam, rate, average: false })
}
