import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandModule } from 'yargs'
import { bench } from '../bench/bench.js'
import { benchChart } from '../bench/chart.js'
import { type BenchDocument, type Section, sections } from '../bench/document.js'
import { scalingSections } from '../bench/scaling.js'
import { markdown, plainText } from '../bench/text.js'
import { exitCode, listed, OverdampedError, usageError } from '../errors.js'
import { writeAtomic } from '../experiment/files/atomic.js'
import { namesIn } from '../experiment/files/folder.js'
import { claimed } from '../experiment/record/claim.js'

interface Arguments {
  quick: boolean
  only: string[] | undefined
  repeats: number | undefined
  out: string | undefined
  from: string | undefined
  json: boolean
  markdown: boolean
  quiet: boolean
}

const [results, chart] = ['results.json', 'results.svg']

/** Names for several sections. */
const groups: Readonly<Record<string, readonly Section[]>> = { scaling: scalingSections }

/** `overdamped bench` */
export const benchCommand: CommandModule<object, Arguments> = {
  command: 'bench',
  describe: 'measure speed, scaling and memory beside hand-written C, PyTorch, NumPy and TensorFlow.js',
  builder: (yargs) =>
    yargs
      .option('quick', { type: 'boolean', default: false, describe: 'a smoke run; its figures mean nothing' })
      .option('only', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: `parts, separated by commas: ${[...sections, ...Object.keys(groups)].join(', ')} [all]`,
      })
      .option('repeats', { type: 'number', requiresArg: true, describe: 'interleaved repeats [9, with --quick 2]' })
      .option('out', { type: 'string', requiresArg: true, describe: 'folder for results.json and results.svg' })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'measure nothing: show a results.json that was written before',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print results.json in place of tables' })
      .option('markdown', { type: 'boolean', default: false, describe: 'print the tables as Markdown' })
      .option('quiet', { type: 'boolean', default: false, describe: 'no progress on stderr' })
      .example('$0 bench --only sparse,dense', 'rates alone, a few minutes')
      .example('$0 bench --from bench/results.json --markdown', 'the tables of the README'),
  handler: async (args) => {
    const work = async () => (args.from === undefined ? measured(args) : readDocument(args.from))
    const document = await (args.out === undefined ? work() : writtenTo(args.out, work))
    console.log(
      args.json ? JSON.stringify(document, null, 2) : args.markdown ? markdown(document) : plainText(document),
    )
  },
}

/** Measures, and writes the figures to a folder that is claimed before, since they take long. */
function writtenTo(folder: string, work: () => Promise<BenchDocument>): Promise<BenchDocument> {
  const names = namesIn(folder)
  // Files of those names that are not of a bench are not replaced.
  if (names.includes(results)) readDocument(join(folder, results))
  else if (names.includes(chart))
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      `it holds a ${chart} and no ${results}. Name another folder.`,
      folder,
    )
  return claimed(folder, 'bench.lock', async () => {
    const document = await work()
    writeAtomic(join(folder, results), `${JSON.stringify(document, null, 2)}\n`)
    writeAtomic(join(folder, chart), benchChart(document))
    return document
  })
}

async function measured({ quick, only, repeats = quick ? 2 : 9, quiet }: Arguments): Promise<BenchDocument> {
  if (!Number.isInteger(repeats) || repeats < 1)
    throw usageError(`expected a whole number from 1, got ${repeats}.`, '--repeats')
  // Peers and temporary files end with the process, which a signal would not let it do by itself.
  const interrupt = () => process.exit(exitCode.interrupted)
  process.once('SIGINT', interrupt)
  const terminal = process.stderr.isTTY
  try {
    return await bench({
      quick,
      repeats,
      sections: chosen(only),
      date: new Date().toISOString(),
      onProgress: (text) => {
        if (quiet) return
        process.stderr.write(terminal ? `\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${text}\n`)
      },
    })
  } finally {
    process.off('SIGINT', interrupt)
    if (terminal && !quiet) process.stderr.write('\r\x1b[2K')
  }
}

/** The sections named by --only, in the order in which they run. */
function chosen(only: string[] | undefined): readonly Section[] {
  const names = (only ?? [...sections]).flatMap((text) => text.split(',')).map((name) => name.trim())
  const wanted = names.flatMap((name): readonly string[] => groups[name] ?? [name])
  const unknown = wanted.find((name) => !sections.some((section) => section === name))
  if (unknown !== undefined)
    throw usageError(
      `no part is called "${unknown}"; expected ${listed([...sections, ...Object.keys(groups)])}.`,
      '--only',
    )
  return sections.filter((section) => wanted.includes(section))
}

function readDocument(path: string): BenchDocument {
  try {
    const document = JSON.parse(readFileSync(path, 'utf8')) as BenchDocument
    if (document.format === 'overdamped-bench' && document.version === 1) return document
  } catch (cause) {
    throw new OverdampedError('E_FILE', `cannot be read (${(cause as Error).message}).`, path)
  }
  throw new OverdampedError('E_FORMAT', 'expected a results.json that this version of "overdamped bench" wrote.', path)
}
