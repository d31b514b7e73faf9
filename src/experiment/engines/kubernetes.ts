import { stringify } from 'yaml'
import { packageVersion } from '../../backend/node/package-root.js'
import { exitCode, usageError } from '../../errors.js'
import { inWords } from '../files/shell.js'
import { type ArrayJob, type Engine, forAtMost, numberIn, shardsVariable, taskOf } from './engine.js'

const index = 'JOB_COMPLETION_INDEX'

/** Indexed jobs of Kubernetes, from 1.29 on: one for the shards, and one whose pod waits for them and merges. */
export const kubernetes: Engine = {
  name: 'kubernetes',
  variables: [index, shardsVariable],
  task(environment) {
    const at = numberIn(environment, index)
    if (at === undefined) return null
    const of = numberIn(environment, shardsVariable)
    if (of === undefined)
      throw usageError(
        `${index} is ${at}, but not of how many. Set ${shardsVariable} to the completions of the job.`,
        '--shard auto',
      )
    return taskOf(at, of, `${index} is ${at} and ${shardsVariable} ${of}`)
  },
  emit(job) {
    const [first, ...others] = [shardsOf(job), mergeOf(job)].map((one) =>
      stringify(one, { lineWidth: 0, aliasDuplicateObjects: false }),
    )
    return {
      files: { 'jobs.yaml': [header + first, ...others].join('---\n') },
      // Not by name, in which commas and quotes would stand for something.
      submit: `kubectl create --filename - < ${inWords([`${job.folder}/jobs.yaml`])}`,
    }
  },
}

/** Built from the package's Dockerfile. */
const image = `overdamped:${packageVersion()}`
const volume = 'overdamped'
const directory = '/overdamped'
/** Failures of a shard other than having been stopped. */
const mostFailures = 3
const gibibytesPerCore = 2

const header = `# A job for the shards, and one that waits for them and merges. To be changed where they are otherwise in your cluster:
#   image      built from the Dockerfile of overdamped, and pushed to where the nodes pull from
#   claimName  a volume that all pods may write to (ReadWriteMany), which holds the scenario and takes the runs; ${directory} in the pods
#   resources  of a pod; memory as the scenario needs
`

/** Exit code 75 is no failure: the shard was stopped with its state kept, and a new pod goes on there. */
const stopped = {
  action: 'Ignore',
  onExitCodes: { containerName: 'overdamped', operator: 'In', values: [exitCode.stopped] },
}
/** Nor is a node that is drained, or a pod that has to give way. */
const disturbed = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }
/** A command that is wrong would be wrong again. */
const wrong = (action: 'FailIndex' | 'FailJob') => ({
  action,
  onExitCodes: { containerName: 'overdamped', operator: 'In', values: [exitCode.usage] },
})

function shardsOf({ name, part, shards, cores, seconds }: ArrayJob): object {
  const words = [...part, ...(seconds === null ? [] : forAtMost(seconds))]
  return jobOf(objectName(name), {
    completionMode: 'Indexed',
    completions: shards,
    parallelism: shards,
    backoffLimitPerIndex: mostFailures,
    podFailurePolicy: { rules: [stopped, disturbed, wrong('FailIndex')] },
    template: podOf(words, cores, [{ name: shardsVariable, value: String(shards) }]),
  })
}

function mergeOf({ name, merge, cores }: ArrayJob): object {
  return jobOf(`${objectName(name)}-merge`, {
    backoffLimit: mostFailures,
    podFailurePolicy: { rules: [stopped, disturbed, wrong('FailJob')] },
    template: podOf([...merge, '--wait'], cores),
  })
}

function jobOf(name: string, spec: object): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { podReplacementPolicy: 'Failed', ...spec } }
}

/** A pod that runs as an ordinary user and writes to the volume, and to what goes with it, alone. */
function podOf(words: readonly string[], cores: number, env: readonly object[] = []): object {
  const resources = { cpu: String(cores), memory: `${cores * gibibytesPerCore}Gi` }
  return {
    spec: {
      restartPolicy: 'Never',
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      automountServiceAccountToken: false,
      // Long enough to keep a state.
      terminationGracePeriodSeconds: 120,
      containers: [
        {
          name: 'overdamped',
          image,
          // A dollar sign before a parenthesis would be taken for a variable.
          args: words.map((word) => word.replaceAll('$', '$$$$')),
          // Kernels are compiled once for each kind of processor, and kept where all pods find them.
          env: [{ name: 'XDG_CACHE_HOME', value: `${directory}/.cache` }, ...env],
          workingDir: directory,
          resources: { requests: resources, limits: resources },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'runs', mountPath: directory },
            { name: 'scratch', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'runs', persistentVolumeClaim: { claimName: volume } },
        { name: 'scratch', emptyDir: {} },
      ],
    },
  }
}

/** A name as Kubernetes takes it, with room for what it puts behind. */
function objectName(name: string): string {
  const word = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `overdamped-${word}`.slice(0, 45).replace(/-+$/, '')
}
