import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { command, commandIn } from '../command.js'
import { fileFolder } from '../run-folder.js'

// The command as it is installed, dist/cli/main.js, built before the tests run; and from src/, where no process is at stake.

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const scenario = join(process.cwd(), 'scenarios', 'gaussian-mixture-2d.yaml')
const work = fileFolder()

const overdamped = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { cwd: work, encoding: 'utf8' })
const settings = (...texts: string[]) => texts.flatMap((text) => ['--set', text])
const small = [
  ...settings('noising.slices=4', 'learning.iterations=20', 'learning.batch=64', 'learning.oracle=false'),
  ...settings('sampling.trajectories=100', 'data.samples=100', 'checks=[first-law]'),
  ...settings('observe=[work,heat,entropy-production,virial,trajectories]'),
  ...['--threads', '1'],
]

test('run prints the run directory on stdout, figures and the report on stderr', () => {
  const { status, stdout, stderr } = overdamped('run', scenario, ...small, '--out', 'a')
  expect(stdout).toBe('a\n')
  expect(stderr).toMatch(/frechetDistance.*±/)
  expect(stderr).toContain('harmonic control')
  expect(stderr).toContain(join('a', 'report.html'))
  expect(stderr).toMatch(/checks +1 passed, 0 failed/)
  expect(status).toBe(0)
  expect(readFileSync(join(work, 'a', 'report.html'), 'utf8')).toContain('gaussian-mixture-2d')
  const { command } = JSON.parse(readFileSync(join(work, 'a', 'manifest.json'), 'utf8')) as { command: string }
  expect(command).toContain(`--set 'checks=[first-law]'`)
})

test('--json prints results.json, --quiet says nothing else', async () => {
  const { stdout, stderr } = await commandIn(work, 'run', scenario, ...small, '--out', 'b', '--json', '--quiet')
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(work, 'b', 'results.json'), 'utf8')))
  expect(stderr).toBe('')
})

test('without --out, runs are numbered and never overwritten', async () => {
  const simulation = join(process.cwd(), 'scenarios', 'double-well.yaml')
  const soon = settings('protocol.duration=0.1', 'sampling.trajectories=10', 'checks=[]')
  const again = () => commandIn(work, 'run', simulation, ...soon, '--threads', '1', '--quiet')
  expect((await again()).stdout).toBe(`${join('runs', 'double-well')}\n`)
  expect((await again()).stdout).toBe(`${join('runs', 'double-well-2')}\n`)
  const refused = await commandIn(work, 'run', simulation, ...soon, '--out', 'runs/double-well')
  expect(refused.status).toBe(2)
  expect(refused.stderr).toMatch(/not empty.*--resume.*\[E_OUTPUT_NOT_EMPTY\]\n$/)
})

test('sample draws from a trained run into a directory of its own', async () => {
  await commandIn(work, 'run', scenario, ...small, '--out', 'parent', '--quiet')
  const more = ['--trajectories', '50', '--threads', '1', '--quiet']
  const { status, stdout } = await commandIn(work, 'sample', 'parent', ...more)
  expect(status).toBe(0)
  expect(stdout).toBe('parent-samples-seed2\n')
  expect(existsSync(join(work, 'parent-samples-seed2', 'samples.npy'))).toBe(true)
})

test('sample refuses the run of an objective, however many samples are asked for', async () => {
  const short = ['objective.iterations=2', 'objective.repeats=1', 'objective.annealing.steps=10']
  const machine = resolve('scenarios/contrastive-divergence-machine.yaml')
  await commandIn(work, 'run', machine, ...short.flatMap((set) => ['--set', set]), '--out', 'study', '--quiet')
  for (const more of [[], ['--trajectories', '50']])
    expect((await commandIn(work, 'sample', 'study', ...more)).stderr).toMatch(/^study: it is the run of an objective/)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 75],
] as const)('%s leaves a checkpoint and exits with %i; --resume finishes the run', async (signal, code) => {
  const out = `interrupted-${signal}`
  const args = ['run', scenario, ...small, '--set', 'learning.iterations=3000', '--out', out]
  const child = spawn(process.execPath, [main, ...args], { cwd: work })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    // Once: a second signal ends the process without a checkpoint.
    if (!stderr.includes('training') && `${stderr}${chunk}`.includes('training')) child.kill(signal)
    stderr += chunk
  })
  const status = await new Promise((done) => child.on('exit', done))
  expect(stderr).toContain(`--resume --out ${out}`)
  expect(status).toBe(code)
  expect(existsSync(join(work, out, 'checkpoint.safetensors'))).toBe(true)
  expect((await commandIn(work, ...args, '--resume', '--quiet')).status).toBe(0)
})

test('--max-time stops with a checkpoint and exits with 75; --resume finishes the run', async () => {
  const args = ['run', scenario, ...small, '--set', 'learning.iterations=500', '--out', 'in-time', '--quiet']
  // Over at the first turn of the event loop, however fast the machine is.
  const { status, stderr } = await commandIn(work, ...args, '--max-time', '0.001s')
  expect(stderr).toBe('Stopped. Continue with the same command and --resume --out in-time\n')
  expect(status).toBe(75)
  expect(existsSync(join(work, 'in-time', 'checkpoint.safetensors'))).toBe(true)
  expect((await commandIn(work, ...args, '--resume')).status).toBe(0)
})

test('a second signal ends the process at once', async () => {
  // Iterations that take long: both signals have come when the first is heard.
  const slow = settings('learning.iterations=3000', 'learning.batch=1000000')
  const args = ['run', scenario, ...small, ...slow, '--out', 'at-once']
  const child = spawn(process.execPath, [main, ...args], { cwd: work })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    // Stopped meanwhile, it finds both together.
    if (!stderr.includes('training') && `${stderr}${chunk}`.includes('training'))
      for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) child.kill(signal)
    stderr += chunk
  })
  // By the code of the one that it heard second: threads of the process may take them in either order.
  expect([75, 130]).toContain(await new Promise((done) => child.on('exit', done)))
  expect(stderr).not.toContain('Stopped')
})

test('a dry run prints the effective scenario and writes nothing', async () => {
  const out = join(work, 'dry')
  const { status, stdout, stderr } = await command('run', scenario, '--set', 'bath.kT=0.5', '--dry-run', '--out', out)
  expect(status).toBe(0)
  expect(stdout).toContain('kT: 0.5')
  expect(stderr).toContain('2 units, 1 coupling, 6 parameters')
  expect(existsSync(out)).toBe(false)
})

describe('mistakes exit with 2, in one line without a stack trace', () => {
  const expectRefusal = (
    { status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
    expected: string,
  ) => {
    expect(stderr).toContain(expected)
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(stderr.trim().split('\n').length).toBeLessThan(8)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  }

  test.each([
    [['run', 'x.yaml', '--sed', '3'], 'unknown option "--sed". Did you mean "--seed"?'],
    [['run', 'x.yaml', '-profile', 'quick'], 'unknown option "-profile". Did you mean "--profile"?'],
    [['run', 'x.yaml', '-'], 'unexpected "-".'],
    [['run'], 'an argument is missing: overdamped run <scenario>. See overdamped run --help.'],
    [['sweep', scenario], '--over is missing.'],
    [['completion', 'fish'], ': shell: expected bash, zsh, got "fish".'],
    [[], 'expected a command'],
    [['run', 'missing.yaml'], 'no such scenario file'],
    [['play', 'runs/nothing'], 'expected a run directory'],
    [['run', scenario, '--backend', 'quantum'], '--backend: expected auto, native'],
    [['double-well'], 'To run a scenario: overdamped run double-well.'],
    [['help', 'rnu'], 'Did you mean "run"?'],
    [['run', scenario, '--profile', 'quik'], 'Did you mean "quick"?'],
    [['run', scenario, '--set', 'bath.kt=3'], 'Did you mean "kT"?'],
    [['run', scenario, '--seed', 'x'], 'seed'],
    [['sample', 'nowhere'], 'the file is missing'],
    [['report', 'nowhere'], 'no such run directory'],
    [['report', scenario], 'is a file. Expected the directory'],
    [['report', 'nowhere', '--out', 'x.html'], '--out x.html: the report of one run is its report.html'],
    [['report', 'nowhere', '--markdown', '--out', 'x.html'], '--out x.html: no page is written with --markdown'],
    [['rnu', 'x.yaml'], 'Did you mean "run"? See'],
  ])('overdamped %j', async (args, expected) => {
    expectRefusal(await command(...args), expected)
  })

  test('as it is installed, too', () => {
    expectRefusal(overdamped('run', 'missing.yaml'), 'no such scenario file')
  })
})

test('validate names every file', async () => {
  writeFileSync(join(work, 'bad.yaml'), 'name: bad\nbath: { kt: 1 }\n')
  const { status, stdout, stderr } = await command('validate', scenario, join(work, 'bad.yaml'))
  expect(stdout).toBe(`${scenario}: valid\n`)
  expect(stderr).toContain('bad.yaml:2:9 bath.kt: unknown key')
  expect(status).toBe(2)
})

test('list, schema, errors, completion, --help and --version answer', async () => {
  const printed = async (...args: string[]) => (await command(...args)).stdout
  expect(await printed('list')).toContain('mnist-01\n')
  const rows = JSON.parse(await printed('list', '--json')) as { profiles: string[] }[]
  expect(rows.every(({ profiles }) => profiles.includes('quick'))).toBe(true)
  expect(JSON.parse(await printed('schema'))).toHaveProperty('properties.bath')
  expect(await printed('errors')).toBe(readFileSync('docs/errors.md', 'utf8'))
  expect(await printed('completion')).toContain('complete')
  expect(await printed('run', '--help')).toContain('--profile')
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(await printed('--version')).toBe(`${version}\n`)
  expect(overdamped('--version').stdout).toBe(`${version}\n`)
})

test('names, options and mistakes load lists of names alone; what a command does comes when it runs', () => {
  const files = new Set<string>()
  const sources = new Set<string>()
  const load = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    // The build says of every part where it is from; its own is from nowhere.
    const map = existsSync(`${file}.map`) ? readFileSync(`${file}.map`, 'utf8') : '{"sources":[]}'
    for (const source of (JSON.parse(map) as { sources: string[] }).sources)
      sources.add(relative(process.cwd(), resolve(dirname(file), source)))
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:^|;|\n)(?:im|ex)port[^;"]*"(\.[^"]+)"/g))
      load(join(dirname(file), name!))
  }
  load(main)
  expect([...sources].filter((path) => /^src\/(?!cli\/)/.test(path)).sort()).toEqual([
    'src/backend/names.ts',
    'src/backend/node/package-root.ts',
    'src/bench/sections.ts',
    'src/errors.ts',
    'src/experiment/engines/names.ts',
    'src/experiment/files/folder.ts',
    'src/experiment/verify/topic-names.ts',
    'src/play/packings.ts',
  ])
  expect([...sources].filter((path) => /node_modules\/(zod|yaml|mathjs|ml-matrix)\//.test(path))).toEqual([])
})
