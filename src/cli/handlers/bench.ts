import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bench } from '../../bench/bench.js'
import { benchChart } from '../../bench/chart.js'
import { checkRatios, checkText } from '../../bench/check.js'
import type { BenchDocument } from '../../bench/document.js'
import { type Section, sectionGroups, sections } from '../../bench/sections.js'
import { markdown, plainText } from '../../bench/text.js'
import { exitCode, listed, OverdampedError, usageError } from '../../errors.js'
import { writeAtomic } from '../../experiment/files/atomic.js'
import { unsealed } from '../../experiment/files/checksum.js'
import { namesIn } from '../../experiment/files/folder.js'
import { claimed } from '../../experiment/record/claim.js'
import { writeSealed } from '../../experiment/record/directory.js'

/** Options of `overdamped bench`. */
export interface BenchArguments {
  quick: boolean
  only: string[] | undefined
  repeats: number | undefined
  out: string | undefined
  from: string | undefined
  check: boolean
  json: boolean
  markdown: boolean
  quiet: boolean
}

const [results, chart] = ['results.json', 'results.svg']

/** Does what `overdamped bench` asks. */
export async function handle(args: BenchArguments): Promise<void> {
  if (args.check) return check(args)
  const work = async () => (args.from === undefined ? measured(args) : readDocument(args.from))
  const document = await (args.out === undefined ? work() : writtenTo(args.out, work))
  console.log(args.json ? JSON.stringify(document, null, 2) : args.markdown ? markdown(document) : plainText(document))
}

/** Measures, and compares the ratios with recorded ones. What falls is exit code 1. */
async function check(args: BenchArguments): Promise<void> {
  const { from, out = 'bench', quick, json } = args
  const path = from ?? join(out, results)
  const refuse = (text: string) => usageError(text, '--check')
  if (quick) throw refuse('the figures of --quick mean nothing. Leave one of the two out.')
  if (args.markdown) throw refuse('it has no tables for --markdown. Leave one of the two out.')
  if (from === undefined && !existsSync(path))
    throw refuse(
      `nothing is recorded: there is no ${path}. Record it first: overdamped bench --out ${out}; or name a file with --from.`,
    )
  const recorded = readDocument(path)
  const found = checkRatios(recorded, await measured(args))
  console.log(json ? JSON.stringify(found, null, 2) : checkText(found, recorded, path))
  process.exitCode = found.fallen.length > 0 ? exitCode.failed : exitCode.done
}

/** Measures, and writes the figures to a folder that is claimed before, since they take long. */
function writtenTo(folder: string, measure: () => Promise<BenchDocument>): Promise<BenchDocument> {
  const names = namesIn(folder)
  // Files of those names that are not of a bench are not replaced.
  if (names.includes(results)) readDocument(join(folder, results))
  else if (names.includes(chart))
    throw new OverdampedError(
      'E_OUTPUT_NOT_EMPTY',
      `it holds a ${chart} and no ${results}. Name another folder.`,
      folder,
    )
  const work = async () => {
    const document = await measure()
    writeSealed(folder, results, document)
    writeAtomic(join(folder, chart), benchChart(document))
    return document
  }
  const owns = (name: string) => name === results || name === chart
  return claimed(folder, 'bench.lock', work, { onNote: console.error, owns })
}

async function measured({ quick, only, repeats = quick ? 2 : 9, quiet }: BenchArguments): Promise<BenchDocument> {
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
        process.stderr.write(terminal ? `\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}` : `${text}\n`)
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
  const wanted = names.flatMap((name): readonly string[] => sectionGroups[name] ?? [name])
  const unknown = wanted.find((name) => !sections.some((section) => section === name))
  if (unknown !== undefined)
    throw usageError(
      `no part is called "${unknown}"; expected ${listed([...sections, ...Object.keys(sectionGroups)])}.`,
      '--only',
    )
  return sections.filter((section) => wanted.includes(section))
}

function readDocument(path: string): BenchDocument {
  try {
    const document = unsealed(readFileSync(path, 'utf8'), path) as BenchDocument
    if (document.format === 'overdamped-bench' && document.version === 1) return document
  } catch (cause) {
    if (cause instanceof OverdampedError) throw cause
    throw new OverdampedError('E_FILE', `cannot be read (${(cause as Error).message}).`, path)
  }
  throw new OverdampedError('E_FORMAT', 'expected a results.json that this version of "overdamped bench" wrote.', path)
}
