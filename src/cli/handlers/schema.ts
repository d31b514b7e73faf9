import { scenarioJsonSchema } from '../../experiment/scenario/schema.js'

/** Does what `overdamped schema` asks. */
export function handle(): void {
  console.log(JSON.stringify(scenarioJsonSchema(), null, 2))
}
