import { citation } from '../assets.js'
import { cited } from '../cited.js'
import { html } from '../html.js'
import { entry } from '../read-values.js'
import { type Section, section } from '../sections/section.js'
import { type NamedRun, runLabel } from './columns.js'

/**
 * The command that repeats each run.
 * @returns undefined when no manifest holds one
 */
export function comparedRecord(runs: readonly NamedRun[]): Section | undefined {
  const commands = runs.flatMap((named, index) => {
    const { command } = named.run.manifest
    if (typeof command !== 'string') return []
    const id = `command-${index + 1}`
    return [
      html`<h3>${runLabel(named, index)}</h3><div class="command"><code id="${id}">${command}</code><button type="button" data-copy="${id}" hidden>Copy</button></div>`,
    ]
  })
  if (commands.length === 0) return undefined
  const versions = new Set(runs.map(({ run }) => entry(run.manifest, 'package', 'version')))
  const version = versions.size === 1 ? [...versions][0] : undefined
  return section(
    'record',
    'Record',
    'The same command, seed and package version give the same run.',
    html`${commands}${cited(citation(), version)}`,
  )
}
