/**
 * What an integrator tells about a step of a batch of trajectories. All arrays are read-only for observers and are reused:
 * copy what is to be kept.
 */
export interface Step {
  readonly index: number
  readonly dt: number
  /** the protocol's clock after the step */
  readonly clock: number
  /** index of the first trajectory of the batch */
  readonly first: number
  readonly batch: number
  /** state before, [units, batch] */
  readonly x: Float64Array
  /** state after */
  readonly next: Float64Array
  /** force that moved it, at `x` */
  readonly force: Float64Array
  /** force of the same landscape at `next`; valid when an observer needs energies */
  readonly forceNext: Float64Array
  /** U(x; θ before the jump), [batch]; valid when an observer needs energies, as are the next two */
  readonly energyBefore: Float64Array
  /** U(x; θ) of the landscape that the step jumped to */
  readonly energyJumped: Float64Array
  /** U(next; θ) */
  readonly energyNext: Float64Array
}

/**
 * Something measured along the trajectories. It holds its results as plain arrays; memory is bounded by what it keeps, not
 * by the number of steps.
 */
export interface Observer {
  /** whether `step` reads energies or `forceNext`; without, a step costs one force evaluation in place of two */
  readonly needsEnergy: boolean
  /** called once for each batch with the initial states [units, batch] */
  start?(x: Float64Array, first: number, batch: number, clock: number): void
  step(step: Step): void
}
