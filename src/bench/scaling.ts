import type { Entrant } from './contender.js'
import { type MeasureOptions, measure, type Task } from './measure.js'
import type { ScalingSection } from './sections.js'
import { fitExponent, fitLine, type Line, spread } from './statistics.js'
import { createWorkload, type WorkloadOptions } from './workload.js'

/** How the cost grows with one thing. */
export interface Growth {
  /** what grows */
  readonly over: 'units' | 'batch' | 'couplings' | 'steps'
  /** what stays as it is */
  readonly setting: string
  readonly series: readonly Curve[]
}

/** The growth for one contender. */
export interface Curve {
  readonly contender: string
  readonly points: readonly Point[]
  /** p of cost ∝ x^p; null for couplings, whose cost is a line, and where a point is missing */
  readonly exponent: number | null
  /** cost = intercept + slope·x in seconds; null for all but couplings */
  readonly line: Line | null
}

interface Point {
  readonly x: number
  /** seconds of a step of the whole batch, or of the whole run where steps grow: median */
  readonly seconds: number
  /** site-updates per second: median */
  readonly rate: number
}

interface Plan {
  readonly over: Growth['over']
  readonly setting: string
  readonly values: readonly { readonly x: number; readonly workload: WorkloadOptions; readonly steps?: number }[]
}

const lattice = [12, 12] as const
const units = lattice[0] * lattice[1]
const ranges = [
  { range: 'all', called: 'all-to-all' },
  { range: 2, called: '24 neighbours' },
] as const

/** What a section measures; `quick` keeps two small values of each. */
function plans(section: ScalingSection, quick: boolean): Plan[] {
  const sides = quick ? [6, 8] : [6, 12, 18, 24, 36]
  const batches = quick ? [16, 64] : [16, 64, 256, 1024, 4096]
  const few = quick ? 16 : 256
  switch (section) {
    case 'units':
      return ranges.map(({ range, called }) => ({
        over: 'units',
        setting: `${called}, batch ${few}`,
        values: sides.map((side) => ({ x: side * side, workload: { lattice: [side, side], range, batch: few } })),
      }))
    case 'batch':
      return ranges.map(({ range, called }) => ({
        over: 'batch',
        setting: `${units} units, ${called}`,
        values: batches.map((batch) => ({ x: batch, workload: { lattice, range, batch } })),
      }))
    case 'edges': {
      // Large enough that even radius 5 leaves most pairs uncoupled: there an engine may take the dense product instead.
      const side = quick ? 12 : 24
      return [
        {
          over: 'couplings',
          setting: `${side * side} units, neighbourhoods of radius 1 to ${quick ? 2 : 5}, batch ${few}`,
          values: (quick ? [1, 2] : [1, 2, 3, 4, 5]).map((radius) => ({
            x: (side * side * ((2 * radius + 1) ** 2 - 1)) / 2,
            workload: { lattice: [side, side], range: radius, batch: few },
          })),
        },
      ]
    }
    case 'steps':
      return [
        {
          over: 'steps',
          setting: `${units} units, all-to-all, batch 64`,
          values: (quick ? [10, 20] : [50, 100, 200, 400, 800]).map((steps) => ({
            x: steps,
            workload: { lattice, range: 'all', batch: 64 },
            steps,
          })),
        },
      ]
  }
}

/** Measures what a section asks for. */
export async function measureScaling(
  section: ScalingSection,
  entrants: readonly Entrant[],
  quick: boolean,
  how: MeasureOptions,
): Promise<Growth[]> {
  const found: Growth[] = []
  for (const { over, setting, values } of plans(section, quick)) {
    const tasks = values.map(
      ({ workload, steps }): Task => ({ workload: createWorkload(workload), ...(steps !== undefined && { steps }) }),
    )
    const timings = await measure(entrants, tasks, how)
    const series = entrants.map(({ contender: { name } }, column): Curve => {
      const points = values.flatMap(({ x }, row): Point[] => {
        const timing = timings[row]![column]!
        if ('notRun' in timing) return []
        const perStep = spread(timing.secondsPerStep).median
        return [{ x, seconds: over === 'steps' ? perStep * timing.steps : perStep, rate: timing.rate.median }]
      })
      return { contender: name, points, ...fits(over, points, values.length) }
    })
    found.push({ over, setting, series })
  }
  return found
}

function fits(over: Growth['over'], points: readonly Point[], expected: number): Pick<Curve, 'exponent' | 'line'> {
  if (points.length < expected || points.length < 2) return { exponent: null, line: null }
  const x = points.map((point) => point.x)
  const seconds = points.map((point) => point.seconds)
  if (over === 'couplings') return { exponent: null, line: fitLine(x, seconds) }
  return { exponent: fitExponent(x, seconds), line: null }
}
