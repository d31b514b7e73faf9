import { isMap, isPair, type Node, stringify } from 'yaml'
import { invalidValue, OverdampedError } from '../../errors.js'
import { FormulasNotLoaded, loadFormulas } from '../../physics/formula/mathjs.js'
import { withRegularFile } from '../files/regular-file.js'
import { decodeUtf8 } from '../files/text.js'
import { parseYaml } from '../files/yaml.js'
import { withPresentKeys } from './former-keys.js'
import { type Finding, type Findings, findings, shownPath } from './issues.js'
import { applyOverride, isTree, type Override, parseSetting, profileOverrides, type Tree } from './overrides.js'
import { requirePlain } from './plain.js'
import { type Scenario, type ScenarioInput, scenarioSchema } from './schema.js'

/** What a user changes on the command line. */
export interface LoadOptions {
  /** a name under the file's `profiles` */
  readonly profile?: string | undefined
  /** `path=value` settings, applied after the profile */
  readonly set?: readonly string[] | undefined
  /** in the place of the scenario's */
  readonly seed?: number | undefined
}

/** Larger files are refused before they are parsed; a scenario is a few kilobytes. */
const largestFile = 1_000_000

/**
 * Reads, changes and validates a scenario file (YAML or JSON).
 *
 * @param file - path of the scenario
 * @throws E_FILE, E_SYNTAX, E_UNKNOWN_KEY, E_MISSING_KEY, E_INVALID_VALUE or E_USAGE, each with file:line:column and the
 *   path of the key; all findings at once, a line each
 */
export async function loadScenario(file: string, options: LoadOptions = {}): Promise<Scenario> {
  return parseScenario(readScenarioFile(file), file, options)
}

/** The same for text that is already in memory; `file` names it in messages. */
export async function parseScenario(text: string, file: string, options: LoadOptions = {}): Promise<Scenario> {
  const { value: tree, contents, place } = parseYaml(text, file)
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

  const parsed = await validated(tree)
  if (parsed.success) {
    await checkProfiles(tree, parsed.data, file, options)
    return parsed.data
  }
  const where = (finding: Finding) => {
    const override = overrides.findLast(({ path }) =>
      path.every((key, n) => n >= finding.path.length || String(finding.path[n]) === key),
    )
    const key = shownPath(finding.path)
    if (override !== undefined) return `${override.where} ${key}`.trim()
    return `${place(offsetOf(contents, finding))} ${key}`.trim()
  }
  throw joined(findings(parsed.error.issues, tree), where)
}

/**
 * A complete scenario from an object, for programs: defaults filled in.
 *
 * @param input - of what a file could hold: no typed arrays, dates or other objects, at most a million values
 * @throws E_UNKNOWN_KEY, E_MISSING_KEY or E_INVALID_VALUE with the path of the key
 */
export async function defineScenario(input: ScenarioInput): Promise<Scenario> {
  requirePlain(input)
  const parsed = await validated(input)
  if (parsed.success) return parsed.data
  throw joined(findings(parsed.error.issues, input), ({ path }) => shownPath(path))
}

/**
 * The schema's verdict. Where it meets a formula, mathjs is loaded and it begins again. Refinements that await would be
 * shorter, but zod puts the keys above them last: scenario.yaml, its hash and the order of findings would change.
 */
async function validated(given: unknown): Promise<ReturnType<typeof scenarioSchema.safeParse>> {
  const input = withPresentKeys(given)
  try {
    return scenarioSchema.safeParse(input)
  } catch (error) {
    if (!(error instanceof FormulasNotLoaded)) throw error
    await loadFormulas()
    return scenarioSchema.safeParse(input)
  }
}

/** The scenario as YAML with every default written out and the profiles applied; running it again repeats the run. */
export function effectiveScenario(scenario: object): string {
  const { profiles: _, ...rest } = scenario as Partial<Scenario>
  return stringify(rest, { lineWidth: 120, aliasDuplicateObjects: false })
}

function readScenarioFile(file: string): string {
  const kind = {
    what: 'scenario file',
    largest: largestFile,
    endings: /\.(ya?ml|json)$/,
    hint: '"overdamped list" shows the built-in ones.',
  }
  return withRegularFile(file, kind, ({ size, read }) => decodeUtf8(read(0, size), file))
}

/** Every profile must give a valid scenario, so that a slip in one shows before it is used. */
async function checkProfiles(tree: Tree, scenario: Scenario, file: string, options: LoadOptions): Promise<void> {
  const { profiles: _, ...rest } = tree
  for (const name of Object.keys(scenario.profiles)) {
    if (name === options.profile) continue
    const copy = structuredClone(rest)
    const changes: Override[] = profileOverrides(tree, name, file)
    for (const override of changes) applyOverride(copy, override)
    const parsed = await validated(copy)
    if (!parsed.success)
      throw joined(
        findings(parsed.error.issues, copy),
        ({ path }) => `${file} profiles.${shownPath([name])} ${shownPath(path)}`,
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

/** A message has at most about so many characters. */
const longestMessage = 1500

/** The findings as one error, a line each. */
function joined({ shown, more }: Findings, where: (finding: Finding) => string): OverdampedError {
  const [first] = shown
  if (first === undefined) return invalidValue('the scenario is not valid.')
  const all = new OverdampedError(first.code, first.text, where(first))
  let left = shown.length + more - 1
  for (const finding of shown.slice(1)) {
    if (all.message.length > longestMessage) break
    all.message += `\n${new OverdampedError(finding.code, finding.text, where(finding)).message}`
    left--
  }
  if (left > 0) all.message += `\n… and ${left} more`
  return all
}
