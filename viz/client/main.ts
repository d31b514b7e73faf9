import type { ChartSpec } from '../chart-spec.js'
import type { MapsSpec, TrajectoriesSpec } from '../field-spec.js'
import { all, block } from './block.js'
import { choiceStore } from './choice.js'
import { copyButton } from './copy.js'
import { draw } from './draw.js'
import { film } from './film.js'
import { drawMaps } from './maps.js'
import { sidewaysScroll } from './scroll.js'
import { themeChoice } from './theme-choice.js'
import { traces } from './traces.js'
import { unitInputs } from './unit-inputs.js'
import { unpack } from './unpack.js'

/** Draws what the page holds, keeps it as wide as its place, and makes the controls work. */
function start(): void {
  const redraws = (block<ChartSpec[]>('charts') ?? []).flatMap((spec) => {
    const place = document.getElementById(spec.id)
    return place ? [draw(spec, place)] : []
  })
  const maps = block<MapsSpec>('maps')
  const trajectories = block<TrajectoriesSpec>('trajectories')
  const store = choiceStore({ unit: maps?.unit ?? 0, knot: (maps?.knots.length ?? 1) - 1 })
  if (trajectories) {
    const { units, unit } = trajectories
    const state = unpack(trajectories.x)
    // One choice of unit for the page, as long as trajectories and maps speak of the same units.
    const own = maps?.units === units ? store : choiceStore({ unit, knot: 0 })
    film(trajectories, state)
    redraws.push(traces(trajectories, state, own))
    unitInputs('#motion', own, trajectories.lattice, units)
  }
  if (maps) {
    redraws.push(drawMaps(maps, store))
    unitInputs('#couplings', store, maps.lattice, maps.units)
  }
  sidewaysScroll()
  themeChoice(() => {
    for (const again of redraws) again()
  })
  for (const button of all<HTMLButtonElement>('button[data-copy]')) copyButton(button)
  // For whoever measures: charts are drawn in a microtask after they are made, so in the next frame the page is ready.
  requestAnimationFrame(() => {
    document.documentElement.dataset.ready = String(Math.round(performance.now()))
  })
}

start()
