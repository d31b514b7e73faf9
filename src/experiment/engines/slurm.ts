import { relative } from 'node:path'
import { exitCode, usageError } from '../../errors.js'
import { inWords } from '../files/shell.js'
import {
  type ArrayJob,
  type ArrayTask,
  type Engine,
  type Environment,
  forAtMost,
  numberIn,
  shardsVariable,
  taskOf,
} from './engine.js'

const of = (part: string) => `SLURM_ARRAY_TASK_${part}`

/** Array jobs of Slurm: two batch scripts, and one that submits them. */
export const slurm: Engine = {
  name: 'slurm',
  variables: ['ID', 'MIN', 'MAX', 'STEP', 'COUNT'].map(of),
  task(environment) {
    const id = numberIn(environment, of('ID'))
    if (id === undefined) return null
    const shards = numberIn(environment, shardsVariable)
    // Part of an array may be submitted again, and then counts itself alone.
    if (shards !== undefined) return taskOf(id - 1, shards, `${of('ID')} is ${id} and ${shardsVariable} ${shards}`)
    return taskOfRange(id, environment)
  },
  emit(job) {
    const { name, shards, cores, seconds, folder } = job
    const minutes = Math.ceil((seconds ?? usualSeconds) / 60) + minutesToStop
    const common = [
      `--cpus-per-task=${cores}`,
      `--time=${minutes}`,
      '--signal=TERM@120',
      '--requeue',
      '--open-mode=append',
    ]
    const files = {
      'shards.sh': batchScript(
        [`--job-name=${jobName(name)}`, `--array=1-${shards}`, ...common],
        `One task is one shard of ${shards}. It stops ${minutesToStop} minutes before its time is over.`,
        [...job.part, ...forAtMost(seconds ?? usualSeconds)],
        `export ${shardsVariable}=${shards}\n`,
      ),
      'merge.sh': batchScript(
        [`--job-name=${jobName(name)}-merge`, ...common],
        'Collects the shards when none is left to run, and names what is missing.',
        job.merge,
      ),
      'submit.sh': submitScript(job),
    }
    return { files, submit: inWords(['sh', `${folder}/submit.sh`]) }
  },
}

/** A task's own time, where nobody says. */
const usualSeconds = 55 * 60
/** Between the end of a task's own time and its limit: to keep its state, and to begin. */
const minutesToStop = 5
/** A task that has been queued again so often is not getting anywhere. */
const mostRestarts = 50

/** The task of an array that is a range: all that Slurm itself says. */
function taskOfRange(id: number, environment: Environment): ArrayTask {
  const [min, max, step, count] = ['MIN', 'MAX', 'STEP', 'COUNT'].map((part) => numberIn(environment, of(part)))
  const said = slurm.variables.map((name) => `${name}=${environment[name] ?? ''}`).join(' ')
  if (min === undefined || max === undefined || !step || count !== (max - min) / step + 1)
    throw usageError(
      `the tasks of the array are no whole range (${said}). Say with ${shardsVariable}=n that task i is shard i of n.`,
      '--shard auto',
    )
  return taskOf((id - min) / step, count, said)
}

function batchScript(options: readonly string[], about: string, words: readonly string[], before = ''): string {
  return `#!/bin/sh
${options.map((option) => `#SBATCH ${option}`).join('\n')}

# ${about} Stopped with its state kept (exit code
# ${exitCode.stopped}) it is queued again, and goes on there.
${before}PATH=$PATH:$PWD/node_modules/.bin
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" ${inWords(['overdamped', ...words])}
code=$?
if [ "$code" -eq ${exitCode.stopped} ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${mostRestarts} ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
`
}

function submitScript({ folder }: ArrayJob): string {
  const up = relative(folder, '.')
  const from = (name: string) => inWords([`${folder}/${name}`])
  // In the name of a log a per cent sign stands for something.
  const log = (name: string) => inWords([`--output=${folder.replaceAll('%', '%%')}/${name}`])
  return `#!/bin/sh
# Submits the shards, and the merge behind them. What follows is for both: sh submit.sh --partition=long --account=mine --mem=4G
set -eu
cd -- "$(dirname -- "$0")"/${inWords([up])}
shards=$(sbatch --parsable ${log('shard-%a.log')} "$@" ${from('shards.sh')})
merge=$(sbatch --parsable --dependency="afterany:\${shards%%;*}" ${log('merge.log')} "$@" ${from('merge.sh')})
echo "shards: job \${shards%%;*}; merge: job \${merge%%;*}"
`
}

/** A name that a directive takes as one word. */
function jobName(name: string): string {
  return `overdamped-${name.replace(/[^\w.+-]+/g, '-')}`.slice(0, 60)
}
