import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { CommandModule } from 'yargs'
import { packageRoot } from '../backend/node/package-root.js'
import { loadScenario } from '../experiment/scenario/load.js'

/** `overdamped list` */
export const listCommand: CommandModule<object, { json: boolean }> = {
  command: 'list',
  describe: 'the built-in scenarios, what they show and their profiles',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
      .example('$0 list', 'paths that "run" takes'),
  handler: async ({ json }) => {
    const folder = join(packageRoot(), 'scenarios')
    const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
    const rows = await Promise.all(
      names.sort().map(async (name) => {
        const path = relative(process.cwd(), join(folder, name))
        const { about, profiles } = await loadScenario(join(folder, name))
        return { path, about, profiles: Object.keys(profiles) }
      }),
    )
    if (json) console.log(JSON.stringify(rows, null, 2))
    else
      for (const { path, about, profiles } of rows)
        console.log(`${path}\n    ${about}\n    profiles: ${profiles.join(', ') || 'none'}`)
  },
}
