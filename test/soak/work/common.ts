import { loadScenario, OverdampedError } from '../../../src/index.js'

/** A piece of work that a process may be asked for over and over. It leaves nothing but files in its folder. */
export interface Work {
  readonly name: string
  /** @param cycle - how often it was done before: no two times are of the same seed or the same formulas */
  do(given: { readonly folder: string; readonly cycle: number; readonly signal: AbortSignal }): Promise<unknown>
}

/** Changes of a scenario as they are asked for: `path=value`. */
export const settings = (changes: Readonly<Record<string, unknown>>) =>
  Object.entries(changes).map(([path, value]) => `${path}=${JSON.stringify(value)}`)
/** And on a command line. */
export const setting = (changes: Readonly<Record<string, unknown>>) =>
  settings(changes).flatMap((set) => ['--set', set])
/** A scenario of the package, changed. */
export const shipped = (name: string, seed: number, changes: Readonly<Record<string, unknown>>) =>
  loadScenario(`scenarios/${name}.yaml`, { profile: 'quick', seed, set: settings(changes) })

/** Two threads: the fewest that are more than the calling one. */
export const threads = 2

/** Two moons, small enough to take a second. */
export const moons = {
  'network.hidden.units': 16,
  'noising.slices': 6,
  'learning.iterations': 20,
  'sampling.trajectories': 256,
}

/** @throws Error when the work succeeds, or fails in another way */
export async function expectFailure(work: Promise<unknown>, expected: string): Promise<void> {
  const failure = await work.then(
    () => 'success',
    (error: unknown) => (error instanceof OverdampedError ? error.code : (error as Error).constructor.name),
  )
  if (failure !== expected) throw new Error(`expected ${expected}, got ${failure}`)
}
