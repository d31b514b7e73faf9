import type { MapsSpec } from '../field-spec.js'
import { table } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { hiddenFieldId, hiddenStrength, seenBy, strongestHidden } from '../hidden-units.js'
import { html } from '../html.js'
import { knotControl, mapPlace, unitsTable } from '../maps.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/**
 * What the strongest hidden units see: their couplings as maps of the lattice; for few visible units as a table.
 * @param maps what the page's maps draw
 * @returns undefined without hidden units
 */
export function hidden(run: RunRecord, maps: MapsSpec | undefined): Section | undefined {
  const learned = run.parameters
  if (!learned?.hidden) return undefined
  const { hidden: units, knots, units: visible } = learned
  const strength = hiddenStrength(learned)
  const strongest = strongestHidden(learned)
  const bias = (unit: number) => units.biases[(knots.length - 1) * units.units + unit] as number
  const lastOf = (unit: number) => seenBy(units, unit, visible, knots.length).slice((knots.length - 1) * visible)
  const note = `${formatCount(units.units)} hidden units carry no data: each is at +1 or −1, as the visible units that it sees decide, and pulls on them in turn.`
  const shown = strongest.length < units.units ? `The ${strongest.length} strongest` : 'All'
  if (!maps) {
    const head = ['hidden unit', ...Array.from({ length: visible }, (_, i) => `V to unit ${i + 1}`), 'bias b']
    const rows = strongest.map((unit) => [
      String(unit + 1),
      ...Array.from(lastOf(unit), (value) => formatNumber(value)),
      formatNumber(bias(unit)),
    ])
    const body = html`${table({ head, rows }, 'Hidden units')}
<p class="caption">${shown} at the least noisy knot, by the size of their couplings.</p>`
    return section('hidden', 'Hidden units', note, body)
  }
  const panels = strongest.map((unit) => {
    const id = hiddenFieldId(unit)
    return html`<figure class="map"><h3>Hidden unit ${unit + 1} <small>V</small></h3>
${mapPlace(id, `Couplings of hidden unit ${unit + 1} to every visible one`, maps)}
<figcaption>|V| ${formatNumber(strength[unit])}, bias ${formatNumber(bias(unit))} at the least noisy knot.</figcaption>
${unitsTable(id, maps, lastOf(unit))}</figure>`
  })
  const body = html`${knotControl('hidden-knot', maps, true)}<div class="panels maps">${panels}</div>
<p class="caption">${shown}, by |V| = (Σ V²)<sup>½</sup> at the least noisy knot. A hidden unit at +1 pulls up what is positive on its map and pushes down what is negative; at −1 the other way round.</p>`
  return section('hidden', 'Hidden units', note, body)
}
