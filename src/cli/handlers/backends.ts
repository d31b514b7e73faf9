import { availableBackends } from '../../backend/node/open.js'

/** Options of `overdamped backends`. */
export interface BackendsArguments {
  json: boolean
}

/** Does what `overdamped backends` asks. */
export async function handle({ json }: BackendsArguments): Promise<void> {
  const found = await availableBackends({ onNote: console.error })
  if (json) {
    console.log(JSON.stringify(found, null, 2))
    return
  }
  for (const { name, available, detail, runs } of found)
    console.log(`${name.padEnd(12)}${available ? detail : `not here: ${detail}`}\n${' '.repeat(12)}runs ${runs}`)
  const taken = found.find(({ auto, available }) => auto && available)?.name
  const named = found.filter(({ auto }) => !auto).map(({ name }) => name)
  console.log(
    `auto        takes ${taken} where it can run the scenario, else reference; ${named.join(', ')} only when it is named`,
  )
}
