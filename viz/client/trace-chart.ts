import uPlot from 'uplot'
import { axis, labelRoom, type Ticks } from './axis.js'
import { chartSvg, type DrawnCurve } from './export/chart-svg.js'
import type { ChartMaker } from './export/downloads.js'
import { colour } from './theme.js'

/** Most different values of a unit that has states; a continuous one has more. */
const mostStates = 12

/** There are eight colours; more curves than these have them again, dashed. */
const isDashed = (curve: number) => curve >= 8

/** Curves over time that can be zoomed and read. */
export interface TraceChart {
  /** Draws again, in the present colours and width. */
  draw(): void
  /** Takes other values for the same times and keeps the zoom. */
  setValues(values: (number | null)[][]): void
  /** Shows or hides a curve. */
  show(curve: number, shown: boolean): void
  /** Zooms by a factor about the cursor, or the middle without one; `all` shows the whole time. */
  zoom(how: 'in' | 'out' | 'all'): void
  /** Moves the cursor by so many points to the right. */
  moveCursor(by: number): void
  /** Makes what is seen of vectors: the curves that are shown, in the stretch that is shown. */
  svg: ChartMaker
}

/**
 * A chart of several curves over the same times.
 * @param time ascending
 * @param turned whether time runs from right to left on the page, as generation does
 * @param values by curve
 * @param moved called with the point under the cursor, undefined when there is none
 */
export function traceChart(
  place: HTMLElement,
  time: number[],
  turned: boolean,
  label: string,
  values: (number | null)[][],
  moved: (point: number | undefined) => void,
): TraceChart {
  const whole: [number, number] = [time[0] ?? 0, time.at(-1) ?? 1]
  const shown = values.map(() => true)
  let curves = values
  let range = whole
  let chart: uPlot | undefined
  const ticks: [Ticks, Ticks] = [[], []]
  const data = () => [time, ...curves] as uPlot.AlignedData
  // A unit with states jumps: it is nowhere between them.
  const [straight, stepped] = [uPlot.paths.linear?.(), uPlot.paths.stepped?.({ align: 1 })]
  const isStepped = () => {
    const different = new Set(curves.flatMap((values) => values.map((value) => value?.toFixed(3))))
    return different.size <= mostStates
  }
  const paths: uPlot.Series.PathBuilder = (...of) => {
    return (isStepped() ? stepped : straight)?.(...of) ?? null
  }
  const zoomTo = (low: number, high: number) => {
    const span = Math.max((whole[1] - whole[0]) / 500, Math.min(whole[1] - whole[0], high - low))
    const start = Math.max(whole[0], Math.min(whole[1] - span, low))
    chart?.setScale('x', { min: start, max: start + span })
  }
  const options = (width: number): uPlot.Options => ({
    width,
    height: place.clientHeight,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
    scales: {
      x: { time: false, dir: turned ? -1 : 1 },
      y: {
        range: (_, low, high) => {
          const pad = 0.06 * (high - low || 1)
          return [low - pad, high + pad]
        },
      },
    },
    axes: [
      { ...axis('time t', false, ticks[0]), size: 34, space: 60 },
      { ...axis(label, false, ticks[1]), size: labelRoom, space: 36 },
    ],
    series: [
      {},
      ...curves.map((_, index) => ({
        stroke: colour(`run-${index % 8}`),
        width: 1.25,
        show: shown[index] ?? true,
        ...(isDashed(index) && { dash: [6, 4] }),
        points: { show: false },
        paths,
      })),
    ],
    hooks: {
      setCursor: [(drawn) => moved(drawn.cursor.idx ?? undefined)],
      setScale: [
        (drawn, key) => {
          const { min, max } = drawn.scales.x ?? {}
          if (key === 'x' && typeof min === 'number' && typeof max === 'number') range = [min, max]
        },
      ],
    },
  })
  const draw = () => {
    const kept = range
    chart?.destroy()
    chart = undefined
    const width = place.clientWidth
    if (width === 0) return
    chart = new uPlot(options(width), data(), place)
    zoomTo(...kept)
  }
  new ResizeObserver(() => {
    const width = place.clientWidth
    if (!chart) draw()
    else if (width > 0 && width !== chart.width) chart.setSize({ width, height: chart.height })
  }).observe(place)
  // uPlot's own double click would fit the axis to the points it last drew.
  place.addEventListener('dblclick', () => zoomTo(...whole))
  draw()
  const drawnCurves = (): DrawnCurve[] => {
    const common = { kind: 'line', width: 1.25, points: false, stepped: isStepped(), x: time } as const
    return curves.flatMap((y, index) => {
      const own = { label: `trajectory ${index + 1}`, tone: colour(`run-${index % 8}`), dashed: isDashed(index), y }
      return shown[index] ? [{ ...common, ...own }] : []
    })
  }
  return {
    draw,
    svg: (...words) =>
      chart &&
      chartSvg(
        {
          chart,
          x: { label: 'time t', log: false, ticks: ticks[0] },
          y: { label, log: false, ticks: ticks[1] },
          curves: drawnCurves(),
          ...{ marks: [], levels: [] },
        },
        ...words,
      ),
    setValues(next) {
      const kept = range
      curves = next
      chart?.setData(data(), false)
      zoomTo(...kept)
    },
    show(curve, isShown) {
      shown[curve] = isShown
      chart?.setSeries(curve + 1, { show: isShown })
    },
    zoom(how) {
      if (how === 'all') return zoomTo(...whole)
      const at = chart?.cursor.idx
      const middle = (at === null || at === undefined ? undefined : time[at]) ?? (range[0] + range[1]) / 2
      const half = ((how === 'in' ? 0.5 : 2) * (range[1] - range[0])) / 2
      zoomTo(middle - half, middle + half)
    },
    moveCursor(by) {
      if (!chart) return
      const present = chart.cursor.idx ?? time.findIndex((t) => t >= (range[0] + range[1]) / 2)
      const next = Math.max(0, Math.min(time.length - 1, present + (turned ? -by : by)))
      chart.setCursor({ left: chart.valToPos(time[next] ?? 0, 'x'), top: 10 })
    },
  }
}
