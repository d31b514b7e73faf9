import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { formatCount, formatNumber } from './format.js'
import { drive } from './gradients/drive.js'
import type { RecordedGradients } from './gradients/record.js'
import { scan } from './gradients/scan.js'
import { whichRule } from './gradients/which-rule.js'
import { html } from './html.js'
import { page } from './page.js'

/**
 * Writes the page that compares learning rules, whole or not at all: which rule needs what and at what price, then the rules in
 * each drive, then bias and noise over the settings of those that have any. The same record gives the same bytes.
 * @param gradients what gradients.json holds
 * @param version of the package
 * @param file path of the page
 * @throws OverdampedError E_FILE when dist/viz has not been built, or the page cannot be written
 */
export function writeGradientsPage(gradients: RecordedGradients, version: string, file: string): void {
  const { scenario, seed, t, parameters, parameterCount, hiddenUnits, batch, batches, drives } = gradients
  const facts = [
    ['noising time', formatNumber(t)],
    [
      'parameters',
      `${formatCount(parameterCount)}, ${parameters === 'start' ? 'at the start, perturbed' : `of ${parameters}`}`,
    ],
    ...(hiddenUnits > 0 ? [['hidden units', formatCount(hiddenUnits)]] : []),
    ['batches', `${batches} of ${formatCount(batch)} states`],
    ['seed', String(seed)],
  ]
  const overview = html`<header class="overview">
<h1>Learning rules on ${scenario}</h1>
<p class="about">Every local learning rule on the same batches, beside the exact gradient: by what it is off in the mean, how noisy it is, and what it asks of a device.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`
  const sections = [
    whichRule(gradients),
    ...drives.map(drive),
    ...drives.flatMap((of) => of.scans.map((one) => scan(one, of.drive))),
  ]
  const footer = `Written by overdamped ${version}. ± is one standard error.`
  writeAtomic(file, page(`Learning rules on ${scenario}`, overview, sections, footer, assets()))
}
