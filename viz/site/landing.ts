import type { Token } from 'marked'
import { html, type Markup } from '../html.js'
import type { Page } from './frame.js'
import { card, type Shown } from './gallery.js'
import { rendered, type Setting } from './markdown.js'
import type { Readme } from './readme.js'

/** What of the README the first page has below its head, in this order. */
const shown = ['Start', 'What it shows', 'As a library', 'Speed', 'What it is not', 'Licence and data']
const fewCards = 8

/** What the first page has besides words. */
export interface Head {
  /** the equation of motion */
  equation: readonly Token[]
  /** the place of the page on which digits form, where there is one; else that of a picture of a report */
  live: string | undefined
  picture: string
  gallery: readonly Shown[]
}

/**
 * The first page: what this is, the digits that form, how to begin, what it shows. Its words are the README's.
 *
 * @param setting where the README's links lead from here
 */
export function landing(
  { about, sections }: Readme,
  { equation, live, picture, gallery }: Head,
  setting: Setting,
): Page {
  const path = 'index.html'
  const words = rendered(about, setting).body
  const parts = shown.map((title, n) => rendered(sections.get(title) ?? [], { ...setting, prefix: `part-${n}-` }).body)
  const seen = gallery.filter((one) => one.picture !== undefined)
  const few = seen.filter((_, n) => n % Math.max(1, Math.floor(seen.length / fewCards)) === 0).slice(0, fewCards)
  return {
    ...{ path, title: 'overdamped', form: 'wide' },
    description:
      'Overdamped Langevin networks of nonlinear oscillators that learn to generate: protocols, local learning rules, heat and work.',
    body: html`<div class="hero"><div class="words"><h1>overdamped</h1><div class="about">${words}</div>
${rendered(equation, setting).body}
<p class="buttons"><a class="button main" href="docs/tutorial.html">Tutorial</a><a class="button" href="scenarios/index.html">Scenarios</a><a class="button" href="docs/index.html">Documentation</a></p></div>
${stage(live, picture)}</div>
${few.length > 0 ? html`<ul class="cards strip">${few.map((one) => card(one, path))}</ul>` : undefined}
<div class="prose parts">${parts.map((part) => html`<section>${part}</section>`)}</div>`,
  }
}

/** The network that generates while one looks; where there is no run of it, what its report looks like. */
function stage(live: string | undefined, picture: string): Markup {
  if (live === undefined)
    return html`<figure class="stage"><a href="scenarios/mnist-01.html"><img src="${picture}" alt="The report of mnist-01: generated digits beside real ones"></a></figure>`
  // Sixty-four at once, of each class in turn: what the link of a live page would say.
  return html`<figure class="stage live"><iframe src="${live}?bare#count=64&label=each" sandbox="allow-scripts" title="A network that turns thermal noise into digits, live" loading="lazy"></iframe>
<figcaption><a href="${live}">Open it on a page of its own</a></figcaption></figure>`
}
