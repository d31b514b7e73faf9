import type { TrajectoriesSpec } from '../field-spec.js'
import { formatNumber } from '../format.js'
import { all } from './block.js'
import type { ChoiceStore } from './choice.js'
import { paintLattice, pickUnits, unitWords } from './lattice.js'
import { readNumber } from './numbers.js'
import { ramp, rampColour, showScale } from './ramp.js'
import { traceChart } from './trace-chart.js'

/** The value of trajectory and frame·units + unit. */
type State = (trajectory: number, column: number) => number

/**
 * The traces of the chosen unit, one a trajectory: zoom by dragging, buttons or keys, a cursor that reads all of them and sets
 * the time of the lattice beside it, a legend that hides them, and the table of their figures.
 * @param store the choice of unit
 * @returns a function that draws again in the present colours, and one that makes the chart of vectors; undefined without a place
 */
export function traces(spec: TrajectoriesSpec, state: State, store: ChoiceStore) {
  const place = document.getElementById('traces')
  if (!place) return undefined
  const { time, count, units } = spec
  // A chart's x must ascend; generation counts time down, so its axis is turned round.
  const turned = (time[0] ?? 0) > (time.at(-1) ?? 0)
  const order = turned ? [...time.keys()].reverse() : [...time.keys()]
  const boxes = all<HTMLInputElement>('input[data-trace]')
  const readings = all<HTMLOutputElement>('[data-trace-reading]')
  let frame = time.length - 1
  const values = () =>
    Array.from({ length: count }, (_, trajectory) =>
      order.map((at) => {
        const x = state(trajectory, at * units + store.now().unit)
        return Number.isFinite(x) ? x : null
      }),
    )
  const shownTrajectory = () =>
    Math.max(
      0,
      boxes.findIndex(({ checked }) => checked),
    )
  const beside = lattices(spec, state, store, () => ({ frame, trajectory: shownTrajectory() }))
  const read = (point: number | undefined) => {
    frame = (point === undefined ? undefined : order[point]) ?? time.length - 1
    readings.forEach((output, trajectory) => {
      const x = state(trajectory, frame * units + store.now().unit)
      output.textContent = point === undefined ? '' : readNumber(x, 3)
    })
    beside()
  }
  const chart = traceChart(
    place,
    order.map((at) => time[at] as number),
    turned,
    units > 1 ? 'x of the unit' : 'x',
    values(),
    read,
  )
  for (const button of all<HTMLButtonElement>('[data-zoom]'))
    button.addEventListener('click', () => chart.zoom(button.dataset.zoom as 'in' | 'out' | 'all'))
  place.addEventListener('keydown', (event) => {
    const how = ({ '+': 'in', '=': 'in', '-': 'out', '0': 'all', Escape: 'all' } as const)[event.key]
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (how) chart.zoom(how)
    else if (step) chart.moveCursor(step)
    else return
    event.preventDefault()
  })
  boxes.forEach((box, trajectory) => {
    box.addEventListener('change', () => {
      chart.show(trajectory, box.checked)
      beside()
    })
  })
  const table = figuresTable(spec, state, store)
  let unit = store.now().unit
  store.follow(() => {
    if (unit === store.now().unit) return
    unit = store.now().unit
    chart.setValues(values())
    table()
    beside()
  })
  const again = () => {
    chart.draw()
    beside()
  }
  return { place, again, svg: chart.svg }
}

/** The lattice beside the chart: the state of one trajectory at one time, and the way to choose a unit by hand. */
function lattices(
  spec: TrajectoriesSpec,
  state: State,
  store: ChoiceStore,
  at: () => { frame: number; trajectory: number },
): () => void {
  const { time, units } = spec
  const canvas = document.querySelector<HTMLCanvasElement>('canvas#traces-lattice')
  if (!canvas) return () => {}
  const output = document.getElementById('traces-frame')
  let hovered: number | undefined
  const paint = () => {
    const { frame, trajectory } = at()
    const { unit } = store.now()
    const x = (of: number) => state(trajectory, frame * units + of)
    let limit = 0
    for (let of = 0; of < units; of++) limit = Math.max(limit, Math.abs(x(of)) || 0)
    const colours = ramp()
    const fill = (of: number) => (Number.isNaN(x(of)) ? undefined : rampColour(colours, x(of), limit))
    paintLattice(canvas, { layout: spec, units, fill, chosen: unit })
    if (canvas.parentElement) showScale(canvas.parentElement, colours, limit)
    const of = hovered ?? unit
    const text = `${unitWords(of, spec)}: x = ${readNumber(x(of), 3)} in trajectory ${trajectory + 1} at t = ${readNumber(time[frame] ?? 0, 3)}`
    if (output && output.textContent !== text) output.textContent = text
  }
  pickUnits(
    canvas,
    spec,
    units,
    () => store.now().unit,
    (unit) => store.change({ unit }),
    (unit) => {
      hovered = unit
      paint()
    },
  )
  new ResizeObserver(paint).observe(canvas)
  paint()
  return paint
}

/** The table behind the chart, for the chosen unit. */
function figuresTable(spec: TrajectoriesSpec, state: State, store: ChoiceStore): () => void {
  const { time, units } = spec
  const rows = all<HTMLElement>('#traces-table tbody tr')
  const name = document.getElementById('traces-name')
  return () => {
    const { unit } = store.now()
    if (name) name.textContent = unitWords(unit, spec)
    rows.forEach((row, place) => {
      const frame = Math.round((place * (time.length - 1)) / Math.max(1, rows.length - 1))
      const head = row.querySelector('th')
      if (head) head.textContent = formatNumber(time[frame])
      all<HTMLElement>('td', row).forEach((cell, trajectory) => {
        cell.textContent = formatNumber(state(trajectory, frame * units + unit))
      })
    })
  }
}
