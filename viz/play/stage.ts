import { type Arrangement, canvasStyle, pictureName } from '../arrangement.js'
import { html, type Markup } from '../html.js'
import { transport } from './transport.js'

/** What moves, and what moves it. */
export function stage(layout: Arrangement): Markup {
  return html`<div class="stage">
<canvas id="lattice" style="${canvasStyle(layout)}" tabindex="0" role="application" aria-roledescription="${pictureName(layout).toLowerCase()}" aria-label="The network" aria-describedby="keys"></canvas>
<p class="unseen" id="keys">Arrow keys go from unit to unit. Space draws with the chosen pointer; while the pointer looks, it plays and pauses.</p>
<div class="timeline"><label for="time" class="unseen">Time of the protocol</label><input type="range" id="time" min="0" max="1" value="0" step="1">
<div class="ends" aria-hidden="true"><span>noise</span><output id="time-is" for="time">–</output><span>sample</span></div></div>
<div class="transport">${transport()}
<span class="saves"><button type="button" class="plain" id="save-png" aria-label="PNG: download the picture">PNG</button><button type="button" class="plain" id="save-csv" aria-label="CSV: download the states">CSV</button></span></div>
</div>`
}
