import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { OverdampedError } from '../../src/errors.js'
import { apiHits, writeApi } from './api.js'
import { cite } from './cite.js'
import { contents } from './contents.js'
import { documentIndex, documentPage } from './documents.js'
import { framed, type Page, type Site } from './frame.js'
import { gallery, type Shown, scenarioPageOf } from './gallery.js'
import { landing } from './landing.js'
import { linksOf, picturePlace, settingOf } from './links.js'
import { type Passage, tokensOf } from './markdown.js'
import { readme } from './readme.js'
import { makeRuns, profileOf, reportOf, writeLive } from './runs.js'
import { moving, type Scenario, scenarios } from './scenarios.js'
import { searchScript } from './search-index.js'
import type { Hit } from './search-options.js'
import { source } from './source.js'
import { systems } from './systems.js'
import { thumbnail } from './thumbnail.js'
import { writeVersions } from './versions.js'

const usage = `npm run site -- [options]

--out DIR   folder of the site [site]; this version goes to DIR/VERSION
--runs DIR  folder of run directories [runs]; those that are missing are made by their quick profiles, which takes minutes
--no-runs   make none: scenarios without a run show their command
--no-api    leave the API pages out, which take most of the rest`

/** What the pages load: two scripts and the style sheet, as they were bundled. */
export interface Loaded {
  /** runs before the first paint */
  early: string
  script: string
  style: string
}

/**
 * Builds the site into a folder: one of this version, whole or not at all, and a page that leads to the newest.
 *
 * @param args what `usage` lists; `--help` prints it
 */
export function buildSite(args: readonly string[], loaded: Loaded): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string', default: 'site' },
      runs: { type: 'string' },
      'no-runs': { type: 'boolean' },
      'no-api': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const runs = values.runs ?? (values['no-runs'] ? undefined : 'runs')
  if (!values['no-runs'] && runs !== undefined) makeRuns(scenarios(runs), runs)
  else if (runs !== undefined && !existsSync(runs))
    throw new OverdampedError(
      'E_FILE',
      'expected a folder of run directories; leave out --no-runs to have them made',
      runs,
    )
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const place = join(values.out, version)
  const made = `${place}.${process.pid}.tmp`
  try {
    write(made, version, scenarios(runs), !values['no-api'], loaded)
    rmSync(place, { recursive: true, force: true })
    renameSync(made, place)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
  writeVersions(values.out)
  console.log(join(values.out, 'index.html'))
}

/** Writes the site of one version. */
function write(folder: string, version: string, all: readonly Scenario[], hasApi: boolean, loaded: Loaded): void {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  if (hasApi) writeApi(join(folder, 'api'))
  const groups = contents()
  const documents = groups.flatMap(({ documents }) => documents)
  const links = linksOf(documents)
  const read = documents.map((one) => ({ one, ...documentPage(one, links) }))
  const shown = all.map((scenario) => show(scenario, folder, put, read))
  const passages = new Map(read.map(({ page, passages }) => [page.path, passages]))
  const physics = documents.find(({ file }) => file === 'docs/physics.md')
  const objectives = documents.find(({ file }) => file === 'docs/objectives.md')
  const texts = readme()
  const head = {
    equation: tokensOf(physics?.text ?? '')
      .filter(({ type }) => type === 'equation')
      .slice(0, 1),
    live: shown.find(({ name }) => name === 'mnist-01')?.live,
    picture: links.from('README.md', 'docs/report.png'),
    gallery: shown,
  }
  const pages: Page[] = [
    landing(texts, head, settingOf(links, 'README.md', 'index.html')),
    ...(objectives ? [systems(texts, objectives, shown, links)] : []),
    gallery(shown),
    ...shown.map(scenarioPageOf),
    documentIndex(groups),
    ...read.map(({ page }) => page),
    cite(version),
  ]
  // Last: all that links to them has been read.
  const everything = [...pages, ...[...links.sources].map(source)]
  const site: Site = { version, groups, hasApi }
  for (const page of everything) put(page.path, framed(page, site))
  for (const picture of links.pictures) {
    mkdirSync(dirname(join(folder, picturePlace(picture))), { recursive: true })
    copyFileSync(picture, join(folder, picturePlace(picture)))
  }
  put('search.js', searchScript([...hitsOf(everything, passages), ...(hasApi ? apiHits(join(folder, 'api')) : [])]))
  put('site.js', loaded.script)
  put('theme.js', loaded.early)
  put('site.css', loaded.style)
  put('icon.svg', icon)
}

/** A scenario with its picture and pages of its run, which are written. */
function show(
  scenario: Scenario,
  folder: string,
  put: (path: string, text: string) => void,
  read: readonly { page: Page; passages: Passage[] }[],
): Shown {
  const { name, run } = scenario
  const report = run === undefined ? undefined : reportOf(run)
  if (report !== undefined) put(`reports/${name}.html`, report)
  // A network moves as its run has learned it, a scene by itself.
  const live = moving.includes(name) && run !== undefined ? `live/${name}.html` : undefined
  if (live !== undefined && run !== undefined) {
    mkdirSync(join(folder, 'live'), { recursive: true })
    writeLive(name === 'mnist-01' ? run : name, join(folder, live))
  }
  const named = new RegExp(`scenarios/${name}\\.yaml|\`${name}\``)
  const mentions = read.flatMap(({ page, passages }) =>
    passages
      .filter(({ raw }) => named.test(raw))
      .map(({ heading }) => ({
        title: heading.depth === 1 ? page.title : `${page.title}: ${heading.text}`,
        target: `${page.path}#${heading.id}`,
      })),
  )
  return {
    ...scenario,
    picture: report === undefined ? undefined : thumbnail(report),
    report: report === undefined ? undefined : `reports/${name}.html`,
    profile: run === undefined ? null : profileOf(run),
    live,
    mentions,
  }
}

/** What the search finds: documents by heading, all other pages by what they are about. */
function hitsOf(pages: readonly Page[], passages: ReadonlyMap<string, readonly Passage[]>): Hit[] {
  return pages.flatMap((page) => {
    const parts = passages.get(page.path)
    if (parts === undefined)
      return [{ title: page.title, heading: '', text: page.description, excerpt: page.description, target: page.path }]
    return parts.map(({ heading, text }) => {
      const words = text.replace(/\s+/g, ' ').trim()
      const name = heading.depth === 1 ? '' : heading.text
      return {
        title: page.title,
        heading: name,
        text: words,
        excerpt: words.slice(0, 160),
        target: `${page.path}#${heading.id}`,
      }
    })
  })
}

/** A particle in one of two wells. */
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0a6b70"/><path d="M4 8C6 26 11 26 13 19c2-5 4-5 6 0 2 7 7 7 9-11" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><circle cx="9.4" cy="20.4" r="3" fill="#fff"/></svg>
`
