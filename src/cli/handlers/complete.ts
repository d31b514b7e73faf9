import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseYaml } from '../../experiment/files/yaml.js'
import { builtInFolder, builtInNames, scenarioFile } from '../../experiment/scenario/built-in.js'
import { isTree } from '../../experiment/scenario/overrides.js'
import { keysAt, type SchemaNode } from './schema-keys.js'

/** What a word may become: the words, with what they mean where that is known. */
export interface Proposal {
  readonly word: string
  readonly about?: string | undefined
}

/** What completion has to know of a command. */
export interface KnownCommand {
  readonly name: string
  readonly about: string
  /** of its options, by their names with dashes */
  readonly options: () => readonly (Proposal & { readonly choices?: readonly string[]; readonly isSwitch: boolean })[]
  /** whether its words are scenarios */
  readonly takesScenario: boolean
  /** what its first word may be, where there are few */
  readonly choices?: readonly string[]
}

/** Asks the shell for names of files too. */
const files: Proposal = { word: ':files' }

/**
 * What the last word of a command line may become: commands, options, their choices, scenarios, profiles of the scenario that is named, and keys
 * of `--set` with their values.
 *
 * @param line - from the name of the program to the cursor
 */
export function proposals(line: string, commands: readonly KnownCommand[]): readonly Proposal[] {
  const words = line.trimStart().split(/\s+/).slice(1)
  // An option and its value may be one word.
  const [, option, value] = /^(--[\w-]+)=(.*)$/.exec(words.at(-1) ?? '') ?? []
  if (option === undefined || value === undefined) return proposalsOf(words, commands)
  const found = proposalsOf([...words.slice(0, -1), option, value], commands)
  return found.map(({ word, about }) => ({ word: word === files.word ? word : `${option}=${word}`, about }))
}

function proposalsOf(words: readonly string[], commands: readonly KnownCommand[]): readonly Proposal[] {
  const current = words.at(-1) ?? ''
  const [first] = words
  if (words.length <= 1 || (first === 'help' && words.length === 2))
    return matching(
      commands.map(({ name, about }) => ({ word: name, about })),
      current,
    )
  const command = commands.find(({ name }) => name === first)
  if (command === undefined) return []
  const previous = words.at(-2)!
  const options = command.options()
  const option = options.find(({ word }) => word === previous)
  if (option?.choices !== undefined) return matching(option.choices.map(wordOf), current)
  if (previous === '--set' || previous === '--over') return keys(current)
  if (previous === '--profile') return matching(profilesOf(words), current)
  if (option !== undefined && !option.isSwitch) return [files]
  if (current.startsWith('-')) return matching(options, current)
  if (command.choices !== undefined) return matching(command.choices.map(wordOf), current)
  return command.takesScenario ? [...matching(builtInNames().map(wordOf), current), files] : [files]
}

const wordOf = (word: string): Proposal => ({ word })

function matching(found: readonly Proposal[], current: string): readonly Proposal[] {
  return found.filter(({ word }) => word.startsWith(current))
}

/** Profiles of the first word that is a scenario. */
function profilesOf(words: readonly string[]): readonly Proposal[] {
  for (const word of words.slice(1, -2))
    try {
      const { value } = parseYaml(readFileSync(scenarioFile(word), 'utf8'), word)
      if (isTree(value)) return isTree(value.profiles) ? Object.keys(value.profiles).map(wordOf) : []
    } catch {
      // An option, or the value of one.
    }
  return []
}

/** Keys one level below what is written, `bath.` becoming `bath.kT=`; behind `=` the names that the key takes. */
function keys(current: string): readonly Proposal[] {
  const schema = JSON.parse(readFileSync(join(builtInFolder(), 'schema.json'), 'utf8')) as SchemaNode
  const equals = current.indexOf('=')
  const written = equals < 0 ? current : current.slice(0, equals)
  const path = written.split('.')
  if (equals >= 0) {
    const { values } = keysAt(schema, path)
    return matching(
      values.map((value) => ({ word: `${written}=${value}` })),
      current,
    )
  }
  const above = path.slice(0, -1)
  const prefix = above.map((key) => `${key}.`).join('')
  const found = keysAt(schema, above).keys.map(({ key, about, isSection }) => ({
    word: `${prefix}${key}${isSection ? '.' : '='}`,
    about,
  }))
  return matching(found, current)
}
