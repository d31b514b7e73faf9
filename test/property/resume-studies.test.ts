import { test } from 'vitest'
import { expectResumes, smallStudy } from '../resumed-studies.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Kinds of objectives by a shipped scenario, and what makes it small. */
const small: Readonly<Record<string, readonly string[]>> = {
  'contrastive-divergence': [
    'objective.iterations=60',
    'objective.walkers=50',
    'data.samples=200',
    'objective.batch=50',
  ],
  jarzynski: ['objective.iterations=60', 'objective.walkers=200', 'objective.resampling=0.95', 'data.samples=200'],
  nce: [
    'objective.iterations=60',
    'objective.noise=100',
    'objective.batch=50',
    'objective.refresh=7',
    'data.samples=200',
  ],
  'energy-discrepancy': ['objective.iterations=80', 'objective.batch=20', 'data.samples=200'],
  'energy-filter': [
    'objective.iterations=90',
    'objective.warmUp=30',
    'objective.rounds=2',
    'objective.batch=10',
    'objective.heldOut=100',
    'data.samples=200',
  ],
  'recovery-likelihood': ['objective.iterations=40', 'objective.steps=5', 'objective.batch=20', 'data.samples=200'],
  imitation: [
    'objective.iterations=40',
    'objective.windows=[5]',
    'objective.refresh=7',
    'data.runs=20',
    'data.steps=10',
  ],
  'imitation-partly-observed': [
    'objective.iterations=40',
    'objective.policies=50',
    'objective.steps=40',
    'data.runs=200',
  ],
  continual: ['objective.iterations=20', 'objective.points=41', 'objective.watched=50', 'data.samples=200'],
  'rbm-tap': ['objective.iterations=60', 'objective.walkers=20', 'objective.annealing.steps=20'],
  'feynman-kac': ['objective.steps=40', 'objective.walkers=100'],
}

test.each(Object.entries(small))(
  'a %s study that was killed and stopped goes on to the bytes of one that was not',
  async (name, set) => expectResumes(await smallStudy(name, ...set), folder),
  60_000,
)
