import { writeFreeEnergyPage } from '../../../viz/free-energy-page.js'
import { type FreeEnergyOfRuns, freeEnergyOfRuns, writeFreeEnergy } from '../../experiment/run/free-energy-of-runs.js'
import { number, table, withError } from './summary.js'

/** Options of `overdamped free-energy`. */
export interface FreeEnergyArguments {
  forward: string
  reverse: string
  out: string | undefined
  json: boolean
}

/** Does what `overdamped free-energy` asks. */
export async function handle({ forward, reverse, out, json }: FreeEnergyArguments): Promise<void> {
  const found = await freeEnergyOfRuns(forward, reverse)
  const { works: _, ...written } = found
  console.log(json ? JSON.stringify(written, null, 2) : rows(found))
  if (out === undefined) return
  writeFreeEnergy(out, found)
  console.error(`page                     ${writeFreeEnergyPage(out)}`)
}

/** The estimates, a line each, and what is wrong with them. */
function rows({ freeEnergy, fromReverse, works }: FreeEnergyOfRuns): string {
  const { exact, jarzynski, bennett, crooks, reverseWork, warning } = freeEnergy
  const of = ({ value, standardError }: { value: number; standardError: number }) => withError(value, standardError)
  const lines = [
    ['free energy, in kT', 'ΔF', ''],
    [
      'Jarzynski, forward',
      of(jarzynski),
      `effective sample size ${number(jarzynski.effectiveSampleSize)} of ${works.forward.length}`,
    ],
    ['Jarzynski, reverse', of(fromReverse), `of ${works.reverse.length} runs`],
    ...(bennett === undefined ? [] : [['Bennett', of(bennett), `overlap ${number(bennett.overlap)}`]]),
    ...(crooks == null ? [] : [['Crooks', of(crooks.freeEnergy), `slope ${of(crooks.slope)}, exactly 1`]]),
    ...(exact === undefined ? [] : [['exact', number(exact), 'by quadrature or in closed form']]),
    ...(reverseWork === undefined ? [] : [['mean work back', of(reverseWork), '']]),
  ]
  return [...table(lines), ...(warning === null ? [] : [`warning: ${warning}`])].join('\n')
}
