import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { GradientsDocument } from '../../src/experiment/gradients/gradients.js'
import { command, commandIn } from '../command.js'
import { fileFolder } from '../run-folder.js'

const folder = fileFolder()
const overdamped = (...args: string[]) => commandIn(folder, ...args)
const scenario = join(folder, 'small.yaml')

beforeAll(() => {
  writeFileSync(
    scenario,
    `name: small
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.4, samples: 100 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, quartic], pair: [bilinear] }
noising: { slices: 2 }
learning: { iterations: 5, batch: 64 }
sampling: { trajectories: 20 }
`,
  )
})

/** All that does not depend on how fast the machine is. */
const timeless = (text: string) => JSON.parse(text.replaceAll(/"seconds": [\d.e-]+/g, '"seconds": 0'))

describe('gradients of a small scenario', () => {
  const out = join(folder, 'a')
  let printed: Awaited<ReturnType<typeof overdamped>>
  beforeAll(async () => {
    printed = await overdamped('gradients', scenario, '--out', out)
  })

  test('prints a table for each drive, why rules are missing, and where the page is', () => {
    expect(printed.stderr).toBe('measuring …\n')
    expect(printed.status).toBe(0)
    expect(printed.stdout).toMatch(/^reverse drive; oracle known to [\d.]+ %\n +bias +noise +batches +cosine/m)
    expect(printed.stdout).toMatch(/^ {2}contrastive-divergence +[<\d].* 0 +3 +2 +[\d.]+$/m)
    expect(printed.stdout).toContain('contrastive-divergence: it trains the drive quasi-static, not reverse\n')
    expect(printed.stdout).toMatch(/^ {2}two-sided +bias ∝ δ\^2\.00 ± 0\.00, variance ∝ δ/m)
    expect(printed.stdout.trimEnd().split('\n').at(-1)).toBe(join(out, 'gradients.html'))
  })

  test('writes what it printed as gradients.json, every rule in both drives', () => {
    const { drives, t, batch, batches, parameterCount, parameters } = JSON.parse(
      readFileSync(join(out, 'gradients.json'), 'utf8'),
    ) as GradientsDocument
    expect({ t, batch, parameterCount, parameters }).toEqual({
      t: 0.1,
      batch: 64,
      parameterCount: 5,
      parameters: 'start',
    })
    expect(drives.map(({ drive }) => drive)).toEqual(['reverse', 'quasi-static'])
    for (const { rules } of drives) {
      expect(rules).toHaveLength(5)
      for (const { refusal, result } of rules) {
        expect(result === null).toBe(refusal !== null)
        if (result === null) continue
        expect(result.groups.map(({ name }) => name)).toEqual(['stiffness', 'quartic', 'bilinear'])
        expect(result.noise / result.standardError).toBeCloseTo(Math.sqrt(batches), 10)
        expect(result.cosine.value).toBeGreaterThan(0.9)
      }
    }
    expect(drives.flatMap(({ scans }) => scans.map(({ rule }) => rule))).toEqual([
      'nudged-force-matching',
      'reverse-path',
      'contrastive-divergence',
    ])
  })

  test('writes a page that loads nothing and answers which rule', () => {
    const page = readFileSync(join(out, 'gradients.html'), 'utf8')
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/)
    expect([...page.matchAll(/<h2 id="[^"]+">([^<]+)</g)].map(([, title]) => title)).toEqual([
      'Which rule?',
      'Reverse drive',
      'Quasi-static drive',
      'How far to nudge',
      'How fine a noising run',
      'How long to run',
    ])
    expect(page).toMatch(/a device has one run, and needs × [\d.]+ the data/)
    const shown = page.slice(page.indexOf('<main'), page.indexOf('</main>'))
    expect(shown).not.toMatch(/undefined|NaN|Infinity/)
  })

  test('a second time gives the same numbers, as JSON on stdout; another seed gives others', async () => {
    const again = await overdamped('gradients', scenario, '--out', join(folder, 'b'), '--json', '--quiet')
    expect(again.stderr).toBe('')
    expect(timeless(again.stdout)).toEqual(timeless(readFileSync(join(out, 'gradients.json'), 'utf8')))
    const other = await overdamped(
      'gradients',
      scenario,
      '--out',
      join(folder, 'c'),
      '--json',
      '--quiet',
      '--seed',
      '2',
    )
    expect(timeless(other.stdout).drives[0].oracle).not.toEqual(timeless(again.stdout).drives[0].oracle)
  })
})

test('--parameters takes those of a run, at its knot nearest to t', async () => {
  expect((await overdamped('run', scenario, '--out', 'run', '--quiet', '--threads', '1')).status).toBe(0)
  const at = ['--parameters', 'run', '--t', '0.2', '--json', '--quiet']
  const { status, stdout } = await overdamped('gradients', scenario, ...at)
  expect(status).toBe(0)
  const { t, parameters } = JSON.parse(stdout) as GradientsDocument
  expect(t).toBeCloseTo(Math.sqrt(3 * 0.01), 12)
  expect(parameters).toBe('run')
  expect(existsSync(join(folder, 'runs', 'small-gradients', 'gradients.html'))).toBe(true)
})

test('with hidden units the rules that cannot train them are named, and the others are there', async () => {
  const hidden = ['--set', 'network.hidden={units: 2, kind: bistable}', '--json', '--quiet', '--out', join(folder, 'h')]
  const { drives } = JSON.parse((await overdamped('gradients', scenario, ...hidden)).stdout) as GradientsDocument
  const applied = drives.map(({ rules }) => rules.filter(({ result }) => result !== null).map(({ name }) => name))
  expect(applied).toEqual([
    ['force-matching', 'nudged-force-matching'],
    ['force-matching', 'nudged-force-matching', 'contrastive-divergence'],
  ])
  expect(readFileSync(join(folder, 'h', 'gradients.html'), 'utf8')).toContain('least squares does not apply')
})

test.each([
  [['--t', '4'], '--t: expected a noising time in (0, 3], got 4. [E_USAGE]'],
  [['--batch', '3'], '--batch: expected a whole number from 16 to 65536, got 3. [E_USAGE]'],
  [['--parameters', 'nowhere'], 'the file is missing; expected a run directory'],
  [['--batsh', '64'], 'Did you mean "--batch"?'],
  [['--out', folder], 'the directory is not empty. Name another with --out. [E_OUTPUT_NOT_EMPTY]'],
])('%j is refused with exit code 2, before anything is written', async (args, message) => {
  const out = join(folder, 'refused')
  const into = args[0] === '--out' ? [] : ['--out', out]
  const { status, stdout, stderr } = await command('gradients', scenario, ...into, ...args)
  expect(stderr).toContain(message)
  expect(stdout).toBe('')
  expect(status).toBe(2)
  expect(existsSync(out)).toBe(false)
})

test('a plain simulation has no gradients, and says which scenario has', async () => {
  const { status, stderr } = await command('gradients', join(process.cwd(), 'scenarios', 'double-well.yaml'))
  expect(stderr).toContain('double-well: nothing is learned in a plain simulation')
  expect(stderr).toContain('scenarios/gaussian-mixture-2d.yaml. [E_INVALID_VALUE]')
  expect(status).toBe(2)
})
