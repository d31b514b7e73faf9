import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileFolder } from '../run-folder.js'

// What is printed and lost: on a full disk it fails the command, without a reader it ends it quietly; the run itself is whole.

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const scenario = join(process.cwd(), 'scenarios', 'double-well.yaml')
const work = fileFolder()

/** Runs a shell line in which `od` is the command; `status` is that of the command, whatever it is piped into. */
function shell(line: string): { status: number; stdout: string; stderr: string } {
  const script = `od() { '${process.execPath}' '${main}' "$@"; echo "$?" > status; }\n${line}`
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: work, encoding: 'utf8' })
  return { status: Number(readFileSync(join(work, 'status'), 'utf8')), stdout, stderr }
}
const run = (out: string) =>
  `od run ${scenario} --set protocol.duration=0.1 --set sampling.trajectories=10 --set checks=[] --threads 1 --json --out ${out}`
const exitReason = (out: string) => JSON.parse(readFileSync(join(work, out, 'manifest.json'), 'utf8')).exitReason

test.each(['schema', '--help', `validate ${scenario}`])(
  '%s to a full disk says that its output is lost, and exits with 1',
  (args) => {
    const { status, stderr } = shell(`od ${args} >/dev/full`)
    expect(stderr).toBe('standard output: what was printed is lost (ENOSPC). [E_FILE]\n')
    expect(status).toBe(1)
  },
)

test('so does a run, which is finished', () => {
  const { status, stderr } = shell(`${run('full')} --quiet >/dev/full`)
  expect(stderr).toBe('standard output: what was printed is lost (ENOSPC). [E_FILE]\n')
  expect(status).toBe(1)
  expect(exitReason('full')).toBe('finished')
})

test('a reader of stdout that has gone ends a command quietly, as SIGPIPE would', () => {
  for (const line of ['od schema', `${run('unread')} --quiet`]) {
    const { status, stderr } = shell(`${line} | true`)
    expect(stderr).toBe('')
    expect(status).toBe(141)
  }
  expect(exitReason('unread')).toBe('finished')
})

test('a run whose reader goes at the first line finishes', () => {
  const { stdout } = shell(`${run('piped')} 2>&1 | head -1`)
  expect(stdout).toMatch(/^backend .*\n$/)
  expect(exitReason('piped')).toBe('finished')
})

test.each(['2>/dev/full', '2>&1 >/dev/null | true'])('a run whose stderr is lost finishes with 0: %s', (streams) => {
  const out = streams.includes('full') ? 'a' : 'b'
  expect(shell(`${run(out)} ${streams}`).status).toBe(0)
  expect(exitReason(out)).toBe('finished')
})
