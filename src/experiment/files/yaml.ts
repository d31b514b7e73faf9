import { type Document, isAlias, isMap, isScalar, Lexer, LineCounter, parseDocument, visit } from 'yaml'
import { type ErrorCode, OverdampedError, printable } from '../../errors.js'

/** A YAML text (or JSON, which is YAML): its value, its nodes with their places, and how to name a place. */
export interface YamlText {
  readonly value: unknown
  readonly contents: Document['contents']
  /** `name:line:column` of an offset into the text */
  readonly place: (offset: number) => string
  /** the line of an offset, numbered, and a caret under it */
  readonly excerpt: (offset: number) => string
}

/** The parser is recursive, and a stack that it exhausts can end the process: deeper text never reaches it. */
const deepest = 200
/** The parser takes about 5 µs a token; a list of ten thousand numbers has thirty thousand. */
const mostTokens = 200_000
/** Anchors, and uses of anchors: resolving takes the square of their number. */
const mostAnchors = 100
const mostAliases = 100

/**
 * Parses text that nobody has looked at, as YAML 1.2 with the core schema: one document of mappings, lists, text, numbers,
 * true, false and null. Refused: other tags and types (dates, sets, binary), merge keys, keys that are not text, a key
 * twice, more nesting, tokens or anchors than a scenario can need, and lists that contain themselves.
 *
 * @param name - of the file or setting, the place in messages
 * @throws E_SYNTAX with the place
 *
 * Cost: O(length); 1 s for the longest text allowed.
 */
export function parseYaml(text: string, name: string): YamlText {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  const excerpt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    const begin = lines.lineStarts[line - 1] ?? 0
    return underlined(text.slice(begin, begin + longestLine).split(/\r?\n/)[0]!, line, col)
  }
  const refuse: Refuse = (message, offset, code = 'E_SYNTAX') =>
    Object.assign(new OverdampedError(code, message, place(offset)), { excerpts: [excerpt(offset)] })
  checkTokens(text, refuse)

  // Schema and tags are named here so that a `%YAML 1.1` line can't bring back dates, merge keys and octal numbers.
  const document = withoutStacks(() =>
    parseDocument(text, {
      prettyErrors: false,
      stringKeys: true,
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      // Compares every two keys of a mapping; checkKeys does it once for each.
      uniqueKeys: false,
      // Not 'silent', which would accept a second document.
      logLevel: 'error',
    }),
  )
  // An unknown tag is a warning to the parser, which then reads the value as if the tag were not there.
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) throw refuse(`${inWords(problem.message)}.`, problem.pos[0])
  checkNodes(document, refuse)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: mostAliases })
  } catch (error) {
    throw refuse(`${inWords(error instanceof Error ? error.message : String(error))}.`, 0)
  }
  return { value, contents: document.contents, place, excerpt }
}

/** Characters of a line that are looked at, and those of it that are shown. */
const [longestLine, shownOfLine] = [10_000, 72]

/** A line with its number and a caret under a column; of a long one the stretch around it. */
function underlined(line: string, number: number, column: number): string {
  const first = column <= shownOfLine ? 0 : column - 1 - shownOfLine / 2
  // A tab would move the caret, and what a terminal obeys is not for it to see.
  const shown = printable(line.slice(first, first + shownOfLine).replaceAll('\t', ' '))
  const gutter = `  ${number} | `
  const ends = [first > 0 ? '…' : '', line.length > first + shownOfLine ? '…' : '']
  const caret = ' '.repeat(ends[0]!.length + column - 1 - first)
  return `${gutter}${ends[0]}${shown}${ends[1]}\n${' '.repeat(gutter.length - 2)}| ${caret}^`
}

/** The parser makes an error of each fault, of which a text can have 300,000: their stacks would take 200 MB, and seconds. */
function withoutStacks<T>(parse: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return parse()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

type Refuse = (message: string, offset: number, code?: ErrorCode) => OverdampedError

/**
 * Bounds nesting, tokens and anchors before anything recursive sees the text. Depth is at most the open brackets, plus
 * the column where a line begins, plus the indicators that follow on it (`- - a` nests twice).
 */
function checkTokens(text: string, refuse: Refuse): void {
  let offset = 0
  let tokens = 0
  let open = 0
  let inLine = 0
  let lineBegins = true
  let anchors = 0
  let aliases = 0
  for (const token of new Lexer().lex(text)) {
    const first = token[0]
    if (token === '\n' || token === '\r\n') {
      inLine = 0
      lineBegins = true
    } else {
      if (lineBegins && first === ' ') inLine += token.length
      else if (token === '[' || token === '{') open++
      else if (token === ']' || token === '}') open = Math.max(0, open - 1)
      else if (open === 0 && (token === '-' || token === '?' || token === ':')) inLine++
      else if (first === '&') anchors++
      else if (first === '*') aliases++
      lineBegins = false
    }
    const depth = open + inLine
    if (depth > deepest) throw refuse(`nested more than ${deepest} deep; a scenario needs about six levels.`, offset)
    if (anchors > mostAnchors || aliases > mostAliases)
      throw refuse(`more than ${mostAnchors} anchors (&) or ${mostAliases} aliases (*). Write the values out.`, offset)
    if (++tokens > mostTokens)
      throw refuse('too much for a scenario. Give data by path (data: { source: array, path: … }).', offset)
    // The lexer marks documents and text with characters of its own, which take no room in the text.
    if (first !== '\u0002' && first !== '\u0018' && first !== '\u001f' && first !== '\ufeff') offset += token.length
  }
}

/** Keys twice in a mapping, and anchors that contain their own alias: values that would have no end. */
function checkNodes(document: Document.Parsed, refuse: Refuse): void {
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        const name = isScalar(key) ? key.value : key
        if (seen.has(name))
          throw refuse(`the key "${String(name).slice(0, 40)}" stands twice. Remove one.`, startOf(key))
        seen.add(name)
        const unknown = faultOf(String(name))
        if (unknown !== null) throw refuse(unknown, startOf(key), 'E_UNKNOWN_KEY')
      }
    },
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document)
      if (target === undefined)
        throw refuse(`*${alias.source.slice(0, 40)}: there is no anchor of that name before it.`, startOf(alias))
      if (ancestors.some((node) => node === target))
        throw refuse(`*${alias.source.slice(0, 40)} stands inside its own anchor.`, startOf(alias))
    },
  })
}

const longestKey = 200

/**
 * Refuses keys that are never meant: very long ones, and the one name that changes an object instead of being stored in it.
 *
 * @throws E_UNKNOWN_KEY
 */
export function checkKey(key: string, where: string): void {
  const fault = faultOf(key)
  if (fault !== null) throw new OverdampedError('E_UNKNOWN_KEY', fault, where)
}

function faultOf(key: string): string | null {
  if (key === '__proto__') return 'unknown key "__proto__".'
  return key.length > longestKey ? `unknown key "${key.slice(0, 20)}…" of ${key.length} letters.` : null
}

function startOf(node: unknown): number {
  return ((isScalar(node) || isAlias(node) || isMap(node)) && node.range?.[0]) || 0
}

/** The parser's words without its advice to programmers, its full stop and long quotations. */
function inWords(message: string): string {
  const advice = '; please use YAML.parseAllDocuments()'
  return message.replace(advice, '; expected one').replace(/\.$/, '').slice(0, 300)
}
