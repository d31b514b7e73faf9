import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contents, differences } from '../kills/undisturbed.js'
import { fileFolder } from '../run-folder.js'
import { type Slurm, slurmMissing, startSlurm } from '../slurm.js'

const missing = slurmMissing()
const folder = fileFolder()
let slurm: Slurm

const grid = ['--over', 'protocol.parameters.stiffness=1,2,3,4', '--over', 'seed=1,2,3,4,5,6']
const small = ['--set', 'sampling.trajectories=2000', '--set', 'protocol.duration=2', '--set', 'checks=[first-law]']
const sweep = ['sweep', 'ornstein-uhlenbeck', ...grid, ...small, '--threads', '1']

const few = ['noising.slices=6', 'learning.iterations=30', 'sampling.trajectories=500', 'observe=[heat]', 'checks=[]']
const slices = [
  ...['run', 'gaussian-mixture-2d', '--threads', '1'],
  ...['learning.start=independent', 'learning.oracle=false', ...few].flatMap((setting) => ['--set', setting]),
]

/** Runs the command line, as whoever submits from the folder does. */
const overdamped = (...words: string[]) =>
  execFileSync('overdamped', words, { cwd: folder, env: slurm.environment, encoding: 'utf8', stdio: 'pipe' })
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')
/** What was printed, in the words of the shell that submits it. */
const submit = (command: string, ...options: string[]) =>
  execFileSync('sh', ['-c', `${command.trim()} "$@"`, 'sh', ...options], { cwd: folder, env: slurm.environment })

describe.skipIf(missing !== null)(`on a cluster of one node${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  beforeAll(async () => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(
      join(bin, 'overdamped'),
      `#!/bin/sh\nexec ${process.execPath} '${resolve('dist/cli/main.js')}' "$@"\n`,
    )
    chmodSync(join(bin, 'overdamped'), 0o755)
    slurm = await startSlurm(join(folder, 'slurm'), { PATH: `${bin}:${process.env.PATH}:/usr/sbin:/sbin` })
  })
  afterAll(() => slurm?.stop())

  test('24 points in three shards, one of them stopped and queued again, are those of one process', async () => {
    overdamped(...sweep, '--out', 'one')
    const command = overdamped(...sweep, '--out', "it's 50 %", '--emit', 'slurm', '--shards', '3')
    const emitted = "it's 50 %-slurm"
    for (const script of ['shards.sh', 'merge.sh']) slurm.call('sbatch', '--test-only', join(folder, emitted, script))
    submit(command)
    await stopOneTask(join(folder, emitted, 'shard-2.log'))
    await slurm.idle(45)
    const log = read(emitted, 'shard-2.log')
    expect(log).toContain('Stopped. Continue with')
    expect(log).toContain('8 of 8 points finished, 0 failed')
    expect(read(emitted, 'merge.log')).toContain("it's 50 %/sweep.html")
    const [one, three] = ['one', "it's 50 %"].map((name) => contents(join(folder, name)))
    const ofPoint = ([path]: [string, string]) => path.includes('/')
    const points = (all: Record<string, string>) => Object.fromEntries(Object.entries(all).filter(ofPoint))
    expect(Object.keys(points(one!)).filter((path) => path.endsWith('results.json'))).toHaveLength(24)
    expect(differences(points(three!), points(one!))).toEqual([])
    // The merge has the points shard after shard.
    const rows = (table: string) => table.split('\n').sort()
    expect(rows(three!['sweep.csv']!)).toEqual(rows(one!['sweep.csv']!))
  })

  test('the slices of a run in three tasks, merged by the job behind them, are those of one process', async () => {
    overdamped(...slices, '--out', 'whole')
    submit(overdamped(...slices, '--out', 'parts', '--emit', 'slurm', '--shards', '3'))
    await slurm.idle(45)
    expect(read('parts-slurm', 'shard-3.log')).toContain('Shard 3 of 3 is done')
    expect(differences(contents(join(folder, 'parts')), contents(join(folder, 'whole')))).toEqual([])
  })
})

/** Signals the second task as Slurm does near the end of its time, when its first point is done. */
async function stopOneTask(log: string): Promise<void> {
  for (let tries = 0; !(existsSync(log) && readFileSync(log, 'utf8').includes('2/8')); tries++) {
    expect(tries, `${log}: ${readdirSync(resolve(log, '..'))}`).toBeLessThan(400)
    await new Promise((then) => setTimeout(then, 50))
  }
  const [job] = slurm
    .call('squeue', '--noheader', '--array', '--format=%A %K')
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([, task]) => task === '2')
  slurm.call('scancel', '--signal=TERM', job![0]!)
}
