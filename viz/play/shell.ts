import type { Origin } from '../../src/play/record.js'
import { playAssets } from '../assets.js'
import { wholeDocument } from '../document.js'
import { html, type Markup } from '../html.js'

/** A live page: what is seen of it, and what it computes with. */
export interface Shell {
  /** What the script reads, under the id `record`. */
  record: Origin
  main: Markup
  /** Which bundle computes: `play-worker` for networks. */
  worker: string
  /** Whether a graphics card may. */
  graphics?: boolean
  /** See DocumentParts. */
  parts?: readonly string[]
}

/**
 * The document of a live page. What computes runs in a worker made of text that the page holds, and compiles the kernels that it
 * holds: for these two the policy says `worker-src blob:` and `'wasm-unsafe-eval'`, and is that of a report otherwise.
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
export function shell({ record, main, worker, graphics = false, parts = [] }: Shell): string {
  const { title, about, command, version } = record
  const { script, style, worker: text } = playAssets(worker, graphics)
  return wholeDocument({
    title,
    bar: html`<span class="of">${title}</span><button type="button" id="copy-link" class="live">Copy link</button>`,
    main: html`<header class="head"><h1>${title}</h1><p class="about">${about}</p></header>
<noscript><p class="failure">This page computes what it shows: it needs its script.</p></noscript>
<p class="failure" id="failure" role="alert" hidden></p>
<p class="link-out" id="link-out" hidden><label>The link: <input type="text" id="link" readonly></label></p>
${main}
<p class="unseen" id="said" aria-live="polite"></p>`,
    footer: html`Computed on this page by overdamped ${version}; nothing leaves it. Written by <code>${command}</code>. <span id="rate"></span>`,
    ...{ script, style },
    ...{ data: { record, worker: text }, parts },
    allow: { scripts: ["'wasm-unsafe-eval'"], directives: ['worker-src blob:'] },
  })
}
