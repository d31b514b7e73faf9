import type { BenchDocument } from './document.js'
import { tablesOf } from './tables.js'

/** A benchmark for the terminal. */
export function plainText(document: BenchDocument): string {
  const parts = tablesOf(document).map(({ caption, header, rows, notes = [] }) => {
    return [caption, '', ...aligned([header, ...rows]), ...notes].join('\n')
  })
  return [...headLines(document), ...parts.flatMap((part) => ['', part])].join('\n')
}

/** Lines of cells in columns as wide as their widest, the first to the left and the others to the right. */
export function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   ')
      .trimEnd(),
  )
}

/** The same as Markdown, for a README. */
export function markdown(document: BenchDocument): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const parts = tablesOf(document).map(({ caption, header, rows, notes = [] }) =>
    [
      `${caption}:`,
      '',
      row(header),
      `|${header.map((_, column) => (column === 0 ? '---|' : '---:|')).join('')}`,
      ...rows.map(row),
      ...(notes.length > 0 ? ['', ...notes] : []),
    ].join('\n'),
  )
  const [machine, ...contenders] = headLines(document)
  return [machine, '', ...contenders.map((line) => `- ${line}`), ...parts.flatMap((part) => ['', part])].join('\n')
}

/** What the figures were measured on, then who took part. */
function headLines({ date, overdamped, machine, options, contenders }: BenchDocument): string[] {
  const { cpu, cores, simd, memoryGB, system, node } = machine
  const width = simd.at(-1) === undefined ? '' : ` (${simd.at(-1)})`
  const warning = options.quick ? ' Smoke run: these figures mean nothing.' : ''
  return [
    `overdamped ${overdamped}, ${date.slice(0, 10)}: ${cpu}${width}, ${cores} cores, ${memoryGB} GB, ${system}, Node ${node}; medians of ${options.repeats} interleaved repeats.${warning}`,
    ...contenders.map((contender) =>
      'notRun' in contender
        ? `${contender.name}: not run: ${contender.notRun}`
        : `${contender.name}: ${contender.description}`,
    ),
  ]
}
