import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import ndarray from 'ndarray'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { embeddedJson } from '../../viz/html.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport, writeReport } from '../../viz/report.js'
import { verdict } from '../../viz/verdict.js'
import { check, count, hostile, write, writeLearningRun, writeSimulation, writeTwoUnits } from './small-run.js'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'overdamped-report-'))
  writeLearningRun(directory)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('the page', () => {
  it('shows samples, verdict, losses, potential, heat and work, metrics, checks, manifest and scenario', () => {
    const page = renderReport(readRun(directory))
    const ids = ['samples', 'motion', 'metrics', 'learning', 'potential', 'couplings', 'virial', 'thermodynamics']
    for (const id of [...ids, 'checks', 'record']) expect(page).toContain(`<section id="${id}"`)
    expect(page).toContain('0.841 ± 0.017')
    expect(page).toContain('1-nearest-neighbour accuracy (0.841 ± 0.017 against 0.910; real data 0.510)')
    expect(page).toContain('npx overdamped run scenarios/small.yaml')
    expect(page).toContain('lattice: [3, 3]')
    expect(page).toContain('boundary: exact')
    expect([...page.matchAll(/<img [^>]*alt="[^"]+"/g)]).toHaveLength(7)
    // Every chart has its figures as a table.
    const drawn = [...page.matchAll(/<figure class="(?:chart|map|traces)">(.*?)<\/figure>/gs)]
    expect(drawn.length).toBeGreaterThan(10)
    for (const [, figure] of drawn) {
      expect(figure).toContain('<table')
      expect(figure).toMatch(/<figcaption>[^<]*\w/)
    }
  })

  it('draws a value of -1 black, 0 mid-grey, and clips what lies above 1 to white', () => {
    const [, base64] =
      /class="sprite when-denoised" src="data:image\/png;base64,([^"]+)"/.exec(renderReport(readRun(directory))) ?? []
    const { data, width } = decode(Buffer.from(base64 as string, 'base64'))
    // Eight images of 3 pixels in a line, seven gaps of 2; two channels, grey and alpha.
    expect(width).toBe(8 * 3 + 7 * 2)
    expect([data[0], data[2], data[4]]).toEqual([0, 128, 255])
    expect([data[1], data[7]]).toEqual([255, 0])
  })

  it('is the same to the byte for the same run, and is written where it says', () => {
    const path = writeReport(directory)
    expect(path).toBe(join(directory, 'report.html'))
    expect(readFileSync(path, 'utf8')).toBe(renderReport(readRun(directory)))
  })

  it('shows a run that has nothing but manifest, scenario and results', () => {
    const names = [
      'samples.npy',
      'samples-denoised.npy',
      'comparison.npz',
      'thermodynamics.npz',
      'trajectories.npz',
      'metrics.jsonl',
      'parameters.safetensors',
      'virial.npz',
    ]
    for (const name of names) unlinkSync(join(directory, name))
    write(directory, 'results.json', {})
    const page = renderReport(readRun(directory))
    expect(page).toContain('it proves nothing')
    expect(page).not.toContain('<section id="samples"')
  })

  it('shows trajectories and the exact Boltzmann density of a simulation', () => {
    writeSimulation(directory)
    const page = renderReport(readRun(directory))
    expect(page).toContain('exact Boltzmann density')
    expect(page).toContain('id="traces"')
    expect(page).toContain('Work done on the network by driving its potential is 0 kT in each of the 40 trajectories.')
  })

  it('shows two units as scatter plots with the same axes', () => {
    writeTwoUnits(directory)
    const page = renderReport(readRun(directory))
    const plots = [...page.matchAll(/<svg class="scatter".*?<\/svg>/gs)].map(([plot]) => plot)
    expect(plots).toHaveLength(4) // denoised, raw, data, control
    expect(new Set(plots.map((plot) => /class="grid" d="([^"]+)"/.exec(plot)?.[1])).size).toBe(1)
  })
})

describe('the verdict', () => {
  it('says plainly that a comparison was lost and that checks fail', () => {
    write(directory, 'results.json', {
      metrics: { oneNearestNeighbour: { value: 0.95, standardError: 0.01, floor: 0.51, control: 0.9 } },
      checks: [check('first-law', true), check('heat-integral', false)],
    })
    const { tone, sentences } = verdict(readRun(directory))
    expect(tone).toBe('bad')
    expect(sentences).toContain(
      'Loses to the harmonic control on 1-nearest-neighbour accuracy (0.950 ± 0.010 against 0.900; real data 0.510).',
    )
    expect(sentences).toContain('1 of 2 checks fails: heat-integral (z = 5.2).')
  })

  it('does not claim a win within two standard errors', () => {
    write(directory, 'results.json', {
      metrics: { bridge: { value: 0.3, standardError: 0.02, floor: 0, control: 0.33 } },
      checks: [check('first-law', true)],
    })
    const { tone, sentences } = verdict(readRun(directory))
    expect(tone).toBe('mixed')
    expect(sentences[0]).toMatch(/^Cannot be told from the harmonic control/)
  })

  it('warns when samples lie closer to training examples than held-out data', () => {
    write(directory, 'results.json', {
      metrics: { nearestTraining: { value: 1, standardError: 0.01, floor: 2, control: 4 } },
    })
    expect(verdict(readRun(directory)).sentences.join(' ')).toContain('a sign of copying')
  })

  it('does not hide that a run was stopped', () => {
    write(directory, 'manifest.json', { exitReason: 'stopped' })
    expect(verdict(readRun(directory)).sentences.join(' ')).toContain('ended before it was done (stopped)')
  })
})

describe('safety', () => {
  it('shows markup in names as text', () => {
    const page = renderReport(readRun(directory))
    expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<img src=x')
    // The theme's line, four blocks of data, the page's script.
    expect([...page.matchAll(/<script/g)]).toHaveLength(6)
  })

  it('embeds JSON that cannot close its script element', () => {
    const { markup } = embeddedJson({ name: hostile })
    expect(markup).not.toContain('<')
    expect(JSON.parse(markup)).toEqual({ name: hostile })
  })

  it('refers to nothing outside itself', () => {
    const page = renderReport(readRun(directory))
    expect(page.match(/(src|href|action|srcset|data)\s*=\s*["']?\s*(https?:)?\/\//gi)).toBeNull()
    // A place within the same picture, and a file that the page itself made, are inside.
    expect(page.match(/(?<!new |Object)url\((?!#)|@import|<link|<iframe|<object/gi)).toBeNull()
  })

  it('allows its own two scripts only, by their hashes', () => {
    const page = renderReport(readRun(directory))
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script as string)
    expect(scripts).toHaveLength(2)
    expect(scripts[1]?.length).toBeGreaterThan(1000)
    const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${hashes.join(' ')};`)
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  })
})

describe('damaged runs', () => {
  it.each(['manifest.json', 'scenario.yaml', 'results.json'])('names a missing %s', (name) => {
    unlinkSync(join(directory, name))
    expect(failure()).toMatchObject({ code: 'E_RUN_DIRECTORY', where: join(directory, name) })
  })

  it.each([
    'manifest.json',
    'results.json',
    'metrics.jsonl',
    'samples.npy',
    'samples-denoised.npy',
    'comparison.npz',
    'thermodynamics.npz',
    'trajectories.npz',
    'parameters.safetensors',
    'virial.npz',
  ])('names a truncated %s', (name) => {
    const path = join(directory, name)
    truncateSync(path, readFileSync(path).length - 9)
    const error = failure()
    expect(error.code).toBe('E_FORMAT')
    expect(error.where).toContain(path)
  })

  it('names a directory that does not exist', () => {
    rmSync(directory, { recursive: true })
    expect(failure().text).toContain('no such run directory')
  })

  it('refuses denoised samples of another shape than the raw ones', () => {
    write(directory, 'samples-denoised.npy', encodeNpy(ndarray(new Float32Array(2 * 9), [2, 9])))
    expect(failure().text).toContain(`shape [2, 9] where samples.npy has [${count}, 9]`)
  })
})

function failure(): OverdampedError {
  try {
    writeReport(directory)
  } catch (error) {
    expect(error).toBeInstanceOf(OverdampedError)
    return error as OverdampedError
  }
  throw new Error('expected writeReport to throw')
}
