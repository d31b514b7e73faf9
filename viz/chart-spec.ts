/** One curve or set of bars of a chart; `x` ascending, `null` in `y` is a gap. */
export interface ChartSeries {
  /** Its name in the legend; '' leaves it out. */
  label: string
  kind: 'line' | 'bars' | 'dots'
  /** A colour of the style sheet: the accent, a grey, or one of eight for runs and trajectories. */
  tone: 'accent' | 'ink' | 'muted' | 'faint' | `run-${number}`
  dashed?: boolean
  points?: boolean
  x: number[]
  y: (number | null)[]
  /** Standard errors: a band around a line, a bar through a dot. */
  error?: (number | null)[]
}

/** What the page's script needs to draw one chart; the server writes it, the browser reads it. */
export interface ChartSpec {
  /** The id of the element that holds it. */
  id: string
  height: number
  /** `names` stand at 0, 1, … in place of numbers. */
  x: { label: string; log?: boolean; reversed?: boolean; range?: [number, number]; names?: string[] }
  y: { label: string; log?: boolean; floor?: number; ceiling?: number }
  series: ChartSeries[]
  /** Vertical lines, such as a mean. */
  marks?: { x: number; label: string }[]
  /** Horizontal lines, such as the loss of a network that predicts nothing; the axis reaches to those that must be `within`. */
  levels?: { y: number; label: string; within?: boolean }[]
}
