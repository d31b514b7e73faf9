import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { OverdampedError, StoppedError } from '../../src/errors.js'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { renderComparison } from '../../viz/compare.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { fileFolder, runFolders } from '../run-folder.js'

const folder = runFolders()

const small = `
name: small
data: { source: gaussian-mixture, means: [[-5], [5]], width: 1, weights: [1, 3], samples: 1000 }
network: { visible: { units: 1 } }
potential: { onsite: [], features: { wells: { centres: [[-5], [5]] } } }
objective: { kind: jarzynski, control: true, iterations: 20, optimizer: { kind: sgd, rate: 1.2 }, walkers: 1000, repeats: 1 }
`
const scenario = (change: (text: string) => string = (text) => text) => parseScenario(change(small), 'small.yaml')
/** For claims about bytes, which are as good after a few steps of a few walkers. */
const short = (text: string) => text.replace('iterations: 20', 'iterations: 4').replace('walkers: 1000', 'walkers: 100')

const kept = fileFolder()
/** A run that two tests look at. */
const learned = join(kept, 'learned')

test('a run of an objective leaves arms, checks, curves, densities and samples, and a report that shows them', async () => {
  const directory = learned
  const results = await run(await scenario((text) => text.replace('repeats: 1', 'repeats: 2')), {
    directory,
    threads: 1,
  })
  expect(readdirSync(directory).sort()).toEqual([
    'manifest.json',
    'metrics.jsonl',
    'objective.npz',
    'results.json',
    'samples.npy',
    'scenario.yaml',
  ])
  const { objective, checks, metrics } = results
  expect(objective!.kind).toBe('jarzynski')
  expect(objective!.arms.map(({ name, expected, locality }) => [name, expected, locality])).toEqual([
    ['langevin', 'succeeds', 'three-factor'],
    ['mala', 'succeeds', 'three-factor'],
    ['minibatch', 'succeeds', 'three-factor'],
    ['uncorrected', 'fails', 'local'],
  ])
  // The weight of the last well in four arms at two seeds.
  expect(checks).toHaveLength(8)
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  expect(checks.filter(({ control }) => control).map(({ name }) => name)).toEqual([
    'weight of the last well, uncorrected, seed 1',
    'weight of the last well, uncorrected, seed 2',
  ])
  const { divergence, lastWellWeight, lastWellWeightOfData } = objective!.arms[0]!.figures
  expect(divergence).toBeLessThan(0.01)
  expect(Math.abs(lastWellWeight! - lastWellWeightOfData!)).toBeLessThan(0.03)
  expect(metrics['divergence:uncorrected']!.value).toBeGreaterThan(0.1)
  // One force and one energy at each end of each step, of each walker.
  expect(objective!.arms[0]!.cost.forces).toBe(2 * 20 * 1000)

  const lines = readFileSync(join(directory, 'metrics.jsonl'), 'utf8').trim().split('\n')
  expect(JSON.parse(lines[0]!)).toMatchObject({ kind: 'objective', arm: 'langevin', seed: 1, iteration: 1 })
  const arrays = decodeNpz(readFileSync(join(directory, 'objective.npz')), 'npz')
  expect(Object.keys(arrays)).toContain('data/density')
  expect(arrays['langevin/density']!.shape).toEqual(arrays['langevin/x']!.shape)
  expect(decodeNpy(readFileSync(join(directory, 'samples.npy')), 'npy').shape).toEqual([1000, 1])

  const page = renderReport(readRun(directory))
  expect(page).toContain('Objective: jarzynski')
  expect(page).toContain('chart-objective-density')
  expect(page).toContain('chart-objective-effectiveSampleShare')
  expect(page).toMatch(/uncorrected <small class="badge">control<\/small><small>local/)
  expect(page).not.toContain('id="motion"')
})

test('a finished run is left alone, an unfinished one starts again, and repeating gives the same bytes', async () => {
  const directory = folder()
  const stop = new AbortController()
  const until = { threads: 1, onProgress: () => stop.abort(), signal: stop.signal }
  await expect(run(await scenario(short), { directory, ...until })).rejects.toThrow(StoppedError)
  expect(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')).exitReason).toBe('stopped')
  const first = await run(await scenario(short), { directory, threads: 1, resume: true })
  const again = folder()
  await run(await scenario(short), { directory: again, threads: 1 })
  expectSameBytes(directory, again)
  rmSync(join(directory, 'metrics.jsonl'))
  expect(await run(await scenario(short), { directory, threads: 1, resume: true })).toEqual(
    JSON.parse(JSON.stringify(first)),
  )
})

const expectSameBytes = (one: string, other: string) => {
  for (const name of ['metrics.jsonl', 'objective.npz', 'samples.npy'])
    expect(readFileSync(join(one, name)).equals(readFileSync(join(other, name)))).toBe(true)
}

test('threads, which take a seed each, change no bit; an error of one of them is as it would be without', async () => {
  const [one, two] = [folder(), folder()]
  const three = await scenario((text) => short(text).replace('repeats: 1', 'repeats: 3'))
  const shares: number[] = []
  const onProgress = ({ done }: { done: number }) => shares.push(done)
  const alone = await run(three, { directory: one, threads: 1 })
  const together = await run(three, { directory: two, threads: 2, onProgress })
  expectSameBytes(one, two)
  const { timings: _, ...rest } = alone
  expect(together).toMatchObject(rest)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  const away = await parseScenario(runaway.replace('repeats: 1', 'repeats: 2'), 'away.yaml')
  await expect(run(away, { directory: folder(), threads: 2 })).rejects.toThrow(
    /persistent, seed \d, iteration \d+: .*Lower objective.optimizer.rate.*E_DIVERGED/,
  )
})

test('runs of two objectives on the same task stand side by side with distance, weight and cost', async () => {
  const other = folder()
  const chains = await scenario((text) =>
    text.replace(
      /objective:.*/,
      'objective: { kind: contrastive-divergence, control: true, iterations: 20, repeats: 1 }',
    ),
  )
  const { checks, thermodynamics } = await run(chains, { directory: other, threads: 1 })
  expect(checks.every(({ pass }) => pass)).toBe(true)
  expect(thermodynamics).toEqual({})
  const page = renderComparison([learned, other].map((directory) => ({ name: directory, run: readRun(directory) })))
  expect(page).toContain('Objectives by run')
  for (const words of [
    'KL(data‖model), nat',
    'weight of the last well',
    'distance from',
    'work and heat',
    'force and energy',
  ])
    expect(page).toContain(words)
})

test('oscillators learn with work and heat in the results', async () => {
  const text = `
name: pair
data: { source: boltzmann, parameters: { stiffness: 2, bilinear: 0.5 }, samples: 1000 }
network: { visible: { units: 3 } }
potential: { onsite: [stiffness], pair: [bilinear] }
objective: { kind: jarzynski, start: { stiffness: 1 }, iterations: 100, optimizer: { kind: sgd, rate: 0.2 }, walkers: 1000, repeats: 1 }
`
  const { checks, thermodynamics } = await run(await parseScenario(text, 'pair.yaml'), {
    directory: folder(),
    threads: 1,
  })
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  // The potential stiffens: work is done, more than the free energy, and given to the bath.
  expect(thermodynamics.work!.mean).toBeGreaterThan(0.5)
  expect(thermodynamics.heat!.mean).toBeGreaterThan(0.5)
})

test('Gibbs learns a network with hidden units from its states, which are drawn exactly', async () => {
  const text = `
name: hidden
data: { source: boltzmann, parameters: { stiffness: 2, hidden-coupling: [2, 1, 0.5, 0, 1, -1] }, samples: 2000 }
network: { visible: { units: 3 }, hidden: { units: 2 } }
potential: { onsite: [stiffness] }
objective: { kind: jarzynski, kernels: [gibbs], start: { stiffness: 2, hidden-coupling: [1, 1, 1, 0, 1, -1] }, iterations: 60, optimizer: { kind: sgd, rate: 0.1 }, walkers: 1000, moved: 1, repeats: 1 }
`
  const { checks, objective } = await run(await parseScenario(text, 'hidden.yaml'), { directory: folder(), threads: 1 })
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  const { logPartitionRatio, exactLogPartitionRatio } = objective!.arms[0]!.figures
  expect(Math.abs(logPartitionRatio! - exactLogPartitionRatio!)).toBeLessThan(0.1)
})

test('weights that collapse are reported with what mends it', async () => {
  const notes: string[] = []
  const text = `
name: wild
data: { source: gaussian-mixture, means: [[6]], width: 1, samples: 200 }
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
objective: { kind: jarzynski, start: { stiffness: 1 }, frozen: [stiffness], iterations: 10, optimizer: { kind: sgd, rate: 0.5 }, walkers: 50, resampling: 0, repeats: 1 }
`
  const onNote = (note: string) => notes.push(note)
  const { warnings } = await run(await parseScenario(text, 'wild.yaml'), { directory: folder(), threads: 1, onNote })
  expect(warnings!.join()).toMatch(/langevin: the weights of only .* % of the walkers.*Lower objective.optimizer.rate/)
  expect(notes).toContain(`warning: ${warnings![0]}`)
})

test('a composition whose weights collapse is reported too', async () => {
  const text = `
name: steep
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
noising: { duration: 3, tMin: 0.01 }
objective: { kind: feynman-kac, mixtures: [{ means: [[-2], [2]], width: 0.3 }], compositions: [{ kind: anneal, beta: 8 }], walkers: 60, steps: 40, resampling: 0, repeats: 1 }
`
  const { warnings } = await run(await parseScenario(text, 'steep.yaml'), { directory: folder(), threads: 1 })
  expect(warnings).toEqual([
    expect.stringMatching(/^anneal β=8, corrected: the weights of only .* % of the walkers.*Raise objective.steps/),
  ])
})

test('where no truth is known the results say so', async () => {
  const text = `
name: untold
data: { source: gaussian-mixture, means: [[-1, 0, 0], [1, 0, 0]], width: 0.5, samples: 100 }
network: { visible: { units: 3 } }
potential: { onsite: [stiffness] }
objective: { kind: recovery-likelihood, start: { stiffness: 1 }, iterations: 2, repeats: 1, samples: 50 }
`
  const { warnings, checks } = await run(await parseScenario(text, 'untold.yaml'), { directory: folder(), threads: 1 })
  expect(checks).toEqual([])
  expect(warnings![0]).toMatch(/No figure here was compared with a truth.*Use one or two units.*objective.cells/)
})

const runaway = `
name: away
data: { source: gaussian-mixture, means: [[6]], width: 1, samples: 200 }
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
objective: { kind: contrastive-divergence, start: { stiffness: 1 }, iterations: 10, optimizer: { kind: sgd, rate: 0.5 }, arms: [persistent], walkers: 50, repeats: 1 }
`

test('learning that runs away stops, and says what mends it', async () => {
  const away = run(await parseScenario(runaway, 'away.yaml'), { directory: folder(), threads: 1 })
  await expect(away).rejects.toThrow(/persistent, seed 1, iteration \d+: .*Lower objective.optimizer.rate.*E_DIVERGED/)
})

const ring = `
name: ring
data: { source: boltzmann, parameters: { stiffness: 2, bilinear: 0.3 }, samples: 2000 }
network: { visible: { units: 12 }, couplings: { visible: { edges: [${Array.from({ length: 12 }, (_, i) => `[${Math.min(i, (i + 1) % 12)}, ${Math.max(i, (i + 1) % 12)}]`).join(', ')}] } } }
potential: { onsite: [stiffness], pair: [bilinear] }
objective: { kind: KIND, start: { stiffness: 1 }, iterations: 150, optimizer: { kind: sgd, rate: 0.2 }, repeats: 1 OWN }
`
const networkObjectives = {
  'contrastive-divergence': ', batch: 500, walkers: 500, kernel: mala, step: 0.1, steps: 5',
  jarzynski: ', walkers: 1000',
  nce: ', batch: 500, noise: 500, refresh: 5',
}

test.each(Object.entries(networkObjectives))(
  '%s of a network passes its checks on the kernels, with one set of bits',
  async (kind, own) => {
    const text = ring.replace('KIND', kind).replace(' OWN', own)
    const learn = async (text: string, threads: number) => {
      const directory = folder()
      const results = await run(await parseScenario(text, 'ring.yaml'), { directory, backend: 'wasm', threads })
      expect(results.backend).toBe('wasm')
      const bytes = ['samples.npy', 'metrics.jsonl'].map((name) => readFileSync(join(directory, name)))
      return { bytes, checks: results.checks }
    }
    const { checks } = await learn(text, 1)
    expect(checks.length).toBeGreaterThan(0)
    expect(checks.filter(({ pass }) => !pass)).toEqual([])
    // Iterations after the first two, which have moved the parameters and reused walkers and noise, have nothing new in them.
    const few = text.replace('iterations: 150', 'iterations: 6')
    const alone = await learn(few, 1)
    for (const threads of [2, 3]) expect((await learn(few, threads)).bytes).toEqual(alone.bytes)
  },
)

test('where kernels are missing auto says so and takes the reference, and a named backend refuses', async () => {
  const notes: string[] = []
  const options = { directory: folder(), threads: 1, onNote: (line: string) => void notes.push(line) }
  const { backend } = await run(await scenario((text) => text.replace('iterations: 20', 'iterations: 2')), options)
  expect(backend).toBe('reference')
  expect(notes[0]).toMatch(/^backend reference: float64.*not wasm: it has no kernel for the term "wells"/)
  const named = (name: 'wasm' | 'gpu') => scenario().then((given) => run(given, { directory: folder(), backend: name }))
  await expect(named('wasm')).rejects.toThrow(/no kernel for the term "wells".*E_BACKEND/)
  await expect(named('gpu')).rejects.toThrow(/E_BACKEND/)
})

test('data so far from 0 that float32 would round their energies are left to the reference', async () => {
  const notes: string[] = []
  const far = runaway
    .replace('[[6]]', '[[6e4]]')
    .replace('start: { stiffness: 1 }', 'start: { stiffness: 1, bias: 6e4 }')
  const text = far.replace('rate: 0.5', 'rate: 1e-12').replace('iterations: 10', 'iterations: 1')
  const options = { directory: folder(), threads: 1, onNote: (line: string) => void notes.push(line) }
  await run(await parseScenario(text, 'far.yaml'), options)
  expect(notes[0]).toMatch(/not wasm: its arithmetic rounds the energies of these data by .* kT; subtract their mean/)
})

test('an objective opens its own backends, and takes no parameters of another run', async () => {
  const directory = folder()
  const own = createReference()
  await expect(run(await scenario(), { directory, backend: own })).rejects.toThrow(
    /opens a backend for each.*E_BACKEND/,
  )
  await expect(run(await scenario(), { directory, parametersFrom: directory })).rejects.toThrow(OverdampedError)
})

test('a damaged objective.npz is named', async () => {
  const directory = folder()
  await run(await scenario(short), { directory, threads: 1 })
  writeFileSync(join(directory, 'objective.npz'), 'no archive')
  expect(() => readRun(directory)).toThrow(/objective\.npz/)
})

test.each([
  'jarzynski',
  'jarzynski-ramp',
  'jarzynski-network',
  'jarzynski-hidden',
  'contrastive-divergence',
  'contrastive-divergence-one-well',
  'contrastive-divergence-network',
])('%s is valid in both profiles', async (name) => {
  for (const profile of [undefined, 'quick'])
    expect(requireRunnable(await loadScenario(`scenarios/${name}.yaml`, { profile })).size).toContain('repetition')
})
