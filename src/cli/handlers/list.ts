import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseYaml } from '../../experiment/files/yaml.js'
import { builtInFolder, builtInNames } from '../../experiment/scenario/built-in.js'
import type { ScenarioInput } from '../../experiment/scenario/schema.js'

/** Options of `overdamped list`. */
export interface ListArguments {
  json: boolean
}

/** Does what `overdamped list` asks. What ships is valid: its keys are read without the schema. */
export function handle({ json }: ListArguments): void {
  const folder = builtInFolder()
  const rows = builtInNames().map((name) => {
    const file = join(folder, `${name}.yaml`)
    const path = relative(process.cwd(), file)
    const { about = '', profiles = {} } = parseYaml(readFileSync(file, 'utf8'), path).value as ScenarioInput
    return { name, path, about, profiles: Object.keys(profiles) }
  })
  if (json) {
    console.log(JSON.stringify(rows, null, 2))
    return
  }
  for (const { name, about, profiles } of rows)
    console.log(`${name}\n    ${about}\n    profiles: ${profiles.join(', ') || 'none'}`)
  console.log(
    `\nRun one by its name, here or anywhere: overdamped run double-well --profile quick\nThe files: ${folder}`,
  )
}
