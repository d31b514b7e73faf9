import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Manifest, readManifest } from '../../src/experiment/record/manifest.js'
import { builtInNames } from '../../src/experiment/scenario/built-in.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { command, commandIn } from '../command.js'
import { fileFolder } from '../run-folder.js'

// Where a scenario comes from: a file, a name, standard input; what is said of a place in it; and what a run remembers of where it came from.

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const work = fileFolder()
const simulation = `name: mine
network: { visible: { units: 2 } }
initial: { kind: point, x: 0 }
protocol: { duration: 0.1, parameters: { stiffness: 2, bias: 0, bilinear: -1 } }
sampling: { trajectories: 10 }
`
const manifestOf = (run: string) => JSON.parse(readFileSync(join(work, run, 'manifest.json'), 'utf8')) as Manifest

/** In a folder where the package is not. */
async function elsewhere<T>(act: () => Promise<T>): Promise<T> {
  const home = process.cwd()
  process.chdir(work)
  try {
    return await act()
  } finally {
    process.chdir(home)
  }
}

describe('a built-in scenario by its name', () => {
  test('runs from anywhere, its profiles too', async () => {
    const { status, stdout } = await commandIn(work, 'run', 'double-well', '--profile', 'quick', '--dry-run')
    expect(status).toBe(0)
    expect(stdout).toContain('name: double-well\n')
  })

  test('finds what lies beside it, from wherever it is asked for', async () => {
    const naming = builtInNames().filter((name) =>
      /[ :]scenarios\/[\w-]+\.(csv|npy)/.test(readFileSync(join('scenarios', `${name}.yaml`), 'utf8')),
    )
    expect(naming.length).toBeGreaterThan(3)
    for (const name of naming) {
      const text = JSON.stringify(await elsewhere(() => loadScenario(name)))
      const [path = ''] = text.match(/(?<=")[^"]*scenarios\/[\w-]+\.(csv|npy)/) ?? []
      expect([name, isAbsolute(path), existsSync(path)]).toEqual([name, true, true])
      // In the folder of the package paths are what they were.
      expect(JSON.stringify(await loadScenario(name))).toContain('"scenarios/')
    }
    const own = await elsewhere(() => loadScenario('two-moons', { set: ['data.path=scenarios/two-moons.csv'] }))
    expect(own.data).toHaveProperty('path', 'scenarios/two-moons.csv')
  })

  test('gives way to a file of that name, and not to a folder', async () => {
    writeFileSync(join(work, 'gyrator'), simulation)
    mkdirSync(join(work, 'double-well'))
    expect((await elsewhere(() => loadScenario('gyrator'))).name).toBe('mine')
    expect((await elsewhere(() => loadScenario('double-well'))).name).toBe('double-well')
  })

  test.each([
    ['doble-well', /no such scenario file\. .*Nor is a built-in .* Did you mean the built-in "double-well"\?/],
    ['scenarios/two-moon.yaml', /no such scenario file\. Did you mean the built-in "two-moons"\?/],
    ['mine.yml', /Did you mean "mine.yaml"\? .*"overdamped list" shows/],
  ])('%s is told what is near', async (given, expected) => {
    writeFileSync(join(work, 'mine.yaml'), simulation)
    for (const asked of ['run', 'validate', 'gradients'])
      expect((await commandIn(work, asked, given)).stderr).toMatch(expected)
  })
})

describe('a scenario from standard input', () => {
  const overdamped = (input: string, ...args: string[]) =>
    spawnSync(process.execPath, [main, ...args], { cwd: work, encoding: 'utf8', input })

  test('runs to the directory of its name; the command in the manifest repeats it without the input', async () => {
    const more = ['--threads', '1', '--quiet']
    expect(overdamped(simulation, 'run', '-', '--seed', '5', ...more).stdout).toBe(`${join('runs', 'mine')}\n`)
    const { command: line } = manifestOf(join('runs', 'mine'))
    expect(line).toBe('npx overdamped run runs/mine/scenario.yaml')
    const again = ['run', join('runs', 'mine', 'scenario.yaml')]
    expect((await commandIn(work, ...again, ...more, '--out', 'again')).status).toBe(0)
    expect(readFileSync(join(work, 'again', 'samples.npy'))).toEqual(
      readFileSync(join(work, 'runs', 'mine', 'samples.npy')),
    )
    // The finished run is known again by either.
    expect(overdamped(simulation, 'run', '-', '--seed', '5', '--resume', ...more).status).toBe(0)
    expect((await commandIn(work, ...again, ...more, '--resume', '--out', 'again')).status).toBe(0)
  })

  test('is read once for all points of a sweep, and a fault in it has a place', () => {
    const sweep = ['sweep', '-', '--over', 'bath.kT=1,2', '--threads', '1', '--quiet']
    const swept = overdamped(simulation, ...sweep)
    expect([swept.stderr, swept.status]).toEqual(['', 0])
    const point = readdirSync(join(work, 'runs', 'mine-sweep')).find((name) => name.includes('=2'))!
    expect(manifestOf(join('runs', 'mine-sweep', point)).command).toContain(`${point}/scenario.yaml`)
    expect(overdamped('name: mine\nbath: { kt: 1 }\n', 'validate', '-').stderr).toMatch(
      /^<stdin>:2:9 bath\.kt: unknown/m,
    )
    expect(overdamped('', 'run', '-').stderr).toMatch(/^<stdin>: is empty/)
  })
})

describe('a fault has its line, with a caret under its place', () => {
  test.each([
    ['a key', simulation.replace('bias', 'bais'), 'bais'],
    ['a value', simulation.replace('duration: 0.1', 'duration: -0.1'), '-0.1'],
    ['a list that is too long, which the schema can not see', simulation.replace('bias: 0', 'bias: [0, 1, 2]'), '[0'],
    ['a value of a profile', `${simulation}profiles: { quick: { bath.kT: 0 } }\n`, '0 }'],
    ['a path of a profile through a value', `${simulation}profiles: { quick: { name.x: 0 } }\n`, 'name.x'],
    ['YAML', simulation.replace('units: 2 }', 'units: 2'), 'initial'],
    ['a line of 300 letters', `${simulation}about: [${'x'.repeat(300)}] # ${'y'.repeat(300)}\n`, '[xxx'],
  ])('%s', async (_, text, at) => {
    writeFileSync(join(work, 'fault.yaml'), text)
    const { stderr, status } = await commandIn(work, 'validate', 'fault.yaml')
    expect(status).toBe(2)
    const [message = '', line = '', caret = ''] = stderr.split('\n')
    const [, number, column] = /^fault\.yaml:(\d+):(\d+)/.exec(message) ?? []
    const written = text.split('\n')[Number(number) - 1]!
    expect(line.startsWith(`  ${number} | ${written.slice(0, 60)}`)).toBe(true)
    expect(line.length).toBeLessThan(90)
    expect(caret).toMatch(/^ +\| +\^$/)
    expect(line.slice(caret.indexOf('^'))).toMatch(new RegExp(`^${at.replace(/[[\]]/g, '\\$&')}`))
    expect(written.slice(Number(column) - 1).startsWith(at)).toBe(true)
  })

  test('a profile that is none is told so where it stands, and not that it is unknown', async () => {
    writeFileSync(join(work, 'none.yaml'), `${simulation}profiles: { quick: 3 }\n`)
    const { stderr } = await commandIn(work, 'validate', 'none.yaml', '--profile', 'quick')
    expect(stderr).toMatch(/^none\.yaml:6:20 profiles\.quick: expected a mapping, got 3/)
  })

  test('what --set gave is told as it was given', async () => {
    writeFileSync(join(work, 'mine.yaml'), simulation)
    const set = 'protocol.parameters.bias=[1,2,3]'
    const { stderr } = await commandIn(work, 'run', 'mine.yaml', '--dry-run', '--set', set)
    expect(stderr).toMatch(/^--set protocol\.parameters\.bias=\[1,2,3\] protocol\.parameters\.bias: expected one value/)
  })
})

describe('a run remembers', () => {
  const scenario = join(process.cwd(), 'scenarios', 'gaussian-mixture-2d.yaml')
  const small = [
    ...['noising.slices=3', 'learning.iterations=200', 'learning.batch=32', 'learning.oracle=false', 'checks=[]'],
    ...['sampling.trajectories=20', 'data.samples=60', 'observe=[heat]'],
  ].flatMap((setting) => ['--set', setting])
  const args = ['run', scenario, ...small, '--threads', '1', '--quiet', '--out', 'twice']

  beforeAll(async () => {
    expect((await commandIn(work, ...args, '--max-time', '0.001s')).status).toBe(75)
    expect((await commandIn(work, ...args, '--resume')).status).toBe(0)
  })

  test('its first start and every one that went on; the report shows them', () => {
    const { start, starts = [], end, command: line } = manifestOf('twice')
    expect(starts.map(({ command: told, threads }) => [told, threads])).toEqual([
      [line, 1],
      [line, 1],
    ])
    expect(start).toBe(starts[0]!.started)
    const times = [...starts.map(({ started }) => started), end!].map(Date.parse)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const page = readFileSync(join(work, 'twice', 'report.html'), 'utf8')
    expect(page.match(/>(began|went on)</g)).toEqual(['>began<', '>went on<'])
  })

  test.each([[5], [[]], [['abc']], [[null]]])('nothing that is no start: %j', (starts) => {
    const { sha256: _, ...manifest } = manifestOf('twice') as Manifest & { sha256: string }
    mkdirSync(join(work, 'odd'), { recursive: true })
    writeFileSync(join(work, 'odd', 'manifest.json'), JSON.stringify({ ...manifest, starts }))
    expect(() => readManifest(join(work, 'odd'))).toThrow(/the manifest is incomplete/)
  })

  test('that its parameters were given by hand, and draws with these', async () => {
    const file = join(work, 'by-hand.safetensors')
    copyFileSync(join(work, 'twice', 'parameters.safetensors'), file)
    const draw = (...more: string[]) => commandIn(work, 'sample', 'twice', '--threads', '1', '--quiet', ...more)
    const samples = (run: string) => readFileSync(join(work, run, 'samples.npy'))
    cpSync(join(work, 'twice'), join(work, 'copy'), { recursive: true })
    await draw('--out', 'own')
    expect((await draw('--parameters', 'by-hand.safetensors', '--out', 'same')).status).toBe(0)
    expect(samples('same')).toEqual(samples('own'))
    // The last eight bytes are the last parameter: another is drawn with, and another hash told.
    const bytes = readFileSync(file)
    bytes.writeDoubleLE(bytes.readDoubleLE(bytes.length - 8) + 1, bytes.length - 8)
    writeFileSync(file, bytes)
    await draw('--parameters', 'by-hand.safetensors', '--out', 'other')
    expect(samples('other')).not.toEqual(samples('own'))
    const [same, other] = ['same', 'other'].map((run) => manifestOf(run))
    expect(other).toMatchObject({ parentRun: 'twice', parametersByHand: { path: file } })
    expect(other!.parametersByHand!.hash).not.toBe(same!.parametersByHand!.hash)
    expect(other!.command).toContain('--parameters by-hand.safetensors')
    // Of another run they are by no hand: that run is where they are from.
    await draw('--parameters', 'copy', '--out', 'of-copy')
    expect(manifestOf('of-copy')).toMatchObject({ parentRun: 'copy' })
    expect(manifestOf('of-copy').parametersByHand).toBeUndefined()
    expect(manifestOf('own').parametersByHand).toBeUndefined()
    expect(readFileSync(join(work, 'other', 'report.html'), 'utf8')).toContain('Parameters given by hand.')
    expect(readFileSync(join(work, 'own', 'report.html'), 'utf8')).not.toContain('given by hand')
    // What it was begun with is part of what it is.
    expect((await draw('--parameters', 'by-hand.safetensors', '--out', 'same', '--resume')).stderr).toMatch(
      /are not those it was started with/,
    )
  })

  test('and a file that holds no parameters of the run is refused by name', async () => {
    writeFileSync(join(work, 'none.safetensors'), 'no tensors')
    const { stderr } = await commandIn(work, 'sample', 'twice', '--parameters', 'none.safetensors')
    expect(stderr).toMatch(/^none\.safetensors: .*\[E_FORMAT\]\n$/)
    expect((await command('sample', join(work, 'twice'), '--parameters', 'nix.safetensors')).stderr).toMatch(
      /^nix\.safetensors: no such parameters file/,
    )
  })
})
