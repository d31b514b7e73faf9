import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineScenario, run } from '../../../src/index.js'
import { writeReport } from '../../../viz/report.js'
import { done } from '../command-line.js'
import { moons, setting, shipped, threads, type Work } from './common.js'

/** Small enough to take a second; more than a shard of trajectories, so that threads have work. */
const digits = {
  'network.visible.lattice': [4, 4],
  'data.size': 4,
  'network.hidden.units': 24,
  'noising.slices': 6,
  'learning.iterations': 20,
  'learning.settle.iterations': 4,
  'learning.refine': { passes: 1, trajectories: 128, from: 0 },
  // As few as are compared with the data in a thread of their own.
  'sampling.trajectories': 1600,
}

/** What a user does with a table of their own. */
export const ownData: Work = {
  name: 'learning from a table, and samples given a class, a column and a noised row',
  async do({ folder, cycle }) {
    const learned = join(folder, 'learned')
    const out = (name: string) => ['--out', join(folder, name), '--quiet', '--threads', String(threads)]
    const scenario = ['run', 'scenarios/two-moons.yaml', '--profile', 'quick', ...setting(moons)]
    await done(...scenario, '--seed', String(cycle), ...out('learned'))
    await done('sample', learned, '--clamp', 'label=1', '--trajectories', '130', ...out('class'))
    await done('sample', learned, '--inpaint', 'x', '--image', '0,1', '--completions', '65', ...out('column'))
    await done('sample', learned, '--noised', '1', '--image', '2,3', '--completions', '65', ...out('noised'))
    await done('report', learned, join(folder, 'class'), '--out', join(folder, 'comparison.html'))
  },
}

/** Digits. */
export const mnist: Work = {
  name: 'learning digits, whose figures a thread of their own works out',
  async do({ folder, cycle, signal }) {
    await run(await shipped('mnist-01', cycle, digits), { directory: folder, threads, signal })
    writeReport(folder)
  },
}

/** A study. */
export const study: Work = {
  name: 'a study whose repetitions are on threads',
  async do({ folder, cycle, signal }) {
    const changes = { 'objective.walkers': 300, 'objective.iterations': 10, 'objective.repeats': 3 }
    const scenario = await shipped('jarzynski', cycle, changes)
    await run(scenario, { directory: folder, threads, signal })
    writeReport(folder)
  },
}

/** Rules compared, and the commands that write nothing. */
export const gradients: Work = {
  name: 'gradients, checks, and what only reads',
  async do({ folder, cycle }) {
    const at = (name: string) => join(folder, name)
    const scenario = [
      'scenarios/two-moons.yaml',
      '--profile',
      'quick',
      ...setting({ ...moons, 'network.hidden.units': 3 }),
    ]
    await done('gradients', ...scenario, '--seed', String(cycle), '--batch', '16', '--out', at('gradients'), '--quiet')
    await done('verify', '--only', 'ornstein-uhlenbeck', '--threads', String(threads), '--quiet')
    await done('validate', 'scenarios/mnist-01.yaml')
    await done('run', 'scenarios/mnist-01.yaml', '--dry-run')
    await done('list')
    await done('schema')
    await done('errors')
    await done('--help')
    const valid = await defineScenario({ name: `by-hand-${cycle}`, network: { visible: { units: 1 } }, ...plain })
    await run(valid, { directory: at('by-hand'), threads })
    if (!existsSync(at('by-hand/results.json'))) throw new Error('a run left no results')
  },
}

const plain = {
  potential: { onsite: ['stiffness' as const] },
  initial: { kind: 'point' as const, x: 0 },
  protocol: { duration: 0.1, dt: 0.01, parameters: { stiffness: 1 } },
}
