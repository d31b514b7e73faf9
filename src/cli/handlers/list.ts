import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { packageRoot } from '../../backend/node/package-root.js'
import { parseYaml } from '../../experiment/files/yaml.js'
import type { ScenarioInput } from '../../experiment/scenario/schema.js'

/** Options of `overdamped list`. */
export interface ListArguments {
  json: boolean
}

/** Does what `overdamped list` asks. What ships is valid: its keys are read without the schema. */
export function handle({ json }: ListArguments): void {
  const folder = join(packageRoot(), 'scenarios')
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  const rows = names.sort().map((name) => {
    const path = relative(process.cwd(), join(folder, name))
    const { about = '', profiles = {} } = parseYaml(readFileSync(join(folder, name), 'utf8'), path)
      .value as ScenarioInput
    return { path, about, profiles: Object.keys(profiles) }
  })
  if (json) console.log(JSON.stringify(rows, null, 2))
  else
    for (const { path, about, profiles } of rows)
      console.log(`${path}\n    ${about}\n    profiles: ${profiles.join(', ') || 'none'}`)
}
