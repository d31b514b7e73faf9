import { OverdampedError } from '../../errors.js'
import type { States } from '../../physics/network/states.js'
import { firstPassage, missedCrossingShift } from '../../physics/observe/first-passage.js'
import { jarzynski } from '../../physics/observe/jarzynski.js'
import { forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { energyOfUnit, meanFirstPassage } from '../../physics/truth/escape.js'
import { type ModelDensity, modelDensity } from '../../physics/truth/partition.js'
import type { DraggedFreeEnergy, LandscapeNow, PassageNow } from './messages.js'

/** Points that a landscape is drawn at. */
const points = 241
/** Resamples that the error of an average is taken from: enough for a tenth of it. */
const resamples = 60

/** The law e^(-U/kT)/Z of a single unit; null where the landscape confines nothing, or nothing settles to it. */
export function lawOf(potential: Potential, theta: Float64Array, bath: Bath): ModelDensity | null {
  try {
    return modelDensity(potential, theta, bath)
  } catch (error) {
    if (error instanceof OverdampedError) return null
    throw error
  }
}

/** The landscape of a single unit where its states are and about them. @param unitOfEnergy - kT that it is shown in */
export function landscapeNow(
  potential: Potential,
  theta: Float64Array,
  law: ModelDensity | null,
  { x }: States,
  unitOfEnergy: number,
): LandscapeNow {
  const [low, high] = rangeOf(law, x)
  const at = Float64Array.from({ length: points }, (_, n) => low + ((high - low) * n) / (points - 1))
  const energy = new Float64Array(points)
  forceAndEnergy(potential, theta, at, points, null, energy)
  const lowest = energy.reduce((a, b) => Math.min(a, b), Infinity)
  return {
    at: Float32Array.from(at),
    potential: Float32Array.from(energy, (u) => (u - lowest) / unitOfEnergy),
    density: law === null ? null : Float32Array.from(at, (place) => interpolated(law, place)),
  }
}

/** Of a density, what is seen: places where it is more than this part of its largest value. */
const seen = 1e-5

/** From where to where a landscape is drawn: to where its law is faint, and wherever a state is. */
function rangeOf(law: ModelDensity | null, x: Float64Array): [number, number] {
  let [low, high] = x.reduce(([a, b], value) => [Math.min(a!, value), Math.max(b!, value)], [Infinity, -Infinity])
  if (law !== null) {
    const most = law.density.reduce((a, b) => Math.max(a, b), 0)
    const first = law.density.findIndex((p) => p > seen * most)
    const last = law.density.findLastIndex((p) => p > seen * most)
    ;[low, high] = [Math.min(low!, law.x[first]!), Math.max(high!, law.x[last]!)]
  }
  const margin = Math.max(0.25, 0.08 * (high! - low!))
  return [low! - margin, high! + margin]
}

function interpolated({ x, density }: ModelDensity, place: number): number {
  const cell = (place - x[0]!) / (x[1]! - x[0]!)
  const n = Math.floor(cell)
  if (n < 0 || n >= x.length - 1) return 0
  return density[n]! + (cell - n) * (density[n + 1]! - density[n]!)
}

/** What dragging has gained in free energy, beside its exact value, in kT. @param work - [trajectories], in kT */
export function draggedFreeEnergy(work: Float64Array, exact: number): DraggedFreeEnergy {
  const { value, standardError, warning } = jarzynski(work, 1, { resamples })
  return { value, standardError, exact, warning }
}

/** First crossings by a clock, and the exact mean from a point at rest; null where it is none. */
export function passageNow(times: Float64Array, clock: number, exact: number | null): PassageNow {
  const { runs, censored, mean, restrictedMean, exponentialMean } = firstPassage(times, clock)
  return { runs, censored, mean, restrictedMean, exponentialMean, exact }
}

/** The exact mean time from one place to another, where crossings are looked for once a step. */
export function exactPassage(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  dt: number,
  from: number,
  to: number,
): number {
  const beyond = to + Math.sign(to - from) * missedCrossingShift(bath, dt)
  return meanFirstPassage(energyOfUnit(potential, theta), bath, from, beyond)
}
