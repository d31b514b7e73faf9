import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { errorsDocument } from '../../src/cli/handlers/errors.js'
import { errorCodes, OverdampedError, quoted } from '../../src/errors.js'
import { sourceFiles, visitNodes } from '../source-files.js'

const source = [...sourceFiles('src', 'E_'), ...sourceFiles('viz', 'E_')]
const codes = Object.keys(errorCodes)
const codeIn = /\bE_[A-Z]+(?:_[A-Z]+)*\b/g

/** Codes in the text of a file's values, each with its place; what a code is compared with is not what is thrown. */
const thrown = source.flatMap(({ path, tree }) => {
  const found: { code: string; path: string }[] = []
  visitNodes(tree, (node) => {
    if (!ts.isStringLiteralLike(node) && !ts.isTemplateHead(node) && !ts.isTemplateMiddleOrTemplateTail(node)) return
    if (ts.isBinaryExpression(node.parent) || ts.isLiteralTypeNode(node.parent) || ts.isCaseClause(node.parent)) return
    for (const [code] of node.text.matchAll(codeIn)) found.push({ code, path })
  })
  return found
})

test('every code that is thrown is in the table of errors.ts, and every one there is thrown', () => {
  expect(thrown.filter(({ code }) => !codes.includes(code))).toEqual([])
  expect(codes.filter((code) => !thrown.some((one) => one.code === code))).toEqual([])
})

test('every code that a comment or a document names is in the table', () => {
  const documents = ['README.md', 'docs/backends.md', 'docs/errors.md', 'docs/files.md', 'docs/scenarios.md']
  const texts = [...source, ...documents.map((path) => ({ path, text: readFileSync(path, 'utf8') }))]
  const unknown = texts.flatMap(({ path, text }) =>
    [...text.matchAll(codeIn)].filter(([code]) => !codes.includes(code)).map(([code]) => `${path}: ${code}`),
  )
  expect(unknown).toEqual([])
})

test('docs/errors.md is what the table says (npm run build && npm run errors writes it)', () => {
  expect(readFileSync('docs/errors.md', 'utf8')).toBe(`${errorsDocument()}\n`)
})

test('every meaning and remedy is one sentence', () => {
  for (const { meaning, remedy } of Object.values(errorCodes))
    for (const text of [meaning, remedy]) expect(text).toMatch(/^[A-Z`][^|]*\.$/)
})

test('a message is one line that a terminal shows as it is, whatever a file or a path holds', () => {
  const odd = 'a\nb\r\nc\u001b[2J\u009b\u2028d\u202e\ud800e\u2066'
  expect(new OverdampedError('E_DATA', odd, odd).message).toBe(
    'a b c\ufffd[2J\ufffd\ufffdd\ufffd\ufffde\ufffd: a b c\ufffd[2J\ufffd\ufffdd\ufffd\ufffde\ufffd [E_DATA]',
  )
  expect(quoted('a\nb')).toBe('"a\\nb"')
  expect(quoted('x'.repeat(100))).toBe(`"${'x'.repeat(60)}…"`)
})
