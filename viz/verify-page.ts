import { join } from 'node:path'
import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { enumerate } from './format.js'
import { html, type Markup } from './html.js'
import { page } from './page.js'
import type { RecordedVerification } from './verify/record.js'
import { scores } from './verify/scores.js'
import { topicSection } from './verify/topic.js'

/**
 * Writes the page of `overdamped verify`, whole or not at all: the distribution of all z-scores, then a table for each topic. The
 * same record gives the same bytes.
 * @param directory where verify.json is
 * @param found what it holds, and what is exactly known of each topic
 * @returns path of the page
 * @throws OverdampedError E_FILE when dist/viz has not been built, or the page cannot be written
 */
export function writeVerifyPage(directory: string, found: RecordedVerification): string {
  const { topics, checks, version } = found
  const sections = [
    scores(checks),
    ...topics.map(({ name, truth }) =>
      topicSection(
        name,
        truth,
        checks.filter(({ topic }) => topic === name),
      ),
    ),
  ].filter((part) => part !== undefined)
  const footer = `Written by overdamped ${version}. ± is one standard error; a check passes within the tolerance.`
  const path = join(directory, 'report.html')
  writeAtomic(path, page('Verification', head(found), sections, footer, assets()))
  return path
}

function head({ seed, backend, thorough, topics, checks, version }: RecordedVerification): Markup {
  const failed = checks.filter(({ pass }) => pass === false)
  const controls = checks.filter(({ control }) => control)
  const facts = [
    ['version', version],
    ['seed', String(seed)],
    ['backend', backend],
    ['trajectories', thorough ? 'ten times as many (--thorough)' : 'as many as by default'],
    ['topics', String(topics.length)],
  ]
  const [tone, sign, word] = failed.length > 0 ? ['bad', '✕', 'Not all hold'] : ['good', '✓', 'All hold']
  const told = checks.filter(({ pass }) => pass !== null).length
  const wrong =
    failed.length > 0
      ? `${failed.length} of ${told} fail: ${enumerate(failed.slice(0, 6).map(({ name }) => name))}${failed.length > 6 ? ' and others' : ''}.`
      : `All ${told} comparisons came out as they must.`
  const rejected = controls.filter(({ pass }) => pass).length
  return html`<header class="overview">
<h1>Verification</h1>
<p class="about">Simulations and learning rules beside what is exactly known of them, and wrong ones that must be told apart.</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<div class="verdict ${tone}"><span class="sign" aria-hidden="true">${sign}</span><div><h2 class="verdict-title">Truths <span class="word">${word}</span></h2>
<p>${wrong}</p>${controls.length === 0 ? undefined : html`<p>Of ${controls.length} negative controls, which are wrong on purpose, ${rejected} are rejected.</p>`}</div></div>
</header>`
}
