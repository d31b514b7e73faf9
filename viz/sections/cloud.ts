import type { CloudSpec } from '../field-spec.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { cloudSpec, mapAt } from '../landscape.js'
import type { PointSet } from '../point-set.js'
import type { Landscape, RunRecord } from '../run-record.js'
import { landscapeMap, scatterPlot, sharedReach } from './scatter.js'

/** Stills below the film, which stand alone on paper and without the script. */
const stills = 4

/** Points of one frame. */
function frameOf({ cloud, count, time }: Landscape, frame: number): PointSet {
  const points = Float64Array.from(
    { length: 2 * count },
    (_, n) => cloud[(Math.floor(n / 2) * time.length + frame) * 2 + (n % 2)] as number,
  )
  return { points, count, units: 2 }
}

/** What the script draws of a cloud; undefined for runs without. */
export function cloudOf({ landscape }: RunRecord): CloudSpec | undefined {
  return landscape && cloudSpec(landscape, reachOf(landscape))
}

function reachOf(landscape: Landscape): number {
  return sharedReach([{ points: landscape.cloud, count: landscape.count * landscape.time.length, units: 2 }])
}

/**
 * The trajectories of two units as a cloud in their plane that moves over the potential, with a slider over the frames, and stills.
 * @param spec what the script draws
 */
export function cloud(run: RunRecord, spec: CloudSpec): Markup | undefined {
  const { landscape, scenario } = run
  if (!landscape) return undefined
  const { time, map, count } = landscape
  const last = time.length - 1
  const { reach } = spec
  const chosen = Array.from({ length: stills }, (_, n) => Math.round((n * last) / (stills - 1)))
  const panels = chosen.map((frame) => {
    const at = time[frame] as number
    const under = map && landscapeMap(map, mapAt(map, at), reach)
    return html`<div><p class="caption">t = ${formatNumber(at, 2)}</p>${scatterPlot(frameOf(landscape, frame), reach, `the cloud at t = ${formatNumber(at, 2)}`, 'accent', under)}</div>`
  })
  const potential = map
    ? scenario.learns
      ? ' over the learned potential of the nearest knot: −ln p, lines at 1, 2, 3, 4, 6 and 8 kT above its lowest place'
      : ' over the potential of the moment, lines at 1, 2, 3, 4, 6 and 8 kT above its lowest place'
    : ''
  return html`<h3>${scenario.learns ? 'From noise to samples' : 'The cloud in time'} <small>raw</small></h3>
<div class="film cloud live"><canvas class="large" id="cloud" role="img" aria-label="The cloud of trajectories at the chosen time"></canvas>
<div class="controls"><button type="button" id="cloud-play">Play</button>
<div class="slider"><label for="cloud-frame">Frame</label><input type="range" id="cloud-frame" min="0" max="${last}" value="${last}" step="1"><output for="cloud-frame" id="cloud-time">t = ${formatNumber(time[last])}</output></div></div></div>
<div class="stills">${panels}</div>
<p class="caption">The first ${formatCount(count)} trajectories in the plane of the two units, x₁ to the right, x₂ upwards, axes to ±${formatNumber(reach)}${potential}.${scenario.learns ? ' Time is that of the noising, counted down to the data.' : ''}</p>`
}
