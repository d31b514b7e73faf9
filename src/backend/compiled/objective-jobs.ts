/**
 * What objectives ask of states in the caller's own layout, [units, batch] float64: a thread copies the groups of its shard to float32,
 * works on them there and copies back what is asked for. What no kernel does by itself is put together here of forces, energies and normals.
 */
export interface OnStates {
  readonly system: number
  /** rows that the caller has, of which the first `moving` move */
  readonly units: number
  readonly moving: number
  /** bytes of a group */
  readonly groupBytes: number
  /** number of states, and their address */
  readonly batch: number
  readonly states: number
  /** parameter block */
  readonly block: number
  /** scratch of thread 0, and from one thread to the next; the kernels' own part of it comes first */
  readonly scratch: number
  readonly scratchBytes: number
  readonly kernelScratch: number
}

/** Forces and energies; addresses of f64 [units, batch] and [batch], or 0. */
export interface EvaluateJob extends OnStates {
  readonly program: 'evaluate'
  readonly force: number
  readonly energy: number
  /** another block, or 0, and the energies in its landscape */
  readonly other: number
  readonly otherEnergy: number
}

/** Sums of r·∇φ_a, or (without r) of w φ_a. */
export interface SumJob extends OnStates {
  readonly program: 'sum'
  /** f64 [units, batch], or 0 */
  readonly residuals: number
  /** f64 [batch], or 0 for 1 */
  readonly weights: number
  /** sums of each shard, and bytes from one shard's to the next */
  readonly sums: number
  readonly sumBytes: number
  readonly hidden: number
  readonly hiddenBytes: number
  /** bytes from the start of a shard's sums to those of the hidden biases */
  readonly biasSums: number
}

/** What keys the normals of a step. */
interface NormalsKey {
  readonly stream: number
  readonly key: readonly [number, number]
}

/** Standard normals to f64 [units, batch] at `states`; nothing else is read. */
export interface NormalsJob extends OnStates, NormalsKey {
  readonly program: 'normals'
  readonly step: number
}

/** The length of a step: x' = x + drift F + kick R. */
interface StepLength {
  readonly drift: number
  readonly kick: number
  readonly kT: number
}

/** Steps `from` to `to` in one landscape. */
export interface WalkJob extends OnStates, NormalsKey, StepLength {
  readonly program: 'walk'
  readonly from: number
  readonly to: number
  /** `plain`: the kernel's own steps; `tethered`: Leimkuhler–Matthews on springs; `metropolis`: Euler–Maruyama, accepted by energies */
  readonly kind: 'plain' | 'tethered' | 'metropolis'
  /** plain: record of the steps (kernels/advance.ts), and groups that advance together */
  readonly steps: number
  readonly together: number
  /** tethered: f64 [units, batch] and stiffness */
  readonly anchors: number
  readonly k: number
  /** metropolis: f64 [to - from, batch] */
  readonly uniforms: number
  /** f64 [batch], what each gives to the bath in kT; or 0 */
  readonly heat: number
}

/** An Euler–Maruyama step in the landscape of `block` and what weighs it in that of `after`; see Arithmetic.weigh. */
export interface WeighJob extends OnStates, NormalsKey, StepLength {
  readonly program: 'weigh'
  readonly step: number
  readonly after: number
  /** f64 [4][batch]: energy, moved, jumped, exponent */
  readonly out: number
}

/** What the kernels are asked to do for objectives. */
export type ObjectiveJob = EvaluateJob | SumJob | NormalsJob | WalkJob | WeighJob
