import type { ChartSpec } from '../chart-spec.js'
import type { CloudSpec, MapsSpec, TrajectoriesSpec } from '../field-spec.js'
import { all, block } from './block.js'
import { choiceStore } from './choice.js'
import { cloud } from './cloud.js'
import { copyButton } from './copy.js'
import { draw } from './draw.js'
import { type ChartMaker, downloads } from './export/downloads.js'
import { film } from './film.js'
import { drawMaps } from './maps.js'
import { sidewaysScroll } from './scroll.js'
import { themeChoice } from './theme-choice.js'
import { traces } from './traces.js'
import { unitInputs } from './unit-inputs.js'
import { unpack } from './unpack.js'

/** Draws what the page holds, keeps it as wide as its place, and makes the controls work. */
function start(): void {
  const charts = new Map<Element, ChartMaker>()
  const redraws = (block<ChartSpec[]>('charts') ?? []).flatMap((spec) => {
    const place = document.getElementById(spec.id)
    if (!place) return []
    const { again, svg } = draw(spec, place)
    charts.set(place, svg)
    return [again]
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
    const traced = traces(trajectories, state, own)
    if (traced) {
      charts.set(traced.place, traced.svg)
      redraws.push(traced.again)
    }
    unitInputs('#motion', own, trajectories.lattice, units)
  }
  const plane = block<CloudSpec>('cloud-data')
  const clouds = plane && cloud(plane)
  if (clouds) redraws.push(clouds)
  if (maps) {
    redraws.push(drawMaps(maps, store))
    unitInputs('#couplings', store, maps.lattice, maps.units)
  }
  sidewaysScroll()
  themeChoice(() => {
    for (const again of redraws) again()
  })
  for (const button of all<HTMLButtonElement>('button[data-copy]')) copyButton(button)
  downloads(charts)
  // For whoever measures: charts are drawn in a microtask after they are made, so in the next frame the page is ready.
  requestAnimationFrame(() => {
    document.documentElement.dataset.ready = String(Math.round(performance.now()))
  })
}

start()
