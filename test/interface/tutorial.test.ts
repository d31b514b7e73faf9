import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command, commandIn } from '../command.js'
import { fileFolder } from '../run-folder.js'

const work = fileFolder()

const scenarios = [...readFileSync('docs/tutorial.md', 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
  (match) => match[1]!,
)

test('every scenario of the tutorial runs as it stands there, and its checks pass', async () => {
  // Two Gaussian clouds; the seed of the numbers does not matter, their spread does.
  const rows = Array.from({ length: 300 }, (_, n) => {
    const side = n % 2 === 0 ? 1 : -1
    return `${side + 0.3 * Math.sin(7.1 * n)},${0.5 * side + 0.3 * Math.cos(3.3 * n)}`
  })
  writeFileSync(join(work, 'states.csv'), `x,y\n${rows.join('\n')}\n`)
  expect(scenarios.length).toBe(3)
  for (const [index, text] of scenarios.entries()) {
    writeFileSync(join(work, `${index}.yaml`), text)
    const { status, stderr } = await commandIn(work, 'run', `${index}.yaml`, '--out', `run${index}`, '--threads', '1')
    expect(stderr).not.toContain('failed:')
    expect(status).toBe(0)
  }
})

test('two runs are set side by side on one page', async () => {
  const [hot, cold, page] = ['hot', 'cold', 'page.html'].map((name) => join(work, name)) as [string, string, string]
  const file = join(work, 'two.yaml')
  writeFileSync(file, scenarios[0]!)
  const few = ['run', file, '--set', 'sampling.trajectories=20', '--threads', '1', '--quiet']
  expect((await command(...few, '--set', 'bath.kT=0.8', '--out', hot)).status).toBe(0)
  expect((await command(...few, '--out', cold)).status).toBe(0)
  const { status, stdout } = await command('report', cold, hot, '--out', page)
  expect(status).toBe(0)
  expect(stdout).toBe(`${page}\n`)
  expect(readFileSync(page, 'utf8')).toContain('bath.kT')
  expect((await command('report', cold, cold)).status).toBe(2)
})
