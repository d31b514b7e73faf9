import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Contender, NotRun, Session } from '../../src/bench/contender.js'
import { contenders, formulaPeers } from '../../src/bench/contenders.js'
import type { BenchDocument } from '../../src/bench/document.js'
import { createBenchFolder } from '../../src/bench/folder.js'
import { formulaWorkloads } from '../../src/bench/formulas.js'
import { createWorkload, type Workload } from '../../src/bench/workload.js'
import { command } from '../command.js'

// Nothing timed is asserted: that would test the machine.

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const folder = createBenchFolder()
const out = mkdtempSync(join(tmpdir(), 'overdamped-bench-out-'))
const all = contenders(folder)
const formulaAll = [...all.filter(({ role }) => role === 'project'), ...formulaPeers(folder)]
const formulas = await formulaWorkloads(true)
const sessions = new Map<Contender, Session | NotRun>()
await Promise.all(
  [...all, ...formulaAll.slice(-2)].map(async (contender) => sessions.set(contender, await contender.open())),
)
afterAll(async () => {
  for (const session of sessions.values()) if ('close' in session) await session.close()
  folder.remove()
  rmSync(out, { recursive: true })
})

const overdamped = (...args: string[]) => spawnSync(process.execPath, [main, 'bench', ...args], { encoding: 'utf8' })

/** Peers that .ci/run installs, so that there a missing one is a failure. */
const required = ['C', 'NumPy']

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
  expect(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))).toEqual(document)
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
