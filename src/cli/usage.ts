import { didYouMean, OverdampedError, standardInput } from '../errors.js'

const camelCase = (name: string) => name.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())

/**
 * What yargs found wrong, in our words.
 *
 * @param options - names of those that the command has
 * @param commands - all, as `run <scenario>`
 * @param args - as they were written
 */
export function yargsError(
  message: string,
  options: readonly string[],
  commands: readonly string[],
  args: readonly string[],
): OverdampedError {
  const first = args.find((arg) => !arg.startsWith('-'))
  const command = commands.find((form) => form.split(' ')[0] === first)
  const text = (inWords(message, { options, commands, command, args }) ?? message).replaceAll(standardInput, '-')
  const help = command === undefined ? 'overdamped --help' : `overdamped ${first} --help`
  return new OverdampedError('E_USAGE', `${text} See ${help}.`, 'overdamped')
}

/** What was asked for, and what there is. */
interface Asked {
  readonly options: readonly string[]
  readonly commands: readonly string[]
  readonly command: string | undefined
  readonly args: readonly string[]
}

function inWords(message: string, { options, commands, command = '', args }: Asked): string | undefined {
  const found = (pattern: RegExp) => pattern.exec(message)?.slice(1)
  const isOption = (name: string) => args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`))
  const [valueless] = found(/Not enough arguments following: (.*)/) ?? []
  if (valueless !== undefined) return `expected a value behind --${valueless}.`
  const [missing] = found(/Missing required arguments?: (.*)/) ?? []
  if (missing !== undefined) return `--${missing.split(', ').join(' and --')} is missing.`
  if (message.startsWith('Not enough non-option arguments')) return `an argument is missing: overdamped ${command}.`
  const [name = '', given = '', choices] = found(/Argument: (\S+), Given: (.*), Choices: (.*)/s) ?? []
  if (choices !== undefined)
    return `${isOption(name) ? '--' : ''}${name}: expected ${choices.replaceAll('"', '')}, got ${given}.`
  const unknown = found(/Unknown (?:arguments?|commands?): (.*)/)?.[0]?.split(', ')
  // yargs names an option twice, as written and in camel case.
  const ofOneDash = unknown === undefined ? undefined : args.find((arg) => /^-[a-z][\w-]+(=|$)/.test(arg))
  // A word behind one dash is letters to yargs, each an option of its own.
  if (ofOneDash !== undefined) return unknownOption(ofOneDash.split('=')[0]!, options)
  const names = unknown?.filter((name, _, all) => !all.some((other) => other !== name && camelCase(other) === name))
  // Words behind a command that there is not are nobody's.
  const first = names?.find((name) => name === args.find((arg) => !arg.startsWith('-')))
  return (first === undefined ? names : [first])
    ?.map((name) => unknownWord(name, { options, commands, args }))
    .join(' ')
}

function unknownWord(name: string, { options, commands, args }: Omit<Asked, 'command'>): string {
  const option = args.find((arg) => /^-+/.test(arg) && arg.replace(/^-+/, '').split('=')[0] === name)?.split('=')[0]
  if (option !== undefined) return unknownOption(option, options)
  if (name !== args.find((arg) => !arg.startsWith('-'))) return `unexpected "${name}".`
  const near = didYouMean(
    name,
    commands.map((form) => form.split(' ')[0]!),
  )
  // Whoever names a scenario alone wants it run.
  return `unknown command "${name}".${near === '' ? ` To run a scenario: overdamped run ${name}.` : near}`
}

function unknownOption(option: string, options: readonly string[]): string {
  // Of two names as near, a letter left out is likelier than one mistaken.
  const known = options.toSorted((a, b) => b.length - a.length)
  return `unknown option "${option}".${didYouMean(option.replace(/^-+/, ''), known).replace('"', '"--')}`
}

/** @throws E_USAGE for an argument that is nothing but space, as a shell variable that is not set leaves it */
export function requireWords(args: readonly string[]): void {
  const bare = args.findIndex((arg) => arg.trim() === '')
  const [before] = bare < 1 ? [] : [args[bare - 1]!]
  const name = args.map((arg) => /^(-{1,2}[\w-]+)=\s*$/.exec(arg)?.[1]).find((found) => found !== undefined)
  const at = name ?? (before?.startsWith('-') === true ? before : undefined)
  if (bare < 0 && name === undefined) return
  const what = at === undefined ? 'an argument is empty' : `the value of ${at} is empty`
  throw new OverdampedError('E_USAGE', `${what}; is a shell variable not set? See --help.`, 'overdamped')
}

/** Names of a command's options by their type, as yargs has them. */
interface OptionTypes {
  readonly array?: readonly string[]
  readonly boolean?: readonly string[]
  readonly key?: Readonly<Record<string, unknown>>
  readonly number?: readonly string[]
}

/**
 * Makes sure that options hold values of their types, which yargs does not.
 *
 * @throws E_USAGE for a number that is none, an option given twice that has one value, `--no-` before one that has a value, or
 *   a value of one that has none
 */
export function requireTypes(
  argv: Readonly<Record<string, unknown>>,
  { array = [], boolean = [], key = {}, number = [] }: OptionTypes,
  args: readonly string[],
): true {
  const refuse = (name: string, text: string) => new OverdampedError('E_USAGE', `${text} See --help.`, `--${name}`)
  for (const name of Object.keys(key)) {
    const value = argv[name]
    if (boolean.includes(name)) {
      const given = args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
      if (given !== undefined && given !== 'true' && given !== 'false')
        throw refuse(name, `it takes no value, got "${given}".`)
    } else if (typeof value === 'boolean') throw refuse(name, 'expected a value; it is no switch.')
    else if (Array.isArray(value) && !array.includes(name)) throw refuse(name, 'it stands twice. Leave one away.')
    else if (number.includes(name) && Number.isNaN(value)) throw refuse(name, 'expected a number.')
  }
  return true
}
