import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'

/** Options of a careful user of the package, under either way of resolving its modules: on Node alone, or beside what browsers have. */
export const strictly = (resolution: 'nodenext' | 'bundler'): ts.CompilerOptions => ({
  target: ts.ScriptTarget.ES2023,
  module: resolution === 'nodenext' ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
  moduleResolution: resolution === 'nodenext' ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  types: ['node'],
  ...(resolution === 'nodenext' ? { lib: ['lib.es2023.d.ts'] } : {}),
})

/**
 * The package as an install lays it out in a folder: dist/ as it is built, declarations made of the present sources, and beside it
 * the packages that it depends on and Node's types, but none that it is developed with.
 */
export function installInto(folder: string): void {
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'overdamped')
  mkdirSync(join(own, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const { dependencies, ...rest } = JSON.parse(readFileSync('package.json', 'utf8'))
  writeFileSync(join(own, 'package.json'), JSON.stringify({ ...rest, dependencies }))
  for (const name of readdirSync('dist'))
    if (name !== 'types') symlinkSync(resolve('dist', name), join(own, 'dist', name))
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(resolve('node_modules', name), join(modules, name))
  }
  declareInto(join(own, 'dist', 'types'))
}

/** Writes the declarations of the public names, as `npm run build` does. */
function declareInto(folder: string): void {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} }
  const { options } = ts.getParsedCommandLineOfConfigFile('tsconfig.build.json', {}, host)!
  // That the sources are right is asked by `npm run check`.
  const program = ts.createProgram(['src/index.ts'], { ...options, noCheck: true, outDir: folder })
  const { diagnostics } = program.emit()
  if (diagnostics.length > 0) throw new Error(inWords(diagnostics).join('\n'))
}

/** What a compiler says, a line each. */
export function inWords(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1
    return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}
