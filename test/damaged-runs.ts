import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageVersion } from '../src/backend/node/package-root.js'
import { StoppedError } from '../src/errors.js'
import type { RunOptions } from '../src/experiment/record/recorded.js'
import { writeState } from '../src/experiment/record/state-file.js'
import { run } from '../src/experiment/run/run.js'
import { defineScenario } from '../src/experiment/scenario/load.js'
import type { Scenario } from '../src/experiment/scenario/schema.js'
import { writeComparison } from '../viz/compare.js'
import { writeReport } from '../viz/report.js'
import { given, type Reading } from './damage.js'

const mixture = {
  source: 'gaussian-mixture',
  ...{
    means: [
      [2, 1],
      [-1, 0],
    ],
    width: 0.4,
    samples: 60,
  },
}

const training = {
  name: 'damaged-training',
  data: mixture,
  network: { visible: { units: 2 }, hidden: { units: 2, temperature: '0.3*(1 - exp(-2*t))^-0.5' }, label: {} },
  noising: { duration: 2, tMin: 0.05, slices: 3 },
  potential: { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] },
  learning: {
    rule: 'nudged-force-matching',
    ...{ iterations: 6, batch: 32, settle: { iterations: 2 }, refine: { passes: 2, trajectories: 50 } },
  },
  sampling: { trajectories: 400, batch: 100 },
  observe: ['work', 'heat', 'entropy-production', 'trajectories'],
  checks: ['first-law'],
}

const simulation = (reversed: boolean) => ({
  name: 'damaged-simulation',
  network: { visible: { units: 2 } },
  potential: { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] },
  initial: { kind: 'relax', steps: 20 },
  protocol: {
    ...{ duration: 0.2, dt: 0.002, ...(reversed ? { reversed } : { bothWays: true }) },
    parameters: { stiffness: '1 + t', quartic: 1, bias: 't', bilinear: -0.2 },
  },
  sampling: { trajectories: 1000, batch: 250 },
  record: { frames: 5, trajectories: 3 },
  observe: ['work', 'heat', 'entropy-production', 'trajectories', { name: 'mean', formula: 'x', reduce: 'mean' }],
  checks: ['first-law'],
})

const study = {
  name: 'damaged-study',
  data: { source: 'gaussian-mixture', means: [[-5], [5]], width: 1, weights: [1, 3], samples: 50 },
  network: { visible: { units: 1 } },
  potential: { onsite: [], features: { wells: { centres: [[-5], [5]] } } },
  objective: {
    ...{ kind: 'jarzynski', control: true, iterations: 2, walkers: 20, repeats: 2 },
    optimizer: { kind: 'sgd', rate: 1.2 },
  },
}

/** Of a stage, so that it has kept two states. */
const late = 0.4
/** When a run is stopped: seen from its progress, and how many simulations came before. */
type Stop = (phase: string, share: number, times: number) => boolean

/** The runs that are damaged, in a folder; and what reads them. */
export async function damagedRuns(folder: string) {
  const define = (scenario: object) => defineScenario(scenario as never)
  const scenarios = {
    training: await define(training),
    simulation: await define(simulation(false)),
    study: await define(study),
  }
  const on: Partial<RunOptions> = { backend: 'reference', threads: 1 }
  const at = (name: string) => join(folder, name)
  const finish = (scenario: Scenario, directory: string, more: Partial<RunOptions> = {}) =>
    run(scenario, { ...on, directory, ...more })
  for (const [name, scenario] of Object.entries(scenarios)) await finish(scenario, at(name))
  const reversed = { ...(await define(simulation(true))), seed: 2 }
  await finish(reversed, at('reversed'))
  const quiet = ['--threads', '1', '--quiet', '--backend', 'reference']
  await given(
    'sample',
    at('training'),
    '--inpaint',
    '0',
    '--image',
    '0,1',
    '--completions',
    '3',
    '--out',
    at('inpainted'),
    ...quiet,
  )
  const stop = async (scenario: Scenario, directory: string, when: Stop) => {
    const controller = new AbortController()
    let [times, last] = [0, -1]
    const onProgress: RunOptions['onProgress'] = ({ phase, done, total }) => {
      if (phase === 'sample' && done < last) times++
      if (phase === 'sample') last = done
      if (when(phase, done / total, times)) controller.abort()
    }
    const { signal } = controller
    const stopped = await finish(scenario, directory, { signal, checkpointInterval: 0, onProgress }).catch(
      (error: unknown) => error,
    )
    if (!(stopped instanceof StoppedError)) throw new Error(`${directory} was not stopped`, { cause: stopped })
  }
  await stop(scenarios.training, at('training-stopped'), (phase, share) => phase === 'sample' && share > late)
  await stop(
    scenarios.simulation,
    at('simulation-stopped'),
    (phase, share, times) => phase === 'sample' && times > 0 && share > late,
  )
  await stop(scenarios.study, at('study-stopped'), (_, share) => share > late)
  const file = join(folder, 'simulation.json')
  writeFileSync(file, JSON.stringify(simulation(false)))
  const sweep = ['sweep', file, '--over', 'bath.kT=1,2', '--set', 'sampling.trajectories=20', ...quiet, '--out']
  await given(...sweep, at('swept'))
  const verify = ['verify', '--only', 'far-from-origin', '--seed', '1', ...quiet, '--resume', '--out']
  await given(...verify, at('verified'))
  const asked = {
    version: packageVersion(),
    seed: 1,
    backend: 'reference',
    thorough: false,
    topics: ['far-from-origin'],
  }
  mkdirSync(at('verify-stopped'))
  writeState(at('verify-stopped'), 'verify', JSON.stringify(asked), [])
  mkdirSync(at('bench'))
  await given('bench', '--quick', '--only', 'footprint', '--quiet', '--out', at('bench'))

  const reading = (name: string, original: string, read: Reading['read'], more: Partial<Reading> = {}): Reading => ({
    ...{ name, original: at(original), read, ...more },
  })
  const out = () => join(folder, 'read-out')
  const resumed = (scenario: Scenario) => (directory: string) => finish(scenario, directory, { resume: true })
  const previous = (name: string) => name.endsWith('-previous.safetensors')
  const readings: Reading[] = [
    ...['training', 'simulation', 'study', 'inpainted'].map((name) => reading(`report of ${name}`, name, writeReport)),
    reading('comparison', 'simulation', (directory) => writeComparison([directory, at('reversed')], `${out()}.html`)),
    reading('sample', 'training', (directory) =>
      given('sample', directory, '--trajectories', '12', ...quiet, '--out', fresh(out())),
    ),
    reading('gradients', 'training', (directory) =>
      given(
        'gradients',
        join(folder, 'training', 'scenario.yaml'),
        '--quiet',
        '--parameters',
        directory,
        '--out',
        fresh(out()),
      ),
    ),
    ...(['training', 'simulation', 'study'] as const).map((name) =>
      reading(`--resume of ${name}`, name, resumed(scenarios[name])),
    ),
    ...(['training', 'simulation', 'study'] as const).map((name) =>
      reading(`--resume of unfinished ${name}`, `${name}-stopped`, resumed(scenarios[name]), { without: previous }),
    ),
    reading('free-energy', 'simulation', (directory) =>
      given('free-energy', directory, at('reversed'), '--out', fresh(out())),
    ),
    reading('free-energy, reverse', 'reversed', (directory) => given('free-energy', at('simulation'), directory)),
    reading('merge', 'swept', (directory) => given('merge', directory)),
    reading('sweep again', 'swept', (directory) => given(...sweep, directory), { goesOn: true }),
    ...['verified', 'verify-stopped'].map((name) =>
      reading(`verify --resume of ${name}`, name, (directory) => given(...verify, directory)),
    ),
    reading('bench --from', 'bench', (directory) => given('bench', '--from', join(directory, 'results.json'))),
  ]
  return { readings, scenarios, at, finish }
}

let count = 0
/** A path that is not there yet. */
function fresh(directory: string): string {
  return `${directory}-${count++}`
}
