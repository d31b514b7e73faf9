import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileFolder } from '../run-folder.js'

test('the example for one machine comes to the same table at two points at a time and in parts', () => {
  const out = join(fileFolder(), 'bill')
  const env = { ...process.env, OVERDAMPED: `${process.execPath} dist/cli/main.js` }
  const small = [
    '--set',
    'sampling.trajectories=50',
    '--set',
    'learning.iterations=20',
    '--set',
    'checks=[]',
    '--quiet',
  ]
  execFileSync('sh', ['examples/scaling/cores.sh', out, ...small], { env, stdio: 'pipe' })
  const table = (directory: string) => {
    const [header = '', ...rows] = readFileSync(join(directory, 'sweep.csv'), 'utf8').trim().split('\n')
    const measured = header.split(',').findIndex((name) => name.startsWith('timings'))
    return rows.map((row) => row.split(',').slice(0, measured).join()).sort()
  }
  expect(table(out)).toHaveLength(24)
  expect(table(`${out}-in-parts`)).toEqual(table(out))
})
