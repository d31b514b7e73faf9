import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const block = (file: string, language: string) =>
  new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readFileSync(file, 'utf8'))?.[1] ?? ''

test('the library example of the README runs, in at most six lines', () => {
  const example = block('README.md', 'js')
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(6)
  // Inside the package, so that its own name resolves to dist/.
  const folder = mkdtempSync(join('dist', 'example-'))
  try {
    writeFileSync(join(folder, 'example.mjs'), example)
    const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^Float64Array\(144\) \[\s+-?\d\.\d/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the commands of the README name scenarios that exist', () => {
  const files = readFileSync('README.md', 'utf8').match(/scenarios\/[\w-]+\.yaml/g) ?? []
  expect(files.length).toBeGreaterThan(2)
  expect(files.filter((file) => !existsSync(file))).toEqual([])
})

test('the interfaces in docs/extending.md are those of the source', () => {
  const printer = ts.createPrinter({ removeComments: true })
  const interfaces = (name: string, text: string) => {
    const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
    return tree.statements
      .filter((node) => ts.isInterfaceDeclaration(node))
      .map(
        (node) =>
          [node.name.text, printer.printNode(ts.EmitHint.Unspecified, node, tree).replace(/\s+/g, ' ')] as const,
      )
  }
  const shown = [...readFileSync('docs/extending.md', 'utf8').matchAll(/```ts\n(export interface .*?)```/gs)]
  const documented = shown.flatMap(([, code]) => interfaces('extending.md', code!))
  const names = new RegExp(`^export interface (${documented.map(([name]) => name).join('|')})\\b`, 'm')
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const texts = files.map((name) => [name, readFileSync(join('src', name), 'utf8')] as const)
  const written = new Map(texts.filter(([, text]) => names.test(text)).flatMap((file) => interfaces(...file)))
  expect(documented.length).toBeGreaterThan(10)
  for (const [name, code] of documented) expect(code, `docs/extending.md, ${name}`).toBe(written.get(name))
})

test('docs/scenarios.md says something of every key of a scenario', () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>
    readonly items?: Schema | readonly Schema[]
    readonly additionalProperties?: Schema | boolean
    readonly anyOf?: readonly Schema[]
    readonly oneOf?: readonly Schema[]
  }
  const keysIn = ({ properties = {}, items = [], additionalProperties, anyOf = [], oneOf = [] }: Schema): string[] => [
    ...Object.entries(properties).flatMap(([key, inner]) => [key, ...keysIn(inner)]),
    ...[items, typeof additionalProperties === 'object' ? additionalProperties : [], anyOf, oneOf]
      .flat()
      .flatMap(keysIn),
  ]
  const keys = [...new Set(keysIn(JSON.parse(readFileSync('scenarios/schema.json', 'utf8'))))]
  const text = readFileSync('docs/scenarios.md', 'utf8')
  expect(keys.length).toBeGreaterThan(150)
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(text))).toEqual([])
})
