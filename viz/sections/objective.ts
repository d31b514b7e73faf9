import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, type Drawn, table, thinned } from '../figure.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import { armName, chartFacts, figureTitle, localityWords } from '../objective-facts.js'
import type { Arm, DrawnDensity, DrawnImages, StudyCurve } from '../objective-record.js'
import type { RunRecord } from '../run-record.js'
import { sprite, spriteImage } from '../sprite.js'
import { armDots } from './arm-dots.js'
import { figuresOver } from './figures-over.js'
import { objectiveCurves } from './objective-curves.js'
import { reliability } from './reliability.js'
import { type Section, section } from './section.js'

/**
 * What each arm of an objective found and cost, the densities it learned beside the truth, and its figures over the
 * iterations.
 * @returns undefined for a run without an objective
 */
export function objective(run: RunRecord): Section | undefined {
  const { lattice, dataSource } = run.scenario
  const found = run.objective
  if (!found) return undefined
  const { arms, curves, densities, drawn: own, images } = found
  const lines = densities.filter(({ units }) => units === 1)
  const pictured = images.filter(({ images: { units } }) => lattice && units === lattice[0] * lattice[1])
  const learns = arms.some(({ locality }) => locality !== 'sampler')
  const planes = densities.filter(({ units }) => units === 2)
  const drawn = [
    ...[...new Set(own.map(({ chart }) => chart))].map((chart) =>
      studyChart(
        chart,
        own.filter((curve) => curve.chart === chart),
      ),
    ),
    ...grouped(lines).map((group, place) => densityChart(group, place, learns)),
    ...figuresOver(arms),
    ...objectiveCurves(curves, arms, run.metrics),
  ]
  const body = html`${armsTable(arms)}${armDots(run)}${reliability(arms)}${planes.length > 0 ? html`<div class="panels">${planes.map(planePanel)}</div>` : undefined}
${
  lattice && pictured.length > 0
    ? html`<div class="panels">${pictured.map((drawn) => imagesPanel(drawn, lattice))}</div>
<p class="caption">${imagesCaption(found.kind)}${dataSource === 'mnist' ? ' Digits: MNIST, usually given as CC BY-SA 3.0.' : ''}</p>`
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

function imagesCaption(kind: string): string {
  if (kind === 'thermodynamic-computer')
    return 'The patterns, and the first samples of each arm in the first repetition, not picked.'
  return 'The first images of each class in the first repetition, not picked, a class below another; a last Tweedie step has denoised them.'
}

/** Whether a figure is of the data: it stands with each arm, to be read beside its own. */
function isOfData(figure: string): boolean {
  return ['entropy', 'guess', 'dataWeight'].includes(figure) || figure.endsWith('OfData')
}

function armsTable(arms: readonly Arm[]): Markup {
  const all = [...new Set(arms.flatMap(({ figures }) => Object.keys(figures)))]
  const names = all.filter((name) => !isOfData(name))
  const given = all.filter(isOfData).flatMap((name) => {
    const value = arms.flatMap(({ figures }) => figures[name] ?? [])[0]
    const title = figureTitle(name)
    return value === undefined ? [] : [` ${title.charAt(0).toUpperCase()}${title.slice(1)}: ${formatNumber(value)}.`]
  })
  const counted = ['forces', 'energies'].filter((name) => arms.some(({ cost }) => cost[name]))
  const rows = arms.map(({ name, fails, locality, figures, cost }) => [
    armName(name, fails, localityWords(locality)),
    ...names.map((figure) => formatNumber(figures[figure], 3)),
    ...counted.map((evaluations) => formatCount(cost[evaluations] ?? 0)),
  ])
  const head = ['arm', ...[...names, ...counted].map(figureTitle)]
  // Many figures of few arms fit no line of a page, and a column an arm does.
  const columns = names.length + counted.length
  const turned = (arms.length <= 3 && names.length > 3) || columns > 2 * arms.length
  const [first, ...others] = turned
    ? head.map((title, n) => [title, ...rows.map((row) => row[n] ?? '')])
    : [head, ...rows]
  return html`<div class="arms${turned ? ' turned' : ''}">${table({ head: turned ? ['figure', ...(first ?? []).slice(1)] : (first ?? []), rows: others }, 'Arms of the objective')}</div>
<p class="caption">Figures are means over the repetitions; evaluations are those of one repetition, counted a state at a time.${given}</p>`
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
    ? 'What each arm learned in the first repetition, by quadrature, or the states that it made, in bins, over the density of the data (dashed).'
    : 'States of each arm in the first repetition, in bins, over the truth (dashed).'
  return { spec, markup: html`<h3>${title}</h3>${chartFigure(spec, caption, content)}` }
}

/** A chart that the study draws itself, the truth first. */
function studyChart(chart: string, curves: readonly StudyCurve[]): Drawn {
  const { title, x, y, caption } = chartFacts(chart)
  const series = curves.map(({ name, ...at }, index): ChartSeries => {
    const isData = name === 'data'
    return {
      label: name,
      kind: 'line',
      tone: isData ? 'ink' : runTone(index - (curves[0]!.name === 'data' ? 1 : 0)),
      // A stretch of noise is not seen in dashes.
      dashed: isData && chart !== 'series',
      x: Array.from(at.x, brief),
      y: Array.from(at.y, brief),
    }
  })
  const spec: ChartSpec = {
    id: `chart-objective-${chart}`,
    height: 260,
    x: { label: x },
    y: { label: y },
    series,
  }
  const rows = series.flatMap(({ label, x, y }) =>
    thinned(
      x.map((at, n) => [label, formatNumber(at), formatNumber(y[n] ?? undefined)]),
      40,
    ),
  )
  return { spec, markup: html`<h3>${title}</h3>${chartFigure(spec, caption, { head: ['curve', x, y], rows })}` }
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
