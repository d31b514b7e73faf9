import type { SimulationFrame, SimulationOpened } from '../../../../src/play/scenes/messages.js'
import type { SimulationRecord } from '../../../../src/play/scenes/record.js'
import { readNumber } from '../../../client/numbers.js'
import { layoutOf } from '../../layout.js'
import { accountOf } from '../account.js'
import { latticeView } from '../lattice-view.js'
import { write } from '../play.js'
import { timeWords } from './particle-view.js'
import type { ScenePage, SceneView } from './scene.js'

/** Seconds that a protocol takes at the usual pace, in frames of the screen. */
const framesOfProtocol = 900

/** A network that moves: one large, or several. */
export function oscillatorsView(record: SimulationRecord, opened: SimulationOpened, page: ScenePage): SceneView {
  const { settings } = page
  const place = document.querySelector<HTMLCanvasElement>('canvas#lattice')
  const chart = document.querySelector<HTMLCanvasElement>('canvas#account')
  if (!place || !chart) throw new Error('The page has lost a part of itself: write it again.')
  const account = accountOf(chart)
  const { units } = opened
  const nothing = new Uint8Array(units)
  let limit = 0
  let lattice = latticeView(place, layoutOf(record), units, [-1, 1])
  let latest: SimulationFrame | undefined
  const perFrame = opened.steps === null ? 2 : Math.max(0.25, opened.steps / framesOfProtocol)
  return {
    perFrame,
    paceWords: (steps) => `${readNumber(steps, 2)} a frame`,
    readings: { kT: (value) => `${readNumber(value)} kT` },
    beginning: () => ({ trajectories: settings.count, kT: settings.kT }),
    advancing: () => ({}),
    set: (name) => {
      if (name === 'kT') page.loop().wish('set', () => page.ask('set', { kT: settings.kT }))
    },
    show: (frame) => {
      if (frame.kind !== 'simulation') return
      latest = frame
      account.add({ ...frame, entropyProduction: null })
      const largest = frame.x.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
      if (largest <= limit) return
      // In steps of a quarter, so that the picture does not grow paler from frame to frame.
      limit = Math.ceil(4 * largest) / 4
      lattice = latticeView(place, layoutOf(record), units, [-limit, limit])
    },
    paint: () => {
      if (!latest) return
      account.paint()
      lattice.paint({ frame: { clean: latest.x }, known: nothing, isDrawing: false, chosen: -1, lens: undefined })
      write('low', readNumber(-limit, 3))
      write('high', readNumber(limit, 3))
    },
    time: (frame) => `${timeWords(frame, record.bath.kT)}${opened.steps === null ? '' : ` of ${opened.steps}`}`,
    ended: () => `The protocol is at its end. ${account.words()}`,
  }
}
