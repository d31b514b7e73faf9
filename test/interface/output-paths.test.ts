import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { runLock } from '../../src/experiment/record/claim.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { command } from '../command.js'
import { mixture, trap } from '../small-scenarios.js'

// Where results are written: never over what is not ours, by one process at a time, and a path that can't be is said in a line.

const home = process.cwd()
const main = join(home, 'dist', 'cli', 'main.js')
const folder = mkdtempSync(join(tmpdir(), 'overdamped-paths-'))
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

const own = ['trap.yaml', 'mixture.yaml']
/** A user's directory: files of the names that ours have, and what they hold. */
const theirs = [
  'scenario.yaml',
  'results.json',
  'report.html',
  'sweep.json',
  'sweep.csv',
  'comparison.html',
  'results.svg',
]
const text = (name: string) => `${name} of the user`

let here = ''
let count = 0
beforeEach(() => {
  here = join(folder, `${count++}`)
  mkdirSync(join(here, 'mine'), { recursive: true })
  process.chdir(here)
  writeFileSync('trap.yaml', trap('trap', 'trajectories: 10'))
  writeFileSync('mixture.yaml', mixture)
  for (const name of theirs) for (const at of ['.', 'mine']) writeFileSync(join(at, name), text(name))
})

function expectUntouched(): void {
  expect(readdirSync('.').sort()).toEqual([...own, ...theirs, 'mine'].sort())
  expect(readdirSync('mine').sort()).toEqual([...theirs].sort())
  for (const at of ['.', 'mine'])
    for (const name of theirs) expect(readFileSync(join(at, name), 'utf8')).toBe(text(name))
}

function expectLine({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): void {
  expect(stderr).toMatch(/^[^\n]*\[E_[A-Z_]+\]\n$/)
  expect(stderr).not.toContain('bug')
  expect(stdout).toBe('')
  expect([1, 2]).toContain(status)
}

const commands: [string, string[]][] = [
  ['run', ['run', 'trap.yaml', '--quiet']],
  ['run --resume', ['run', 'trap.yaml', '--quiet', '--resume']],
  ['sweep', ['sweep', 'trap.yaml', '--over', 'seed=1,2', '--quiet']],
  ['gradients', ['gradients', 'mixture.yaml', '--quiet']],
  ['bench', ['bench', '--from', join(home, 'bench', 'results.json')]],
]

describe('an empty value is a usage error, and nothing is written:', () => {
  const options: [string, string[]][] = [
    ...commands.flatMap(([name, args]): [string, string[]][] => [
      [`${name} --out ""`, [...args, '--out', '']],
      [`${name} --out=`, [...args, '--out=']],
      [`${name} --out " "`, [...args, '--out', ' ']],
    ]),
    ...['seed', 'threads', 'backend', 'profile', 'set'].map((name): [string, string[]] => [
      `--${name}=`,
      ['run', 'trap.yaml', `--${name}=`],
    ]),
    ['sample --out ""', ['sample', 'mine', '--out', '']],
    ['merge --out ""', ['merge', 'mine', '--out', '']],
    ['report --out ""', ['report', 'mine', 'mine', '--out', '']],
    ['gradients -t=', ['gradients', 'mixture.yaml', '-t=']],
    ['verify --seed=', ['verify', '--seed=']],
    ['run ""', ['run', '']],
    ['validate "" trap.yaml', ['validate', '', 'trap.yaml']],
    ['a bare --backend', ['run', 'trap.yaml', '--backend']],
    ['verify with a bare --backend', ['verify', '--backend']],
    ['a bare --out', ['run', 'trap.yaml', '--out']],
    ['a bare --set', ['run', 'trap.yaml', '--set']],
    ['--no-out', ['run', 'trap.yaml', '--no-out']],
    ['--out twice', ['run', 'trap.yaml', '--out', 'a', '--out', 'b']],
    ['--threads many', ['run', 'trap.yaml', '--threads', 'many']],
    ['--quiet=yes', ['run', 'trap.yaml', '--quiet=yes']],
  ]
  test.each(options)('%s', async (_name, args) => {
    const result = await command(...args)
    expectLine(result)
    expect(result.stderr).toContain('[E_USAGE]')
    expect(result.status).toBe(2)
    expectUntouched()
  })
})

describe('a directory with files that are not ours is refused, and they stay:', () => {
  test.each(commands)('%s', async (_name, args) => {
    for (const out of ['.', 'mine', './mine/', here]) expectLine(await command(...args, '--out', out))
    expectUntouched()
  })

  test('merge into it, and a comparison over a page that is not ours', async () => {
    const two = join(folder, `sweep-${count}`)
    expect((await command('sweep', 'trap.yaml', '--over', 'seed=1,2', '--quiet', '--out', two)).status).toBe(0)
    for (const out of ['.', 'mine']) expectLine(await command('merge', two, '--out', out))
    const runs = [join(two, 'seed=1'), join(two, 'seed=2')]
    expectLine(await command('report', ...runs))
    for (const name of theirs) expectLine(await command('report', ...runs, '--out', name))
    expectUntouched()
    expect((await command('report', ...runs, '--out', join(two, 'page.html'))).status).toBe(0)
    expect((await command('report', ...runs, '--out', join(two, 'page.html'))).status).toBe(0)
  })
})

describe('a path that can be no run directory is refused in one line:', () => {
  const paths: [string, string][] = [
    ['a file', 'trap.yaml'],
    ['a path through a file', 'trap.yaml/b'],
    ['a path deep through a file', 'trap.yaml/b/c/d'],
    ['a device', '/dev/null'],
    ['a path through a device', '/dev/null/x'],
    ['a file system that answers "no such file"', '/proc/x'],
    ['deep in it', '/proc/x/y/z'],
    ['a dangling symbolic link', 'dangling'],
    ['a path through one', 'dangling/x/y'],
    ['symbolic links in a circle', 'circle/x'],
    ['a name too long', 'n'.repeat(300)],
    ['a path too long', 'n/'.repeat(3000)],
    ['a name too long on the way', `${'n'.repeat(300)}/x`],
  ]
  test.each(paths)('%s', async (_name, out) => {
    symlinkSync('nowhere', 'dangling')
    symlinkSync('circle', 'circle')
    for (const [, args] of commands) expectLine(await command(...args, '--out', out))
    expectLine(await command('merge', out))
    expectLine(await command('report', out))
    expectLine(await command('sample', out))
    expectLine(await command('gradients', 'mixture.yaml', '--quiet', '--parameters', out))
    // A scenario file itself is fine where one is wanted.
    if (out !== 'trap.yaml') expectLine(await command('run', out))
    rmSync('dangling')
    rmSync('circle')
    expectUntouched()
  })
})

test('mkdir on /proc ends at once in the command as it is installed', () => {
  const options = { encoding: 'utf8', timeout: 20_000 } as const
  expectLine(spawnSync(process.execPath, [main, 'run', 'trap.yaml', '--quiet', '--out', '/proc/x/y'], options))
})

test.each(['a/../../../elsewhere', '../elsewhere', 'a\\b', 'n'.repeat(190), 'con', 'ä b'])(
  'a profile of any name writes under runs/: %s',
  async (profile) => {
    writeFileSync(
      'trap.yaml',
      `${trap('trap', 'trajectories: 10')}profiles: { ${JSON.stringify(profile)}: { seed: 2 } }\n`,
    )
    const before = readdirSync(folder)
    expect((await command('run', 'trap.yaml', '--quiet', '--threads', '1', '--profile', profile)).status).toBe(0)
    const sweep = ['sweep', 'trap.yaml', '--over', 'bath.kT=1,2', '--quiet', '--threads', '1']
    expect((await command(...sweep, '--profile', profile)).status).toBe(0)
    const made = readdirSync('runs')
    expect(made).toHaveLength(2)
    for (const name of made) expect(name).toMatch(/^trap-[\p{L}\p{N}_.+-]+$/u)
    expect(readdirSync(folder)).toEqual(before)
    rmSync('runs', { recursive: true })
    writeFileSync('trap.yaml', trap('trap', 'trajectories: 10'))
    expectUntouched()
  },
)

describe('one process at a time:', () => {
  const start = (...args: string[]) =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [main, ...args])
      const result = { status: null as number | null, stdout: '', stderr: '' }
      child.stdout.on('data', (chunk) => {
        result.stdout += chunk
      })
      child.stderr.on('data', (chunk) => {
        result.stderr += chunk
      })
      child.on('close', (status) => resolve({ ...result, status }))
    })
  const args = ['run', 'trap.yaml', '--quiet', '--threads', '1']

  test('of three runs started at once each has a directory of its own', async () => {
    const found = await Promise.all([1, 2, 3].map((seed) => start(...args, '--seed', `${seed}`)))
    expect(found.map(({ status }) => status)).toEqual([0, 0, 0])
    const seeds = found.map(({ stdout }) => JSON.parse(readFileSync(join(stdout.trim(), 'manifest.json'), 'utf8')).seed)
    expect(seeds).toEqual([1, 2, 3])
    expect(readdirSync('runs').sort()).toEqual(['trap', 'trap-2', 'trap-3'])
  }, 60_000)

  test('of three into one --out one runs, and the others say why not', async () => {
    const found = await Promise.all([1, 2, 3].map((seed) => start(...args, '--seed', `${seed}`, '--out', 'one')))
    expect(found.map(({ status }) => status).sort()).toEqual([0, 2, 2])
    const { seed } = JSON.parse(readFileSync(join('one', 'manifest.json'), 'utf8'))
    expect(found[seed - 1]!.status).toBe(0)
    for (const result of found) if (result.status !== 0) expectLine(result)
    expect(readdirSync('one')).not.toContain(runLock)
  }, 60_000)

  const scenario = () => parseScenario(trap('trap', 'trajectories: 10'), 'trap.yaml')
  const owner = (fields: object) => JSON.stringify({ pid: process.pid, host: hostname(), started: null, ...fields })

  test('two runs of the library into one directory: the second is refused by the name of the process', async () => {
    const both = await Promise.allSettled([1, 2].map(async () => run(await scenario(), { directory: 'one' })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = both.find((result) => result.status === 'rejected')
    expect(String(refused?.reason)).toContain(`process ${process.pid} on ${hostname()} is writing to it`)
  })

  test('--resume of what a living process owns is refused by its name, and nothing changes', async () => {
    const controller = new AbortController()
    controller.abort()
    await expect(run(await scenario(), { directory: 'one', signal: controller.signal })).rejects.toThrow('stopped')
    writeFileSync(join('one', runLock), owner({}))
    const hash = () =>
      readdirSync('one').map((name) =>
        createHash('sha256')
          .update(readFileSync(join('one', name)))
          .digest('hex'),
      )
    const before = hash()
    const refused = await command(...args, '--out', 'one', '--resume')
    expectLine(refused)
    expect(refused.stderr).toContain(`process ${process.pid} on`)
    expect(hash()).toEqual(before)
  })

  test.each([
    ['a process that ended', () => owner({ pid: spawnSync(process.execPath, ['--version']).pid })],
    ['an earlier process of the same number', () => owner({ started: '1' })],
  ])('the lock of %s is taken over', async (_name, text) => {
    mkdirSync('one')
    writeFileSync(join('one', runLock), text())
    expect((await command(...args, '--out', 'one')).status).toBe(0)
    expect(readdirSync('one')).not.toContain(runLock)
  })

  test('of four that find the lock of a dead process one takes it over', async () => {
    mkdirSync('one')
    writeFileSync(join('one', runLock), owner({ pid: spawnSync(process.execPath, ['--version']).pid }))
    const found = await Promise.all([1, 2, 3, 4].map(() => start(...args, '--out', 'one')))
    expect(found.filter(({ status }) => status === 0)).toHaveLength(1)
  }, 120_000)

  test.each([
    ['sweep.lock', ['sweep', 'trap.yaml', '--over', 'seed=1,2', '--quiet']],
    ['sweep-1-of-2.lock', ['sweep', 'trap.yaml', '--over', 'seed=1,2', '--shard', '1/2', '--quiet']],
    ['gradients.lock', ['gradients', 'mixture.yaml', '--quiet']],
    ['bench.lock', ['bench', '--from', join(home, 'bench', 'results.json')]],
  ])('%s keeps others out', async (lock, other) => {
    mkdirSync('one')
    writeFileSync(join('one', lock), owner({}))
    const refused = await command(...other, '--out', 'one')
    expectLine(refused)
    expect(refused.stderr).toContain(`process ${process.pid} on`)
    expect(readdirSync('one')).toEqual([lock])
  })
})

test.each([
  [['validate', 'trap.yaml', '--quiet'], 'unknown option "--quiet".'],
  [['list', '--outt', 'x'], 'unknown option "--outt". See'],
  [['run', 'trap.yaml', '--ove', 'x'], 'unknown option "--ove". Did you mean "--out"?'],
  [['sweep', 'trap.yaml', '--over', 'seed=1', '--shrd', '1/2'], 'Did you mean "--shard"?'],
  [['sweep', 'trap.yaml', '--over', 'seed=1', '--resume'], 'unknown option "--resume". See'],
  [['run', 'trap.yaml', 'quiet'], 'unexpected "quiet". See'],
])('suggests only options of the command: %j', async (args, said) => {
  expect((await command(...args)).stderr).toContain(said)
})
