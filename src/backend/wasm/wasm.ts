import type { RuleName } from '../../learning/rules/rules.js'
import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import type { Network } from '../../physics/network/network.js'
import type { Backend } from '../backend.js'
import { createLearner } from '../compiled/learner.js'
import { simulate } from '../compiled/simulate.js'
import { unknownTerm } from '../compiled/system.js'
import { createArena } from './memory.js'
import { createPool } from './pool.js'

/** Schemes that the kernels know. */
const schemes: readonly IntegratorName[] = ['euler-maruyama', 'leimkuhler-matthews']

/** Whether a unit other than the visible ones moves, or one moves faster than another. */
function movesUnevenly({ mobility, visible }: Network): boolean {
  return mobility?.some((value, unit) => value !== (unit < visible ? 1 : 0)) ?? false
}
/** Learning rules that they know. */
const rules: readonly RuleName[] = ['force-matching', 'nudged-force-matching']

/**
 * SIMD kernels (float32, sixteen trajectories at a time) on threads that share their memory. Any number of threads gives the
 * same bits.
 *
 * @throws Error when this engine has no WebAssembly SIMD or no shared memory
 */
export function createWasm(threads: number): Backend {
  const arena = createArena()
  const pool = createPool(arena, threads)
  return {
    name: 'wasm',
    device: `float32, SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    threads,
    refusal: ({ potential, rule, integrator }) =>
      unknownTerm(potential) ??
      (movesUnevenly(potential.network) ? 'its kernels move the visible units alone, all alike' : null) ??
      (rule === null || rules.includes(rule) ? null : `it has no kernel for the rule ${rule}`) ??
      (schemes.includes(integrator) ? null : `it has no kernel for ${integrator}`),
    simulate: (simulation, hooks) => simulate(arena, pool, simulation, hooks),
    learner: (task) => createLearner(arena, pool, task),
    close: () => pool.close(),
  }
}
