/** A mean and its standard error. */
interface Estimate {
  readonly value: number
  readonly standardError: number
}

/** A bias relative to the oracle's size, or what it is below. */
export type RecordedBias = Estimate | { readonly below: number }

/** A rule's gradient over one range of parameters, relative to the oracle's. */
interface Accuracy {
  readonly size: number
  readonly bias: RecordedBias
  readonly noise: number
  readonly standardError: number
}

/** A rule in one drive, as gradients.json has it. */
export interface RecordedRule {
  readonly name: string
  readonly equation: string
  readonly measures: string
  readonly hidden: string | null
  readonly order: string
  readonly refusal: string | null
  readonly result:
    | (Accuracy & {
        readonly cosine: Estimate
        readonly batches: number
        readonly groups: readonly (Accuracy & { readonly name: string; readonly parameters: number })[]
        readonly cost: {
          readonly forces: number
          readonly responses: number
          readonly runs: number
          readonly seconds: number
        }
      })
    | null
}

/** A rule's bias and noise over its setting. */
export interface RecordedScan {
  readonly rule: string
  readonly symbol: string
  readonly setting: string
  readonly fitted: number
  readonly curves: readonly {
    readonly label: string
    readonly points: readonly { readonly x: number; readonly bias: RecordedBias; readonly noise: number }[]
    readonly biasPower: Estimate | null
    readonly variancePower: Estimate
  }[]
}

/** The rules of one drive beside its oracle. */
export interface RecordedDrive {
  readonly drive: string
  readonly oracle: { readonly size: number; readonly standardError: number }
  readonly rules: readonly RecordedRule[]
  readonly scans: readonly RecordedScan[]
}

/** What the page shows of gradients.json. */
export interface RecordedGradients {
  readonly scenario: string
  readonly seed: number
  readonly t: number
  readonly parameters: string
  readonly parameterCount: number
  readonly hiddenUnits: number
  readonly batch: number
  readonly batches: number
  readonly drives: readonly RecordedDrive[]
}
