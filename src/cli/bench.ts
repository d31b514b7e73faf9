import type { CommandModule } from 'yargs'
import { sectionGroups, sections } from '../bench/sections.js'
import type { BenchArguments } from './handlers/bench.js'

/** `overdamped bench` */
export const benchCommand: CommandModule<object, BenchArguments> = {
  command: 'bench',
  describe: 'measure speed, scaling and memory beside hand-written C, PyTorch, NumPy and TensorFlow.js',
  builder: (yargs) =>
    yargs
      .option('quick', { type: 'boolean', default: false, describe: 'a smoke run; its figures mean nothing' })
      .option('only', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: `parts, separated by commas: ${[...sections, ...Object.keys(sectionGroups)].join(', ')} [all]`,
      })
      .option('repeats', { type: 'number', requiresArg: true, describe: 'interleaved repeats [9, with --quick 2]' })
      .option('out', { type: 'string', requiresArg: true, describe: 'folder for results.json and results.svg' })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'measure nothing: show a results.json that was written before; with --check what to compare with',
      })
      .option('check', {
        type: 'boolean',
        default: false,
        describe:
          'measure, write nothing, and fail when a ratio is more than 10 % below that in --from [results.json of --out, or of bench/]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print results.json in place of tables' })
      .option('markdown', { type: 'boolean', default: false, describe: 'print the tables as Markdown' })
      .option('quiet', { type: 'boolean', default: false, describe: 'no progress on stderr' })
      .example('$0 bench --only sparse,dense', 'rates alone, a few minutes')
      .example('$0 bench --check --only dense', 'whether the rates all-to-all are still what bench/results.json says')
      .example('$0 bench --from bench/results.json --markdown', 'the tables of the README'),
  handler: async (args) => (await import('./handlers/bench.js')).handle(args),
}
