import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isMap, isPair, LineCounter, type Node, parseDocument, stringify } from 'yaml'
import { didYouMean, OverdampedError } from '../errors.js'
import { type Finding, findings } from './issues.js'
import { applyOverride, isTree, type Override, parseSetting, profileOverrides, type Tree } from './overrides.js'
import { type Scenario, type ScenarioInput, scenarioSchema } from './schema.js'

/** What a user changes on the command line. */
export interface LoadOptions {
  /** a name under the file's `profiles` */
  readonly profile?: string | undefined
  /** `path=value` settings, applied after the profile */
  readonly set?: readonly string[] | undefined
  readonly seed?: number | undefined
}

/** Larger files are refused before they are parsed; a scenario is a few kilobytes. */
const largestFile = 1_000_000
/** Findings shown at once. */
const mostFindings = 12

/**
 * Reads, changes and validates a scenario file (YAML or JSON).
 *
 * @param file - path of the scenario
 * @throws E_FILE, E_SYNTAX, E_UNKNOWN_KEY, E_MISSING_KEY, E_INVALID_VALUE or E_USAGE, each with file:line:column and the
 *   path of the key; all findings at once, a line each
 */
export function loadScenario(file: string, options: LoadOptions = {}): Scenario {
  return parseScenario(readScenarioFile(file), file, options)
}

/** The same for text that is already in memory; `file` names it in messages. */
export function parseScenario(text: string, file: string, options: LoadOptions = {}): Scenario {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const problem = document.errors[0]
  if (problem !== undefined) throw new OverdampedError('E_SYNTAX', `${problem.message}.`, place(problem.pos[0]))
  let tree: unknown
  try {
    tree = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new OverdampedError('E_SYNTAX', `${error instanceof Error ? error.message : error}.`, file)
  }
  if (!isTree(tree))
    throw new OverdampedError(
      'E_SYNTAX',
      'expected a mapping of keys to values, such as "name: my-run".',
      `${file}:1:1`,
    )

  const overrides = [
    ...(options.profile === undefined ? [] : profileOverrides(tree, options.profile, file)),
    ...(options.set ?? []).map(parseSetting),
    ...(options.seed === undefined ? [] : [{ path: ['seed'], value: options.seed, where: '--seed' }]),
  ]
  for (const override of overrides) applyOverride(tree, override)

  const parsed = scenarioSchema.safeParse(tree)
  if (parsed.success) {
    checkProfiles(tree, parsed.data, file, options)
    return parsed.data
  }
  const where = (finding: Finding) => {
    const override = overrides.findLast(({ path }) =>
      path.every((key, n) => n >= finding.path.length || String(finding.path[n]) === key),
    )
    const key = finding.path.map(String).join('.')
    if (override !== undefined) return `${override.where} ${key}`.trim()
    return `${place(offsetOf(document.contents, finding))} ${key}`.trim()
  }
  throw joined(
    findings(parsed.error.issues, tree).map(
      (finding) => new OverdampedError(finding.code, finding.text, where(finding)),
    ),
  )
}

/**
 * A complete scenario from an object, for programs: defaults filled in.
 *
 * @throws E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE with the path of the key
 */
export function defineScenario(input: ScenarioInput): Scenario {
  const parsed = scenarioSchema.safeParse(input)
  if (parsed.success) return parsed.data
  throw joined(
    findings(parsed.error.issues, input).map(
      ({ code, text, path }) => new OverdampedError(code, text, path.map(String).join('.')),
    ),
  )
}

/** The scenario as YAML with every default written out and the profiles applied; running it again repeats the run. */
export function effectiveScenario(scenario: Scenario): string {
  const { profiles: _, ...rest } = scenario
  return stringify(rest, { lineWidth: 120, aliasDuplicateObjects: false })
}

function readScenarioFile(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) {
    const folder = dirname(file)
    const neighbours =
      existsSync(folder) && statSync(folder).isDirectory()
        ? readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name))
        : []
    throw new OverdampedError(
      'E_FILE',
      `no such scenario file.${didYouMean(basename(file), neighbours)} "overdamped list" shows the built-in ones.`,
      file,
    )
  }
  if (statSync(file).size > largestFile)
    throw new OverdampedError('E_FILE', `${statSync(file).size} bytes; expected a scenario below ${largestFile}.`, file)
  return readFileSync(file, 'utf8')
}

/** Every profile must give a valid scenario, so that a slip in one shows before it is used. */
function checkProfiles(tree: Tree, scenario: Scenario, file: string, options: LoadOptions): void {
  for (const name of Object.keys(scenario.profiles)) {
    if (name === options.profile) continue
    const copy = structuredClone(tree)
    const changes: Override[] = profileOverrides(copy, name, file)
    for (const override of changes) applyOverride(copy, override)
    const parsed = scenarioSchema.safeParse(copy)
    if (!parsed.success)
      throw joined(
        findings(parsed.error.issues, copy).map(
          ({ code, text, path }) =>
            new OverdampedError(code, text, `${file} profiles.${name} ${path.map(String).join('.')}`),
        ),
      )
  }
}

/** Where in the file a finding is: at its key, its value, or the nearest parent that is written there. */
function offsetOf(contents: Node | null, finding: Finding): number {
  let node: unknown = contents
  let offset = 0
  for (const [depth, key] of finding.path.entries()) {
    const last = depth === finding.path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(key))
      if (pair === undefined) break
      const keyRange = (pair.key as Node).range
      const valueRange = (pair.value as Node | null)?.range
      offset = (last && !finding.atKey ? valueRange : keyRange)?.[0] ?? keyRange?.[0] ?? offset
      node = pair.value
    } else if (typeof node === 'object' && node !== null && 'items' in node) {
      const item = (node.items as Node[])[Number(key)]
      if (item === undefined) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}

function joined(errors: readonly OverdampedError[]): OverdampedError {
  const [first] = errors
  if (first === undefined) return new OverdampedError('E_INVALID_VALUE', 'the scenario is not valid.')
  const lines = errors.slice(0, mostFindings).map(({ message }) => message)
  if (errors.length > mostFindings) lines.push(`… and ${errors.length - mostFindings} more`)
  const all = new OverdampedError(first.code, first.text, first.where)
  all.message = lines.join('\n')
  return all
}
