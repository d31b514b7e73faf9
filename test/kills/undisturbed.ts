import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Contents of a folder's files by their paths, but for what differs between two undisturbed runs, times, and for how often they started. */
export function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
  return Object.fromEntries(
    names.sort().map((name) => [name.replaceAll(sep, '/'), timeless(name, readFileSync(join(folder, name)))]),
  )
}

/** Bytes without times, as text that keeps every other bit. */
function timeless(path: string, bytes: Buffer): string {
  const name = path.split(sep).at(-1)!
  const mask = masks[name]
  return mask === undefined ? bytes.toString('latin1') : mask(bytes.toString('utf8'))
}

const masks: Readonly<Record<string, (text: string) => string>> = {
  // Its own checksum, and that of results.json, are of bytes that hold times.
  'manifest.json': (text) =>
    text
      .replace(/"(start|end)": "[^"]*"/g, '"$1": …')
      .replace(/"starts": \[\n.*?\n {2}\]/s, '"starts": …')
      .replace(/"results\.json": "[0-9a-f]{64}"/, '"results.json": …')
      .replace(/"sha256": "[0-9a-f]{64}"/, '"sha256": …'),
  'results.json': (text) => text.replace(/"timings": \{[^}]*\}/, '"timings": …'),
  'verify.json': (text) =>
    text.replace(/"seconds": [^,\n]*/g, '"seconds": …').replace(/"sha256": "[0-9a-f]{64}"/, '"sha256": …'),
  'sweep.csv': withoutTimings,
  'report.html': (text) =>
    text
      .replace(/<h3>Starts<\/h3>.*?(?=<h3>Manifest)/s, '\n')
      .replace(/(results\.json<.{0,40}>)[0-9a-f]{64}/g, '$1…')
      .replace(/\d{4}-\d\d-\d\d(?:[T ][\d:.]+Z?)?/g, '…')
      .replace(/(?:&lt; )?(?:\b[\d.]+(?:e-?\d+)? (?:ms|s|min|h)\b ?)+/g, '…'),
}

/** A table without its columns of times: no field before them holds a comma. */
function withoutTimings(text: string): string {
  const rows = text.split('\n').map((line) => line.split(','))
  const timed = rows[0]!.map((name) => name.startsWith('timings'))
  return rows.map((row) => row.filter((_, column) => timed[column] !== true).join(',')).join('\n')
}

/** What is not as it should be in one folder beside another, in words; none where they are alike. */
export function differences(found: Record<string, string>, expected: Record<string, string>): string[] {
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])]
  return names.flatMap((name) => {
    if (found[name] === undefined) return [`${name} is missing`]
    if (expected[name] === undefined) return [`${name} was left behind`]
    return found[name] === expected[name] ? [] : [`${name} differs: ${firstDifference(found[name], expected[name])}`]
  })
}

function firstDifference(found: string, expected: string): string {
  let place = 0
  while (place < found.length && found[place] === expected[place]) place++
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, place - 40), place + 40))
  return `at ${place} of ${expected.length}: ${around(found)} in place of ${around(expected)}`
}
