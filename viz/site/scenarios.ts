import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A scenario that the package ships. */
export interface Scenario {
  name: string
  about: string
  /** the file as it stands */
  text: string
  /** names of its profiles */
  profiles: string[]
  kind: Kind
  /** its run directory, where one is at hand */
  run: string | undefined
}

/** Scenarios that the site shows moving: the network as it was learned, and scenes that need no run. */
export const moving: readonly string[] = [
  'mnist-01',
  'double-well',
  'escape-time',
  'dragged-trap',
  'coupled-oscillators',
  'gaussian-mixture-2d',
  'contrastive-divergence',
  'jarzynski',
]

/** What scenarios are listed under, in this order. */
export const kinds = {
  digits: 'Handwritten digits',
  learned: 'Distributions learned from data',
  objective: 'Energy-based objectives and samplers',
  simulation: 'Simulations',
} as const
export type Kind = keyof typeof kinds

/**
 * Every scenario of the package.
 *
 * @param runs a folder of run directories, each called as its scenario is, or as its quick profile's run is by itself: NAME-quick
 */
export function scenarios(runs: string | undefined): Scenario[] {
  return readdirSync('scenarios')
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace('.yaml', ''))
    .sort()
    .map((name) => {
      const text = readFileSync(join('scenarios', `${name}.yaml`), 'utf8')
      const { about, profiles = {}, data, objective } = parse(text) as Settings
      const kind = objective ? 'objective' : data?.source === 'mnist' ? 'digits' : data ? 'learned' : 'simulation'
      return { name, about, text, profiles: Object.keys(profiles), kind, run: runs && runOf(runs, name) }
    })
}

interface Settings {
  about: string
  profiles?: object
  data?: { source?: string }
  objective?: object
}

/** A run that has been finished: its report is the last that is written. */
function runOf(runs: string, name: string): string | undefined {
  return [name, `${name}-quick`].map((folder) => join(runs, folder)).find((run) => existsSync(join(run, 'report.html')))
}
