import type { SceneFrame, SimulationFrame, SimulationOpened, Trap } from '../../../../src/play/scenes/messages.js'
import type { SimulationRecord } from '../../../../src/play/scenes/record.js'
import { readNumber } from '../../../client/numbers.js'
import { formatEstimate, formatNumber } from '../../../format.js'
import { accountOf } from '../account.js'
import { say, write } from '../play.js'
import { holdTrap } from './hand.js'
import { landscapeOf } from './landscape-view.js'
import { histogram, plotOn } from './plot.js'
import type { ScenePage, SceneView } from './scene.js'

/** A trap goes there and back at this speed, in the length of a time. */
const speed = 1

/** A single particle, many times over, in a landscape that a trap changes. */
export function particleView(record: SimulationRecord, { passage }: SimulationOpened, page: ScenePage): SceneView {
  const { settings } = page
  const canvas = (id: string) => document.querySelector<HTMLCanvasElement>(`canvas#${id}`)
  const [place, chart, works] = [canvas('landscape'), canvas('account'), canvas('works')]
  if (!place || !chart || !works) throw new Error('The page has lost a part of itself: write it again.')
  const account = accountOf(chart)
  const landscape = landscapeOf(place)
  let latest: SimulationFrame | undefined
  /** places that the trap is on its way to by itself */
  let tour: number[] = []
  const trap = (): Trap => ({ stiffness: settings.stiffness ?? 0, position: settings.position ?? 0 })
  const dtOf = () => (latest && latest.step > 0 ? latest.clock / latest.step : 0.01)
  holdTrap(place, landscape, page, () => {
    tour = []
  })
  document.getElementById('there')?.addEventListener('click', () => {
    if (settings.stiffness === 0) settings.stiffness = 4
    const from = settings.position as number
    tour = [from === 0 ? 1.5 : -from, from]
    page.changed()
    page.loop().play()
  })
  return {
    perFrame: 4,
    paceWords: (steps) => `${readNumber(steps, 2)} a frame`,
    readings: {
      kT: (value) => `${readNumber(value)} kT`,
      stiffness: (value) => (value === 0 ? 'none' : readNumber(value)),
      position: (value) => readNumber(value, 3),
    },
    beginning: () => ({
      trajectories: settings.count,
      kT: settings.kT,
      equilibrium: settings.equilibrium === 1,
      trap: trap(),
    }),
    advancing: (steps) => {
      const goal = tour[0]
      if (goal !== undefined) {
        const [from, most] = [settings.position as number, speed * steps * dtOf()]
        settings.position = Math.abs(goal - from) <= most ? goal : from + Math.sign(goal - from) * most
        if (settings.position === goal) tour = tour.slice(1)
        if (tour.length === 0) say(`The trap is back. ${freeWords(latest)}`)
        const { position } = settings
        page.changed()
        // The slider has steps, and would hold back a trap that goes less than one.
        settings.position = position as number
      }
      return { trap: trap() }
    },
    set: (name) => {
      if (name === 'kT') page.loop().wish('set', () => page.ask('set', { kT: settings.kT }))
      if (name === 'equilibrium') page.begin()
      if (name === 'position') tour = []
    },
    show: (frame) => {
      if (frame.kind !== 'simulation') return
      latest = frame
      account.add({ ...frame, entropyProduction: null })
    },
    paint: () => {
      if (!latest) return
      account.paint()
      landscape.paint(latest, trap(), passage)
      paintWorks(works, latest)
      showFigures(latest)
    },
    time: (frame) => timeWords(frame, record.bath.kT),
    ended: (frame) => `The protocol is at its end. ${account.words()} ${freeWords(frame)}`,
  }
}

/** Where a simulation is in time. */
export function timeWords(frame: SceneFrame, kT: number): string {
  if (frame.kind !== 'simulation') return ''
  const heated = frame.kT === 1 ? '' : ` · bath at ${readNumber(frame.kT * kT, 3)}`
  return `t = ${readNumber(frame.clock, 4)} · step ${frame.step}${heated}`
}

/** The free energy in words. */
function freeWords(frame: SceneFrame | undefined): string {
  if (frame?.kind !== 'simulation' || frame.freeEnergy === null) return ''
  const { value, standardError, exact } = frame.freeEnergy
  return `Free energy by Jarzynski ${formatEstimate(value, standardError)}, exactly ${formatNumber(Number(exact.toFixed(6)))} kT.`
}

function showFigures({ freeEnergy, passage }: SimulationFrame): void {
  write('jarzynski', freeEnergy ? formatEstimate(freeEnergy.value, freeEnergy.standardError) : '–')
  // What quadrature leaves of 0 is 0.
  write('exact', freeEnergy ? formatNumber(Number(freeEnergy.exact.toFixed(6))) : '–')
  write(
    'freedom-words',
    freeEnergy === null
      ? 'Only what began in equilibrium, at one temperature, has a free energy: begin in equilibrium, then drag.'
      : (freeEnergy.warning ?? 'From equilibrium, −kT ln⟨e^(−W/kT)⟩ is the free energy, however fast the trap goes.'),
  )
  if (!passage) return
  const { runs, censored, mean, exponentialMean, exact } = passage
  write('crossed', `${runs - censored} of ${runs}`)
  write('passage-mean', mean ? formatEstimate(mean.value, mean.standardError) : '–')
  write('passage-rate', exponentialMean ? formatEstimate(exponentialMean.value, exponentialMean.standardError) : '–')
  write('passage-exact', exact === null ? '–' : formatNumber(exact, 4))
}

/** Bars of a histogram of works. */
const bars = 36

function paintWorks(canvas: HTMLCanvasElement, { work }: SimulationFrame): void {
  const [low, high] = [Math.min(0, ...work), Math.max(0, ...work)]
  const range = high - low > 1e-6 ? ([low - 0.5, high + 0.5] as const) : ([-1, 1] as const)
  const { edges, heights } = histogram(work, range, bars)
  const top = Math.max(...heights)
  const plot = plotOn(canvas, { x: range, y: [0, top || 1] })
  if (!plot) return
  const { right, height, text } = plot
  plot.bars(edges, heights, 'run-0')
  text('W, kT', plot.width - 2, 10, 'right')
  text('0', right(0), height - 4, 'center')
  if (range[1] > 1.5) text(readNumber(high, 2), right(high), height - 4, 'right')
  if (range[0] < -1.5) text(readNumber(low, 2), right(low), height - 4, 'left')
}
