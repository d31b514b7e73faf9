import { html, type Markup, raw } from '../html.js'
import type { Page } from './frame.js'
import { relativeTo, scenarioPage } from './links.js'
import { codeBlock } from './markdown.js'
import { type Kind, kinds, type Scenario } from './scenarios.js'

/** A scenario with what its run shows. */
export interface Shown extends Scenario {
  picture: Markup | undefined
  /** the place of its report within the site */
  report: string | undefined
  /** the profile that the report is of, where it is of one */
  profile: string | null
  /** the place of the page on which it moves */
  live: string | undefined
  /** places in documents that name it: a title and where it leads */
  mentions: readonly { title: string; target: string }[]
}

/** What a card shows: the picture of a run, or the command that makes one. */
export function pictureOf({ name, picture }: Shown): Markup {
  return html`<span class="picture">${picture ?? html`<code class="none">overdamped run ${name}</code>`}</span>`
}

/** A small picture with name and what it is about, which leads to the scenario. */
export function card(shown: Shown, from: string): Markup {
  return html`<li class="card"><a href="${relativeTo(from, scenarioPage(shown.name))}">${pictureOf(shown)}<span class="name">${shown.name}</span></a><p>${shown.about}</p></li>`
}

/** All scenarios, with a picture of each whose run is at hand. */
export function gallery(all: readonly Shown[]): Page {
  const path = 'scenarios/index.html'
  const sections = Object.entries(kinds).map(([kind, title]) => {
    const those = all.filter((one) => one.kind === (kind as Kind))
    return html`<section><h2 id="${kind}">${title} <small>${those.length}</small></h2><ul class="cards">${those.map((one) => card(one, path))}</ul></section>`
  })
  const words = `${all.length} scenarios come with the package. Each is one file, runs by its name, and ends in a report.`
  return {
    ...{ path, title: 'Scenarios', description: words, form: 'wide' },
    body: html`<h1>Scenarios</h1><p class="about">${words}</p>${sections}`,
  }
}

/** One scenario: its command, its report, and the file itself. */
export function scenarioPageOf(shown: Shown): Page {
  const { name, about, text, profiles, picture, report, profile, live, mentions } = shown
  const path = scenarioPage(name)
  const commands = [
    `npx overdamped run ${name}`,
    ...profiles.map((profile) => `npx overdamped run ${name} --profile ${profile}`),
  ]
  const at = (target: string) => relativeTo(path, target)
  const buttons = [
    ...(live ? [html`<a class="button main" href="${at(live)}">Watch it move</a>`] : []),
    ...(report ? [html`<a class="button" href="${at(report)}">Open the report</a>`] : []),
  ]
  return {
    ...{ path, title: name, description: about, form: 'wide' },
    body: html`<p class="crumb"><a href="${at('scenarios/index.html')}">Scenarios</a></p>
<div class="lead"><div><h1>${name}</h1><p class="about">${about}</p>${raw(codeBlock(commands.join('\n'), 'sh', 'command'))}
${buttons.length > 0 ? html`<p class="buttons">${buttons}</p>` : undefined}
${profile === null ? undefined : html`<p class="caption">The report is that of the ${profile} profile.</p>`}</div>
${picture ? html`<div class="picture large">${picture}</div>` : undefined}</div>
<h2 id="file">The file</h2>${raw(codeBlock(text.trimEnd(), 'yaml', 'yaml'))}
${mentions.length > 0 ? html`<h2 id="documents">In the documentation</h2><ul>${mentions.map(({ title, target }) => html`<li><a href="${at(target)}">${title}</a></li>`)}</ul>` : undefined}`,
  }
}
