import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { sealedJson } from '../../src/experiment/files/checksum.js'
import { appendMetrics } from '../../src/experiment/record/metrics.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { command } from '../command.js'
import { foreignRun, hostileTexts, seal, withPayloads } from '../foreign-run.js'
import { fileFolder } from '../run-folder.js'

// What a directory from somebody else can make the commands read and write: links, pipes and devices in it, paths in its documents.

const folder = fileFolder()
const main = join(process.cwd(), 'dist', 'cli', 'main.js')
/** What nobody else is to see. */
const secret = 'the secret of the user'
const private_ = join(folder, 'private')
const learned = join(folder, 'learned')
const swept = join(folder, 'swept')
const works = join(folder, 'works')
const reversed = join(folder, 'reversed')

const mixture = `name: mixture
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3, samples: 60 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], pair: [bilinear] }
learning: { iterations: 2, batch: 16 }
noising: { slices: 2 }
sampling: { trajectories: 10 }
`
beforeAll(async () => {
  mkdirSync(private_)
  writeFileSync(join(private_, 'key'), `${secret}\n`)
  writeFileSync(join(private_, 'results.json'), JSON.stringify({ metrics: { [secret]: { value: 1 } } }))
  writeFileSync(join(private_, 'scenario.yaml'), `name: trap\nabout: ${secret}\n`)
  writeFileSync(join(folder, 'mixture.yaml'), mixture)
  await run(await loadScenario(join(folder, 'mixture.yaml')), { directory: learned, threads: 1 })
  const set = ['sampling.trajectories=50', 'protocol.duration=1', 'observe=[work]', 'checks=[]']
  await run(await loadScenario('scenarios/stiffness-ramp.yaml', { set }), { directory: works, threads: 1 })
  const back = await loadScenario('scenarios/stiffness-ramp.yaml', { set: [...set, 'protocol.reversed=true'] })
  await run(back, { directory: reversed, threads: 1 })
  const args = ['--over', 'seed=1,2', '--threads', '1', '--quiet', '--out', swept]
  expect((await command('sweep', join(folder, 'mixture.yaml'), ...args)).status).toBe(0)
}, 120_000)

let count = 0
const copy = (original: string) => {
  const made = join(folder, `copy-${count++}`)
  cpSync(original, made, { recursive: true })
  return made
}

/** Without checksums, so that what is said is said of the file itself. */
function unrecorded(directory: string): void {
  const { files: _, ...manifest } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  seal(directory, JSON.stringify(manifest))
}

function expectLine({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): void {
  expect(stderr).toMatch(/^[^\n]*\[E_[A-Z_]+\]\n$/)
  expect(stderr).not.toMatch(/bug|Error:|\n {4}at /)
  expect(stderr).not.toContain(secret)
  expect(stdout).toBe('')
  expect([1, 2]).toContain(status)
}

/** Of each command that reads a directory: the directory, the arguments, and the files that it reads there. */
const commands: [string, string, (directory: string) => string[], string[]][] = [
  [
    'report',
    learned,
    (directory) => ['report', directory],
    [
      'manifest.json',
      'scenario.yaml',
      'results.json',
      'metrics.jsonl',
      'samples.npy',
      'parameters.safetensors',
      'comparison.npz',
    ],
  ],
  [
    'a comparison',
    learned,
    (directory) => ['report', directory, learned, '--out', join(folder, 'page.html')],
    ['results.json'],
  ],
  [
    'sample',
    learned,
    (directory) => ['sample', directory, '--quiet', '--out', join(folder, 'drawn')],
    ['manifest.json', 'scenario.yaml', 'parameters.safetensors'],
  ],
  [
    'gradients',
    learned,
    (directory) => [
      'gradients',
      join(folder, 'mixture.yaml'),
      '--quiet',
      '--parameters',
      directory,
      '--out',
      join(folder, 'drawn'),
    ],
    ['parameters.safetensors'],
  ],
  [
    'free-energy',
    works,
    (directory) => ['free-energy', directory, works, '--out', join(folder, 'drawn')],
    ['manifest.json', 'scenario.yaml', 'results.json', 'thermodynamics.npz'],
  ],
  [
    'merge',
    swept,
    (directory) => ['merge', directory, '--out', join(folder, 'drawn')],
    ['sweep.json', 'seed=1/results.json'],
  ],
]

describe('a link in a directory that leads out of it is not followed, nor one to a device or to nothing read, by', () => {
  const targets = [
    join(private_, 'key'),
    join(private_, 'results.json'),
    join(private_, 'scenario.yaml'),
    '/dev/zero',
    '/dev/stdin',
    '/proc/self/environ',
  ]
  test.each(commands)('%s', async (_name, original, args, names) => {
    for (const [n, name] of names.entries())
      for (const target of n === 0 ? targets : targets.slice(n % 2, (n % 2) + 4)) {
        const directory = copy(original)
        if (name !== 'manifest.json' && name !== 'sweep.json')
          unrecorded(name.includes('/') ? join(directory, 'seed=1') : directory)
        rmSync(join(directory, name))
        symlinkSync(target, join(directory, name))
        const result = await command(...args(directory))
        expectLine(result)
        expect(result.stderr).toContain(name)
        rmSync(directory, { recursive: true })
      }
    expect(readdirSync(folder)).not.toContain('drawn')
    expect(readdirSync(folder)).not.toContain('page.html')
  })
})

test('a link within a directory, and one to it, are read as ever: whoever keeps large files elsewhere in it made them', async () => {
  const directory = copy(learned)
  mkdirSync(join(directory, 'kept'))
  renameSync(join(directory, 'samples.npy'), join(directory, 'kept', 'samples.npy'))
  symlinkSync(join('kept', 'samples.npy'), join(directory, 'samples.npy'))
  symlinkSync(directory, `${directory}-link`)
  expect((await command('report', `${directory}-link`)).status).toBe(0)
})

describe('of 40 changed documents each command makes what it makes, or a line:', () => {
  const shares = [0.02, 0.1, 0.3]
  const changedRun = (original: string) => (directory: string, seed: number) => {
    foreignRun(original, directory, seed, shares[seed % 3]!)
  }
  const changedSweep = (directory: string, seed: number) => {
    cpSync(swept, directory, { recursive: true })
    const { sha256: _, ...document } = JSON.parse(readFileSync(join(swept, 'sweep.json'), 'utf8'))
    const { text } = withPayloads(JSON.stringify(document), seed, shares[seed % 3]!)
    writeFileSync(join(directory, 'sweep.json'), sealedJson(JSON.parse(text)))
  }
  const drawn = join(folder, 'drawn')
  const cases: [string, (directory: string, seed: number) => void, (directory: string) => string[]][] = [
    ['free-energy', changedRun(works), (directory) => ['free-energy', directory, reversed, '--out', drawn]],
    ['sample', changedRun(learned), (directory) => ['sample', directory, '--quiet', '--threads', '1', '--out', drawn]],
    ['merge', changedSweep, (directory) => ['merge', directory, '--out', drawn]],
  ]
  test.each(cases)(
    '%s',
    async (_name, change, args) => {
      for (let seed = 1; seed <= 40; seed++) {
        const directory = join(folder, 'changed')
        change(directory, seed)
        const result = await command(...args(directory))
        if (result.status === 0) expect(readdirSync(folder)).toContain('drawn')
        else
          expect(result.stderr, `seed ${seed}`).toMatch(
            /^(\d+ of \d+ points are not finished\n)?[^\n]*\[E_[A-Z_]+\]\n$/,
          )
        // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not get them
        expect(result.stdout + result.stderr).not.toMatch(/[\u001b\u009b\u202e]/)
        for (const made of [directory, drawn]) rmSync(made, { recursive: true, force: true })
      }
      expect(
        readdirSync(folder).filter((name) => !/^(copy-|learned|swept|works|reversed|private|mixture)/.test(name)),
      ).toEqual([])
    },
    120_000,
  )
})

test('pipes end no command late', async () => {
  const cases = [commands[0]!, commands[2]!, commands[4]!, commands[5]!].map(([, original, args, names]) => {
    const directory = copy(original)
    rmSync(join(directory, names[0]!))
    execFileSync('mkfifo', [join(directory, names[0]!)])
    return args(directory)
  })
  const ran = cases.map((args) =>
    promisify(execFile)(process.execPath, [main, ...args], { timeout: 60_000 }).catch((error: object) => error),
  )
  for (const result of (await Promise.all(ran)) as { code: number; killed?: boolean; stderr: string }[]) {
    expect(result.killed ?? false).toBe(false)
    expect(result.stderr).toMatch(/^[^\n]*is a device or a pipe[^\n]*\[E_FILE\]\n$/)
  }
}, 120_000)

test('what is written replaces a link and never follows it', async () => {
  const directory = copy(learned)
  const theirs = join(private_, 'key')
  rmSync(join(directory, 'report.html'), { force: true })
  symlinkSync(theirs, join(directory, 'report.html'))
  expect((await command('report', directory)).status).toBe(0)
  expect(lstatSync(join(directory, 'report.html')).isFile()).toBe(true)
  const sweep = copy(swept)
  for (const name of ['sweep.csv', 'sweep.html']) {
    rmSync(join(sweep, name), { force: true })
    symlinkSync(theirs, join(sweep, name))
  }
  expect((await command('merge', sweep)).status).toBe(0)
  for (const name of ['sweep.csv', 'sweep.html']) expect(lstatSync(join(sweep, name)).isFile()).toBe(true)
  expect(readFileSync(theirs, 'utf8')).toBe(`${secret}\n`)
})

test('lines are appended to a file, and neither to what a link leads to nor to a pipe', () => {
  const line = (name: string, make: (path: string) => void) => {
    const directory = copy(learned)
    rmSync(join(directory, name))
    make(join(directory, name))
    return () => appendMetrics(directory, { kind: 'slice' })
  }
  const theirs = join(private_, 'key')
  expect(line('metrics.jsonl', (path) => symlinkSync(theirs, path))).toThrow(/metrics\.jsonl: .*ELOOP.*\[E_FILE\]/)
  expect(line('metrics.jsonl', (path) => execFileSync('mkfifo', [path]))).toThrow(/metrics\.jsonl: .*\[E_FILE\]/)
  expect(readFileSync(theirs, 'utf8')).toBe(`${secret}\n`)
  expect(line('metrics.jsonl', (path) => writeFileSync(path, ''))).not.toThrow()
})

describe('of a scenario that somebody else wrote', () => {
  test.each([
    ['text of the user', () => join(private_, 'key')],
    ['a device', () => '/dev/zero'],
    ['a folder', () => private_],
    [
      'a pipe',
      () => {
        const path = join(folder, `pipe-${count++}`)
        execFileSync('mkfifo', [path])
        return path
      },
    ],
  ])(
    'data that are %s are refused with a few of their letters at most, and nothing is written',
    async (_name, path) => {
      const directory = copy(learned)
      const at = path()
      const text = readFileSync(join(directory, 'scenario.yaml'), 'utf8')
      const data = `data:\n  source: array\n  path: ${at}\n`
      writeFileSync(join(directory, 'scenario.yaml'), text.replace(/^data:\n( .*\n)+/m, data))
      unrecorded(directory)
      const result = await command('sample', directory, '--quiet', '--out', join(folder, 'drawn'))
      expect(result.stderr).toMatch(/^[^\n]*\[E_[A-Z_]+\]\n$/)
      expect(result.stderr.length).toBeLessThan(400 + at.length)
      expect(readdirSync(folder)).not.toContain('drawn')
      // The report needs none of them.
      const report = await command('report', directory)
      expect(report.status).toBe(0)
      expect(readFileSync(join(directory, 'report.html'), 'utf8')).not.toContain(secret)
    },
  )

  test.each([
    ['a seed that is a path', { seed: '/../../elsewhere' }],
    ['no package', { package: null }],
    ['no backend', { backend: 3 }],
    ['a mapping as hash', { scenario: { hash: {}, name: '../x' } }],
    ['an ending that is none', { exitReason: ['finished'] }],
  ])('the manifest is refused with %s', async (_name, change) => {
    const directory = copy(learned)
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
    seal(directory, JSON.stringify({ ...manifest, ...change }))
    expectLine(await command('sample', directory, '--quiet'))
    expect(readdirSync(folder).filter((name) => name.includes('elsewhere') || name.includes('samples-seed'))).toEqual(
      [],
    )
  })
})

describe('a sweep that somebody else wrote', () => {
  const written = (change: (document: { points: Record<string, unknown>[]; grid: unknown }) => object) => {
    const sweep = copy(swept)
    const { sha256: _, ...document } = JSON.parse(readFileSync(join(sweep, 'sweep.json'), 'utf8'))
    writeFileSync(join(sweep, 'sweep.json'), sealedJson({ ...document, ...change(document) }))
    return sweep
  }
  const [first] = [{ name: 'a', values: {}, directory: 'seed=1', status: 'finished' }]
  test.each([
    ['a point at the root', () => ({ points: [{ ...first, directory: private_ }] })],
    ['a point of no directory', () => ({ points: [{ ...first, directory: '' }] })],
    ['a point with a zero in its path', () => ({ points: [{ ...first, directory: 'seed=1\0' }] })],
    ['points that are none', () => ({ points: [null, 3] })],
    ['a status of its own', () => ({ points: [{ ...first, status: 'sealed' }] })],
    ['a grid of numbers', () => ({ grid: [1, 2] })],
    ['a scenario that is a list', () => ({ scenario: ['x'] })],
    ['a mapping in the place of a grid', () => ({ grid: { forEach: 1 } })],
    ['a point whose results are private', () => ({ points: [{ ...first, directory: '../private' }] })],
  ])('is refused by merge and by sweep: %s', async (_name, change) => {
    const sweep = written(change)
    const before = readdirSync(sweep)
    const results = [await command('merge', sweep, '--out', join(folder, 'drawn'))]
    if (!_name.includes('private'))
      results.push(
        await command('sweep', join(folder, 'mixture.yaml'), '--over', 'seed=1,2', '--quiet', '--out', sweep),
      )
    for (const result of results) expectLine(result)
    expect(readdirSync(sweep)).toEqual(before)
    expect(readdirSync(folder)).not.toContain('drawn')
  })

  test('has hostile names as text in its page and its table, and its points stay where they are', async () => {
    const sweep = written(({ points }) => ({
      scenario: hostileTexts[0],
      points: points.map((point, n) => ({
        ...point,
        name: `${hostileTexts[n]}/../..`,
        status: 'failed',
        error: secret,
      })),
    }))
    const out = join(folder, 'merged')
    const { status, stderr } = await command('merge', sweep, '--out', out)
    // Points failed: they are named, and nothing of their names reaches the terminal as more than text.
    expect(status).toBe(1)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    const page = readFileSync(join(out, 'sweep.html'), 'utf8')
    expect(page).not.toContain(hostileTexts[0])
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;window')
    expect(readdirSync(out).sort()).toEqual(['sweep.csv', 'sweep.html', 'sweep.json'])
  })
})
