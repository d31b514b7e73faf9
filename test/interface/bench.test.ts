import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkRatios, checkText } from '../../src/bench/check.js'
import type { Contender, NotRun, Session } from '../../src/bench/contender.js'
import { contenders, flipPeers, formulaPeers } from '../../src/bench/contenders.js'
import type { BenchDocument } from '../../src/bench/document.js'
import { evaluationTask, numpyEvaluator } from '../../src/bench/evaluation.js'
import { flipWorkloads } from '../../src/bench/flips.js'
import { createBenchFolder } from '../../src/bench/folder.js'
import { formulaWorkloads } from '../../src/bench/formulas.js'
import { spread } from '../../src/bench/statistics.js'
import { markdown } from '../../src/bench/text.js'
import { createWorkload, type Workload } from '../../src/bench/workload.js'
import { nearestDistance } from '../../src/learning/evaluation/nearest-training.js'
import { pointsOf } from '../../src/learning/evaluation/points.js'
import { command, commandIn } from '../command.js'

// Nothing timed is asserted: that would test the machine.

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const folder = createBenchFolder()
const out = mkdtempSync(join(tmpdir(), 'overdamped-bench-out-'))
const all = contenders(folder)
const formulaAll = [...all.filter(({ role }) => role === 'project'), ...formulaPeers(folder)]
const flipsAll = [...all.filter(({ role }) => role === 'project'), ...flipPeers(folder)]
const formulas = await formulaWorkloads(true)
const sessions = new Map<Contender, Session | NotRun>()
await Promise.all(
  [...all, ...formulaAll.slice(-2), ...flipsAll.slice(-1)].map(async (contender) =>
    sessions.set(contender, await contender.open()),
  ),
)
afterAll(async () => {
  for (const session of sessions.values()) if ('close' in session) await session.close()
  folder.remove()
  rmSync(out, { recursive: true })
})

const overdamped = (...args: string[]) => spawnSync(process.execPath, [main, 'bench', ...args], { encoding: 'utf8' })

/** Peers that .ci/run installs, so that there a missing one is a failure. */
const required = ['C', 'C without fused multiply-add', 'overdamped native', 'NumPy']

/** Reasons of those that are not here; the tests that need them are then skipped. */
function missing({ family }: Contender, session: Session | NotRun): string | null {
  if (!('notRun' in session)) return null
  if (process.env.REQUIRE_PEERS && required.includes(family)) throw new Error(`${session.notRun}; REQUIRE_PEERS is set`)
  return session.notRun
}

test('a smoke run of one part has a figure or a reason for every contender, and its tables', async () => {
  const { status, stdout, stderr } = overdamped('--quick', '--only', 'dense', '--json', '--quiet', '--out', out)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const document = JSON.parse(stdout) as BenchDocument
  expect(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))).toEqual({
    ...document,
    sha256: expect.any(String),
  })
  expect(document).toMatchObject({
    format: 'overdamped-bench',
    version: 1,
    options: { quick: true, sections: ['dense'] },
  })
  const present = document.contenders.filter((contender) => 'description' in contender).map(({ name }) => name)
  const absent = document.contenders.filter((contender) => 'notRun' in contender).map(({ name }) => name)
  expect([...present, ...absent].sort()).toEqual(all.map(({ name }) => name).sort())
  expect(document.rates[0]!.results.map(({ contender }) => contender)).toEqual(present)
  const { stdout: table } = await command('bench', '--from', join(out, 'results.json'), '--markdown')
  for (const name of present) expect(table).toContain(`\n| ${name} |`)
  if (present.includes('C, hand-written')) {
    expect(document.peak!.fused.min).toBeGreaterThan(0)
    expect(document.peak!.unfused.min).toBeGreaterThan(0)
    expect(table).toContain('Share of the multiply-add peak')
  }
})

/** A benchmark of the kernels at one workload of each kind, by hand; `native`: their rates over those of C. */
function handMade(native: number, threads = 2): BenchDocument {
  const [c, own, many, numpy] = [
    'C, hand-written',
    'overdamped native',
    `overdamped native, ${threads} threads`,
    'NumPy',
  ]
  const all = { name: 'all-to-all', units: 144, couplings: 10_296, batch: 1024, dt: 0.01 }
  const rated = (contender: string, rate: number, timesOf: Record<string, number>) => ({
    ...{ contender, form: 'by hand', steps: 1, rate: spread([rate]), timesOf },
  })
  const formulaResults = [
    rated(own, 3e6, { 'NumPy, as written': 3 }),
    rated('NumPy, as written', 1e6, { [own]: 1 / 3 }),
  ]
  const description = 'by hand'
  return {
    ...{ format: 'overdamped-bench', version: 1, date: '2026-01-02T00:00:00.000Z', overdamped: '0.1.0' },
    machine: { cpu: 'Abacus', cores: 2, simd: [], memoryGB: 1, system: 'none', node: 'v0' },
    options: {
      quick: false,
      repeats: 1,
      sections: ['dense', 'exchange', 'formulas', 'training', 'objectives', 'evaluation'],
    },
    contenders: [
      { name: c, role: 'limit', family: 'C', threads: 1, description },
      { name: own, role: 'project', family: own, threads: 1, description },
      { name: many, role: 'project', family: own, threads, description },
      { name: numpy, role: 'peer', family: numpy, threads: 1, description },
    ],
    peak: { fused: spread([100, 110]), unfused: spread([50, 55]) },
    rates: [
      {
        workload: all,
        results: [
          rated(c, 200e6, { [own]: 1 / native }),
          rated(own, native * 200e6, { [c]: native, [many]: 0.5, [numpy]: 4 }),
          rated(many, native * 400e6, { [c]: 2 * native, [own]: 2, [numpy]: 8 }),
        ],
      },
    ],
    exchange: [
      {
        ...{ workload: all, moving: true },
        results: [{ contender: own, without: spread([2e6]), recorded: spread([1e6]), share: 0.5 }],
      },
    ],
    formulas: {
      contenders: [{ name: 'NumPy, as written', role: 'peer', family: 'NumPy', threads: 1, description }],
      rates: [{ workload: { ...all, name: 'washboard' }, results: formulaResults }],
    },
    training: {
      ...{ workload: all, minibatch: 256 },
      results: [{ contender: own, iterationsPerSecond: spread([9]), timesOf: { [numpy]: 3 } }],
    },
    objectives: [
      {
        ...{ objective: 'weighted walkers', workload: all, minibatch: 256 },
        results: [{ contender: own, iterationsPerSecond: spread([70]), timesReference: 7 }],
      },
    ],
    evaluation: {
      ...{ counts: { samples: 1000, train: 12_000, heldOut: 2500, every: 60_000 }, pixels: 144 },
      results: [{ contender: 'overdamped', seconds: spread([2]), timesOf: { 'NumPy, brute force': 1.5 } }],
    },
    scaling: [],
    footprint: [],
  }
}

test('a check names the ratios that fell by more than a tenth, and those that are on one side alone', () => {
  const [recorded, now] = [handMade(0.8), handMade(0.71)]
  const fallen = [
    { what: 'all-to-all: overdamped native / C, hand-written', recorded: 0.8, now: 0.71 },
    { what: 'all-to-all: overdamped native, 2 threads / C, hand-written', recorded: 1.6, now: 1.42 },
  ]
  expect(checkRatios(recorded, now)).toEqual({ compared: 10, fallen, notCompared: [] })
  expect(checkText(checkRatios(recorded, now), recorded, 'r.json')).toMatch(/native \/ C, hand-written +0\.8 +0\.71\n/)
  // A tenth, less, and more than before are none.
  for (const same of [0.8, 0.73, 2]) expect(checkRatios(recorded, handMade(same)).fallen).toEqual([])

  const others = checkRatios(recorded, handMade(0.8, 4))
  expect(others).toMatchObject({ compared: 7, fallen: [] })
  const [absent, added] = ['2 threads', '4 threads'].map((threads) =>
    ['C, hand-written', 'overdamped native', 'NumPy'].map(
      (other) => `all-to-all: overdamped native, ${threads} / ${other}`,
    ),
  )
  expect(others.notCompared).toEqual([
    ...absent!.map((what) => ({ what, why: 'not measured now' })),
    ...added!.map((what) => ({ what, why: 'not recorded' })),
  ])
  // Each kind of ratio is looked at, and only in the parts that were measured.
  const less: BenchDocument = {
    ...now,
    rates: [],
    exchange: [],
    formulas: null,
    training: null,
    objectives: [],
    evaluation: null,
  }
  expect(checkRatios(recorded, less).notCompared).toHaveLength(10)
  const training = { ...less, options: { ...now.options, sections: ['training' as const] } }
  expect(checkRatios(recorded, training).notCompared).toEqual([
    { what: 'training: overdamped native / NumPy', why: 'not measured now' },
  ])
})

test('tables show the share of the peak, what work and heat cost, and the evaluation', () => {
  const table = markdown(handMade(0.8))
  // 160e6 · 2 · 143 of 110e9, and the same for each of two threads.
  expect(table).toContain('\n| overdamped native | 0.42 |\n| overdamped native, 2 threads | 0.42 |')
  expect(table).toContain('\n| overdamped native | 2 | 1 | 0.5 |')
  expect(table).toContain('\n| overdamped | 2 | 2 to 2 | 1.5 |')
})

test('--check without a record says how to make one, and takes no smoke run', async () => {
  const { status, stderr } = await commandIn(out, 'bench', '--check')
  expect(stderr).toContain(
    'nothing is recorded: there is no bench/results.json. Record it first: overdamped bench --out bench',
  )
  expect(status).toBe(2)
  expect((await command('bench', '--check', '--quick')).stderr).toContain(
    '--check: the figures of --quick mean nothing',
  )
})

test('NumPy finds the digits that the metrics find', async (context) => {
  const task = evaluationTask(true)
  const numpy = await numpyEvaluator(task, folder)
  if ('notRun' in numpy) {
    if (process.env.REQUIRE_PEERS) throw new Error(numpy.notRun)
    return context.skip(numpy.notRun)
  }
  expect(await numpy.run()).toBeGreaterThan(0)
  // Distances of about 4; their squares are rounded to some 2⁻²² of |x|² = 100.
  const { samples, train } = task.input
  expect((await numpy.distance()) / nearestDistance(samples, pointsOf(train)).value).toBeCloseTo(1, 5)
  await numpy.close()
})

test.each([
  [['--only', 'fast'], 'no part is called "fast"; expected sparse'],
  [['--repeats', '0'], 'expected a whole number from 1'],
  [['--from', 'nowhere.json'], 'nowhere.json: cannot be read'],
])('%j is refused', async (args, expected) => {
  const { status, stderr } = await command('bench', ...args)
  expect(stderr).toContain(expected)
  expect(status).toBe(2)
})

// A lattice, a batch and units that fill no vector, tile or block.
const workloads = ([1, 2, 'all'] as const).map((range) => createWorkload({ lattice: [5, 7], range, batch: 100 }))
const [reference] = all
  .filter(({ name }) => name === 'overdamped reference')
  .map((contender) => sessions.get(contender))
const steps = 20

async function states(session: Session, workload: Workload, noise: boolean): Promise<number[]> {
  await session.load(workload)
  return Array.from(await session.state(steps, noise))
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)
}

/** Float32 states of order 1 that are rounded a few times a step; nothing in these systems amplifies an error. */
const rounding = 20 * steps * 2 ** -24

describe.each(all.filter((contender) => sessions.get(contender) !== reference))('$name', (contender) => {
  const session = sessions.get(contender)!
  const reason = missing(contender, session)

  test.skipIf(reason !== null)(
    `moves without noise as the reference does${reason === null ? '' : ` (not run: ${reason})`}`,
    async () => {
      for (const workload of workloads) {
        const expected = await states(reference as Session, workload, false)
        expect(largestDifference(await states(session as Session, workload, false), expected)).toBeLessThan(rounding)
      }
    },
  )

  test.skipIf(reason !== null)('adds noise of the right size', async () => {
    // 3,500 states whose squares have relative deviation √2: the means of two such ensembles agree within 4 s.e.
    for (const workload of workloads) {
      const square = (x: readonly number[]) => x.reduce((sum, value) => sum + value * value, 0) / x.length
      const expected = square(await states(reference as Session, workload, true))
      const ratio = square(await states(session as Session, workload, true)) / expected
      expect(Math.abs(ratio - 1)).toBeLessThan(4 * Math.sqrt(4 / (35 * 100)))
    }
  })

  test.skipIf(reason !== null || contender.role !== 'project')('records work and heat, still and moving', async () => {
    await (session as Session).load(workloads[0]!)
    for (const moving of [false, true])
      expect(await (session as Session).sample!(3, { workAndHeat: true, moving })).toBeGreaterThan(0)
  })

  test.skipIf(reason !== null || contender.role === 'peer')('draws the very same normals', async () => {
    for (const workload of workloads) {
      const expected = await states(reference as Session, workload, true)
      expect(largestDifference(await states(session as Session, workload, true), expected)).toBeLessThan(rounding)
    }
  })
})

describe.each(formulaAll.filter((contender) => sessions.get(contender) !== reference))(
  'at formulas, $name',
  (contender) => {
    const session = sessions.get(contender)!
    const reason = missing(contender, session)

    test.skipIf(reason !== null)(
      'moves as the reference does, without noise and by noise of the right size',
      async () => {
        for (const workload of formulas) {
          const still = await states(reference as Session, workload, false)
          expect(largestDifference(await states(session as Session, workload, false), still)).toBeLessThan(rounding)
          const moved = (from: readonly number[]) => from.reduce((sum, x, n) => sum + (x - still[n]!) ** 2, 0)
          const [own, exact] = [
            moved(await states(session as Session, workload, true)),
            moved(await states(reference as Session, workload, true)),
          ]
          expect(Math.abs(own / exact - 1)).toBeLessThan(4 * Math.sqrt(4 / still.length))
        }
      },
    )
  },
)

describe.each(flipsAll.filter((contender) => sessions.get(contender) !== reference))('at flips, $name', (contender) => {
  const session = sessions.get(contender)!
  const reason = missing(contender, session)

  test.skipIf(reason !== null)('draws the very same states', async () => {
    for (const workload of flipWorkloads(true)) {
      const expected = await states(reference as Session, workload, true)
      // Of 60,000 draws float32 rounds hardly one across its law; with fused operations as without.
      const own = await states(session as Session, workload, true)
      expect(own.filter((state, n) => state !== expected[n])).toEqual([])
    }
  })
})
