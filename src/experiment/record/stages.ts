import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Keeper } from '../../backend/hooks.js'
import { damaged } from '../files/checksum.js'
import { namesIn } from '../files/folder.js'
import { isStateFile, readState, restorePrevious, stageOf, stateFiles, writeState } from './state-file.js'

/** Seconds between two states that are kept, at least. */
const shortest = 10
/** Times that keeping a state took, before the next is kept: it costs at most one per cent. */
const patience = 100
/**
 * Bytes a second that the first state is taken to be written at, when none has shown it: a million particles have 120 MB, of which a
 * single state would be a twentieth of a run of ten seconds. Encoding, checksum and sync took 1.0 s for them on a busy machine.
 */
const assumedSpeed = 1e8

/** The stages of a run that take long, each of which goes on from its own state. */
export interface Stages {
  /** @param name - of the stage, one that `stageOf` knows; that of training is empty */
  keeper<State>(name: string): Keeper<State>
}

/** Stages of what has no directory: nothing of them is kept. */
export const unkept: Stages = {
  keeper: () => ({ found: null, isDue: () => false, keep() {}, unfit: (what) => new Error(what) }),
}

/** How states are kept. */
export interface StageOptions {
  /** of the run: a state of another is refused */
  readonly of: string
  /** seconds between two states; by default 10, and more where keeping one takes more than 0.1 s */
  readonly interval?: number | undefined
  readonly onNote?: ((line: string) => void) | undefined
}

/**
 * The stages of a run in its directory. Time is that of a clock that never jumps.
 *
 * A stage that has ended needs no word: begun again it goes on from the state that it kept last, as one that was killed does.
 */
export function openStages(directory: string, { of, interval, onNote }: StageOptions): Stages {
  let last = performance.now()
  let wait = 1000 * (interval ?? shortest)
  let isMeasured = interval !== undefined
  return {
    keeper<State>(name: string): Keeper<State> {
      if (stageOf(stateFiles(name).newest) !== name) throw new Error(`nobody removes the states of a stage "${name}"`)
      const found = readState(directory, name, of)
      if (found !== null) onNote?.(found.fault ?? `going on from ${basename(found.source)}`)
      if (found?.fault != null) restorePrevious(directory, name)
      return {
        found: (found?.value ?? null) as State | null,
        isDue: (bytes = 0) =>
          performance.now() - last >= (isMeasured ? wait : Math.max(wait, (1000 * patience * bytes) / assumedSpeed)),
        keep(state) {
          const began = performance.now()
          writeState(directory, name, of, state)
          last = performance.now()
          isMeasured = true
          if (interval === undefined) wait = Math.max(1000 * shortest, patience * (last - began))
        },
        unfit: (what) => damaged(found?.source ?? join(directory, stateFiles(name).newest), what),
      }
    },
  }
}

/**
 * The states that an unfinished run, or a job, would go on from are whole.
 *
 * @param of - what they must be of; anything when null
 * @throws E_FORMAT naming one that is not
 */
export function requireWholeStates(directory: string, of: string | null): void {
  const stages = namesIn(directory).flatMap((name) => stageOf(name) ?? [])
  for (const stage of new Set(stages)) readState(directory, stage, of)
}

/** Whether a directory holds anything to go on from. */
export function hasStates(directory: string): boolean {
  return namesIn(directory).some(isStateFile)
}

/** Removes the states of stages that a finished run needs no more: all but the end of training. */
export function dropStates(directory: string): void {
  const { newest } = stateFiles('')
  for (const name of namesIn(directory))
    if (isStateFile(name) && name !== newest) rmSync(join(directory, name), { force: true })
}
