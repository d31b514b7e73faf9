import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { command } from '../command.js'
import { withMounts } from '../mounts.js'
import { fileFolder } from '../run-folder.js'
import { mixture, trap } from '../small-scenarios.js'

// Disks that are full, read-only or someone else's: real ones, in a space of mounts of the test's own.

const root = fileFolder()
const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const inside = withMounts()
if (inside === null) console.warn('full and read-only disks are not tested: nothing can be mounted here')
const node = `'${process.execPath}' '${main}'`
const disk = join(root, 'disk')
const file = (name: string) => join(root, `${name}.yaml`)

beforeAll(() => {
  mkdirSync(disk)
  // Results of a megabyte and more; and what would take hours.
  writeFileSync(file('large'), trap('large', 'trajectories: 200000', 0.05))
  writeFileSync(file('long'), trap('long', 'trajectories: 100000', 1000))
  writeFileSync(file('mixture'), mixture)
})

const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.skipIf(inside === null)(
  'a run that fills its disk says so, leaves what was there whole, and goes on when there is room',
  async () => {
    const whole = join(root, 'whole')
    await run(await loadScenario(file('large')), { directory: whole, backend: 'reference' })
    const begin = `${node} run '${file('large')}' --out '${disk}/run' --backend reference --quiet`
    const { stdout, stderr } = inside!(`
    mount -t tmpfs -o size=1m tmpfs '${disk}'
    echo 'of the user' > '${disk}/notes'
    ${begin}; echo "status $?"
    ls -A '${disk}/run' | tr '\\n' ' '; echo
    mount -o remount,size=32m '${disk}'
    ${begin} --resume > '${disk}/out'; echo "status $?"
    cat '${disk}/notes'
    cd '${disk}/run' && sha256sum *.np*
  `)
    expect(stderr).toMatch(/^[^\n]*ENOSPC[^\n]*\[E_FILE\]\n$/)
    const [first, names, second, notes, ...sums] = stdout.trimEnd().split('\n')
    expect([first, second, notes]).toEqual(['status 1', 'status 0', 'of the user'])
    expect(names).toContain('manifest.json')
    expect(names).not.toMatch(/\.tmp|\.lock/)
    const arrays = readdirSync(whole)
      .filter((name) => name.includes('.np'))
      .sort()
    expect(sums).toEqual(arrays.map((name) => `${sum(readFileSync(join(whole, name)))}  ${name}`))
  },
  120_000,
)

/** Commands that would write to a place, with exit code 1 or 2. */
const commands = (place: string, finished: string, unfinished: string): [string, string][] => [
  ['run', `run '${file('long')}' --quiet --out '${place}/new'`],
  ['run --resume', `run '${file('long')}' --quiet --resume --out '${unfinished}'`],
  ['sweep', `sweep '${file('long')}' --over seed=1,2 --quiet --out '${place}/sweep'`],
  ['sample', `sample '${finished}' --quiet --out '${place}/samples'`],
  ['gradients', `gradients '${file('mixture')}' --quiet --out '${place}/gradients'`],
  ['bench', `bench --from '${join(process.cwd(), 'bench', 'results.json')}' --out '${place}/bench'`],
  ['report', `report '${finished}'`],
]

/** A finished run and one that was stopped at its begin, in a folder. */
async function twoRuns(at: string): Promise<{ finished: string; unfinished: string }> {
  const [finished, unfinished] = [join(at, 'finished'), join(at, 'unfinished')]
  await run(await loadScenario(file('mixture')), { directory: finished, backend: 'reference' })
  const signal = AbortSignal.abort()
  await expect(run(await loadScenario(file('long')), { directory: unfinished, signal })).rejects.toThrow('stopped')
  return { finished, unfinished }
}

/** Each command's one line and its exit code, from a script that ran them one after the other. */
function expectLines(names: readonly string[], stdout: string, reason: RegExp): void {
  const answers = stdout.trimEnd().split('=====\n').slice(1)
  expect(answers).toHaveLength(names.length)
  for (const [n, answer] of answers.entries())
    expect(answer, names[n]).toMatch(new RegExp(`^[^\\n]*${reason.source}[^\\n]*\\[E_FILE\\]\\nstatus [12]\\n?$`))
}

const script = (all: readonly [string, string][], how = '') =>
  all.map(([, line]) => `echo =====; timeout 30 ${how} ${node} ${line} 2>&1; echo "status $?"`).join('\n')

describe('a place that cannot be written to is said in a line before anything long is computed:', () => {
  test.skipIf(inside === null)(
    'a read-only file system',
    async () => {
      const source = join(root, 'runs')
      const { finished, unfinished } = await twoRuns(source)
      const there = (path: string) => path.replace(source, disk)
      const all = commands(disk, there(finished), there(unfinished))
      const { stdout } = inside!(`
      mount --bind '${source}' '${disk}' && mount -o remount,ro,bind '${disk}'
      ${script(all)}
    `)
      expectLines(
        all.map(([name]) => name),
        stdout,
        /(read-only|EROFS)/,
      )
      expect(readdirSync(source).sort()).toEqual(['finished', 'unfinished'])
    },
    240_000,
  )

  test('a folder without permission', async () => {
    const theirs = join(root, 'theirs')
    const { finished, unfinished } = await twoRuns(theirs)
    const all = commands(theirs, finished, unfinished)
    // What is checked for root is nothing: nobody asks in its place.
    const isRoot = process.getuid?.() === 0
    for (const folder of [theirs, finished, unfinished]) chmodSync(folder, 0o555)
    for (const folder of [root, dirname(root)]) chmodSync(folder, statSync(folder).mode | 0o011)
    const how = isRoot ? 'setpriv --reuid=65534 --regid=65534 --clear-groups' : ''
    const { stdout } = spawnSync('sh', ['-c', script(all, how)], {
      ...{ encoding: 'utf8', timeout: 200_000 },
      env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache-of-nobody') },
    })
    for (const folder of [theirs, finished, unfinished]) chmodSync(folder, 0o755)
    expectLines(
      all.map(([name]) => name),
      stdout,
      /(permission|EACCES)/,
    )
    expect(readdirSync(theirs).sort()).toEqual(['finished', 'unfinished'])
  }, 240_000)
})

test('a run is drawn from where it can only be read', async () => {
  const { finished } = await twoRuns(join(root, 'read'))
  chmodSync(finished, 0o555)
  const samples = join(root, 'samples')
  expect((await command('sample', finished, '--quiet', '--backend', 'reference', '--out', samples)).status).toBe(0)
  chmodSync(finished, 0o755)
})
