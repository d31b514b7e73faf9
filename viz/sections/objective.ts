import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, table, thinned } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { armName, figureTitle, localityWords, ofData } from '../objective-facts.js'
import type { Arm, DrawnDensity, DrawnImages, ObjectiveCurve, RunRecord } from '../run-record.js'
import { sprite, spriteImage } from '../sprite.js'
import { type Section, section } from './section.js'

/** A chart and where it stands. */
interface Drawn {
  spec: ChartSpec
  markup: Markup
}

/**
 * What each arm of an objective found and cost, the densities it learned beside the truth, and its figures over the
 * iterations.
 * @returns undefined for a run without an objective
 */
export function objective({ objective: found, scenario: { lattice, dataSource } }: RunRecord): Section | undefined {
  if (!found) return undefined
  const { arms, curves, densities, images } = found
  const lines = densities.filter(({ units }) => units === 1)
  const learns = arms.some(({ locality }) => locality !== 'sampler')
  const planes = densities.filter(({ units }) => units === 2)
  const drawn = [
    ...grouped(lines).map((group, place) => densityChart(group, place, learns)),
    // A figure that was taken once, at the end, is no curve; the arms' table has it.
    ...[...new Set(curves.flatMap(({ figure, iteration }) => (iteration.length > 1 ? [figure] : [])))].map((figure) =>
      curveChart(
        figure,
        curves.filter((curve) => curve.figure === figure),
        arms,
      ),
    ),
  ]
  const body = html`${armsTable(arms)}${planes.length > 0 ? html`<div class="panels">${planes.map(planePanel)}</div>` : undefined}
${
  lattice && images.length > 0
    ? html`<div class="panels">${images.map((drawn) => imagesPanel(drawn, lattice))}</div>
<p class="caption">The first images of each class in the first repetition, not picked, a class below another; a last Tweedie step has denoised them.${dataSource === 'mnist' ? ' Digits: MNIST, usually given as CC BY-SA 3.0.' : ''}</p>`
    : undefined
}
<div class="charts">${drawn.map(({ markup }) => html`<div>${markup}</div>`)}</div>`
  const note =
    'Arms differ in one thing only, and share data and random numbers. One that is expected to fail is a control: its checks pass when it misses the truth.'
  return section(
    'objective',
    `Objective: ${found.kind}`,
    note,
    body,
    drawn.map(({ spec }) => spec),
  )
}

function armsTable(arms: readonly Arm[]): Markup {
  const names = [...new Set(arms.flatMap(({ figures }) => Object.keys(figures)))]
  const rows = arms.map(({ name, fails, locality, figures, cost }) => [
    armName(name, fails, localityWords(locality)),
    ...names.map((figure) => formatNumber(figures[figure], 3)),
    formatCount(cost.forces ?? 0),
    formatCount(cost.energies ?? 0),
  ])
  const head = ['arm', ...names.map(figureTitle), figureTitle('forces'), figureTitle('energies')]
  return html`${table({ head, rows }, 'Arms of the objective')}
<p class="caption">Figures are means over the repetitions; evaluations are those of one repetition, counted a state at a time.</p>`
}

/** Name and densities of one chart, the truth first. */
interface DensityGroup {
  title: string
  densities: readonly DrawnDensity[]
}

/** Where there are several truths ("NAME, truth"), each goes on a chart with the arms whose names begin alike. */
function grouped(lines: readonly DrawnDensity[]): DensityGroup[] {
  const truth = ', truth'
  const names = lines.flatMap(({ name }) => (name.endsWith(truth) ? [name.slice(0, -truth.length)] : []))
  if (names.length < 2) return lines.length > 0 ? [{ title: 'Densities', densities: lines }] : []
  return names.map((title) => ({
    title: `Densities: ${title}`,
    densities: lines.filter(({ name }) => name.startsWith(`${title},`)),
  }))
}

function densityChart({ title, densities }: DensityGroup, place: number, learns: boolean): Drawn {
  const series = densities.map(
    ({ name, x, density }, index): ChartSeries => ({
      label: name,
      kind: 'line',
      tone: index === 0 ? 'ink' : runTone(index - 1),
      dashed: index === 0,
      x: Array.from(x, brief),
      y: Array.from(density, brief),
    }),
  )
  const spec: ChartSpec = {
    id: `chart-objective-density-${place}`,
    height: 260,
    x: { label: 'x' },
    y: { label: 'probability density', floor: 0 },
    series,
  }
  const content = {
    head: ['density', 'x', 'p(x)'],
    rows: series.flatMap(({ label, x, y }) =>
      thinned(
        x.map((at, n) => [label, formatNumber(at), formatNumber(y[n] ?? undefined)]),
        40,
      ),
    ),
  }
  const caption = learns
    ? 'What each arm learned in the first repetition, by quadrature, over the density of the data (dashed).'
    : 'States of each arm in the first repetition, in bins, over the truth (dashed).'
  return { spec, markup: html`<h3>${title}</h3>${chartFigure(spec, caption, content)}` }
}

/** Density of two units as a grey picture: x₁ to the right, x₂ upwards, from 0 to its own largest value. */
function planePanel({ name, x, density }: DrawnDensity): Markup {
  const side = x.length
  const most = Array.from(density).reduce((a, b) => Math.max(a, b), 0)
  const points = Array.from({ length: side * side }, (_, n) => {
    const [row, column] = [Math.floor(n / side), n % side]
    return (density[column * side + (side - 1 - row)] as number) / most
  })
  const picture = sprite({ points, count: 1, units: side * side }, [0], [side, side], 1, [0, 1])
  const reach = `${formatNumber(x[0])} to ${formatNumber(x[side - 1])}`
  return html`<figure class="panel"><h3>${name}</h3>${spriteImage(picture, `density: ${name}`)}
<figcaption>Density, from ${reach} along both axes.</figcaption></figure>`
}

/** Images in a line of the sheet. */
const across = 8

/** What an arm drew, in the order in which it was drawn. */
function imagesPanel({ name, images }: DrawnImages, lattice: readonly [number, number]): Markup {
  const rows = Array.from({ length: images.count }, (_, n) => n)
  const sheet = spriteImage(sprite(images, rows, lattice, across), `${images.count} images: ${name}`)
  return html`<figure class="panel"><h3>${name}</h3>${sheet}</figure>`
}

function curveChart(figure: string, curves: readonly ObjectiveCurve[], arms: readonly Arm[]): Drawn {
  const series = curves.map(
    ({ arm, iteration, value }): ChartSeries => ({
      label: arm,
      kind: 'line',
      tone: runTone(
        Math.max(
          0,
          arms.findIndex(({ name }) => name === arm),
        ),
      ),
      x: iteration,
      y: value.map(brief),
    }),
  )
  const truth = arms.flatMap(({ figures }) => figures[ofData(figure)] ?? [])[0]
  const spec: ChartSpec = {
    id: `chart-objective-${figure}`,
    height: 230,
    x: { label: 'iteration' },
    y: { label: figureTitle(figure) },
    series,
    levels: truth === undefined ? [] : [{ y: brief(truth), label: 'data' }],
  }
  const content = {
    head: ['arm', 'iteration', figureTitle(figure)],
    rows: curves.flatMap(({ arm, iteration, value }) =>
      thinned(
        iteration.map((at, n) => [arm, formatCount(at), formatNumber(value[n])]),
        20,
      ),
    ),
  }
  const caption = 'Means over the repetitions.'
  return { spec, markup: html`<h3>${figureTitle(figure)}</h3>${chartFigure(spec, caption, content)}` }
}
