/** A mean and its standard error, as tolerance.json has it. */
export interface RecordedEstimate {
  readonly value: number
  readonly standardError: number | null
}

/** The quality of a device, and what it has lost of the ideal one's. */
interface RecordedQuality {
  readonly quality: RecordedEstimate | null
  readonly loss: RecordedEstimate | null
  readonly values: readonly (number | null)[]
}

/** An imperfection over its sizes. */
export interface RecordedImperfection {
  readonly name: string
  readonly path: string
  readonly about: string
  readonly unit: string
  readonly worse: 'more' | 'less'
  readonly scale: 'log' | 'linear'
  /** one for each metric */
  readonly curves: readonly RecordedCurve[]
  readonly tolerance: RecordedSize | null
  readonly decidedBy: string | null
  readonly command: string
}

/** One metric over the sizes of an imperfection. */
export interface RecordedCurve {
  readonly sizes: readonly (RecordedQuality & { readonly size: number })[]
  readonly tolerance: RecordedSize | null
}

/** The size of an imperfection that is tolerated. */
interface RecordedSize {
  readonly where: 'inside' | 'below' | 'above'
  readonly size: number
  readonly standardError: number | null
  readonly isLeast: boolean
}

/** What quality is judged by. */
export interface RecordedMetric {
  readonly path: string
  readonly worse: 'more' | 'less'
  readonly lost: number
  readonly ideal: Pick<RecordedQuality, 'quality' | 'values'>
}

/** What the page shows of tolerance.json. */
export interface RecordedTolerance {
  readonly scenario: string
  readonly seeds: readonly number[]
  readonly metrics: readonly RecordedMetric[]
  readonly imperfections: readonly RecordedImperfection[]
  readonly without: readonly { readonly name: string; readonly why: string }[]
  readonly budget: {
    readonly part: number
    readonly hardware: object
    readonly atEnds: readonly string[]
    readonly found: readonly RecordedQuality[]
  } | null
}
