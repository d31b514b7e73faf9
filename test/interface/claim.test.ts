import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { appendLine, writeAtomic } from '../../src/experiment/files/atomic.js'
import { type ClaimOptions, claim, type LeaseTerms, runLock } from '../../src/experiment/record/claim.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import type { Answer, Wish } from '../jobs/claimant.js'
import { fileFolder, runFolders } from '../run-folder.js'
import { trap } from '../small-scenarios.js'

// Who owns a directory, when its owner can be asked and when it cannot.

const built = fileFolder()
const folder = runFolders()
beforeAll(async () => {
  const build = await rolldown({ input: 'test/jobs/claimant.ts', platform: 'node' })
  await build.write({ dir: built, format: 'esm', entryFileNames: 'claimant.mjs' })
  await build.close()
})

/** A process of its own that claims directories. */
interface Claimant {
  readonly child: ChildProcess
  ask(wish: Wish): Promise<Answer>
}

const children: ChildProcess[] = []
const end = () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
}
afterEach(end)
afterAll(end)

function claimant(): Claimant {
  const child = fork(join(built, 'claimant.mjs'))
  children.push(child)
  return {
    child,
    ask: (wish) =>
      new Promise((resolve) => {
        child.once('message', (answer: Answer) => resolve(answer))
        child.send(wish)
      }),
  }
}

const done = (answer: Answer) => {
  expect(answer).toMatchObject({ done: expect.any(String) })
  return answer
}

/** A lease that tests can wait for, at another machine where one is named. */
const soon = (host = hostname()): LeaseTerms => ({ beat: 100, lease: 800, look: 20, host })
const options = (terms: LeaseTerms = soon(), more: Partial<ClaimOptions> = {}): ClaimOptions => ({
  owns: () => true,
  terms,
  ...more,
})
const lock = (fields: object) =>
  `${JSON.stringify({ pid: process.pid, host: hostname(), started: null, token: 'other', beat: '0000000000', ...fields })}\n`
const dead = () => spawnSync(process.execPath, ['--version']).pid

/** A directory with a lock in it. */
function locked(fields: object | string): string {
  const directory = folder()
  mkdirSync(directory)
  writeFileSync(join(directory, runLock), typeof fields === 'string' ? fields : lock(fields))
  return directory
}

describe('of two processes of one machine', () => {
  test('the second is refused at once by the name of the first, and has the directory when it gives it back', async () => {
    const [first, second] = [claimant(), claimant()]
    const directory = folder()
    done(await first.ask({ wish: 'claim', directory }))
    const refused = await second.ask({ wish: 'claim', directory })
    expect(refused).toMatchObject({ error: expect.stringContaining(`process ${first.child.pid} on ${hostname()} is`) })
    expect(refused).toMatchObject({ error: expect.stringContaining('[E_RUN_DIRECTORY]'), notes: [] })
    done(await first.ask({ wish: 'release' }))
    expect(existsSync(directory)).toBe(false)
    done(await second.ask({ wish: 'claim', directory }))
    expect(readdirSync(directory)).toEqual([runLock])
  })

  test('the second has it at once when the first was killed', async () => {
    const [first, second] = [claimant(), claimant()]
    const directory = folder()
    done(await first.ask({ wish: 'claim', directory }))
    first.child.kill('SIGKILL')
    await new Promise((resolve) => first.child.once('exit', resolve))
    expect(done(await second.ask({ wish: 'claim', directory })).notes).toEqual([])
  })

  test('one that is stopped owns it as long as it is there', async () => {
    const [first, second] = [claimant(), claimant()]
    const directory = folder()
    done(await first.ask({ wish: 'claim', directory, terms: soon() }))
    first.child.kill('SIGSTOP')
    await sleep(2 * soon().lease)
    expect(await second.ask({ wish: 'claim', directory, terms: soon() })).toMatchObject({
      error: expect.stringContaining('is writing to it'),
    })
  })

  test('a process that died while it took over stands in nobody’s way', async () => {
    const directory = locked({ pid: dead() })
    writeFileSync(join(directory, `${runLock}.takeover`), lock({ pid: dead(), token: 'third' }))
    const { release } = await claim(directory, runLock, options())
    expect(readdirSync(directory)).toEqual([runLock])
    release()
    expect(readdirSync(directory)).toEqual([])
  })

  test.each([
    ['nothing', 'elsewhere'],
    ['a device without an end', '/dev/zero'],
  ])(
    'a lock that is a symbolic link to %s is replaced, and nothing is read or written behind it',
    async (_name, to) => {
      const directory = folder()
      mkdirSync(directory)
      symlinkSync(to, join(directory, runLock))
      const { release } = await claim(directory, runLock, options())
      expect(readdirSync(directory)).toEqual([runLock])
      release()
    },
  )
})

describe('of eight processes exactly one takes over the lock', () => {
  const races: [string, number, object, (n: number) => Partial<LeaseTerms>][] = [
    ['of a dead process, in each of 50 rounds', 50, { pid: 2 ** 22 + 1 }, () => ({})],
    [
      'of another machine when its lease is over, each on a machine of its own, in each of 10 rounds',
      10,
      { host: 'elsewhere.example' },
      (n) => ({ host: `${n}.example`, beat: 30, lease: 400, look: 5 }),
    ],
  ]
  test.each(races)(
    '%s',
    async (_name, rounds, fields, terms) => {
      const all = Array.from({ length: 8 }, claimant)
      const owners = new Set<number>()
      const root = folder()
      for (let round = 0; round < rounds; round++) {
        const directory = join(root, `${round}`)
        mkdirSync(directory, { recursive: true })
        writeFileSync(join(directory, runLock), lock({ ...fields, token: `round ${round}` }))
        const answers = await Promise.all(all.map(({ ask }, n) => ask({ wish: 'claim', directory, terms: terms(n) })))
        for (const answer of answers) if ('error' in answer) expect(answer.error).toContain('is writing to it')
        const won = all.filter((_, n) => 'done' in answers[n]!)
        // One that this machine held up for longer than its lease may have lost it again, and knows.
        if (!('host' in fields)) expect(won).toHaveLength(1)
        const written = await Promise.all(won.map(({ ask }) => ask({ wish: 'write', directory, text: 'mine' })))
        const owning = won.filter((_, n) => 'done' in written[n]!)
        expect(owning).toHaveLength(1)
        for (const { ask } of won) done(await ask({ wish: 'release' }))
        expect(readdirSync(directory)).toEqual(['file'])
        owners.add(all.indexOf(owning[0]!))
      }
      expect(owners.size).toBeGreaterThan(1)
    },
    120_000,
  )
})

describe('an owner that cannot be asked', () => {
  const unaskable: [string, () => string][] = [
    ['of another machine', () => lock({ host: 'elsewhere.example' })],
    ['of another boot or container of a machine of this name', () => lock({ system: 'another' })],
    ['of a damaged lock', () => '{"pid":'],
    ['of an empty lock', () => ''],
  ]
  test.each(unaskable)('%s loses its lock when it gave no sign of life for the lease', async (_name, text) => {
    const directory = locked(text())
    const notes: string[] = []
    const begun = performance.now()
    const { release } = await claim(directory, runLock, options(soon(), { onNote: (line) => notes.push(line) }))
    expect(performance.now() - begun).toBeGreaterThanOrEqual(soon().lease)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/can't be asked from here\. Waiting for a sign of life of it, for at most 0\.8 s/)
    expect(notes[0]).toContain(`remove ${join(directory, runLock)}`)
    expect(notes[0]).toContain(text().includes('elsewhere') ? `process ${process.pid} on elsewhere.example` : directory)
    release()
    expect(readdirSync(directory)).toEqual([])
  })

  test('keeps it by a sign of life, which whoever waits sees at once', async () => {
    const directory = folder()
    const owner = claimant()
    done(await owner.ask({ wish: 'claim', directory, terms: soon('elsewhere.example') }))
    const begun = performance.now()
    await expect(claim(directory, runLock, options())).rejects.toThrow(
      `process ${owner.child.pid} on elsewhere.example is writing to it`,
    )
    expect(performance.now() - begun).toBeLessThan(soon().lease)
    const { beat } = JSON.parse(readFileSync(join(directory, runLock), 'utf8'))
    expect(Number(beat)).toBeGreaterThan(0)
  })

  test('is waited for only until the waiting is stopped', async () => {
    const directory = locked({ host: 'elsewhere.example' })
    const before = readFileSync(join(directory, runLock), 'utf8')
    const controller = new AbortController()
    const waiting = claim(directory, runLock, options(soon(), { signal: controller.signal }))
    setTimeout(() => controller.abort(), 100)
    await expect(waiting).rejects.toMatchObject({ name: 'StoppedError', directory })
    expect(readFileSync(join(directory, runLock), 'utf8')).toBe(before)
  })

  test('has its directory at once for others when it gave it back', async () => {
    const directory = locked({ host: 'elsewhere.example' })
    setTimeout(() => rmSync(join(directory, runLock)), 100)
    const begun = performance.now()
    const { release } = await claim(directory, runLock, options())
    expect(performance.now() - begun).toBeLessThan(soon().lease)
    release()
  })

  test('is waited for by no clock that can be set', async () => {
    const directory = locked({ host: 'elsewhere.example' })
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const begun = performance.now()
      const waiting = claim(directory, runLock, options())
      await sleep(100)
      vi.setSystemTime(Date.now() + 365 * 86_400_000)
      const { release } = await waiting
      expect(performance.now() - begun).toBeGreaterThanOrEqual(soon().lease)
      release()
    } finally {
      vi.useRealTimers()
    }
  })

  test('the command says that it waits, and obeys Ctrl-C', async () => {
    const directory = locked({ host: 'elsewhere.example' })
    const child = spawn(process.execPath, ['dist/cli/main.js', 'run', 'scenarios/double-well.yaml', '--out', directory])
    children.push(child)
    let said = ''
    child.stderr.on('data', (chunk) => {
      const before = said
      said += chunk
      // Once: a second signal does not wait.
      if (said.includes('sign of life') && !before.includes('sign of life')) child.kill('SIGINT')
    })
    const status = await new Promise((resolve) => child.once('close', resolve))
    expect(said).toContain('on elsewhere.example owns it')
    expect(status).toBe(130)
    expect(readdirSync(directory)).toEqual([runLock])
  })
})

describe('an owner that was suspended for longer than the lease', () => {
  test('finds out before it writes, and leaves the lock of the other', async () => {
    const [first, second] = [claimant(), claimant()]
    const directory = folder()
    done(await first.ask({ wish: 'claim', directory, terms: soon('a.example') }))
    done(await first.ask({ wish: 'write', directory, text: 'of the first' }))
    done(await first.ask({ wish: 'append', directory, text: 'one\n' }))
    first.child.kill('SIGSTOP')
    done(await second.ask({ wish: 'claim', directory, terms: soon('b.example') }))
    done(await second.ask({ wish: 'write', directory, text: 'of the second' }))
    // What is appended often is looked at once a second.
    await sleep(1100)
    first.child.kill('SIGCONT')
    const taken = `process ${second.child.pid} on b.example has taken the directory over while this one was suspended`
    for (const wish of ['append', 'write'] as const) {
      const refused = await first.ask({ wish, directory, text: 'too late' })
      expect(refused).toMatchObject({ error: expect.stringContaining(taken), exitCode: 1 })
    }
    done(await first.ask({ wish: 'release' }))
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('of the second')
    expect(readFileSync(join(directory, 'lines'), 'utf8')).toBe('one\n')
    expect(readdirSync(directory).sort()).toEqual(['file', 'lines', runLock])
    // Its signs of life went to the lock that was removed.
    expect(JSON.parse(readFileSync(join(directory, runLock), 'utf8')).host).toBe('b.example')
    done(await second.ask({ wish: 'write', directory, text: 'still of the second' }))
  })

  test('keeps the directory when it wakes before the lease is over', async () => {
    const [first, second] = [claimant(), claimant()]
    const directory = folder()
    done(await first.ask({ wish: 'claim', directory, terms: soon('a.example') }))
    first.child.kill('SIGSTOP')
    const waiting = second.ask({ wish: 'claim', directory, terms: soon('b.example') })
    await sleep(soon().lease / 2)
    first.child.kill('SIGCONT')
    expect(await waiting).toMatchObject({ error: expect.stringContaining('on a.example is writing to it') })
    done(await first.ask({ wish: 'write', directory, text: 'of the first' }))
  })

  const small = () =>
    loadScenario('scenarios/gaussian-mixture-2d.yaml', {
      set: ['noising.slices=3', 'learning.iterations=12', 'sampling.trajectories=50', 'data.samples=100', 'checks=[]'],
    })

  test.each([
    ['another process', lock({ host: 'b.example', pid: 77 }), /process 77 on b\.example has taken the directory over/],
    ['nobody', null, /its lock .* was removed while this process wrote there/],
  ])('a run whose directory belongs to %s ends and writes nothing more', async (_name, text, said) => {
    const directory = folder()
    let before: [string, string][] = []
    const contents = (): [string, string][] =>
      readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'latin1')])
    const running = run(await small(), {
      directory,
      backend: 'reference',
      onProgress: ({ phase }) => {
        if (phase !== 'sample' || before.length > 0) return
        rmSync(join(directory, runLock))
        if (text !== null) writeFileSync(join(directory, runLock), text)
        before = contents()
      },
    })
    await expect(running).rejects.toMatchObject({
      code: 'E_RUN_DIRECTORY',
      exitCode: 1,
      text: expect.stringMatching(said),
    })
    expect(contents()).toEqual(before)
  })
})

test('a clock that is set a year ahead and a year back during a run changes the times in its manifest only', async () => {
  const year = 365 * 86_400_000
  const ran = async (jumps: number[]) => {
    const directory = folder()
    const scenario = await parseScenario(trap('trap', 'trajectories: 64'), 'trap.yaml')
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const now = Date.now()
      await run(scenario, {
        directory,
        backend: 'reference',
        onProgress: () => {
          const jump = jumps.shift()
          if (jump !== undefined) vi.setSystemTime(now + jump)
        },
      })
    } finally {
      vi.useRealTimers()
    }
    const read = (name: string) => readFileSync(join(directory, name), 'latin1')
    const { start, starts, end, sha256, files, ...manifest } = JSON.parse(read('manifest.json'))
    const { timings, ...results } = JSON.parse(read('results.json'))
    for (const seconds of Object.values(timings)) expect(seconds).toBeLessThan(60)
    const rest = readdirSync(directory).filter((name) => !['manifest.json', 'results.json'].includes(name))
    return {
      took: Date.parse(end) - Date.parse(start),
      manifest,
      results,
      rest: rest.map((name) => [name, read(name)]),
    }
  }
  const { took: _, ...undisturbed } = await ran([])
  const { took: ahead, ...forward } = await ran([year, year])
  const { took: back, ...backward } = await ran([-year, -year])
  expect(ahead).toBeGreaterThan(year / 2)
  expect(back).toBeLessThan(-year / 2)
  expect(forward).toEqual(undisturbed)
  expect(backward).toEqual(undisturbed)
})

describe('what a killed process left half written', () => {
  const left = ['manifest.json.77.tmp', 'results.json.77-0123abcd.tmp', 'checkpoint.safetensors.77-0123abcd.tmp']
  const others = ['notes.77-0123abcd.tmp', 'results.json.tmp', 'results.json.77-XYZ.tmp', 'other.npy.77.tmp.txt']

  test('goes with the next run there, and files of others stay', async () => {
    const directory = folder()
    mkdirSync(directory)
    for (const name of [...left, ...others]) writeFileSync(join(directory, name), name)
    const owns = (name: string) => /^(manifest|results)\.json$|^checkpoint\.safetensors$/.test(name)
    const { release } = await claim(directory, runLock, { owns })
    expect(readdirSync(directory).sort()).toEqual([...others, runLock].sort())
    release()
  })

  test('alone makes a directory no run, so that one can begin there', async () => {
    const directory = folder()
    mkdirSync(directory)
    for (const name of left) writeFileSync(join(directory, name), name)
    const scenario = await loadScenario('scenarios/double-well.yaml', {
      profile: 'quick',
      set: ['sampling.trajectories=20'],
    })
    await run(scenario, { directory, backend: 'reference', resume: true })
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

test('an owner writes and appends as ever', async () => {
  const directory = folder()
  const { release } = await claim(directory, runLock, options())
  writeAtomic(join(directory, 'file'), 'whole')
  appendLine(join(directory, 'lines'), 'one\n')
  appendLine(join(directory, 'lines'), 'two\n')
  release()
  expect(readFileSync(join(directory, 'lines'), 'utf8')).toBe('one\ntwo\n')
  expect(readdirSync(directory).sort()).toEqual(['file', 'lines'])
})
