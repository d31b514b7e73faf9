import { arrangement, canvasStyle, pictureName, unitName } from '../arrangement.js'
import type { TrajectoriesSpec } from '../field-spec.js'
import { thinned } from '../figure.js'
import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { unitControl } from '../maps.js'
import type { RunRecord, Trajectories } from '../run-record.js'

/**
 * The recorded trajectories of one unit, to browse: choose the unit on the lattice or by number, zoom, read, and hide
 * trajectories. The table holds the chosen unit's figures.
 * @param spec what the script draws
 */
export function traces(run: RunRecord, spec: TrajectoriesSpec): Markup {
  const { trajectories } = run
  const { units, count, unit } = spec
  const place = arrangement(run, units)
  const legend = Array.from(
    { length: count },
    (_, index) =>
      html`<label style="--tone:var(--run-${index % 8})"><input type="checkbox" data-trace="${index}" checked><i class="key${index >= 8 ? ' dashed' : ''}"></i>${index + 1} <output data-trace-reading="${index}"></output></label>`,
  )
  const picker =
    units > 2
      ? html`<div class="picker live"><canvas class="lattice${place.torus ? ' torus' : ''}" id="traces-lattice" style="${canvasStyle(place)}" tabindex="0" role="application" aria-roledescription="lattice map" aria-label="${pictureName(place)} at the time under the pointer. Arrow keys choose a unit."></canvas>
<div class="ramp-line"><span data-low></span><i class="ramp"></i><span data-high></span></div>
<p class="reading"><output id="traces-frame"></output></p></div>`
      : undefined
  return html`<h3>Traces <small>raw</small></h3>
<figure class="traces"><div class="controls live">${units > 1 ? unitControl('traces-unit', units, place) : undefined}
<div class="zoom" role="group" aria-label="Zoom"><button type="button" data-zoom="in">Zoom in</button><button type="button" data-zoom="out">Zoom out</button><button type="button" data-zoom="all">Whole time</button></div></div>
<div class="browse">${picker}<div class="trace-chart"><fieldset class="trace-legend live"><legend>Trajectories</legend>${legend}</fieldset>
<div class="plot" id="traces" style="height:300px" tabindex="0" role="application" aria-roledescription="chart" aria-label="x of the chosen unit over time in each trajectory. Left and right move the cursor, plus and minus zoom, 0 shows the whole time."></div></div></div>
<figcaption>${units > 1 ? 'The chosen unit' : 'The unit'} in ${count === 1 ? 'the recorded trajectory' : `${count} recorded trajectories`}, as the integrator left them${
    run.scenario.learns ? '. Time is that of the noising, counted down to the data' : ''
  }. Drag over a stretch to zoom, double-click for the whole${
    units > 2
      ? `; the ${pictureName(place).toLowerCase()} shows the first visible trajectory at the time under the pointer`
      : ''
  }.</figcaption>
${trajectories && figures(trajectories, count, unit, units > 1 ? unitName(unit, place) : 'the unit')}</figure>`
}

/** 25 times of the unit that is chosen at first; the script follows the choice. */
function figures({ time, units, x }: Trajectories, count: number, unit: number, name: string): Markup {
  const head = Array.from({ length: count }, (_, index) => html`<th scope="col">${index + 1}</th>`)
  const rows = thinned([...time.keys()], 25).map(
    (frame) => html`<tr><th scope="row">${formatNumber(time[frame])}</th>${Array.from(
      { length: count },
      (_, index) => html`<td>${formatNumber(x[(index * time.length + frame) * units + unit] as number)}</td>`,
    )}</tr>
`,
  )
  return html`<details class="data"><summary>Table of the figures</summary>
<div class="scroll" tabindex="0" role="group" aria-label="Traces"><table id="traces-table"><caption>x of <span id="traces-name">${name}</span>, by trajectory</caption>
<thead><tr><th scope="col">t</th>${head}</tr></thead><tbody>${rows}</tbody></table></div></details>`
}
