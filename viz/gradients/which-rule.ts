import { table } from '../figure.js'
import { absent, formatNumber } from '../format.js'
import { html, type Insertable } from '../html.js'
import { type Section, section } from '../sections/section.js'
import { askedCell, biasCell } from './cells.js'
import type { RecordedGradients } from './record.js'

/** The rules from the fewest things to measure to the most; others follow. */
const order = [
  'contrastive-divergence',
  'implicit-score-matching',
  'reverse-path',
  'force-matching',
  'nudged-force-matching',
]

/** The decision table: what one can measure, the rule that makes do with it, and its price. */
export function whichRule({ drives, hiddenUnits }: RecordedGradients): Section {
  const named = drives.flatMap(({ rules }) => rules.map(({ name }) => name))
  const rows = [...new Set([...order.filter((name) => named.includes(name)), ...named])].flatMap(
    (name): Insertable[][] => {
      const found = drives
        .map(({ drive, rules }) => ({ drive, rule: rules.find((rule) => rule.name === name) }))
        .sort((a, b) => Number(a.rule?.result === null) - Number(b.rule?.result === null))[0]
      if (found?.rule === undefined) return []
      const { drive, rule } = found
      const { result, refusal } = rule
      const hidden = rule.hidden === null ? 'no' : rule.hidden === 'local' ? 'yes' : 'not locally'
      const named = html`<span class="metric">${rule.measures}<small>→ <strong>${name}</strong>${result === null ? `: not here; ${refusal}` : result.cost.runs > 1 ? devicePrice(drives, name) : ''}</small></span>`
      if (result === null) return [[named, absent, absent, absent, hidden, absent]]
      return [
        [
          named,
          `${rule.order === 'none' ? 'none, ' : ''}${biasCell(result.bias)}`,
          `× ${formatNumber(result.batches, 2)}`,
          askedCell(rule),
          hidden,
          drive,
        ],
      ]
    },
  )
  const head = ['you can measure → rule', 'bias', 'data', 'each batch asks', 'hidden units', 'drive']
  const solved =
    hiddenUnits > 0
      ? html`With hidden units the problem is not linear in the parameters, and least squares does not apply.`
      : html`A simulator that may use all data at once need not descend: each slice is a least-squares problem, which <code>learning.rule: least-squares</code> solves.`
  const body = html`${table({ head, rows }, 'Which rule')}<p class="caption">${solved}</p>`
  const note =
    'Bias: what the mean gradient is off by, in per cent of the exact one; “<” is what it could at most be, at 2 standard errors. Data: how many times the batches of force matching in the same drive it needs for the same error.'
  return section('which', 'Which rule?', note, body)
}

/** The run of a simulator with noise of both signs, which contrastive divergence has by default, and that of a device. */
const deviceCurve = 'one step'
const deviceTime = 0.05

/** What contrastive divergence costs where noise can't be turned around. */
function devicePrice(drives: RecordedGradients['drives'], name: string): string {
  for (const { rules, scans } of drives) {
    const matching = rules.find((rule) => rule.name === 'force-matching')?.result?.noise
    const point = scans
      .find(({ rule }) => rule === name)
      ?.curves.find(({ label }) => label === deviceCurve)
      ?.points.find(({ x }) => x === deviceTime)
    if (matching === undefined || point === undefined) continue
    const times = formatNumber((point.noise / matching) ** 2, 2)
    return ` by a simulator, which turns the noise around in a second run; a device has one run, and needs × ${times} the data at h = ${deviceTime}`
  }
  return ''
}
