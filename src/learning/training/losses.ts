/** Mean losses over the slices; 1 knows nothing but the trap, 0 knows the noise. */
export interface LearningSummary {
  /** on states that were learned from */
  readonly trainingLoss: number
  /** on states that were not */
  readonly heldOutLoss: number
  /** the least there is on states that were learned from, by least squares */
  readonly oracleTrainingLoss?: number
  /** of the least-squares solution, on held-out states */
  readonly oracleHeldOutLoss?: number
  /** heldOutLoss / oracleHeldOutLoss - 1 */
  readonly gap?: number
}

/** What training records: a line of a run's metrics.jsonl. */
export type MetricLine =
  | { kind: 'iteration'; slice: number; t: number; iteration: number; loss: number; rate: number }
  | ({ kind: 'slice'; slice: number; t: number } & SliceLosses)
  /** of refinement: `error`, the mean over knots and pairs of |z| of generated ⟨x_i x_j⟩, .8 where chance is all that is left */
  | { kind: 'pass'; pass: number; error: number }

/** What a slice has learned: losses at its end. */
export interface SliceLosses {
  /** on states that were learned from */
  trainingLoss: number
  /** on states that were not */
  heldOutLoss: number
  /** the least there is on states that were learned from, by least squares */
  oracleLoss?: number
  /** of the least-squares solution, on held-out states */
  oracleHeldOutLoss?: number
}

/** Means over the slices of the losses recorded. */
export function learningSummary(lines: readonly MetricLine[]): LearningSummary {
  const slices = lines.filter((line) => line.kind === 'slice')
  const mean = (values: (number | undefined)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length
  const summary = {
    trainingLoss: mean(slices.map((s) => s.trainingLoss)),
    heldOutLoss: mean(slices.map((s) => s.heldOutLoss)),
  }
  if (!slices.every((s) => s.oracleHeldOutLoss !== undefined)) return summary
  const oracleHeldOutLoss = mean(slices.map((s) => s.oracleHeldOutLoss))
  return {
    ...summary,
    oracleTrainingLoss: mean(slices.map((s) => s.oracleLoss)),
    oracleHeldOutLoss,
    gap: summary.heldOutLoss / oracleHeldOutLoss - 1,
  }
}
