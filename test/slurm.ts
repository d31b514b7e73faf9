import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** A cluster of one node, of this machine's own Slurm, that belongs to whoever started it. */
export interface Slurm {
  /** with what commands of Slurm find it */
  readonly environment: NodeJS.ProcessEnv
  /** runs a command of Slurm, and returns what it prints */
  call(command: string, ...args: readonly string[]): string
  /** waits until no job is left; cancels what is left after so many seconds, and says so */
  idle(seconds: number): Promise<void>
  /** ends its daemons */
  stop(): Promise<void>
}

/**
 * What this machine lacks to be a cluster; null where it has all.
 *
 * @throws when REQUIRE_PEERS is set, as .ci/run does, and it lacks something
 */
export function slurmMissing(): string | null {
  const programs = ['sbatch', 'srun', 'slurmctld', 'slurmd', 'munged']
  const missing = programs.filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: paths() }).status !== 0,
  )
  const why = missing.length > 0 ? `no ${missing.join(', no ')}` : process.getuid?.() === 0 ? null : 'only root may'
  if (why !== null && process.env.REQUIRE_PEERS) throw new Error(`${why}, and REQUIRE_PEERS is set`)
  return why
}

/** Daemons lie where not everybody looks. */
const paths = () => ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` })

/** Starts munge and Slurm in a folder, on free ports, and waits until the node takes jobs. */
export async function startSlurm(folder: string, environment: NodeJS.ProcessEnv = {}): Promise<Slurm> {
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name), { recursive: true })
  const configuration = join(folder, 'slurm.conf')
  writeFileSync(join(folder, 'key'), randomBytes(128), { mode: 0o400 })
  writeFileSync(configuration, slurmConf(folder, await freePort(), await freePort()))
  const env = { ...paths(), ...environment, SLURM_CONF: configuration }
  const daemons: ChildProcess[] = []
  const start = (command: string, ...args: string[]) => daemons.push(spawn(command, args, { env, stdio: 'ignore' }))
  const at = (option: string, name: string) => `--${option}=${join(folder, name)}`
  start(
    'munged',
    '--foreground',
    '--force',
    at('socket', 'munge'),
    at('key-file', 'key'),
    at('pid-file', 'munge.pid'),
    at('seed-file', 'seed'),
  )
  start('slurmctld', '-D')
  start('slurmd', '-D')
  const call = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const slurm: Slurm = {
    environment: env,
    call,
    async idle(seconds) {
      if (await within(seconds, () => call('squeue', '--noheader').trim() === '')) return
      const left = call('squeue', '--noheader', '--format=%i %T %r')
      call('scancel', '--user=root')
      throw new Error(`after ${seconds} s there are jobs left: ${left}`)
    },
    async stop() {
      for (const daemon of daemons.reverse()) {
        const ended = new Promise((resolve) => daemon.once('exit', resolve))
        if (daemon.exitCode !== null || !daemon.kill()) continue
        await ended
      }
    },
  }
  const isIdle = () =>
    spawnSync('sinfo', ['--noheader', '--format=%T'], { env, encoding: 'utf8' }).stdout.trim() === 'idle'
  if (await within(20, isIdle)) return slurm
  await slurm.stop()
  throw new Error(`the node does not come up:\n${readFileSync(join(folder, 'slurmctld.log'), 'utf8').slice(-2000)}`)
}

/** Tries every tenth of a second. @returns whether it came true in time */
async function within(seconds: number, isSo: () => boolean): Promise<boolean> {
  for (let tries = 10 * seconds; tries > 0; tries--) {
    if (isSo()) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

function slurmConf(folder: string, control: number, node: number): string {
  const host = hostname().split('.')[0]
  return `ClusterName=overdamped
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${control}
SlurmdPort=${node}
AuthType=auth/munge
# What is queued again begins when its credential has run out: five seconds are the least.
AuthInfo=socket=${folder}/munge,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ReturnToService=2
MpiDefault=none
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
