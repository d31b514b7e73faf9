import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { Environment } from '../../src/experiment/engines/engine.js'
import { emittingEngines } from '../../src/experiment/engines/names.js'
import { parseShard } from '../../src/experiment/executor/shard.js'
import { commandIn } from '../command.js'
import { fileFolder } from '../run-folder.js'

const folder = fileFolder()
const slurm = (id: number, min: number, max: number, step: number, count: number): Environment => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${max}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
})

describe('--shard auto', () => {
  test.each<[string, Environment, string]>([
    ['Slurm, 1-8', slurm(3, 1, 8, 1, 8), '3/8'],
    ['Slurm, 0-7', slurm(0, 0, 7, 1, 8), '1/8'],
    ['Slurm, 2-10:4', slurm(10, 2, 10, 4, 3), '3/3'],
    ['Slurm, one of 8 again', { ...slurm(5, 5, 5, 1, 1), OVERDAMPED_SHARDS: '8' }, '5/8'],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0', OVERDAMPED_SHARDS: '4' }, '1/4'],
    ['AWS Batch', { AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10' }, '10/10'],
  ])('is what the engine says: %s', (_, environment, shard) => {
    expect(parseShard('auto', environment)).toEqual(parseShard(shard))
  })

  test.each<[string, Environment, RegExp]>([
    ['nothing', {}, /none of SLURM_ARRAY_TASK_ID \(slurm\), JOB_COMPLETION_INDEX \(kubernetes\), AWS_BATCH_JOB_A/],
    ['no range', slurm(7, 1, 7, 1, 3), /no whole range \(SLURM_ARRAY_TASK_ID=7 .*COUNT=3\).*OVERDAMPED_SHARDS=n/],
    ['between two tasks', slurm(4, 1, 7, 2, 4), /there is no such task/],
    ['an id alone', { SLURM_ARRAY_TASK_ID: '1' }, /no whole range/],
    ['an id above', { SLURM_ARRAY_TASK_ID: '9', OVERDAMPED_SHARDS: '8' }, /_ID is 9 and OVERDAMPED_SHARDS 8: there is/],
    ['an id below', { SLURM_ARRAY_TASK_ID: '0', OVERDAMPED_SHARDS: '8' }, /there is no such task/],
    ['an index of how many', { JOB_COMPLETION_INDEX: '1' }, /Set OVERDAMPED_SHARDS to the completions/],
    [
      'words',
      { JOB_COMPLETION_INDEX: 'two', OVERDAMPED_SHARDS: '3' },
      /JOB_COMPLETION_INDEX is "two"; expected a whole/,
    ],
    ['an index without size', { AWS_BATCH_JOB_ARRAY_INDEX: '1' }, /ARRAY_SIZE not set: there is no such task/],
    ['two engines', { ...slurm(1, 1, 2, 1, 2), JOB_COMPLETION_INDEX: '0', OVERDAMPED_SHARDS: '2' }, /slurm and kube/],
  ])('refuses %s', (_, environment, message) => {
    expect(() => parseShard('auto', environment)).toThrow(message)
    expect(() => parseShard('auto', environment)).toThrow(/^--shard auto: .*\[E_USAGE\]$/)
  })
})

/** What a shell could take for something else. */
const awkward = [`it's "x"`, '$HOME `id` $(id) $$', 'a\nb', 'back\\slash %a', '{x}; exit 1 #']
const out = `runs/${awkward[0]} ${awkward[1]!.replace('/', '')}`
const scenario = `${awkward.join(' ')}.yaml`
const awkwardSweep = [
  ...['sweep', scenario, '--profile', awkward[2]!, '--over', 'seed=1,2,3'],
  ...['--set', 'initial={kind: "point", x: 0}', '--jobs', '2', '--quiet', '--out', out],
]
writeFileSync(
  join(folder, scenario),
  `name: awkward
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
protocol: { duration: 0.1, parameters: { stiffness: 1 } }
sampling: { trajectories: 10 }
profiles: { ${JSON.stringify(awkward[2])}: { sampling.trajectories: 20 } }
`,
)

describe('--emit slurm', () => {
  test('writes scripts whose words survive a shell, submits the merge behind the shards, and queues what was stopped again', async () => {
    const { stdout, status } = await commandIn(folder, ...awkwardSweep, '--emit', 'slurm', '--shards', '3')
    expect(status).toBe(0)
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    // Each notes its words; sbatch runs the script once for each task, as Slurm would.
    const stubs = {
      sbatch: `note sbatch "$@"
        for script; do :; done
        case $script in *shards.sh) for task in 1 2 3; do SLURM_CPUS_PER_TASK=2 SLURM_JOB_ID=4$task SLURM_ARRAY_TASK_ID=$task sh "$script" || :; done; echo '17;main';;
        *) SLURM_CPUS_PER_TASK=2 SLURM_JOB_ID=18 sh "$script"; echo 18;; esac`,
      srun: 'shift; exec "$@"',
      scontrol: 'note scontrol "$@"',
      overdamped: `note overdamped "$@"
        [ "$SLURM_ARRAY_TASK_ID" != 2 ] || exit 75`,
    }
    const note = `note() { printf '%s\\0' "$@" >> '${folder}/calls'; printf '\\n\\0' >> '${folder}/calls'; }`
    for (const [name, script] of Object.entries(stubs)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${note}\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    }
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    // From elsewhere, with an option for both.
    const script = join(folder, `${out}-slurm`, 'submit.sh')
    const submitted = spawnSync('sh', [script, '--partition=long'], { cwd: bin, env, encoding: 'utf8' })
    expect(submitted.stderr).toBe('')
    expect(submitted.stdout).toBe('shards: job 17; merge: job 18\n')
    const calls = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\0\n\0')
      .map((call) => call.split('\0'))
    const logs = `--output=${out.replaceAll('%', '%%')}-slurm`
    const shard = [
      ...['overdamped', ...awkwardSweep.slice(0, -2)],
      ...['--threads', '2', '--shard', 'auto', '--out', out, '--max-time', '55m'],
    ]
    expect(calls.map((call) => call.slice().sort())).toEqual(
      [
        ['sbatch', '--parsable', `${logs}/shard-%a.log`, '--partition=long', `${out}-slurm/shards.sh`],
        shard,
        shard,
        ['scontrol', 'requeue', '42'],
        shard,
        [
          'sbatch',
          '--parsable',
          '--dependency=afterany:17',
          `${logs}/merge.log`,
          '--partition=long',
          `${out}-slurm/merge.sh`,
        ],
        ['overdamped', 'merge', out],
        [''],
      ].map((call) => call.sort()),
    )
    expect(stdout.trim()).toBe(`sh '${out.replaceAll("'", `'\\''`)}-slurm/submit.sh'`)
  })
})

/** A part of a job as YAML has it. */
interface KubernetesJob {
  spec: {
    completions?: number
    template: { spec: { containers: { args: string[]; env: { name: string; value: string }[] }[] } }
  }
}

/** A command of Kubernetes that decodes a job as its server does, or what is missing. Debian has none that is new enough to ask for. */
const kubectl = spawnSync('kubectl', ['version', '--client', '--output=json'], { encoding: 'utf8' })
const minor = Number(/"minor": "(\d+)/.exec(kubectl.stdout ?? '')?.[1] ?? 0)
const withoutKubectl = minor >= 29 ? '' : ' (skipped: no kubectl from 1.29 on)'

describe('--emit kubernetes', () => {
  const file = join(folder, `${out}-kubernetes`, 'jobs.yaml')
  const emitted = async () => {
    const { stdout } = await commandIn(
      folder,
      ...awkwardSweep,
      '--emit',
      'kubernetes',
      '--shards',
      '3',
      '--max-time',
      '90s',
    )
    expect(stdout).toMatch(/^kubectl create --filename - < '.*jobs\.yaml'\n$/s)
    return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as KubernetesJob)
  }

  test('writes a job whose words survive, an index for each shard, and one that waits and merges', async () => {
    const [shards, merge, ...rest] = await emitted()
    expect(rest).toEqual([])
    const containers = [shards, merge].map((job) => job!.spec.template.spec.containers[0]!)
    // What Kubernetes makes of words: two dollar signs are one, and what is left of them no variable.
    const words = containers.map(({ args }) =>
      args.map((word) =>
        word
          .replaceAll('$$', '\0')
          .replaceAll(/\$\(.*\)/g, '')
          .replaceAll('\0', '$'),
      ),
    )
    expect(words[0]!.sort()).toEqual(
      [
        ...awkwardSweep.slice(0, -2),
        ...['--threads', '2', '--shard', 'auto', '--out', out, '--max-time', '90s'],
      ].sort(),
    )
    expect(words[1]).toEqual(['merge', out, '--wait'])
    const environment = Object.fromEntries(containers[0]!.env.map(({ name, value }) => [name, value]))
    expect(shards!.spec.completions).toBe(3)
    expect(parseShard('auto', { ...environment, JOB_COMPLETION_INDEX: '2' })).toEqual({ part: 3, of: 3 })
  })

  test.skipIf(withoutKubectl !== '')(`is decoded by kubectl, which knows every key${withoutKubectl}`, async () => {
    await emitted()
    const decode = ['set', 'image', '--local', '--filename', '-', 'overdamped=other', '--output=yaml']
    const { stdout, stderr } = spawnSync('kubectl', decode, { input: readFileSync(file), encoding: 'utf8' })
    expect(stderr).toBe('')
    const decoded = parseAllDocuments(stdout).map((document) => document.toJS())
    const asked = parseAllDocuments(readFileSync(file, 'utf8').replaceAll(/image: .*/g, 'image: other')).map(
      (document) => document.toJS(),
    )
    // A key that it does not know it leaves out.
    expect(decoded).toMatchObject(asked)
  })
})

describe('--emit', () => {
  const small = ['sweep', 'double-well', '--over', 'seed=1,2,3', '--out', 'free']

  test('has at most as many shards as there are points, eight of many, and of a run', async () => {
    expect((await commandIn(folder, ...small, '--emit', 'slurm')).stderr).toContain('3 shards')
    const run = await commandIn(folder, 'run', 'jarzynski', '--emit', 'slurm', '--out', 'study')
    expect(run.stderr).toContain('8 shards')
    const script = readFileSync(join(folder, 'study-slurm', 'shards.sh'), 'utf8')
    expect(script).toContain(' overdamped run jarzynski --threads 1 --shard auto --out study --max-time 55m\n')
  })

  test('refuses a run that has no parts, at its key', async () => {
    const { status, stderr } = await commandIn(folder, 'run', 'mnist-01', '--emit', 'slurm', '--out', 'refused')
    expect(stderr).toMatch(/Set learning\.start=independent.*\[E_INVALID_VALUE\]/)
    expect(status).toBe(2)
  })

  test('leaves files that are there alone: the same again is no change, and another is refused', async () => {
    const file = join(folder, 'free-slurm', 'submit.sh')
    await commandIn(folder, ...small, '--emit', 'slurm')
    const before = readFileSync(file, 'utf8')
    expect((await commandIn(folder, ...small, '--emit', 'slurm')).status).toBe(0)
    writeFileSync(file, `${before}# mine\n`)
    const { status, stderr } = await commandIn(folder, ...small, '--emit', 'slurm')
    expect(stderr).toMatch(/free-slurm\/submit\.sh: it is there already.*\[E_OUTPUT_NOT_EMPTY\]/)
    expect(status).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe(`${before}# mine\n`)
  })

  test.each([
    [['--emit', 'slurm', '--shard', '1/2'], /--shard: --emit gives each task its own/],
    [['--emit', 'slurm', '--shards', '4'], /--shards 4: expected a whole number from 1 to 3\./],
    [['--emit', 'slurm', '--shards', '0'], /--shards 0: expected a whole number from 1/],
    [['--emit', 'pbs'], /expected slurm, kubernetes, got "pbs"/],
    [['--emit', 'slurm', '--executor', 'queue'], /--executor queue: tasks of an array job/],
    [['--shards', '2'], /--shards 2: it goes with --emit/],
    [['--emit', 'slurm', '--max-time', 'long'], /--max-time long: expected a time/],
    [['--emit', 'slurm', '--over', 'sampling.trajectories=10,-1'], /--over sampling\.trajectories/],
  ])('refuses %j before it writes', async (options, message) => {
    const { status, stderr } = await commandIn(folder, ...small.slice(0, -1), 'refused', ...options)
    expect(stderr).toMatch(message)
    expect(status).toBe(2)
    expect(readdirSync(folder).filter((name) => name.startsWith('refused'))).toEqual([])
  })

  test.each(emittingEngines)('writes the files of examples/scaling for %s', async (engine) => {
    const grid = ['--over', 'sampling.slowdown=1,2,4,8', '--over', 'seed=1,2,3,4,5,6']
    await commandIn(
      folder,
      'sweep',
      'thermodynamic-bill',
      '--profile',
      'quick',
      ...grid,
      '--out',
      'bill',
      '--emit',
      engine,
    )
    const [written, shown] = [join(folder, `bill-${engine}`), `examples/scaling/bill-${engine}`]
    expect(readdirSync(shown)).toEqual(readdirSync(written))
    for (const name of readdirSync(written))
      expect(readFileSync(join(shown, name), 'utf8'), name).toBe(readFileSync(join(written, name), 'utf8'))
  })
})
