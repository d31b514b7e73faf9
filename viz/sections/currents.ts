import { arrangement, unitName } from '../arrangement.js'
import { table } from '../figure.js'
import { formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { RunRecord } from '../run-record.js'

/** Drift, diffusion and turns of units with a period; undefined without any. */
export function currents(run: RunRecord): Markup | undefined {
  const { currents: found } = run
  if (found.length === 0) return undefined
  const place = arrangement(run, run.samples?.units ?? found.length)
  const rows = found.map(({ unit, period, drift, diffusion, windings }) => [
    unitName(unit, place),
    formatNumber(period),
    formatEstimate(drift.value, drift.standardError),
    formatEstimate(diffusion.value, diffusion.standardError),
    formatEstimate(windings.value, windings.standardError),
  ])
  const head = ['unit', 'period', 'drift ⟨Δx⟩/t', 'diffusion Var(Δx)/2t', 'turns']
  return html`<h3>Currents</h3>${table({ head, rows }, 'Currents')}
<p class="caption">From where each trajectory starts and ends, whole turns counted. What the start still does is in both, and fades as one over the time.</p>`
}

/** Places of an angle in the period about 0; those of other coordinates as they are. */
export function inPeriod(places: Float64Array, { currents: found }: RunRecord, unit: number): Float64Array {
  const period = found.find((current) => current.unit === unit)?.period
  return period === undefined ? places : places.map((x) => x - period * Math.round(x / period))
}
