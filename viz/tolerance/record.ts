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
  readonly sizes: readonly (RecordedQuality & { readonly size: number })[]
  readonly tolerance: {
    readonly where: 'inside' | 'below' | 'above'
    readonly size: number
    readonly standardError: number | null
    readonly isLeast: boolean
  } | null
  readonly command: string
}

/** What the page shows of tolerance.json. */
export interface RecordedTolerance {
  readonly scenario: string
  readonly metric: string
  readonly worse: 'more' | 'less'
  readonly lost: number
  readonly seeds: readonly number[]
  readonly ideal: Pick<RecordedQuality, 'quality' | 'values'>
  readonly imperfections: readonly RecordedImperfection[]
  readonly without: readonly { readonly name: string; readonly why: string }[]
  readonly budget: {
    readonly part: number
    readonly hardware: object
    readonly atEnds: readonly string[]
    readonly found: RecordedQuality
  } | null
}
