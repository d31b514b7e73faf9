import type { RuleName } from '../../learning/rules/rules.js'
import { ownOfUnits } from '../../physics/dynamics/fitting.js'
import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import type { Potential } from '../../physics/potential/potential.js'
import {
  type Backend,
  refusedByApparatus,
  refusedByReach,
  refusedByRule,
  refusedByScheme,
  refusing,
  roundoff,
} from '../backend.js'
import { displacing } from '../displaced.js'
import { openDevice } from './device.js'
import { hiddenFunctions } from './hidden-kernels.js'
import { forceFunctions } from './kernels.js'
import { refusedByDevice } from './landscape.js'
import { createDeviceLearner } from './learner.js'
import { normalFunctions } from './normals.js'
import { simulateOnDevice } from './simulate.js'

/** Why the kernels can't move units that have something of their own; null when they can. */
function refusedByUnits({ network }: Potential): string | null {
  const own = ownOfUnits(network)
  return own === null ? null : `it has no kernel for ${own}`
}

/** Schemes that the kernels know. */
const schemes: readonly IntegratorName[] = ['euler-maruyama']
/** Learning rules that they know. */
const rules: readonly RuleName[] = ['force-matching', 'nudged-force-matching']

/**
 * A graphics card through gpu.js and WebGPU, in float32: in a browser, or in Node.js with the package `webgpu`.
 *
 * What is slow: a step is one to ten kernel calls whatever the size, so that small ensembles are faster on any other backend;
 * a landscape that moves is sent again at every step; work and heat bring some numbers of each trajectory back at every step;
 * the first call compiles the kernels. A software adapter (`device` names it) computes on the CPU and is slower than the
 * other backends. Its speed on a graphics card was never measured.
 *
 * @throws E_BACKEND when there is no WebGPU, saying what is missing
 */
export async function createGpu(): Promise<Backend> {
  const device = await openDevice([...normalFunctions, ...forceFunctions, ...hiddenFunctions])
  const learners: (() => void)[] = []
  return refusing({
    name: 'gpu',
    device: `float32, webgpu: ${device.description}`,
    threads: 1,
    roundoff: roundoff.float32,
    refusal: ({ potential, rule, integrator, reach, imperfect }) =>
      refusedByDevice(potential, device.mostBytes) ??
      refusedByUnits(potential) ??
      refusedByRule(rules, rule) ??
      refusedByApparatus(imperfect) ??
      refusedByScheme(schemes, integrator) ??
      refusedByReach(roundoff.float32, reach),
    simulate: displacing(roundoff.float32, (simulation, hooks = {}) => simulateOnDevice(device, simulation, hooks)),
    learner(task) {
      const { learner, release } = createDeviceLearner(device, task)
      learners.push(release)
      return learner
    },
    async close() {
      for (const release of learners) release()
      await device.close()
    },
  })
}
