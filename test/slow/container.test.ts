import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildContext, type Instruction, stagesOf } from '../dockerfile.js'

// What the Dockerfile does, where there is nothing to build images with: its steps, each stage in a folder for its root, by an ordinary
// user whose home cannot be written to. Debian's packages are not installed, and commands find the system's own Node.

/** The image's user; whoever is no root has its own number only. */
const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {}
const folder = mkdtempSync('/tmp/overdamped-image-')
const roots = new Map<string, string>()
const notRun: string[] = []
let workdir = ''
let entrypoint: string[] = []

/** Steps that change the system itself. */
const isOfSystem = ({ rest }: Instruction) => rest.includes('apt-get')

const environment = (home: string) => ({
  PATH: process.env.PATH,
  HOME: home,
  npm_config_cache: join(folder, 'npm'),
  npm_config_update_notifier: 'false',
})

beforeAll(() => {
  chmodSync(folder, 0o755)
  const context = join(folder, 'context')
  for (const file of buildContext()) cpSync(file, join(context, file))
  for (const name of ['home', 'npm']) mkdirSync(join(folder, name))
  chmodSync(join(folder, 'home'), 0o555)
  own(join(folder, 'npm'))
  for (const { name: stage, instructions } of stagesOf(readFileSync('Dockerfile', 'utf8'))) {
    const root = join(folder, stage ?? 'image')
    roots.set(stage ?? 'image', root)
    for (const instruction of instructions) carryOut(instruction, root, context)
  }
}, 600_000)

afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', folder])
  rmSync(folder, { recursive: true, force: true })
})

/** Gives a folder to the user, with all that is in it. */
function own(path: string): void {
  if (user.uid !== undefined) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, path])
}

function carryOut(instruction: Instruction, root: string, context: string): void {
  const { name, rest } = instruction
  const within = (path: string) => (path.startsWith('/') ? join(root, path) : join(root, workdir, path))
  if (name === 'WORKDIR') {
    workdir = rest
    mkdirSync(within('.'), { recursive: true })
    own(within('.'))
  } else if (name === 'COPY') {
    const [, from, paths] = /^(?:--from=(\S+) )?(.*)$/.exec(rest)!
    const sources = paths!.split(' ')
    const to = sources.pop()!
    for (const source of sources) {
      const path = join(from === undefined ? context : roots.get(from)!, source)
      const isInto = to.endsWith('/')
      cpSync(path, isInto ? join(within(to), source.split('/').at(-1)!) : within(to), {
        recursive: true,
        verbatimSymlinks: true,
      })
    }
    own(within('.'))
  } else if (name === 'RUN') {
    if (isOfSystem(instruction)) return void notRun.push(rest)
    const { status, stdout, stderr } = spawnSync('sh', ['-c', rest], {
      ...{ cwd: within('.'), env: environment(join(folder, 'home')), encoding: 'utf8' },
      ...user,
    })
    if (status !== 0) throw new Error(`RUN ${rest}: exit code ${status}\n${stdout}\n${stderr}`)
  } else if (name === 'ENTRYPOINT') entrypoint = JSON.parse(rest)
}

/** Runs the image with words for the command line. */
function image(words: readonly string[], env: Record<string, string> = {}) {
  const root = roots.get('image')!
  const [command, script, ...fixed] = entrypoint
  return spawnSync(command!, [join(root, script!), ...fixed, ...words], {
    ...{ cwd: join(root, workdir), env: { ...environment(join(folder, 'home')), ...env }, encoding: 'utf8' },
    ...user,
  })
}

test('its steps are carried out, but for what Debian installs', () => {
  expect(notRun).toEqual([expect.stringContaining('apt-get install --yes --no-install-recommends gcc libc6-dev')])
  expect(readdirSync(join(roots.get('image')!, 'opt/overdamped')).sort()).toEqual([
    'LICENSE',
    'dist',
    'kernels',
    'node_modules',
    'package.json',
    'scenarios',
  ])
})

test('the command line runs with nothing to write to but the runs: a scenario, the digits, a shard of a sweep and its merge', () => {
  spawnSync('chmod', ['-R', 'a-w', join(roots.get('image')!, 'opt')])
  expect(image(['--version']).stdout.trim()).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version)
  const run = image(['run', 'double-well', '--profile', 'quick', '--threads', '1'])
  expect(run.stderr).toMatch(/[1-9] passed, 0 failed/)
  expect(run.stdout.trim()).toBe('runs/double-well-quick')
  expect(image(['run', 'mnist-01', '--profile', 'quick', '--dry-run']).status).toBe(0)
  const sweep = [
    'sweep',
    'ornstein-uhlenbeck',
    '--over',
    'seed=1,2',
    '--set',
    'sampling.trajectories=40',
    '--out',
    'seeds',
  ]
  for (const index of [0, 1]) {
    const shard = image([...sweep, '--set', 'checks=[]', '--shard', 'auto'], {
      JOB_COMPLETION_INDEX: `${index}`,
      OVERDAMPED_SHARDS: '2',
    })
    expect(shard.stderr).toContain('1 of 1 points finished')
  }
  expect(image(['merge', 'seeds']).stdout.trim()).toBe('seeds/sweep.html')
})
