import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { objectivesMarkdown, renderComparison, writeComparison } from '../../viz/compare.js'
import { readRun } from '../../viz/read-run.js'
import { check, hostile, write, writeLearningRun, writeSimulation, writeTwoUnits } from './small-run.js'

let directory = ''
const at = (name: string) => join(directory, name)
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'overdamped-comparison-'))
  for (const name of ['a', 'b']) {
    mkdirSync(at(name))
    writeLearningRun(at(name))
  }
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const compare = (...names: string[]) => renderComparison(names.map((name) => ({ name, run: readRun(at(name)) })))
const section = (page: string, id: string) => new RegExp(`<section id="${id}".*?</section>`, 's').exec(page)?.[0] ?? ''

describe('the comparison', () => {
  it('names the settings that differ, and only those', () => {
    write(
      at('b'),
      'scenario.yaml',
      'name: b\nnetwork: { visible: { lattice: [3, 3] } }\nlearning: { rule: least-squares }\n',
    )
    const settings = section(compare('a', 'b'), 'settings')
    expect(settings).toMatch(/learning\.rule<\/code><\/th><td>.*?force-matching.*?<\/td><td>.*?least-squares/s)
    expect(settings).not.toContain('network.visible.lattice')
    expect(settings).toContain('1 other settings are the same')
  })

  it('says so when the scenarios are the same', () => {
    expect(section(compare('a', 'b'), 'settings')).toContain('the same in all')
  })

  it('marks the best metric and those level with it, on the same data only', () => {
    const metric = (value: number) => ({ value, standardError: 0.01, floor: 0.5, control: 0.9 })
    write(at('b'), 'results.json', { metrics: { bridge: metric(0.6) } })
    write(at('a'), 'results.json', { metrics: { bridge: metric(0.62) } })
    const strong = (page: string) => [...section(page, 'metrics').matchAll(/<strong>([^<]+)/g)].map(([, text]) => text)
    // .02 apart, 2√2·.01 = .028 is the limit.
    expect(strong(compare('a', 'b'))).toEqual(['0.620 ± 0.010', '0.600 ± 0.010'])
    write(at('a'), 'results.json', { metrics: { bridge: metric(0.64) } })
    expect(strong(compare('a', 'b'))).toEqual(['0.600 ± 0.010'])
    write(at('a'), 'scenario.yaml', 'name: a\ndata: { source: other }\nlearning: {}\n')
    expect(strong(compare('a', 'b'))).toEqual([])
  })

  it('shows losses, samples, checks and commands of every run', () => {
    write(at('b'), 'results.json', { checks: [check('first-law', false)] })
    const page = compare('a', 'b')
    expect(section(page, 'samples').match(/<img /g)).toHaveLength(2)
    expect(page).toContain('id="chart-losses"')
    expect(section(page, 'checks')).toMatch(/first-law<\/th><td>.*?✓ pass.*?<\/td><td>.*?✕ fail<\/span>, z = 5\.2/s)
    expect(section(page, 'record').match(/data-copy="command-\d"/g)).toHaveLength(2)
  })

  it('takes runs of different kinds', () => {
    for (const name of ['c', 'd']) {
      mkdirSync(at(name))
      writeLearningRun(at(name))
    }
    writeSimulation(at('c'))
    writeTwoUnits(at('d'))
    const page = compare('a', 'c', 'd')
    expect(page).toContain('id="chart-ends"')
    expect(section(page, 'samples').match(/<svg class="scatter"/g)).toHaveLength(1)
  })

  it('shows markup in names as text', () => {
    const page = renderComparison([
      { name: hostile, run: readRun(at('a')) },
      { name: 'b', run: readRun(at('b')) },
    ])
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<img src=x')
  })
})

describe('writeComparison', () => {
  it('writes the page where it says, with the shortest names that differ', () => {
    mkdirSync(at('other/a'), { recursive: true })
    writeLearningRun(at('other/a'))
    const file = at('compare.html')
    expect(writeComparison([at('a'), at('other/a')], file)).toBe(file)
    expect(readFileSync(file, 'utf8')).toContain('other/a<')
    writeComparison([at('a'), at('b')], file)
    expect(readFileSync(file, 'utf8')).toBe(compare('a', 'b'))
  })

  const runs = (count: number, results?: object) =>
    Array.from({ length: count }, (_, index) => {
      mkdirSync(at(`run-${index}`))
      writeLearningRun(at(`run-${index}`))
      if (results !== undefined) write(at(`run-${index}`), 'results.json', results)
      return at(`run-${index}`)
    })

  it.each([0, 1, 9, 81])('refuses %i runs', (count) => {
    expect(() => writeComparison(runs(count), at('x.html'))).toThrow(
      new RegExp(`2 to 8 runs, or up to 80 where all are of objectives; ${count} given.*E_USAGE`),
    )
  })

  it('sets many runs of objectives on one page, with a row for each arm', () => {
    const arm = (name: string, expected: string, weights: object) => ({
      name,
      expected,
      locality: 'three-factor',
      figures: { divergence: 0.25, ...weights, work: 1.5 },
      cost: { forces: 1000, energies: 2000 },
    })
    const file = writeComparison(
      runs(9, {
        objective: {
          kind: 'jarzynski',
          arms: [
            arm('mala', 'succeeds', { lastWellWeight: 0.6, lastWellWeightOfData: 0.7 }),
            // As runs of before have it.
            arm('uncorrected', 'fails', { weight: 0.4, dataWeight: 0.7 }),
          ],
        },
        metrics: { 'divergence:mala': { value: 0.251, standardError: 0.01 }, 'massError:mala': { value: 0.5 } },
        checks: [check('first', true), check('second', false)],
      }),
      at('many.html'),
    )
    const page = readFileSync(file, 'utf8')
    expect(page.match(/class="group"/g)).toHaveLength(9)
    expect(page.match(/<span class="arm">mala<small>three-factor/g)).toHaveLength(9)
    expect(page.match(/uncorrected <small class="badge">control/g)).toHaveLength(9)
    for (const text of [
      '0.251 ± 0.010',
      '0.600 (0.700)<br><small>weight of the last well',
      '0.400 (0.700)<br><small>weight (last well or first mode)',
      '0.500 ± unknown<br><small>mass error',
      '1.50<br>–',
      '1 of 2 checks',
    ])
      expect(page).toContain(text)
  })

  it('has a row for each system, in the order of the list, on the page and as Markdown', () => {
    const names = ['continual', 'jarzynski', 'my-own']
    const directories = names.map((kind) => {
      const directory = at(kind)
      mkdirSync(directory)
      writeLearningRun(directory)
      write(directory, 'scenario.yaml', `name: ${kind}-scenario\nabout: what ${kind} shows\n`)
      const arm = (name: string, expected: string, figures: object) => ({
        name,
        expected,
        locality: 'local',
        figures,
        cost: { forces: 1, energies: 1 },
      })
      write(directory, 'results.json', {
        objective: {
          kind,
          arms: [
            arm('naive', 'fails', { divergence: 2 }),
            // What others are judged beside stands for no system.
            { ...arm('all at once', 'succeeds', { divergence: 0.1, work: 9 }), reference: true },
            arm('a|b', 'succeeds', { divergence: 0.25, work: 1.5, heat: -2 }),
          ],
        },
        metrics: {
          'divergence:naive': { value: 2, standardError: 0.1 },
          'divergence:all at once': { value: 0.1, standardError: 0.01 },
          'divergence:a|b': { value: 0.251, standardError: 0.01 },
        },
        checks: [check('first', true), check('second', kind !== 'jarzynski'), { ...check('untold', true), pass: null }],
      })
      return directory
    })
    const lines = objectivesMarkdown(directories).split('\n')
    expect(lines.slice(2)).toEqual(
      [
        ['Jarzynski reweighting (Carbone et al., arXiv:2305.19414)', 'jarzynski', '1 of 2'],
        ['Continual learning by replay (GMR, after the abstract of arXiv:2104.09240)', 'continual', '2 of 2'],
        ['my-own', 'my-own', '2 of 2'],
      ].map(
        ([system, name, passed]) =>
          `| ${system} | \`${name}-scenario\` | KL(data‖model), nat | 0.251 ± 0.010 (a\\|b) | 2.00 ± 0.10 (naive) | local | 1.50 / −2 | ${passed} |`,
      ),
    )
    const page = section(readFileSync(writeComparison(directories, at('systems.html')), 'utf8'), 'systems')
    expect(page.match(/<tr><th scope="row"><span class="metric">[^<]*/g)?.map((row) => row.replace(/.*>/, ''))).toEqual(
      ['Jarzynski reweighting', 'Continual learning by replay', 'my-own'],
    )
    expect(page).toContain('<span class="fail">✕ 1 of 2</span>')
    expect(page).toContain('what my-own shows')
  })

  it('has no table of runs that are of no objective', () => {
    expect(() => objectivesMarkdown([at('a')])).toThrow(/no run of an objective.*leave --markdown away.*E_USAGE/s)
    expect(section(compare('a', 'b'), 'systems')).toBe('')
  })

  it('refuses a run given twice, and names a directory that is no run', () => {
    expect(() => writeComparison([at('a'), `${at('a')}/`], at('x.html'))).toThrow(/given twice.*E_USAGE/)
    expect(() => writeComparison([at('a'), at('none')], at('x.html'))).toThrow(/none.*no such run.*E_RUN_DIRECTORY/)
  })
})
