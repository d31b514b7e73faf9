import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const work = mkdtempSync(join(tmpdir(), 'overdamped-tutorial-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const scenarios = [...readFileSync('docs/tutorial.md', 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
  (match) => match[1]!,
)
const overdamped = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { cwd: work, encoding: 'utf8' })

test('every scenario of the tutorial runs as it stands there, and its checks pass', () => {
  // Two Gaussian clouds; the seed of the numbers does not matter, their spread does.
  const rows = Array.from({ length: 300 }, (_, n) => {
    const side = n % 2 === 0 ? 1 : -1
    return `${side + 0.3 * Math.sin(7.1 * n)},${0.5 * side + 0.3 * Math.cos(3.3 * n)}`
  })
  writeFileSync(join(work, 'states.csv'), `x,y\n${rows.join('\n')}\n`)
  expect(scenarios.length).toBe(3)
  for (const [index, text] of scenarios.entries()) {
    writeFileSync(join(work, `${index}.yaml`), text)
    const { status, stderr } = overdamped('run', `${index}.yaml`, '--out', `run${index}`)
    expect(stderr).not.toContain('failed:')
    expect(status).toBe(0)
  }
})

test('two runs are set side by side on one page', () => {
  writeFileSync(join(work, 'two.yaml'), scenarios[0]!)
  expect(overdamped('run', 'two.yaml', '--set', 'bath.kT=0.8', '--out', 'hot', '--quiet').status).toBe(0)
  expect(overdamped('run', 'two.yaml', '--out', 'cold', '--quiet').status).toBe(0)
  const { status, stdout } = overdamped('report', 'cold', 'hot', '--out', 'page.html')
  expect(status).toBe(0)
  expect(stdout).toBe('page.html\n')
  expect(readFileSync(join(work, 'page.html'), 'utf8')).toContain('bath.kT')
  expect(overdamped('report', 'cold', 'cold').status).toBe(2)
})
