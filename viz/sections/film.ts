import { canvasStyle, isPicture, layoutNote } from '../arrangement.js'
import type { TrajectoriesSpec } from '../field-spec.js'
import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { PointSet } from '../point-set.js'
import type { RunRecord } from '../run-record.js'
import { pixelsOf, sprite, spriteImage } from '../sprite.js'

const frames = 8
const lines = 4

/**
 * The generation as a film to scrub through: one trajectory large, all of them small, a slider over the frames. A strip of
 * stills stands below it, and alone on paper and without the script; of a ring and a chain, whose units stand in one line, a map of
 * units and times.
 * @param spec what the script draws
 * @returns undefined without a lattice of at least 3×3, a ring or a chain
 */
export function film(run: RunRecord, spec: TrajectoriesSpec): Markup | undefined {
  const { trajectories } = run
  const { shape, time, count, units } = spec
  if (!trajectories || !isPicture(spec) || time.length < 3) return undefined
  const last = time.length - 1
  const aspect = canvasStyle(spec)
  const isLine = shape === 'ring' || shape === 'chain'
  const { learns } = run.scenario
  const small = Array.from(
    { length: count },
    (
      _,
      index,
    ) => html`<label><input type="radio" name="film-trajectory" value="${index}" ${index === 0 ? 'checked' : ''}>
<canvas class="sprite" data-film="${index}" style="${aspect}" role="img" aria-label="Trajectory ${index + 1}"></canvas></label>`,
  )
  return html`<h3>${learns ? 'From noise to sample' : 'In time'} <small>raw</small></h3>
<div class="film live"><canvas class="sprite large${spec.torus ? ' torus' : ''}" id="film" style="${aspect}" role="img" aria-label="The chosen trajectory at the chosen time"></canvas>
<fieldset class="thumbs"><legend>All at the same time; choose one</legend>${small}</fieldset>
<div class="controls"><button type="button" id="film-play">Play</button>
<div class="slider"><label for="film-frame">Frame</label><input type="range" id="film-frame" min="0" max="${last}" value="${last}" step="1"><output for="film-frame" id="film-time">t = ${formatNumber(time[last])}</output></div></div></div>
${isLine ? lineInTime(trajectories, units, spec) : stills(trajectories, units, spec)}
<p class="caption">${
    isLine
      ? `Raw states of ${shown(count) === 1 ? 'the first trajectory' : `the first ${shown(count)} trajectories`}: time runs to the right, the first unit is the topmost line${shape === 'ring' ? ', and the last one is its neighbour' : ''}`
      : `Raw states at the times above the stills, one trajectory a line${learns ? ': a sample takes shape as the potential is driven from noise to data' : ''}`
  }.${layoutNote(spec)} Values beyond ${formatNumber(spec.range[0])} and ${formatNumber(spec.range[1])} are clipped for the picture.</p>`
}

/** Trajectories that are shown below the film. */
const shown = (count: number) => Math.min(lines, count)

/** Columns of a map of units and times, at most. */
const mostColumns = 320

/** Units over time, a map a trajectory. */
function lineInTime(
  { time, count, x }: NonNullable<RunRecord['trajectories']>,
  units: number,
  { range }: TrajectoriesSpec,
): Markup {
  const columns = Math.min(mostColumns, time.length)
  const frame = (column: number) => Math.round((column * (time.length - 1)) / Math.max(1, columns - 1))
  const maps = Array.from({ length: shown(count) }, (_, trajectory) => {
    const at = (pixel: number) =>
      (trajectory * time.length + frame(pixel % columns)) * units + Math.floor(pixel / columns)
    const points = Float64Array.from({ length: units * columns }, (_, pixel) => x[at(pixel)] as number)
    const sheet = sprite({ points, count: 1, units: units * columns }, [0], [units, columns], 1, range)
    return spriteImage(
      sheet,
      `Units from top to bottom, times from left to right, trajectory ${trajectory + 1}`,
      'in-time',
    )
  })
  return html`<figure class="filmstrip">${maps}
<div class="ends" aria-hidden="true"><span>t = ${formatNumber(time[0], 2)}</span><span>t = ${formatNumber(time.at(-1), 2)}</span></div></figure>`
}

function stills(
  { time, count, x }: NonNullable<RunRecord['trajectories']>,
  units: number,
  spec: TrajectoriesSpec,
): Markup {
  const columns = Math.min(frames, time.length)
  const indices = Array.from({ length: columns }, (_, frame) => Math.round((frame * (time.length - 1)) / (columns - 1)))
  const states: PointSet = { points: x, count: count * time.length, units }
  const rows = Array.from({ length: shown(count) }, (_, line) =>
    indices.map((index) => line * time.length + index),
  ).flat()
  const sheet = sprite(states, rows, pixelsOf(spec), columns, spec.range)
  const alt = `${shown(count)} trajectories, one a line, at ${columns} times from left to right`
  return html`<figure class="filmstrip">
<div class="times" style="--columns:${columns}" aria-hidden="true">${indices.map(
    (index) => html`<span>${formatNumber(time[index], 2)}</span>`,
  )}</div>
${spriteImage(sheet, alt)}</figure>`
}
