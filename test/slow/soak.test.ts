import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

// The hour is for `npm run soak`. Here a minute, without what takes long, in a process that still compiles: what the system counts
// grows meanwhile, and scatters, so that it may be unclear. A megabyte that each cycle leaves is not, nor is a single descriptor.
test('a process that does runs, sweeps and reports over and over does not grow', () => {
  const short = ['--minutes', '0.8', ...['digits', 'table', 'relaxations'].flatMap((words) => ['--without', words])]
  const { stdout, stderr } = spawnSync(process.execPath, ['test/soak/soak.mjs', ...short], { encoding: 'utf8' })
  expect(stdout, stderr).toMatch(/^flat +held/m)
  expect(stdout).not.toContain('GROWS')
})
