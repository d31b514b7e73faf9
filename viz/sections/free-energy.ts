import type { ChartSpec } from '../chart-spec.js'
import { table } from '../figure.js'
import { absent, formatBeside, formatEstimate, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Estimate } from '../learned-record.js'
import type { RunRecord } from '../run-record.js'
import { crooksCharts } from './crooks.js'

/** Estimates of the free energy with their warning, and Crooks' relation where the protocol ran both ways. */
export function freeEnergy({
  freeEnergy: found,
  crooks,
}: Pick<RunRecord, 'freeEnergy' | 'crooks'>): { charts: ChartSpec[]; markup: Markup } | undefined {
  if (!found) return undefined
  const { jarzynski, bennett, crooksFit, exact, warning } = found
  const row = (name: string, estimate: Estimate | undefined, about: string) =>
    estimate === undefined ? [] : [[name, formatEstimate(estimate.value, estimate.standardError), about || absent]]
  const errors = [jarzynski, bennett, crooksFit?.freeEnergy].flatMap((estimate) => estimate?.standardError || [])
  const leastError = errors.length === 0 ? undefined : Math.min(...errors)
  const rows = [
    ...row(
      'Jarzynski average',
      jarzynski,
      jarzynski?.effectiveSampleSize === undefined
        ? ''
        : `effective sample size ${formatNumber(jarzynski.effectiveSampleSize)}`,
    ),
    ...row(
      'Bennett acceptance ratio',
      bennett,
      bennett?.overlap === undefined ? '' : `overlap ${formatNumber(bennett.overlap)}, from 0 to 1`,
    ),
    ...row(
      'Crooks fit',
      crooksFit?.freeEnergy,
      crooksFit?.slope === undefined
        ? ''
        : `slope ${formatEstimate(crooksFit.slope.value, crooksFit.slope.standardError)}, exactly 1`,
    ),
    ...(exact === undefined ? [] : [['exact', formatBeside(exact, leastError), 'by quadrature or in closed form']]),
  ]
  const drawn = crooksCharts(crooks, found)
  const markup = html`<h3>Free energy</h3>${table({ head: ['estimate', 'ΔF / kT ± s.e.', 'quality'], rows }, 'Free energy between the ends of the protocol')}${
    warning === '' ? undefined : html`<p class="caption"><strong>Warning.</strong> ${warning}</p>`
  }${drawn.map(({ markup }) => markup)}`
  return { markup, charts: drawn.map(({ spec }) => spec) }
}
