import { absent, formatDuration, formatEstimate, formatNumber } from '../format.js'
import { html, type Insertable, type Markup } from '../html.js'
import { armName, figureTitle, ofData, weightFigures } from '../objective-facts.js'
import type { Arm } from '../objective-record.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runLabel } from './columns.js'

/**
 * How close each arm of each run came to the truth and what it cost, with a row an arm, so that runs of any objectives stand
 * on one page.
 * @returns undefined without runs of objectives
 */
export function comparedObjectives(runs: readonly NamedRun[]): Section | undefined {
  if (runs.every(({ run }) => run.objective === undefined)) return undefined
  const head = [
    'arm',
    figureTitle('divergence'),
    html`weight<br>(that of the data)`,
    html`distance from<br>another truth`,
    html`work and heat<br>per walker, kT`,
    html`evaluations of<br>force and energy`,
  ]
  const note =
    'Exact distances are by quadrature, enumeration or closed forms; ± is over the seeds. Evaluations are those of one repetition. A control is expected to miss the truth.'
  const [first, ...others] = head
  const content = html`<div class="scroll" tabindex="0" role="group" aria-label="Objectives by run"><table>
<thead><tr><th scope="col">${first}</th>${others.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
${runs.map((named, index) => (named.run.objective === undefined ? undefined : runRows(named, index, head.length)))}</table></div>`
  return section('objectives', 'Objectives', note, content)
}

/** A run and its arms. */
function runRows(named: NamedRun, index: number, columns: number): Markup {
  const { scenario, objective, checks, timings } = named.run
  const told = checks.filter(({ pass }) => pass !== null)
  const failed = told.filter(({ pass }) => !pass).length
  const verdict =
    failed === 0
      ? html`<span class="pass">✓ ${told.length} checks</span>`
      : html`<span class="fail">✕ ${failed} of ${told.length} checks</span>`
  const took = timings.total === undefined ? undefined : `, ${formatDuration(timings.total)}`
  return html`<tbody><tr><th class="group" colspan="${columns}" scope="rowgroup">${runLabel(named, index)}
<small>${objective!.kind} · ${verdict}${took}<br>${scenario.about}</small></th></tr>
${objective!.arms.map((arm) => {
  const [name, ...cells] = armRow(named, arm)
  return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`
})}</tbody>`
}

function armRow({ run }: NamedRun, { name, fails, locality, figures, cost }: Arm): Insertable[] {
  const { work, heat } = figures
  return [
    armName(name, fails, locality),
    leading(run, 'divergence', name) ?? formatNumber(figures.divergence),
    weight(figures),
    otherDistance(run, name),
    work === undefined && heat === undefined ? absent : html`${formatNumber(work)}<br>${formatNumber(heat)}`,
    html`${formatNumber(cost.forces, 2)}<br>${formatNumber(cost.energies, 2)}`,
  ]
}

/** The weight of a well or of a mode beside the data's, with the words for which it is. */
function weight(figures: Arm['figures']): Insertable {
  const name = weightFigures.find((figure) => figures[figure] !== undefined)
  if (name === undefined) return absent
  const truth = figures[ofData(name)]
  const beside = truth === undefined ? '' : ` (${formatNumber(truth)})`
  return html`${formatNumber(figures[name])}${beside}<br><small>${figureTitle(name)}</small>`
}

/** A leading figure of an arm: metrics are named FIGURE:ARM. */
function leading(run: NamedRun['run'], figure: string, arm: string): string | undefined {
  const found = run.metrics.find(({ name }) => name === `${figure}:${arm}`)
  return found && formatEstimate(found.value, found.standardError)
}

/** Leading figures that have a column of their own, or whose two parts stand in one. */
const shownBeside: ReadonlySet<string> = new Set(['divergence', 'lastWellWeightError', 'weightError'])

/** What the run is judged by where that is no divergence; the distance of weights stands beside it already. */
function otherDistance(run: NamedRun['run'], arm: string): Insertable {
  const shown = run.metrics.flatMap(({ name }): Markup[] => {
    const [figure = '', ...rest] = name.split(':')
    if (rest.join(':') !== arm || shownBeside.has(figure)) return []
    return [html`${leading(run, figure, arm)}<br><small>${figureTitle(figure)}</small>`]
  })
  return shown.length === 0 ? absent : html`${shown.map((each, n) => (n === 0 ? each : html`<br>${each}`))}`
}
