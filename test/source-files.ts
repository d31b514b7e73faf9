import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import ts from 'typescript'

/** One module that a file names: by import, export … from, import('…') or a type import('…').T. */
interface Import {
  /** as it is written; null where it is not a plain text, so that nobody can tell */
  readonly specifier: string | null
  /** the file it leads to, from the repository's root; null for packages */
  readonly target: string | null
  /** whether it is loaded when asked for only */
  readonly dynamic: boolean
  /** whether it is of types alone, and loads nothing */
  readonly typeOnly: boolean
}

/** A TypeScript file as the compiler sees it. */
export interface SourceFile {
  /** from the repository's root, with forward slashes */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
  readonly imports: readonly Import[]
}

/** All TypeScript files below a folder in which `word` stands, in the order of their names. */
export function sourceFiles(folder: string, word = ''): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name).replaceAll('\\', '/')
      const text = readFileSync(path, 'utf8')
      if (!text.includes(word)) return []
      const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
      return { path, text, tree, imports: importsOf(tree, path) }
    })
}

function importsOf(tree: ts.SourceFile, path: string): Import[] {
  const found: Import[] = []
  visitNodes(tree, (node) => {
    const named = moduleNamed(node)
    if (named === undefined) return
    const specifier = named !== null && ts.isStringLiteralLike(named) ? named.text : null
    const target = specifier?.startsWith('.') ? posix.join(dirname(path), specifier).replace(/\.js$/, '.ts') : null
    found.push({ specifier, target, dynamic: ts.isCallExpression(node), typeOnly: isOfTypes(node) })
  })
  return found
}

function isOfTypes(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly)
}

/** Where a node names a module; undefined for nodes that don't, null for an import() of nothing. */
function moduleNamed(node: ts.Node): ts.Node | null | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : null
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0] ?? null
  return undefined
}

/** Visits a node and all within it. */
export function visitNodes(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => visitNodes(child, visit))
}

/** Length in lines of every function with a body, from its first line to its last; those within it count on their own too. */
export function functionLengths({ path, tree }: SourceFile): { readonly lines: number; readonly name: string }[] {
  const found: { lines: number; name: string }[] = []
  visitNodes(tree, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return
    const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line + 1
    const first = lineOf(node.getStart())
    found.push({ lines: lineOf(node.end) - first + 1, name: `${path}:${first} ${node.name?.getText() ?? ''}`.trim() })
  })
  return found
}

/** Global names that a file reads: identifiers that stand for a value, not a property, a key or a name in a type. */
export function globalsRead({ tree }: SourceFile, names: readonly string[]): string[] {
  const found = new Set<string>()
  visitNodes(tree, (node) => {
    if (
      ts.isPropertyAccessExpression(node) &&
      node.expression.getText() === 'globalThis' &&
      names.includes(node.name.text)
    )
      found.add(node.name.text)
    if (!ts.isIdentifier(node) || !names.includes(node.text)) return
    const { parent } = node
    const isPart = ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)
    if (isPart && (parent.getChildAt(0) as ts.Node) !== node) return
    if (!isPart && 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent)) return
    if (ts.isBindingElement(parent) && parent.propertyName === node) return
    found.add(node.text)
  })
  return [...found]
}

/**
 * Circles among files: groups of which each leads to every other by way of imports, types included. A file that imports itself
 * is one.
 */
export function circles(files: readonly SourceFile[]): string[][] {
  const leadsTo = new Map(files.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]))
  // From each file that is in a circle, what is reached and leads back. Files are few: the plain search will do.
  const reached = new Map(files.map(({ path }) => [path, reach(path, leadsTo)]))
  const groups = new Map<string, string[]>()
  for (const [path, seen] of reached) {
    if (!seen.has(path)) continue
    const group = [...seen].filter((other) => reached.get(other)?.has(path)).sort()
    groups.set(group.join(), group)
  }
  return [...groups.values()]
}

/** What a file leads to; itself only when it is in a circle. */
function reach(from: string, leadsTo: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>()
  const open = [from]
  for (let path = open.pop(); path !== undefined; path = open.pop())
    for (const target of leadsTo.get(path) ?? [])
      if (!seen.has(target)) {
        seen.add(target)
        open.push(target)
      }
  return seen
}

/**
 * The files that one leads to, itself included, each with the first file that led there (null for itself).
 *
 * @param loaded - whether imports of types, which load nothing, lead nowhere
 */
export function reachedFrom(
  start: string,
  files: readonly SourceFile[],
  loaded = false,
): Map<SourceFile, string | null> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const cameFrom = new Map<SourceFile, string | null>()
  const first = byPath.get(start)
  const open: (readonly [SourceFile, string | null])[] = first === undefined ? [] : [[first, null]]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const [file, from] = next
    if (cameFrom.has(file)) continue
    cameFrom.set(file, from)
    for (const { target, typeOnly } of file.imports) {
      const other = target === null || (loaded && typeOnly) ? undefined : byPath.get(target)
      if (other !== undefined) open.push([other, file.path])
    }
  }
  return cameFrom
}
