import type { CommandModule } from 'yargs'
import { availableBackends } from '../backend/node/open.js'

/** `overdamped backends` */
export const backendsCommand: CommandModule<object, { json: boolean }> = {
  command: 'backends',
  describe: 'what can compute the dynamics on this machine, fastest first',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
      .example('$0 backends', 'those that --backend takes, and why one is missing'),
  handler: async ({ json }) => {
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
  },
}
