import type { CommandModule } from 'yargs'

/** `overdamped schema` */
export const schemaCommand: CommandModule = {
  command: 'schema',
  describe: 'print the JSON Schema of scenario files, for editors',
  builder: (yargs) =>
    yargs.example(
      '$0 schema > schema.json',
      'then "# yaml-language-server: $schema=./schema.json" on top of a scenario',
    ),
  handler: async () => (await import('./handlers/schema.js')).handle(),
}
