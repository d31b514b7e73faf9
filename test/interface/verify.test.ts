import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openBackend } from '../../src/backend/node/open.js'
import { verifyCommand } from '../../src/cli/verify.js'
import { seedOf } from '../../src/experiment/verify/claim.js'
import { pathIdentities } from '../../src/experiment/verify/identities.js'
import { topicNames } from '../../src/experiment/verify/topic-names.js'
import { needs, topics, type VerifiedCheck, verify } from '../../src/experiment/verify/verify.js'
import { controlCheck } from '../../src/physics/observe/check.js'
import type { ChartSpec } from '../../viz/chart-spec.js'
import { escapeHtml } from '../../viz/html.js'
import { command } from '../command.js'
import { runFolders } from '../run-folder.js'

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const overdamped = (...args: string[]) => spawnSync(process.execPath, [main, 'verify', ...args], { encoding: 'utf8' })
const folder = runFolders()
const quick = ['--only', 'identities', '--only', 'controls']

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

test('--json prints the checks as in results.json, with their topic, and the controls are rejected', () => {
  const { status, stdout, stderr } = overdamped(...quick, '--json')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const { checks } = JSON.parse(stdout) as { checks: VerifiedCheck[] }
  for (const check of checks) {
    expect(Object.keys(check).sort()).toEqual(
      [
        'name',
        'kind',
        'value',
        'truth',
        'standardError',
        'tolerance',
        'z',
        'control',
        'pass',
        'topic',
        'seconds',
      ].sort(),
    )
    expect(['statistical', 'identity']).toContain(check.kind)
    expect(check.kind === 'identity').toBe(check.standardError === null)
    expect(check.pass).toBe(true)
    expect(check.seconds).toBeGreaterThan(0)
  }
  const controls = checks.filter(({ control }) => control)
  expect(controls).toHaveLength(6)
  expect(controls.every(({ topic, z }) => topic === 'controls' && Math.abs(z!) > 8)).toBe(true)
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length)
})

test('the same seed draws the same numbers, on any number of threads; another seed others', async () => {
  const values = async (threads: number, seed: number) => {
    const { backend } = await openBackend({ backend: 'wasm', threads }, [needs])
    try {
      return (await verify({ backend, seed, topics: [pathIdentities] })).map(({ value }) => value)
    } finally {
      await backend.close()
    }
  }
  const first = await values(1, 1)
  expect(await values(2, 1)).toEqual(first)
  expect((await values(1, 2)).at(-1)).not.toBe(first.at(-1))
})

test('--only takes the name of every topic', () => {
  expect(topics.map(({ name }) => name)).toEqual(topicNames)
})

test('the table has a row for each check under its truth, and a last line that counts', async () => {
  const { status, stdout } = await command('verify', ...quick, '--backend', 'reference')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^identities: On every path ΔU = W - Q/)
  expect(stdout).toMatch(/^ {2} +value +truth +error +z$/m)
  expect(stdout).toMatch(/^ {2}noise √\(μkTh\) in place of √\(2μkTh\): variance .* -\d+\.\d\d {3}rejected$/m)
  expect(stdout).toMatch(/\n\d+ passed, 0 failed in [\d.]+ s on reference\n$/)
})

test('--out keeps verify.json, and a page with every row and where z lies', async () => {
  const out = join(folder(), 'verify')
  const asked = ['--only', 'ornstein-uhlenbeck', '--only', 'controls', '--backend', 'reference', '--out', out]
  const { status, stderr } = await command('verify', ...asked)
  expect(status).toBe(0)
  expect(stderr).toContain(join(out, 'report.html'))
  const { checks } = JSON.parse(readFileSync(join(out, 'verify.json'), 'utf8')) as { checks: VerifiedCheck[] }
  const page = readFileSync(join(out, 'report.html'), 'utf8')
  for (const { name } of checks) expect(page).toContain(escapeHtml(name))
  const z = checks.filter(({ control, z }) => !control && z !== null).length
  const [, charts = '[]'] = /id="charts">(.*?)<\/script>/s.exec(page) ?? []
  const [scores] = JSON.parse(charts) as ChartSpec[]
  expect(scores!.series[0]!.y.reduce<number>((sum, count) => sum + count!, 0)).toBe(z)
  expect(page.match(/✓ rejected/g)).toHaveLength(checks.filter(({ control }) => control).length)
  // The page is one of its files: again with --resume finds all done.
  expect((await command('verify', ...asked, '--resume', '--quiet')).status).toBe(0)
})

test.each([
  [['--only', 'quartics'], 'no topic is called "quartics"; expected ornstein-uhlenbeck'],
  [['--seed', '-1'], 'expected a whole number from 0, got -1'],
  [['--backend', 'gpu'], '--backend: expected auto, reference, wasm, native, got "gpu"'],
  [['--thorogh'], 'Did you mean "--thorough"?'],
])('%j is refused with exit code 2', async (args, message) => {
  const { status, stdout, stderr } = await command('verify', ...args)
  expect(stderr).toContain(message)
  expect(stdout).toBe('')
  expect(status).toBe(2)
})

test('a row that fails makes the exit code 1 and says so', async () => {
  const module = await import('../../src/experiment/verify/ornstein-uhlenbeck.js')
  const row = { ...controlCheck('a right thing', { value: 1, standardError: 1 }, 0) }
  vi.spyOn(module.ornsteinUhlenbeck.claims[0]!, 'check').mockResolvedValue([row])
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((text: string) => lines.push(text))
  await verifyCommand.handler({
    _: [],
    $0: '',
    seed: 1,
    backend: 'reference',
    threads: undefined,
    thorough: false,
    only: ['ornstein-uhlenbeck'],
    json: false,
    quiet: true,
    out: undefined,
    resume: false,
    'max-time': undefined,
    maxTime: undefined,
    'checkpoint-interval': undefined,
    checkpointInterval: undefined,
  })
  expect(process.exitCode).toBe(1)
  expect(lines[0]).toMatch(/a right thing .* NOT REJECTED/)
  expect(lines.at(-1)).toMatch(/, 1 failed in/)
})

test('claims draw from seeds of their own', () => {
  const seeds = ['relaxation', 'dragged trap', 'paths'].flatMap((name) => [1, 2].map((seed) => seedOf(seed, name)))
  expect(new Set(seeds).size).toBe(6)
  for (const seed of seeds) expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true)
})
