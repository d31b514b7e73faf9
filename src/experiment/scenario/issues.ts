import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { didYouMean, type ErrorCode, listed } from '../../errors.js'
import { formerKeys } from './data.js'
import { scenarioJsonSchema } from './schema.js'
import { show } from './shown.js'

/** A validation issue in words: the path of the key, what is wrong with it and how to mend it. */
export interface Finding {
  readonly code: ErrorCode
  readonly path: readonly PropertyKey[]
  /** the finding is about the key itself, not its value */
  readonly atKey: boolean
  readonly text: string
}

interface SchemaNode {
  readonly properties?: Record<string, SchemaNode>
  readonly additionalProperties?: SchemaNode | boolean
  readonly propertyNames?: { readonly enum?: readonly string[] }
  readonly items?: SchemaNode | SchemaNode[]
  readonly anyOf?: SchemaNode[]
  readonly oneOf?: SchemaNode[]
  readonly const?: unknown
}

/** The first findings, and how many there are beside them. */
export interface Findings {
  readonly shown: readonly Finding[]
  readonly more: number
}

/** Findings shown at once; a hostile file can have a hundred thousand. */
const mostFindings = 12

/** Puts the schema's issues into words; `input` is what was validated. */
export function findings(issues: readonly z.core.$ZodIssue[], input: unknown): Findings {
  const told = issues.filter((issue, n) => !isToldBy(issue, issues[n - 1], issues[n + 1]))
  const total = told.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
  const shown = told.slice(0, mostFindings).flatMap((issue) => explain(issue, input))
  return { shown: shown.slice(0, mostFindings), more: total - Math.min(mostFindings, shown.length) }
}

/**
 * Whether the issue before, or after, about the same value says it better: of a value that is no list its length need not be said, nor
 * of a number that must be above 0 that it is too far below for an integer.
 */
function isToldBy(issue: z.core.$ZodIssue, before?: z.core.$ZodIssue, after?: z.core.$ZodIssue): boolean {
  const sameAs = (other: z.core.$ZodIssue | undefined) =>
    other !== undefined && isDeepStrictEqual(other.path, issue.path)
  if (issue.code === 'too_big' || (issue.code === 'too_small' && before?.code === 'invalid_type'))
    return before?.code === 'invalid_type' && sameAs(before)
  return (
    issue.code === 'too_small' &&
    issue.minimum === Number.MIN_SAFE_INTEGER &&
    after?.code === 'too_small' &&
    sameAs(after)
  )
}

/** A path as messages show it, `data.means.0`; keys that a file made long or unprintable are cut short and quoted. */
export function shownPath(path: readonly PropertyKey[]): string {
  return path.map((key) => (/^[\w-]{1,60}$/.test(String(key)) ? String(key) : show(String(key)).slice(0, 40))).join('.')
}

/** A finding about the value at a path: in words of its own, or that it is missing or not what is expected. */
function about(path: readonly PropertyKey[], value: unknown) {
  const one = (code: ErrorCode, text: string): Finding[] => [{ code, path, atKey: false, text }]
  const expected = (words: string, hint = '') =>
    value === undefined
      ? one('E_MISSING_KEY', `missing; expected ${words}.`)
      : one('E_INVALID_VALUE', `expected ${words}, got ${show(value)}.${hint}`)
  const oneOf = (names: readonly string[]) => expected(listed(names), didYouMean(nameIn(value), names))
  return { one, expected, oneOf }
}

function explain(issue: z.core.$ZodIssue, input: unknown): Finding[] {
  const { path } = issue
  const value = valueAt(input, path)
  const { one, expected, oneOf } = about(path, value)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, mostFindings).map((key) => {
        const allowed = keysAt(path, input)
        const former = formerKeys[`${valueAt(value, ['source'])}.${key}`]
        const text = former ?? `unknown key.${didYouMean(key, allowed) || ` Expected ${listed(allowed)}.`}`
        return { code: 'E_UNKNOWN_KEY', path: [...path, key], atKey: true, text }
      })
    case 'invalid_value':
      return oneOf(issue.values.map(String))
    case 'invalid_type':
      return expected(typeName(issue.expected))
    case 'too_small':
    case 'too_big':
      return expected(bound(issue))
    case 'invalid_format':
      return one('E_INVALID_VALUE', `${issue.message}, got ${show(value)}.`)
    case 'invalid_union':
      return explainUnion(issue, input)
    default:
      return one('E_INVALID_VALUE', /[.?]$/.test(issue.message) ? issue.message : `${issue.message}.`)
  }
}

/** Of alternatives: the one that was meant, where that is plain, or what each of them expects. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion & z.core.$ZodIssue, input: unknown): Finding[] {
  const { path, discriminator } = issue
  const value = valueAt(input, path)
  const { one, expected, oneOf } = about(path, value)
  if (discriminator !== undefined) return oneOf(discriminatorValues(path, input, discriminator))
  if (value === undefined) return one('E_MISSING_KEY', 'missing.')
  const explainInner = (inner: z.core.$ZodIssue) =>
    explain({ ...inner, path: [...path, ...inner.path] } as z.core.$ZodIssue, input)
  // A branch that fails inside a mapping or a list, not at its root, is the one that was meant.
  const inside = issue.errors.filter((branch) => branch.every((inner) => !isOfAnotherKind(inner)))
  if (inside.length === 1) return inside[0]!.flatMap(explainInner)
  // The branches' own words, once each: "expected all" or "expected an integer" …
  const all = issue.errors.flat()
  const texts = new Set(all.map((inner) => explainInner(inner)[0]?.text ?? ''))
  const words = [...texts].map((text) => /expected (.*?), got/.exec(text)?.[1]).filter((text) => text !== undefined)
  const allowed = all.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []))
  return expected(words.join(', or '), didYouMean(nameIn(value), allowed))
}

/** Whether a value is of another kind than a branch wants, so that the branch was not meant. */
function isOfAnotherKind({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const unit = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : ''
  return issue.code === 'too_small'
    ? `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit}`
    : `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit}`
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    int: 'an integer',
    number: 'a finite number',
    string: 'text',
    array: 'a list',
    tuple: 'a list',
    object: 'a mapping',
    record: 'a mapping',
    boolean: 'true or false',
  }
  return names[expected] ?? expected
}

/** What may be meant for a name. */
function nameIn(value: unknown): string {
  return typeof value === 'string' ? value : show(value)
}

/** The value at a path, or undefined. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  )
}

/** The whole schema, made when the first mistake is explained: it takes milliseconds. */
let wholeSchema: SchemaNode | undefined

/** The schema at a path; where alternatives are told apart by a constant, the one that the input chose. */
function schemaAt(path: readonly PropertyKey[], input: unknown): SchemaNode[] {
  wholeSchema ??= scenarioJsonSchema() as SchemaNode
  let nodes: SchemaNode[] = expand([wholeSchema], input)
  path.forEach((key, depth) => {
    const next = nodes.flatMap((node) => {
      if (typeof key === 'number') return Array.isArray(node.items) ? (node.items[key] ?? []) : (node.items ?? [])
      const extra = typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []
      return node.properties?.[String(key)] ?? extra
    })
    nodes = expand(next, valueAt(input, path.slice(0, depth + 1)))
  })
  return nodes
}

function expand(nodes: readonly SchemaNode[], value: unknown): SchemaNode[] {
  return nodes.flatMap((node) => {
    const branches = node.anyOf ?? node.oneOf
    if (branches === undefined) return [node]
    const chosen = branches.filter((branch) =>
      Object.entries(branch.properties ?? {}).some(
        ([key, { const: constant }]) => constant !== undefined && constant === valueAt(value, [key]),
      ),
    )
    return expand(chosen.length > 0 ? chosen : branches, value)
  })
}

function keysAt(path: readonly PropertyKey[], input: unknown): string[] {
  return [
    ...new Set(schemaAt(path, input).flatMap((node) => node.propertyNames?.enum ?? Object.keys(node.properties ?? {}))),
  ]
}

/** The values of a discriminator; the issue's path ends with its key. */
function discriminatorValues(path: readonly PropertyKey[], input: unknown, discriminator: string): string[] {
  const parent = path.at(-1) === discriminator ? path.slice(0, -1) : path
  // Without a valid discriminator no branch is chosen, so all of them answer.
  return schemaAt(parent, input).flatMap((node) => {
    const constant = node.properties?.[discriminator]?.const
    return constant === undefined ? [] : [String(constant)]
  })
}
