import type { TrajectoriesSpec } from '../field-spec.js'
import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { PointSet, RunRecord } from '../run-record.js'
import { sprite, spriteImage } from '../sprite.js'

const frames = 8
const lines = 4

/**
 * The generation as a film to scrub through: one trajectory large, all of them small, a slider over the frames. A strip of
 * stills stands below it, and alone on paper and without the script.
 * @param spec what the script draws
 * @returns undefined without a lattice of at least 3×3
 */
export function film(run: RunRecord, spec: TrajectoriesSpec): Markup | undefined {
  const { trajectories } = run
  const { lattice, time, count, unit: _, units } = spec
  if (!lattice || !trajectories || Math.min(...lattice) < 3 || time.length < 3) return undefined
  const last = time.length - 1
  const aspect = `aspect-ratio:${lattice[1]}/${lattice[0]}`
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
<div class="film live"><canvas class="sprite large" id="film" style="${aspect}" role="img" aria-label="The chosen trajectory at the chosen time"></canvas>
<fieldset class="thumbs"><legend>All at the same time; choose one</legend>${small}</fieldset>
<div class="controls"><button type="button" id="film-play">Play</button>
<div class="slider"><label for="film-frame">Frame</label><input type="range" id="film-frame" min="0" max="${last}" value="${last}" step="1"><output for="film-frame" id="film-time">t = ${formatNumber(time[last])}</output></div></div></div>
${stills(trajectories, units, lattice, spec.range)}
<p class="caption">Raw states at the times above the stills, one trajectory a line${
    learns ? ': a sample takes shape as the potential is driven from noise to data' : ''
  }. Values beyond ${formatNumber(spec.range[0])} and ${formatNumber(spec.range[1])} are clipped for the picture.</p>`
}

function stills(
  { time, count, x }: NonNullable<RunRecord['trajectories']>,
  units: number,
  lattice: readonly [number, number],
  range: readonly [number, number],
): Markup {
  const columns = Math.min(frames, time.length)
  const indices = Array.from({ length: columns }, (_, frame) => Math.round((frame * (time.length - 1)) / (columns - 1)))
  const shown = Math.min(lines, count)
  const states: PointSet = { points: x, count: count * time.length, units }
  const rows = Array.from({ length: shown }, (_, line) => indices.map((index) => line * time.length + index)).flat()
  const sheet = sprite(states, rows, lattice, columns, range)
  const alt = `${shown} trajectories, one a line, at ${columns} times from left to right`
  return html`<figure class="filmstrip">
<div class="times" style="--columns:${columns}" aria-hidden="true">${indices.map(
    (index) => html`<span>${formatNumber(time[index], 2)}</span>`,
  )}</div>
${spriteImage(sheet, alt)}</figure>`
}
