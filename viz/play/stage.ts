import { type Arrangement, canvasStyle, pictureName } from '../arrangement.js'
import { html, type Markup } from '../html.js'
import { icon } from './controls.js'

/** What moves, and what moves it. */
export function stage(layout: Arrangement): Markup {
  const button = (id: string, path: string, words: string, classes = '') =>
    html`<button type="button" id="${id}" class="${classes}">${icon(path)}<span>${words}</span></button>`
  return html`<div class="stage">
<canvas id="lattice" style="${canvasStyle(layout)}" tabindex="0" role="application" aria-roledescription="${pictureName(layout).toLowerCase()}" aria-label="The network" aria-describedby="keys"></canvas>
<p class="unseen" id="keys">Arrow keys go from unit to unit. Space draws with the chosen pointer; while the pointer looks, it plays and pauses.</p>
<div class="timeline"><label for="time" class="unseen">Time of the protocol</label><input type="range" id="time" min="0" max="1" value="0" step="1">
<div class="ends" aria-hidden="true"><span>noise</span><output id="time-is" for="time">–</output><span>sample</span></div></div>
<div class="transport">${button('play', 'M4 2.5v11l9.5-5.5z', 'Play', 'primary')}${button('step', 'M3 3v10l6-5zM11 3h2v10h-2z', 'Step')}${button('again', 'M8 3a5 5 0 1 1-4.6 3l1.4.6A3.5 3.5 0 1 0 8 4.5V7L4.5 3.7 8 .5z', 'Again')}${button('next', 'M2 3v10l5-5zM8 3v10l5-5zM13 3h1.5v10H13z', 'Next seed')}
<span class="saves"><button type="button" class="plain" id="save-png" aria-label="PNG: download the picture">PNG</button><button type="button" class="plain" id="save-csv" aria-label="CSV: download the states">CSV</button></span></div>
</div>`
}
