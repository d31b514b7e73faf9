import { foldedTable } from '../figure.js'
import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { PointSet } from '../point-set.js'
import type { Extremes, RunRecord } from '../run-record.js'
import { sprite, spriteImage } from '../sprite.js'

const most = 8

/**
 * The samples nearest to the training data and those farthest from it, each above its nearest training state.
 * @param range the values that are drawn as paper and ink
 * @returns undefined when the run holds neither
 */
export function extremes(
  run: RunRecord,
  lattice: readonly [number, number],
  range: readonly [number, number],
): Markup | undefined {
  const groups = (
    [
      [
        'Closest to training data',
        run.closest,
        'Were these the same as the examples below them, the network would copy.',
      ],
      [
        'Farthest from training data',
        run.farthest,
        'The worst that the network makes, or the newest: what no training example resembles comes from wells that no data made.',
      ],
    ] as const
  ).flatMap(([title, found, about]) =>
    found && found.samples.units === lattice[0] * lattice[1] ? [{ title, found, about }] : [],
  )
  if (groups.length === 0) return undefined
  const panels = groups.map(({ title, found, about }) => {
    const shown = Math.min(most, found.samples.count)
    const rows = [...Array(shown).keys(), ...Array.from({ length: shown }, (_, row) => found.samples.count + row)]
    const sheet = sprite(stacked(found), rows, lattice, shown, range)
    const alt = `${shown} samples above the training examples nearest to them`
    return html`<figure class="panel"><h3>${title} <small>${run.denoised ? 'denoised' : 'raw'}</small></h3><div class="pairs"><span>sample</span><span>training</span>${spriteImage(sheet, alt)}</div>
<figcaption>${about}</figcaption></figure>`
  })
  const longest = Math.max(...groups.map(({ found }) => found.distance.length))
  const content = {
    head: ['rank', ...groups.map(({ title }) => title.toLowerCase())],
    rows: Array.from({ length: longest }, (_, rank) => [
      String(rank + 1),
      ...groups.map(({ found }) => formatNumber(found.distance[rank])),
    ]),
  }
  return html`<div class="panels extremes">${panels}</div>
${longest > 0 ? foldedTable(content, 'Table of the distances') : undefined}`
}

/** Samples and, behind them, their training states. */
function stacked({ samples, real }: Extremes): PointSet {
  const points = new Float64Array(2 * samples.count * samples.units)
  points.set(Array.from(samples.points))
  points.set(Array.from(real.points), samples.count * samples.units)
  return { points, count: 2 * samples.count, units: samples.units }
}
