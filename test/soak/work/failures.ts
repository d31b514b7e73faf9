import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  constantProtocol,
  createNetwork,
  createWasm,
  type Observer,
  openBackend,
  potentialOf,
  run,
  StoppedError,
  simulationOf,
  stiffness,
} from '../../../src/index.js'
import { refused } from '../command-line.js'
import { expectFailure, shipped, threads, type Work } from './common.js'

/** What fails, on threads too. */
export const failures: Work = {
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

/** Backends that come and go. */
export const backends: Work = {
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
