import type { PointSet } from './point-set.js'

/** One way of doing it in the run of an objective; an arm that is expected to fail is a control. */
export interface Arm {
  name: string
  fails: boolean
  /** What others are judged beside, which the run does not stand for. */
  reference: boolean
  /** local, three-factor, or sampler */
  locality: string
  figures: Record<string, number>
  /** Evaluations of force and energy, work and heat in kT, of one repetition. */
  cost: Record<string, number>
  /** Of the first repetition; empty where the arm tells no classes. */
  reliability: ReliabilityBin[]
}

/** Held-out states whose most probable class was told with about the same probability, and the share of them that are of it. */
export interface ReliabilityBin {
  confidence: number
  frequency: number
  standardError: number
  count: number
}

/** A column of a table that was learned from: names of its categories, or numbers mean + deviation·x. */
export interface DataColumn {
  name: string
  categories?: string[]
  mean?: number
  deviation?: number
}

/** A figure of an arm over the iterations, the mean over the repetitions. */
export interface ObjectiveCurve {
  arm: string
  figure: string
  iteration: number[]
  value: number[]
}

/** A density over one unit, [x.length], or two, [x.length, x.length]. */
export interface DrawnDensity {
  name: string
  units: 1 | 2
  x: ArrayLike<number>
  density: ArrayLike<number>
}

/** A curve of one of the charts that a study draws itself. */
export interface StudyCurve {
  chart: string
  name: string
  x: ArrayLike<number>
  y: ArrayLike<number>
}

/** Images that an arm drew. */
export interface DrawnImages {
  name: string
  images: PointSet
}

/** What the run of an objective did. */
export interface ObjectiveRecord {
  kind: string
  arms: Arm[]
  curves: ObjectiveCurve[]
  densities: DrawnDensity[]
  /** Of a table; empty for other data. */
  columns: DataColumn[]
  drawn: StudyCurve[]
  /** of units on a lattice */
  images: DrawnImages[]
}
