import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { restore } from '../../src/backend/resume.js'
import { dropStates, openStages } from '../../src/experiment/record/stages.js'
import { run } from '../../src/experiment/run/run.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const scenario = {
  name: 'stages',
  data: {
    source: 'gaussian-mixture',
    means: [
      [2, 1],
      [-1, 0],
    ],
    width: 0.4,
    samples: 300,
  },
  network: { visible: { units: 2 }, hidden: { units: 4, temperature: '0.3*(1 - exp(-2*t))^-0.5' }, label: {} },
  potential: { onsite: ['stiffness', 'cubic', 'quartic', 'bias'], pair: ['bilinear'] },
  noising: { duration: 2, tMin: 0.05, slices: 3 },
  learning: {
    rule: 'nudged-force-matching',
    centre: true,
    optimizer: { hiddenRate: 0.03, biasFactor: 3 },
    iterations: 6,
    batch: 32,
    average: 0.4,
    settle: { iterations: 4, batch: 64 },
    refine: { passes: 2, trajectories: 100 },
  },
  sampling: { trajectories: 50, interpolation: 'alternate' },
}

const bytes = (directory: string) => readFileSync(join(directory, 'parameters.safetensors')).toString('base64')

test('training stopped within a stage, between stages or at the end of a slice goes on to the same bits', async () => {
  const whole = folder()
  await run(await defineScenario(scenario as never), { directory: whole })
  // The first slice has 18 iterations of descent and 4 of settling, the others 6 and 4.
  for (const stopAt of [7, 18, 20, 22, 28, 30]) {
    const directory = folder()
    const controller = new AbortController()
    const stopped = run(await defineScenario(scenario as never), {
      directory,
      signal: controller.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'train' && done === stopAt) controller.abort()
      },
    })
    await expect(stopped).rejects.toThrow()
    await run(await defineScenario(scenario as never), { directory, resume: true })
    expect(bytes(directory), `stopped at ${stopAt}`).toBe(bytes(whole))
  }
})

test.each([
  ['network.hidden', { units: 4, kind: 'glauber', temperature: 0.5 }, /a glauber unit moves in the bath of all/],
  ['network.hidden', { units: 4, temperature: 'row' }, /expected a formula in t/],
  ['network.hidden', { units: 4, temperature: '1 - t' }, /hidden.temperature: it is -1 at t = 2; expected more than 0/],
  ['potential', { onsite: ['stiffness'], pair: ['bilinear'] }, /learning.centre: .*Add the term bias/],
])('%s %j is refused with what would do', async (key, value, error) => {
  const [section, name] = key.split('.') as [keyof typeof scenario, string | undefined]
  const given = name === undefined ? value : { ...(scenario[section] as object), [name]: value }
  const attempt = async () =>
    run(await defineScenario({ ...scenario, [section]: given } as never), { directory: folder() })
  await expect(attempt()).rejects.toThrow(error)
})

test('a state that may be large waits for what it may cost, until one has shown it; never longer than was asked for', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const due = (interval?: number) => openStages(folder(), { of: 'a run', interval }).keeper<number>('sample').isDue
    const [usual, asked] = [due(), due(1)]
    vi.advanceTimersByTime(10_000)
    expect([usual(), usual(1e6), usual(120e6), asked(120e6)]).toEqual([true, true, false, true])
    vi.advanceTimersByTime(110_000)
    expect(usual(120e6)).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})

test('samples do not go on with the parameters of another run, nor a run with another file for its protocol', async () => {
  const scenarioOf = async (seed: number) => defineScenario({ ...scenario, seed } as never)
  const stopping = () => {
    const controller = new AbortController()
    return {
      signal: controller.signal,
      onProgress: ({ phase }: { phase: string }) => phase === 'sample' && controller.abort(),
    }
  }
  const [one, other, samples] = [folder(), folder(), folder()]
  await run(await scenarioOf(1), { directory: one })
  await run(await scenarioOf(2), { directory: other })
  const drawn = await defineScenario({ ...scenario, seed: 5, sampling: { trajectories: 2000 } } as never)
  const drawing = { directory: samples, resume: true, backend: 'reference', checkpointInterval: 0 } as const
  await expect(run(drawn, { ...drawing, parametersFrom: one, ...stopping() })).rejects.toThrow()
  await expect(run(drawn, { ...drawing, parametersFrom: other })).rejects.toThrow(/whose parameters/)
  await expect(run(drawn, drawing)).rejects.toThrow(/whose parameters/)
  await run(drawn, { ...drawing, parametersFrom: one })
  await expect(run(drawn, { ...drawing, parametersFrom: other })).rejects.toThrow(/whose parameters/)

  const file = join(folder(), 'stiffness.csv')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '1\n2\n')
  const simulation = await defineScenario({
    name: 'named-file',
    network: { visible: { units: 2 } },
    potential: { onsite: ['stiffness'] },
    initial: { kind: 'point', x: 1 },
    protocol: { duration: 1, dt: 0.001, parameters: { stiffness: { file } } },
    sampling: { trajectories: 200 },
  })
  const simulating = { directory: folder(), resume: true, backend: 'reference', checkpointInterval: 0 } as const
  await expect(run(simulation, { ...simulating, ...stopping() })).rejects.toThrow()
  writeFileSync(file, '8\n9\n')
  await expect(run(simulation, simulating)).rejects.toThrow(/files that its scenario names/)
  writeFileSync(file, '1\n2\n')
  await run(simulation, simulating)
})

test('a state with another kind of value in the place of an array is named as unfit', () => {
  const into = { x: new Float64Array(2) }
  for (const saved of [
    null,
    3,
    [],
    {},
    { x: null },
    { x: [0, 0] },
    { x: new Float64Array(3) },
    { x: new Int32Array(2) },
  ])
    expect(restore(saved as never, into), JSON.stringify(saved)).toBe(false)
  expect(restore({ x: new Float64Array([1, 2]) }, into)).toBe(true)
})

test('a pipe in the place of a state is refused by name, and a file of the user stays when states go', () => {
  const directory = folder()
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'checkpoint-backup.safetensors'), 'mine')
  openStages(directory, { of: 'a run' }).keeper<number>('job').keep(3)
  dropStates(directory)
  expect(readdirSync(directory)).toEqual(['checkpoint-backup.safetensors'])
  execFileSync('mkfifo', [join(directory, 'checkpoint-sample.safetensors')])
  expect(() => openStages(directory, { of: 'a run' }).keeper<number>('sample')).toThrow(
    /checkpoint-sample\.safetensors: is a device or a pipe.*E_FILE/,
  )
})
