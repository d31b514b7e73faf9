import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { PointSet, RunRecord } from '../run-record.js'
import { sprite, spriteImage } from '../sprite.js'

const frames = 8
const shownTrajectories = 4

/**
 * A few recorded trajectories as strips of images, one line each, time from left to right.
 * @param range the values that are drawn black and white
 * @returns undefined without recorded trajectories of the whole lattice
 */
export function filmstrip(run: RunRecord, range: readonly [number, number]): Markup | undefined {
  const { trajectories } = run
  const { lattice } = run.scenario
  if (!trajectories || !lattice || trajectories.units !== lattice[0] * lattice[1]) return undefined
  const { time, count, units, x } = trajectories
  if (time.length < 3) return undefined
  const columns = Math.min(frames, time.length)
  const indices = Array.from({ length: columns }, (_, frame) => Math.round((frame * (time.length - 1)) / (columns - 1)))
  const lines = Math.min(shownTrajectories, count)
  const states: PointSet = { points: x, count: count * time.length, units }
  const rows = Array.from({ length: lines }, (_, line) => indices.map((index) => line * time.length + index)).flat()
  const sheet = sprite(states, rows, lattice, columns, range)
  const alt = `${lines} trajectories, one a line, at ${columns} times from left to right`
  return html`<figure class="filmstrip"><h3>${run.scenario.learns ? 'From noise to sample' : 'In time'} <small>raw</small></h3>
<div class="times" style="--columns:${columns}" aria-hidden="true">${indices.map(
    (index) => html`<span>${formatNumber(time[index], 2)}</span>`,
  )}</div>
${spriteImage(sheet, alt)}
<figcaption>Raw states of the first ${lines} trajectories, one a line, at the times above${
    run.scenario.learns ? ': a sample takes shape as the potential is driven from the noise to the data' : ''
  }.</figcaption></figure>`
}
