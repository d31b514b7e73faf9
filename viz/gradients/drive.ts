import { foldedTable, table } from '../figure.js'
import { formatNumber } from '../format.js'
import { html } from '../html.js'
import { type Section, section } from '../sections/section.js'
import { biasCell, percent } from './cells.js'
import type { RecordedDrive } from './record.js'

/** Every rule in one drive beside the oracle, as a whole and for each group of parameters. */
export function drive({ drive: name, oracle, rules }: RecordedDrive): Section {
  const applied = rules.flatMap(({ result, ...rule }) => (result === null ? [] : [{ ...rule, result }]))
  const refused = rules.filter(({ refusal }) => refusal !== null)
  const rows = applied.map(({ name: rule, equation, order, result }) => [
    html`<span class="metric">${rule}<small>${equation}; bias ${order}</small></span>`,
    biasCell(result.bias),
    percent(result.noise),
    percent(result.standardError),
    formatNumber(result.cosine.value, 4),
    `${formatNumber(1000 * result.cost.seconds, 2)} ms`,
  ])
  const head = ['rule', 'bias', 'noise of a batch', 's.e. of the mean', 'cosine', 'simulated in']
  const groups = {
    head: ['rule', 'parameters', 'how many', 'bias', 'noise of a batch', 's.e. of the mean'],
    rows: applied.flatMap(({ name: rule, result }) =>
      result.groups.map((group) => [
        rule,
        group.name,
        formatNumber(group.parameters),
        biasCell(group.bias),
        percent(group.noise),
        percent(group.standardError),
      ]),
    ),
  }
  const body = html`${table({ head, rows }, `Rules in the ${name} drive`)}
${refused.map(({ name: rule, refusal }) => html`<p class="caption"><strong>${rule}</strong> is not here: ${refusal ?? ''}.</p>`)}
${foldedTable(groups, 'By group of parameters, relative to the exact gradient of the group')}`
  const note = `All in per cent of the exact gradient, which is known to ${percent(oracle.standardError)}: force matching in float64 whose target is its mean over all data and noise at that state, over as many other batches. The cosine is that of one batch’s gradient with it.`
  return section(`drive-${name}`, `${name[0]?.toUpperCase()}${name.slice(1)} drive`, note, body)
}
