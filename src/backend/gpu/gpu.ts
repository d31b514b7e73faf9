import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import { type Backend, refusedByReach, refusedByScheme, requireScheme, roundoff } from '../backend.js'
import { displacing } from '../displaced.js'
import { openDevice } from './device.js'
import { forceFunctions } from './kernels.js'
import { refusedByDevice } from './landscape.js'
import { createDeviceLearner } from './learner.js'
import { normalFunctions } from './normals.js'
import { simulateOnDevice } from './simulate.js'

/** Schemes that the kernels know. */
const schemes: readonly IntegratorName[] = ['euler-maruyama']

/**
 * A graphics card through gpu.js and WebGPU, in float32: in a browser, or in Node.js with the package `webgpu`.
 *
 * What is slow: a step is one to six kernel calls whatever the size, so that small ensembles are faster on any other backend;
 * a landscape that moves is sent again at every step; work and heat bring some numbers of each trajectory back at every step;
 * the first call compiles the kernels. A software adapter (`device` names it) computes on the CPU and is slower than the
 * other backends. Its speed on a graphics card was never measured.
 *
 * @throws E_BACKEND when there is no WebGPU, saying what is missing
 */
export async function createGpu(): Promise<Backend> {
  const device = await openDevice([...normalFunctions, ...forceFunctions])
  const learners: (() => void)[] = []
  return {
    name: 'gpu',
    device: `float32, webgpu: ${device.description}`,
    threads: 1,
    refusal: ({ potential, rule, integrator, reach }) =>
      refusedByDevice(potential, device.mostBytes) ??
      (potential.network.mobility === null ? null : 'its kernels know no clamped units') ??
      (rule === null || rule === 'force-matching' ? null : `it has no kernel for the rule ${rule}`) ??
      refusedByScheme(schemes, integrator) ??
      refusedByReach(roundoff.gpu, reach),
    simulate: displacing(roundoff.gpu, async (simulation, hooks = {}) => {
      requireScheme('gpu', schemes, simulation)
      return simulateOnDevice(device, simulation, hooks)
    }),
    learner(task) {
      const { learner, release } = createDeviceLearner(device, task)
      learners.push(release)
      return learner
    },
    async close() {
      for (const release of learners) release()
      await device.close()
    },
  }
}
