import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { commandIn } from '../command.js'
import { fileFolder } from '../run-folder.js'
import { builtSite, plainText } from './built.js'

// Every command line of the site, but for those within files of examples/, which tests of their own run:
// - `run NAME` and `run NAME --profile P` of a scenario's own page: the scenario is read with that profile (.ci/run runs them all);
// - any other run is asked what it would do (--dry-run), and a sweep is written as files for a cluster (--emit), or asked where those
//   do not go together: scenario, profile, grid, keys and values are all read;
// - those that want runs or a queue have to get as far as missing them: the whole line was understood;
// - what is quick is run as it stands, what takes minutes is named here with the test that runs it;
// - for npm, node, sh and vitest: the script or the file is there.

const { pages } = builtSite()
const lines = new Map<string, string>()
for (const { path, text } of pages)
  if (!path.includes('/source/'))
    for (const [, code] of text.matchAll(/<pre[^>]*data-language="sh"[^>]*><code>(.*?)<\/code>/gs))
      for (const line of plainText(code as string).split('\n'))
        for (const part of line.replace(/(^|\s)#.*/, '').split('&&'))
          if (part.trim() !== '') lines.set(part.trim(), path)
const commands = [...lines.keys()]
const own = commands.filter((line) => /^(npx )?overdamped /.test(line))
const argumentsOf = (line: string) => line.replace(/^(npx )?overdamped /, '').split(/\s+/)
const by = (name: string) => own.filter((line) => argumentsOf(line)[0] === name)

const ofRun = (line: string) => / runs\//.test(line)

const work = fileFolder()
symlinkSync(resolve('scenarios'), join(work, 'scenarios'))
const [two] = /(?<=```yaml\n)name: two\n.*?(?=```)/s.exec(readFileSync('docs/tutorial.md', 'utf8')) as RegExpExecArray
writeFileSync(join(work, 'two.yaml'), two)
writeFileSync(join(work, 'my.yaml'), `${two}profiles: { quick: { sampling.trajectories: 50 } }\n`)
mkdirSync(join(work, 'runs'))

/** Commands that take minutes, and the tests that run them. */
const elsewhere: Readonly<Record<string, string>> = {
  'npx overdamped verify': 'test/slow/verify.test.ts',
  'npx overdamped gradients scenarios/gaussian-mixture-2d.yaml': 'test/interface/gradients.test.ts',
}

const ofScenario = /^npx overdamped run ([\w-]+)(?: --profile (\w+))?$/

test('each scenario can be read in each profile that is shown', async () => {
  const shown = own.map((line) => ofScenario.exec(line)).filter((found) => found !== null)
  expect(shown.length).toBeGreaterThan(100)
  for (const [, name, profile] of shown) await loadScenario(name as string, profile === undefined ? {} : { profile })
})

test('each run and each sweep of the documents is one that could begin', async () => {
  const asked = [...by('run'), ...by('sweep'), ...by('tolerance')].filter((line) => !ofScenario.test(line))
  expect(asked.length).toBeGreaterThan(10)
  const refused: string[] = []
  for (const [n, line] of asked.entries()) {
    // Files of two sweeps must not meet.
    const words = argumentsOf(line.replace(/ --out \S+/, ''))
    const isEmitted = words[0] === 'sweep' && !/--(jobs|executor)\b/.test(line)
    const how = isEmitted
      ? [...(line.includes('--emit') ? [] : ['--emit', 'slurm']), '--out', `runs/${n}`]
      : ['--dry-run']
    const { status, stderr } = await commandIn(work, ...words.filter((word) => word !== '--dry-run'), ...how)
    if (status !== 0) refused.push(`${line} (${lines.get(line)}): ${stderr}`)
  }
  expect(refused).toEqual([])
}, 240_000)

test('each command that wants runs or a queue is understood as far as missing them', async () => {
  const asked = [
    ...['sample', 'export', 'free-energy', 'report', 'merge', 'worker'].flatMap(by),
    ...by('play').filter(ofRun),
  ]
  expect(asked.length).toBeGreaterThan(5)
  for (const line of asked) {
    const { status, stderr } = await commandIn(work, ...argumentsOf(line))
    expect(status, line).not.toBe(0)
    expect(stderr, line).toMatch(/runs\/|OVERDAMPED_REDIS/)
    expect(stderr, line).not.toMatch(/Unknown (argument|command)/)
  }
})

test('what is quick runs as it stands, and what takes minutes is run by a test', async () => {
  const quick = [...['list', 'backends', 'validate'].flatMap(by), ...by('play').filter((line) => !ofRun(line))]
  expect(quick.length).toBeGreaterThan(2)
  for (const line of quick) expect((await commandIn(work, ...argumentsOf(line))).status, line).toBe(0)
  for (const line of ['verify', 'gradients'].flatMap(by)) expect(existsSync(elsewhere[line] ?? ''), line).toBe(true)
  const known = [
    'run',
    'sweep',
    'sample',
    'free-energy',
    'report',
    'merge',
    'worker',
    'list',
    'backends',
    'validate',
    'verify',
    'gradients',
    'play',
    'export',
    'tolerance',
  ]
  expect(own.filter((line) => !known.includes(argumentsOf(line)[0] as string))).toEqual([])
}, 240_000)

test('scripts and files that other commands name are there', () => {
  const { scripts, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    string,
    Record<string, string>
  >
  const wrong = commands
    .filter((line) => !own.includes(line))
    .filter((line) => {
      const [program, first = '', second = ''] = line.split(/\s+/)
      const files = line.match(/(?<=\s)[\w./-]+\.(ts|mjs|sh|py)\b/g) ?? []
      if (program === 'npm' && first === 'run') return scripts?.[second] === undefined
      if (program === 'npm' && first === 'install')
        return !Object.keys(peerDependencies ?? {}).some((name) => second.startsWith(name))
      if (program === 'npm') return first !== 'ci' && scripts?.[first] === undefined
      // What `--emit slurm` writes for the scenario above is there once it has been written: test/slow/slurm.test.ts submits it.
      if (program === 'sh') return !files.every((file) => existsSync(file) || file.endsWith('-slurm/submit.sh'))
      if (program === 'node' || (program === 'npx' && first === 'vitest'))
        return files.some((file) => !existsSync(file))
      if (program === 'docker') return !existsSync('test/interface/container.test.ts')
      return program !== 'export' && !existsSync(program as string)
    })
  expect(wrong).toEqual([])
})
