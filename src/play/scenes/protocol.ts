import { numbersOf } from './numbers.js'
import type { ProtocolRecord } from './record.js'

/** A protocol of a record, step by step; one that changes nothing goes on for ever in steps of the last length. */
export interface SceneProtocol {
  /** θ before the first step, [parameters] */
  readonly first: Float64Array
  /** how many steps there are; Infinity where nothing changes */
  readonly steps: number
  /** the clock at its end; Infinity likewise */
  readonly duration: number
  /** whether landscape and temperature stay as they are */
  readonly isAtRest: boolean
  /** whether it has temperatures of its own */
  readonly heats: boolean
  /** length of a step */
  dt(step: number): number
  /** temperature during it */
  kT(step: number): number
  /** writes θ of a step to `theta`, [parameters] */
  parameters(step: number, theta: Float64Array): void
}

/** Reads a protocol again. @param kT - of the bath, where the protocol has none of its own */
export function protocolOf({ steps, moving, ...record }: ProtocolRecord, kT: number): SceneProtocol {
  const first = numbersOf(record.theta)
  const table = numbersOf(record.table)
  const columns = table.length / (steps + 1)
  const dt = typeof record.dt === 'number' ? null : numbersOf(record.dt)
  const temperatures = record.kT === null ? null : numbersOf(record.kT)
  const isAtRest = moving.length === 0 && temperatures === null
  const within = (step: number) => Math.min(step, steps - 1)
  const lengthOf = (step: number) => (dt === null ? (record.dt as number) : dt[within(step)]!)
  return {
    first,
    isAtRest,
    heats: temperatures !== null,
    steps: isAtRest ? Infinity : steps,
    duration: isAtRest ? Infinity : dt === null ? steps * lengthOf(0) : dt.reduce((sum, h) => sum + h, 0),
    dt: lengthOf,
    kT: (step) => temperatures?.[within(step)] ?? kT,
    parameters(step, theta) {
      theta.set(first)
      for (const { parameter, column } of moving) theta[parameter] = table[(within(step) + 1) * columns + column]!
    },
  }
}
