import { usageError } from '../../errors.js'

/** Which task of an array job a process is. */
export interface ArrayTask {
  /** from 0 */
  readonly index: number
  /** how many tasks the array has */
  readonly size: number
}

/** Variables of a process, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A command in parts, and what collects them: what is handed to an engine. */
export interface ArrayJob {
  /** of the scenario */
  readonly name: string
  /** words behind the name of the program that do one part, which the engine's variables name (`--shard auto`) */
  readonly part: readonly string[]
  /** words behind the name of the program that collect all parts */
  readonly merge: readonly string[]
  /** how many parts */
  readonly shards: number
  /** of each part */
  readonly cores: number
  /** that a part computes before it stops with its state kept, in seconds; null where nobody says */
  readonly seconds: number | null
  /** where the files will lie, seen from where the commands are to run */
  readonly folder: string
}

/** Files for an engine, and what hands them to it. */
interface Emitted {
  /** contents by their names in the folder */
  readonly files: Readonly<Record<string, string>>
  /** the command that submits them, as a shell takes it, given from where the commands are to run */
  readonly submit: string
}

/** What runs array jobs on many machines: a batch system or a cluster of containers. */
export interface Engine {
  /** what it is called after `--emit` */
  readonly name: string
  /** the variables that tell a process which task it is */
  readonly variables: readonly string[]
  /** Which task this is; null where none of its variables are set. @throws E_USAGE where they contradict one another */
  task(environment: Environment): ArrayTask | null
  /** The files of an array job, and of the merge that waits for it. An engine without has its variables read, no more. */
  emit?(job: ArrayJob): Emitted
}

/** Says how many shards there are, to engines that do not say it themselves, and over what they say. */
export const shardsVariable = 'OVERDAMPED_SHARDS'

/** A whole number of the environment; undefined where it is not set. @throws E_USAGE for what is none */
export function numberIn(environment: Environment, name: string): number | undefined {
  const text = environment[name]
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw usageError(`${name} is ${JSON.stringify(text)}; expected a whole number.`, '--shard auto')
}

/** The task of this index. @throws E_USAGE where the array has none; `said` tells what the environment holds */
export function taskOf(index: number, size: number, said: string): ArrayTask {
  if (Number.isInteger(index) && index >= 0 && index < size) return { index, size }
  throw usageError(`${said}: there is no such task. Give the shard by hand: --shard i/n.`, '--shard auto')
}

/** Options of a command that is to stop with its state kept after so many seconds. */
export function forAtMost(seconds: number): readonly string[] {
  return ['--max-time', seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`]
}
