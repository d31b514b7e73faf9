import { test } from 'vitest'
import { expectResumes, smallStudy } from '../resumed-studies.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Shipped scenarios of the kinds of objectives, what makes them small, and the chances that an arm of theirs has where it can't go on within. */
const studies: readonly (readonly [name: string, again: number, ...set: string[]])[] = [
  ['continual', 2, 'objective.iterations=30', 'objective.points=41', 'objective.watched=50', 'data.samples=200'],
  ['rbm-tap', 2, 'objective.iterations=80', 'objective.walkers=20', 'objective.annealing.steps=20'],
  ['jarzynski-machine', 2, 'objective.iterations=100', 'objective.annealing.steps=20'],
  ['contrastive-divergence-machine', 2, 'objective.iterations=100', 'objective.annealing.steps=20'],
  ['contrastive-divergence-network', 2, 'objective.iterations=80', 'objective.walkers=100'],
  ['jarzynski-ramp', 99, 'objective.walkers=1000'],
  [
    'energy-discrepancy-mnist',
    2,
    'objective.iterations=60',
    'objective.annealing.steps=20',
    'objective.contrastive.iterations=60',
  ],
  ['energy-discrepancy-ring', 2, 'objective.iterations=60', 'data.samples=1000'],
  ['moment-matching', 2, 'objective.chains=200', 'data.samples=1000', 'objective.sweeps=20'],
  ['boltznce', 2, 'objective.steps=200', 'objective.batch=64', 'data.samples=1000'],
  ['diffclf', 2, 'objective.steps=200', 'objective.batch=64', 'data.samples=1000'],
  ['line-integral-bar', 2, 'objective.steps=60', 'objective.walkers=200'],
  ['feynman-kac-networks', 2, 'objective.steps=100', 'objective.walkers=200'],
  ['imitation-temperature', 2, 'objective.iterations=30'],
  ['falcon-wells', 99, 'objective.pairs=500', 'objective.walkers=500', 'data.samples=1000'],
  ['displacement-hidden', 99],
  ['rbm-tap-orders', 99],
  ['thermodynamic-computer', 2, 'objective.cycles=8', 'objective.samples=20', 'objective.hidden=4'],
  ['fixed-time-digits', 99, 'objective.iterations=30', 'objective.tested=20', 'objective.answers=2'],
  ['continual-digits', 99, 'learning.iterations=10', 'noising.slices=4', 'objective.samples=30'],
]

test.each(studies.map(([name, again, ...set]) => ({ name, again, set })))(
  'a $name study that was killed and stopped goes on to the bytes of one that was not',
  async ({ name, again, set }) => expectResumes(await smallStudy(name, ...set), folder, again),
  300_000,
)
