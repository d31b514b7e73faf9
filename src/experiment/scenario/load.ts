import { stringify } from 'yaml'
import { invalidValue, OverdampedError, standardInput } from '../../errors.js'
import { FormulasNotLoaded, loadFormulas } from '../../physics/formula/mathjs.js'
import { withRegularFile } from '../files/regular-file.js'
import { decodeUtf8 } from '../files/text.js'
import { parseYaml, type YamlText } from '../files/yaml.js'
import { builtInHint, locateBuiltInData, scenarioFile } from './built-in.js'
import { withPresentKeys } from './former-keys.js'
import { type Finding, type Findings, findings, shownPath } from './issues.js'
import { applyOverride, isTree, type Override, parseSetting, profileOverrides, type Tree } from './overrides.js'
import { type Place, placesIn, rememberPlaces } from './places.js'
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
 * Reads, changes and validates a scenario (YAML or JSON).
 *
 * @param given - path of a file; where there is none of this path the name of a built-in scenario; `-` for standard input
 * @throws E_FILE, E_SYNTAX, E_UNKNOWN_KEY, E_MISSING_KEY, E_INVALID_VALUE or E_USAGE, each with file:line:column and the
 *   path of the key; all findings at once, a line each
 */
export async function loadScenario(given: string, options: LoadOptions = {}): Promise<Scenario> {
  return (await openScenario(given)).changed(options)
}

/** The same for text that is already in memory; `file` names it in messages. */
export async function parseScenario(text: string, file: string, options: LoadOptions = {}): Promise<Scenario> {
  return written(parseYaml(text, file), file).changed(options)
}

/** A scenario that was read once, to be changed in several ways. */
export interface WrittenScenario {
  /** The scenario with changes. Its profiles are looked at with the first of them alone. @throws as `loadScenario` does */
  changed(options: LoadOptions): Promise<Scenario>
}

/**
 * A scenario as a file, a built-in name, standard input or an object of a program gives it, to be changed in several ways.
 *
 * @throws E_FILE, E_SYNTAX or E_UNKNOWN_KEY; E_INVALID_VALUE for an object that no file could hold
 */
export async function openScenario(given: string | ScenarioInput): Promise<WrittenScenario> {
  if (typeof given === 'object') {
    requirePlain(given)
    const value: unknown = JSON.parse(JSON.stringify(given))
    return written({ value, contents: null, place: () => '', excerpt: () => '' }, 'the scenario')
  }
  if (isStandardInput(given)) return written(parseYaml(await textOfInput(), '<stdin>'), '<stdin>')
  const file = scenarioFile(given)
  return written(parseYaml(readScenarioFile(file, given), file), file)
}

function written(text: YamlText, file: string): WrittenScenario {
  const { value: original } = text
  if (!isTree(original))
    throw new OverdampedError(
      'E_SYNTAX',
      'expected a mapping of keys to values, such as "name: my-run".',
      `${file}:1:1`,
    )
  if (text.contents !== null) locateBuiltInData(original, file)
  let areProfilesChecked = false
  return {
    async changed(options) {
      const tree = structuredClone(original)
      const overrides = [
        ...(options.profile === undefined ? [] : profileOverrides(tree, options.profile, file)),
        ...(options.set ?? []).map(parseSetting),
        ...(options.seed === undefined ? [] : [{ path: ['seed'], value: options.seed, where: '--seed' }]),
      ]
      applyAll(tree, overrides, text)

      const parsed = await validated(tree)
      const places = placesIn(text, overrides)
      if (!parsed.success) throw joined(findings(parsed.error.issues, tree), ({ path, atKey }) => places(path, atKey))
      if (!areProfilesChecked) await checkProfiles(tree, parsed.data, file, text, options)
      areProfilesChecked = true
      rememberPlaces(parsed.data, places)
      return parsed.data
    },
  }
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
  throw joined(findings(parsed.error.issues, input), ({ path }) => ({ where: shownPath(path), excerpt: '' }))
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

function readScenarioFile(file: string, given: string): string {
  const kind = {
    what: 'scenario file',
    largest: largestFile,
    endings: /\.(ya?ml|json)$/,
    get hint() {
      return builtInHint(given)
    },
    otherwise: 'Give a scenario on standard input as -.',
  }
  return withRegularFile(file, kind, ({ size, read }) => decodeUtf8(read(0, size), file))
}

/** Whether a scenario is to be read from standard input: `-`. */
export function isStandardInput(given: string): boolean {
  return given === '-' || given === standardInput
}

/** Standard input ends once, and a command may look at its scenario again. */
let readBefore: Promise<string> | undefined

function textOfInput(): Promise<string> {
  readBefore ??= readAll()
  return readBefore
}

/** @throws E_FILE for nothing, or more than a scenario has */
async function readAll(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const refuse = (text: string) => new OverdampedError('E_FILE', text, '<stdin>')
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > largestFile) throw refuse(`more than ${largestFile} bytes; expected a scenario.`)
  }
  if (size === 0) throw refuse('is empty; expected a scenario, as in "overdamped run - < my.yaml".')
  return decodeUtf8(Buffer.concat(chunks), '<stdin>')
}

/** Applies changes in place, one after the other; what is wrong with one of a profile is told with its line. */
function applyAll(tree: Tree, overrides: readonly Override[], written: YamlText): void {
  for (const override of overrides)
    try {
      applyOverride(tree, override)
    } catch (error) {
      const { writtenAt } = override
      if (!(error instanceof OverdampedError) || writtenAt === undefined) throw error
      const { where, excerpt } = placesIn(written, [])(writtenAt, true)
      throw Object.assign(new OverdampedError(error.code, error.text, where), { excerpts: [excerpt] })
    }
}

/** Every profile must give a valid scenario, so that a slip in one shows before it is used. */
async function checkProfiles(
  tree: Tree,
  scenario: Scenario,
  file: string,
  written: YamlText,
  options: LoadOptions,
): Promise<void> {
  const { profiles: _, ...rest } = tree
  for (const name of Object.keys(scenario.profiles)) {
    if (name === options.profile) continue
    const copy = structuredClone(rest)
    const changes: Override[] = profileOverrides(tree, name, file)
    applyAll(copy, changes, written)
    const parsed = await validated(copy)
    if (parsed.success) continue
    // What a profile leaves as it is fits no more beside what it changes: the place is the profile.
    const places = placesIn(written, changes)
    const ofProfile = places(changes[0]?.path ?? ['profiles', name], true)
    throw joined(findings(parsed.error.issues, copy), ({ path, atKey }) => {
      const place = places(path, atKey)
      const isOfProfile = place.where.includes(` profiles.${shownPath([name])} `)
      return isOfProfile ? place : { ...ofProfile, where: `${place.where} with profiles.${shownPath([name])}` }
    })
  }
}

/** A message has at most about so many characters. */
const longestMessage = 1500

/** The findings as one error, a line each. */
function joined({ shown, more }: Findings, placeOf: (finding: Finding) => Place): OverdampedError {
  const [first] = shown
  if (first === undefined) return invalidValue('the scenario is not valid.')
  const { where, excerpt } = placeOf(first)
  const all = new OverdampedError(first.code, first.text, where)
  const excerpts = [excerpt]
  let left = shown.length + more - 1
  for (const finding of shown.slice(1)) {
    if (all.message.length > longestMessage) break
    const place = placeOf(finding)
    all.message += `\n${new OverdampedError(finding.code, finding.text, place.where).message}`
    excerpts.push(place.excerpt)
    left--
  }
  if (left > 0) all.message += `\n… and ${left} more`
  return Object.assign(all, { excerpts })
}
