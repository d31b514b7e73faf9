import { invalidValue } from '../errors.js'
import type { Observer } from '../physics/dynamics/observer.js'
import { keepRows, type PointSet } from '../physics/network/states.js'
import type { Backend, Simulation } from './backend.js'
import type { Hooks } from './hooks.js'
import { type SimulationOptions, simulationOf } from './simulation.js'

/** The states of all trajectories at one moment, [count, units] row by row. Its arrays are its own: they may be kept, and changed. */
export interface EnsembleFrame extends PointSet {
  /** steps that were made: 0 at the start */
  readonly step: number
  /** the protocol's clock */
  readonly clock: number
  /** work and heat of each trajectory so far, [count], where they are measured */
  readonly work?: Float64Array
  /** as `work`: what went to the bath, in the unit of the energy */
  readonly heat?: Float64Array
}

/** A simulation (see simulationOf), and which of its frames are wanted. */
export interface FramesOptions extends SimulationOptions {
  /** steps from one frame to the next; 1 when absent. The start and the last step have one, whatever this is */
  readonly every?: number | undefined
}

/**
 * Runs an ensemble on a backend and gives its states as they come, `simulate`'s to the bit:
 * `for await (const { clock, points } of framesOn(backend, { potential, protocol, trajectories }))`. The simulation is at most some
 * milliseconds ahead of who looks, and ends where the loop is left.
 *
 * @param given - all trajectories advance together, whatever its `batch`
 * @throws E_INVALID_VALUE for an `every` that is no number of steps; StoppedError when `signal` stopped it; else what `simulate` throws
 *
 * Cost: that of the simulation, and 8 bytes for each number of a frame. An ensemble that is too large for the memory of a device runs in
 * parts, and frames are held until their last part is there.
 */
export async function* framesOn(
  backend: Pick<Backend, 'simulate'>,
  { every = 1, ...given }: FramesOptions,
  hooks: Hooks = {},
): AsyncGenerator<EnsembleFrame, void, void> {
  if (!Number.isSafeInteger(every) || every < 1)
    throw invalidValue(`expected a whole number of steps, at least 1, got ${every}.`, 'every')
  const simulation = simulationOf({ ...given, batch: given.trajectories })
  const { frames, observer } = collect(simulation, every)
  const observers = [...simulation.observers, observer]
  const [arrived, taken] = [createGate(), createGate()]
  const ready = async () => {
    if (frames.length === 0 || own.signal.aborted) return
    const wait = taken.wait()
    arrived.open()
    await wait
  }
  const own = new AbortController()
  const stop = () => own.abort()
  hooks.signal?.addEventListener('abort', stop)
  if (hooks.signal?.aborted === true) stop()
  const end: { of: 'running' | 'done' | { readonly error: unknown } } = { of: 'running' }
  const ended = backend.simulate({ ...simulation, observers }, { ...hooks, signal: own.signal, ready }).then(
    () => {
      end.of = 'done'
      arrived.open()
    },
    (error: unknown) => {
      end.of = { error }
      arrived.open()
    },
  )
  try {
    for (;;) {
      const frame = frames.shift()
      if (frame !== undefined) yield frame
      else if (end.of !== 'running') break
      else {
        const wait = arrived.wait()
        taken.open()
        await wait
      }
    }
  } finally {
    hooks.signal?.removeEventListener('abort', stop)
    stop()
    taken.open()
    await ended
  }
  if (typeof end.of === 'object') throw end.of.error
}

/** Where one side waits until the other opens. */
function createGate() {
  let open = () => {}
  return { wait: () => new Promise<void>((resolve) => (open = resolve)), open: () => open() }
}

/** An observer that puts frames together from their batches, which come in the order of the trajectories; `frames` are those that are whole. */
function collect({ potential, protocol, trajectories }: Simulation, every: number) {
  const { units } = potential.network
  const steps = protocol.dt.length
  const begun = new Map<number, EnsembleFrame>()
  const frames: EnsembleFrame[] = []
  const observer: Observer = {
    trajectories,
    wants: (index) => (index + 1) % every === 0 || index + 1 === steps,
    see({ index, clock, first, batch, x, ...exchanged }) {
      const table = () => ({ points: new Float64Array(trajectories * units), count: trajectories, units })
      const isMeasured = exchanged.work !== undefined
      const room = () => new Float64Array(isMeasured ? trajectories : 0)
      const frame = begun.get(index) ?? {
        ...{ ...table(), step: index + 1, clock },
        ...(isMeasured ? { work: room(), heat: room() } : {}),
      }
      keepRows({ x, batch }, frame, first)
      const size = Math.min(batch, trajectories - first)
      for (const name of ['work', 'heat'] as const) {
        const values = exchanged[name]
        if (values !== undefined) frame[name]?.set(values.subarray(0, size), first)
      }
      if (first + size < trajectories) begun.set(index, frame)
      else {
        begun.delete(index)
        frames.push(frame)
      }
    },
  }
  return { frames, observer }
}
