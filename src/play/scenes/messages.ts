import type { FirstPassage } from '../../physics/observe/first-passage.js'
import type { SceneRecord } from './record.js'

/** What the page of a scene asks of its worker, and what the worker answers. Energies are in units of the record's kT. */
export interface SceneQuestions {
  /** makes the scene of a record; before all else */
  open: { ask: { record: SceneRecord }; answer: SceneOpened }
  /** anew, from the start */
  begin: { ask: SceneBegin; answer: SceneFrame }
  /** so many steps of the simulation, or iterations of learning; at the end the last frame again */
  advance: { ask: SceneAdvance; answer: SceneFrame }
  /** another temperature of the bath, or noise level that is looked at, from now on */
  set: { ask: SceneSet; answer: SceneFrame }
  /** samples with what was learned so far */
  draw: { ask: { trajectories: number; seed: number }; answer: SceneDrawn }
}

/** What a scene is, for who draws it. */
export type SceneOpened = SimulationOpened | LearningOpened | ContrastOpened

/** Oscillators in a landscape that is given. */
export interface SimulationOpened {
  /** tells it from other scenes */
  readonly kind: 'simulation'
  /** how many there are */
  readonly units: number
  /** rows, columns; null without a lattice */
  readonly lattice: readonly [number, number] | null
  /** how many trajectories its scenario has */
  readonly trajectories: number
  /** steps of the protocol; null where nothing changes and it goes on for as long as one likes */
  readonly steps: number | null
  /** the protocol's clock at its end; null as `steps` */
  readonly duration: number | null
  /** where a first crossing counts; null where none is watched */
  readonly passage: number | null
}

/** A landscape that is learned. */
export interface LearningOpened {
  /** tells it from other scenes */
  readonly kind: 'learning'
  /** noise times that parameters are learned at, noisiest first, [K + 1] */
  readonly knots: Float64Array
  /** the data, [count, 2] */
  readonly data: Float32Array
  /** iterations of all knots together */
  readonly iterations: number
  /** the plane is shown from -extent to +extent */
  readonly extent: number
}

/** Ways of learning the weights of two wells. */
export interface ContrastOpened {
  /** tells it from other scenes */
  readonly kind: 'contrast'
  /** the data, [count] */
  readonly data: Float32Array
  /** share of the last well in the law of the data */
  readonly weight: number
  /** the line that densities are drawn on, [points] */
  readonly at: Float32Array
  /** the law of the data there, [points] */
  readonly truth: Float32Array
  /** iterations of learning */
  readonly iterations: number
  /** name of each way */
  readonly arms: readonly string[]
}

/** A trap that a hand holds: κ(x - λ)²/2 on the first unit. */
export interface Trap {
  /** κ, in the record's unit of energy; 0 is none */
  readonly stiffness: number
  /** λ */
  readonly position: number
}

/** How a scene begins. */
export interface SceneBegin {
  /** of every random number */
  readonly seed: number
  /** how many; the record's when absent */
  readonly trajectories?: number | undefined
  /** of a single unit: in the equilibrium of the landscape, trap and all, whatever the record's start */
  readonly equilibrium?: boolean | undefined
  /** temperature of the bath over the record's; 1 when absent */
  readonly kT?: number | undefined
  /** the trap that is there from the start; none when absent */
  readonly trap?: Trap | undefined
}

/** How far a scene is to go. */
export interface SceneAdvance {
  /** of the simulation, or of learning */
  readonly steps: number
  /** where the trap is to be at the end of these steps; it goes there evenly. It stays when absent */
  readonly trap?: Trap | undefined
}

/** What changes from now on. */
interface SceneSet {
  /** temperature of the bath over the record's */
  readonly kT?: number | undefined
  /** the knot whose landscape is looked at; null for the one that is learned */
  readonly knot?: number | null | undefined
}

/** A scene at one moment. */
export type SceneFrame = SimulationFrame | LearningFrame | ContrastFrame

/** Oscillators at one moment, and what was exchanged so far. */
export interface SimulationFrame {
  /** tells it from other frames */
  readonly kind: 'simulation'
  /** steps that were made */
  readonly step: number
  /** time that has gone by */
  readonly clock: number
  /** temperature of the bath in the last step, over the record's */
  readonly kT: number
  /** states, [trajectories, units] */
  readonly x: Float32Array
  /** done on each trajectory, in kT */
  readonly work: Float64Array
  /** given by each to the bath, in kT */
  readonly heat: Float64Array
  /** U now less U at the start, from the two energies alone, in kT */
  readonly energyChange: Float64Array
  /** largest |ΔU - W + Q| of a trajectory, in kT */
  readonly firstLaw: number
  /** of a single unit; null for more */
  readonly landscape: LandscapeNow | null
  /** of what was dragged from equilibrium at one temperature; null elsewhere */
  readonly freeEnergy: DraggedFreeEnergy | null
  /** first crossings of the place that is watched; null where none is */
  readonly passage: PassageNow | null
  /** whether the protocol is at its end */
  readonly done: boolean
}

/** The potential of a single unit as it stands. */
export interface LandscapeNow {
  /** positions, [points] */
  readonly at: Float32Array
  /** U there, in kT, less its lowest value there, [points] */
  readonly potential: Float32Array
  /** e^(-U/kT)/Z there; null where the landscape confines nothing, [points] */
  readonly density: Float32Array | null
}

/** The free energy that was gained, in kT: by Jarzynski's average of the work, and exactly. */
export interface DraggedFreeEnergy {
  /** -ln⟨e^(-W/kT)⟩ */
  readonly value: number
  /** by resampling; NaN: not known */
  readonly standardError: number
  /** by quadrature */
  readonly exact: number
  /** what is wrong with the average; null when nothing is known to be */
  readonly warning: string | null
}

/** First crossings so far. */
export interface PassageNow
  extends Pick<FirstPassage, 'runs' | 'censored' | 'mean' | 'restrictedMean' | 'exponentialMean'> {
  /** mean first-passage time by quadrature, to where crossings seem to be when they are looked for after each step; null where a hand moved something */
  readonly exact: number | null
}

/** What was learned so far. */
export interface LearningFrame {
  /** tells it from other frames */
  readonly kind: 'learning'
  /** iterations that were made */
  readonly iteration: number
  /** the knot that is learned; the last when done */
  readonly knot: number
  /** iterations, and the loss at each, since the last frame */
  readonly losses: Float64Array
  /** the landscape that is looked at */
  readonly view: LearnedView
  /** whether all knots are learned */
  readonly done: boolean
}

/** A learned landscape beside the exact one, at one noise level. */
export interface LearnedView {
  /** number of the knot, and its time */
  readonly knot: number
  readonly t: number
  /** points along either axis, from -extent to extent */
  readonly points: number
  /** -ln p, less its lowest value, as learned and exactly; [points, points], row by row from the lowest y */
  readonly learned: Float32Array
  readonly exact: Float32Array
  /** residual forces F - F* at [arrows, arrows] places of the same plane: x, y in turn; in the unit of the force */
  readonly arrows: number
  readonly residual: Float32Array
  /** root mean square of the exact force over the same places */
  readonly scale: number
}

/** The ways of learning after so many iterations. */
export interface ContrastFrame {
  /** tells it from other frames */
  readonly kind: 'contrast'
  /** iterations that were made */
  readonly iteration: number
  /** the ways, in the order of `ContrastOpened.arms` */
  readonly arms: readonly ContrastArm[]
  /** whether all are made */
  readonly done: boolean
}

/** A way of learning as it stands. */
export interface ContrastArm {
  /** share of the last well in the law of its parameters */
  readonly weight: number
  /** that law, at `ContrastOpened.at` */
  readonly density: Float32Array
  /** its chains or walkers, and what each counts for, summing to 1; [walkers] */
  readonly x: Float32Array
  readonly weights: Float32Array
  /** share of the walkers that count; 1 without weights */
  readonly effectiveShare: number
  /** ln Z/Z_0: by the work of the walkers (null without weights), and exactly */
  readonly logPartitionRatio: number | null
  readonly exactLogPartitionRatio: number
}

/** Samples of what was learned so far. */
export interface SceneDrawn {
  /** [trajectories, 2] */
  readonly samples: Float32Array
  /** the noise time that they were brought to */
  readonly t: number
}

/** A scene that is under way: it answers questions one after another. */
export interface Scene {
  /** see SceneQuestions.open */
  readonly opened: SceneOpened
  /** see SceneQuestions.begin */
  begin(ask: SceneBegin): SceneFrame | Promise<SceneFrame>
  /** see SceneQuestions.advance */
  advance(ask: SceneAdvance): SceneFrame | Promise<SceneFrame>
  /** see SceneQuestions.set */
  set(ask: SceneSet): SceneFrame | Promise<SceneFrame>
  /** see SceneQuestions.draw; absent where nothing is sampled beside the trajectories */
  draw?(ask: SceneQuestions['draw']['ask']): Promise<SceneDrawn>
}

/** A question as it is sent, with a number that its answer has too. */
export type SceneQuestion = {
  [Kind in keyof SceneQuestions]: {
    readonly id: number
    readonly kind: Kind
    readonly ask: SceneQuestions[Kind]['ask']
  }
}[keyof SceneQuestions]

/** The answer to the question of that number, or why there is none. */
export type SceneAnswer =
  | { readonly id: number; readonly answer: SceneQuestions[keyof SceneQuestions]['answer'] }
  | { readonly id: number; readonly error: string }
