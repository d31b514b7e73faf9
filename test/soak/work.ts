import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BackendName,
  callingThread,
  constantProtocol,
  createNetwork,
  createThreads,
  createWasm,
  defineScenario,
  type Executor,
  loadScenario,
  type Observer,
  OverdampedError,
  openBackend,
  potentialOf,
  type RunOptions,
  run,
  type Scenario,
  StoppedError,
  simulationOf,
  stiffness,
  sweep,
} from '../../src/index.js'
import { writeReport } from '../../viz/report.js'
import { commandLine, done, refused } from './command-line.js'

/** A piece of work that a process may be asked for over and over. It leaves nothing but files in its folder. */
export interface Work {
  readonly name: string
  /** @param cycle - how often it was done before: no two times are of the same seed or the same formulas */
  do(given: { readonly folder: string; readonly cycle: number; readonly signal: AbortSignal }): Promise<unknown>
}

const settings = (changes: Readonly<Record<string, unknown>>) =>
  Object.entries(changes).map(([path, value]) => `${path}=${JSON.stringify(value)}`)
const setting = (changes: Readonly<Record<string, unknown>>) => settings(changes).flatMap((set) => ['--set', set])
const shipped = (name: string, seed: number, changes: Readonly<Record<string, unknown>>) =>
  loadScenario(`scenarios/${name}.yaml`, { profile: 'quick', seed, set: settings(changes) })

/** Two threads: the fewest that are more than the calling one. */
const threads = 2
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
const moons = {
  'network.hidden.units': 16,
  'noising.slices': 6,
  'learning.iterations': 20,
  'sampling.trajectories': 256,
}

/** @throws Error when the work succeeds, or fails in another way */
async function expectFailure(work: Promise<unknown>, expected: string): Promise<void> {
  const failure = await work.then(
    () => 'success',
    (error: unknown) => (error instanceof OverdampedError ? error.code : (error as Error).constructor.name),
  )
  if (failure !== expected) throw new Error(`expected ${expected}, got ${failure}`)
}

/** Runs a scenario, stops it where a phase is done in part, and continues it to its end. */
async function stopAndGoOn(scenario: Scenario, options: RunOptions, phase: string): Promise<void> {
  const stop = new AbortController()
  const stopped = run(scenario, {
    ...options,
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.phase === phase && progress.done > 0) stop.abort()
    },
  })
  await expectFailure(stopped, StoppedError.name)
  await run(scenario, { ...options, resume: true })
}

const simulations = (['native', 'wasm', 'reference'] as const).map(
  (backend: BackendName): Work => ({
    name: `a simulation with observers, ${backend}`,
    async do({ folder, cycle, signal }) {
      const scenario = await shipped('coupled-oscillators', cycle, {
        'protocol.duration': 1,
        'sampling.trajectories': backend === 'reference' ? 8 : 256,
        observe: [
          ...['work', 'heat', 'entropy-production', 'virial', 'trajectories', 'energy', 'force', 'autocorrelation'],
          { name: 'spread', formula: `x^2 + ${cycle}/1000`, lags: [0, 0.1], histogram: { from: -2, to: 2 } },
        ],
      })
      await run(scenario, { directory: folder, backend, threads, signal })
      writeReport(folder)
    },
  }),
)

const formulas: Work = {
  name: 'potentials from formulas',
  async do({ folder, cycle, signal }) {
    for (const backend of ['native', 'wasm', 'reference'] as const) {
      const scenario = await shipped('custom-potential', cycle, {
        'potential.onsite': [
          'bias',
          { name: 'sextic', formula: `x^6/${6 + cycle / 1000}`, min: 0 },
          { name: 'ripple', formula: `1 - cos(2*pi*x + ${cycle})` },
        ],
        'protocol.parameters.bias': `0.5*cos(t + ${cycle})`,
        'protocol.duration': 0.2,
        'sampling.trajectories': 130,
        checks: ['first-law'],
      })
      await run(scenario, { directory: join(folder, backend), backend, threads, signal })
    }
  },
}

const ownData: Work = {
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

const mnist: Work = {
  name: 'learning digits, whose figures a thread of their own works out',
  async do({ folder, cycle, signal }) {
    await run(await shipped('mnist-01', cycle, digits), { directory: folder, threads, signal })
    writeReport(folder)
  },
}

const study: Work = {
  name: 'a study whose repetitions are on threads',
  async do({ folder, cycle, signal }) {
    const changes = { 'objective.walkers': 300, 'objective.iterations': 10, 'objective.repeats': 3 }
    const scenario = await shipped('jarzynski', cycle, changes)
    await run(scenario, { directory: folder, threads, signal })
    writeReport(folder)
  },
}

const relaxations: Work = {
  name: 'relaxations, both ways, and free energies',
  async do({ folder, cycle, signal }) {
    const runs = ['forward', 'reverse'].map((name) => join(folder, name))
    for (const [n, directory] of runs.entries()) {
      const scenario = await shipped('stiffness-ramp', cycle + n, {
        'potential.onsite': ['stiffness', 'quartic'],
        'protocol.parameters': { stiffness: '-1 + 3*t', quartic: 0.5 },
        'protocol.reversed': n === 1,
        initial: { kind: 'relax', from: [-1, 1], steps: 200 },
        'sampling.trajectories': 400,
        checks: ['first-law'],
      })
      await run(scenario, { directory, threads, signal })
    }
    await done('free-energy', ...runs, '--out', join(folder, 'free-energy'))
  },
}

const sweeps: Work = {
  name: 'sweeps on the calling thread and on others, merged',
  async do({ folder, cycle, signal }) {
    const grid = {
      scenario: 'scenarios/double-well.yaml',
      seed: cycle,
      set: settings({ 'protocol.duration': 1, 'sampling.trajectories': 130, checks: ['first-law'] }),
      axes: [{ path: 'bath.kT', values: [0.5, 1, -1, 2] }],
      threads,
      signal,
    }
    await expectFailure(sweep({ ...grid, directory: folder }), 'E_INVALID_VALUE')
    // The last of each part diverges.
    const axes = [{ path: 'protocol.parameters.quartic', values: [0.5, 0.6, 1e6, 1e7] }]
    const others = createThreads(threads)
    try {
      for (const [part, executor] of [callingThread, others].entries())
        await sweep({ ...grid, axes, directory: folder, shard: { part: part + 1, of: 2 }, executor })
      // It merges, and says which points failed.
      await refused('E_DIVERGED', 'merge', folder)
      await expectFailure(stoppedSweep({ ...grid, axes, directory: join(folder, 'stopped') }, others), 'StoppedError')
    } finally {
      await others.close()
    }
    await sweep({ ...grid, axes, directory: join(folder, 'stopped') })
  },
}

/** A sweep that is stopped with its first point. */
function stoppedSweep(options: Parameters<typeof sweep>[0], executor: Executor): Promise<unknown> {
  const stop = new AbortController()
  return sweep({ ...options, executor, signal: stop.signal, onResult: () => stop.abort() })
}

const resumed: Work = {
  name: 'runs that are stopped, and resumed',
  async do({ folder, cycle }) {
    const options = (name: string, backend: BackendName) => ({ directory: join(folder, name), backend, threads })
    const learning = await shipped('two-moons', cycle, moons)
    await stopAndGoOn(learning, options('native', 'native'), 'train')
    const long = ['run', 'scenarios/double-well.yaml', '--quiet', '--out', join(folder, 'signal'), '--threads', '2']
    // As the system would, as soon as somebody listens.
    const timer = setInterval(() => process.emit('SIGTERM') && clearInterval(timer), 20)
    const { status, text } = await commandLine(...long, '--set', 'sampling.trajectories=200000')
    clearInterval(timer)
    if (status !== 75) throw new Error(`expected exit code 75, got ${status}: ${text}`)
  },
}

const failures: Work = {
  name: 'what fails',
  async do({ folder, cycle, signal }) {
    const at = (name: string) => join(folder, name)
    writeFileSync(at('unknown.yaml'), `name: unknown-${cycle}\nnetwork: { visible: { unit: 1 } }\n`)
    writeFileSync(at('syntax.yaml'), 'name: [syntax\n')
    writeFileSync(at('ragged.csv'), 'x,y\n1,2\n3\n')
    for (const backend of ['native', 'wasm', 'reference'] as const) {
      const divergent = await shipped('double-well', cycle, { 'protocol.dt': 2, 'sampling.trajectories': 130 })
      await expectFailure(run(divergent, { directory: at(backend), backend, threads, signal }), 'E_DIVERGED')
    }
    const out = ['--out', at('refused'), '--quiet']
    await refused('E_UNKNOWN_KEY', 'run', at('unknown.yaml'), ...out)
    await refused('E_SYNTAX', 'run', at('syntax.yaml'), ...out)
    await refused('E_FILE', 'run', at('missing.yaml'), ...out)
    await refused('E_DATA', 'run', 'scenarios/two-moons.yaml', '--set', `data.path=${at('ragged.csv')}`, ...out)
    await refused('E_FILE', 'run', 'scenarios/two-moons.yaml', '--set', `data.path=${at('missing.csv')}`, ...out)
    await refused('E_USAGE', 'run', 'scenarios/two-moons.yaml', '--profil', 'quick')
    await refused('E_OUTPUT_NOT_EMPTY', 'run', 'scenarios/double-well.yaml', '--out', folder)
    await refused('E_RUN_DIRECTORY', 'report', at('native'))
    await refused('E_RUN_DIRECTORY', 'sample', at('nowhere'))
    await failingThreads(folder, cycle)
  },
}

/** Jobs on threads that fail, are stopped before they begin, and are ended while they work. */
async function failingThreads(folder: string, cycle: number): Promise<void> {
  const changes = { 'objective.walkers': 20_000, 'objective.iterations': 5000, 'objective.repeats': 2 }
  const scenario = await shipped('jarzynski', cycle, changes)
  const stopAt = async (name: string, signal: AbortSignal) =>
    expectFailure(run(scenario, { directory: join(folder, name), threads, signal }), StoppedError.name)
  await stopAt('before', AbortSignal.abort())
  await stopAt('meanwhile', AbortSignal.timeout(700))
}

const failing: Observer = {
  trajectories: 1,
  wants: () => true,
  see() {
    throw new RangeError('an observer of a user')
  },
}

const backends: Work = {
  name: 'backends opened and closed, and an observer that throws',
  async do({ cycle, signal }) {
    const kernels = readFileSync('dist/wasm/kernels.wasm')
    const simulation = smallSimulation(cycle)
    for (const name of ['native', 'wasm', 'native', 'wasm'] as const) {
      const { backend } = await openBackend({ backend: name, threads }, [{ ...simulation, rule: null }])
      try {
        await backend.simulate(simulation, { signal })
        await expectFailure(backend.simulate({ ...simulation, observers: [failing] }), RangeError.name)
      } finally {
        await backend.close()
      }
    }
    const one = await createWasm({ kernels })
    await one.simulate(simulation)
    await one.close()
  },
}

function smallSimulation(seed: number) {
  const potential = potentialOf(createNetwork({ visible: { units: 3 } }), [stiffness])
  const protocol = constantProtocol(Float64Array.of(1, 1, 1), 1, 0.05)
  return simulationOf({ potential, protocol, trajectories: 256, seed })
}

const gradients: Work = {
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

/** All that is done in a cycle, in this order. */
export const works: readonly Work[] = [
  ...simulations,
  formulas,
  ownData,
  mnist,
  study,
  relaxations,
  sweeps,
  resumed,
  failures,
  backends,
  gradients,
]
