import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildContext, stagesOf } from '../dockerfile.js'

const text = readFileSync('Dockerfile', 'utf8')
const stages = stagesOf(text)
const last = stages.at(-1)!

test('the image runs the command line, as a user that is told by number not to be root', () => {
  const ends = last.instructions.filter(({ name }) => ['USER', 'ENTRYPOINT', 'CMD'].includes(name))
  expect(ends.map(({ name, rest }) => `${name} ${rest}`)).toEqual([
    'USER 1000:1000',
    'ENTRYPOINT ["node", "/opt/overdamped/dist/cli/main.js"]',
    'CMD ["--help"]',
  ])
})

test('what is built is what git has of a few folders, no secrets among them', () => {
  const context = buildContext()
  expect(context).toContain('src/cli/main.ts')
  expect(
    context.filter((file) => /(^|\/)\.|\.(pem|key|env)$|^(test|docs|bench|node_modules|runs|dist)\//.test(file)),
  ).toEqual([])
  // Of one stage is taken what it has; what npm and the build make is there too.
  const made = ['node_modules', 'dist']
  const first = new Set([...context.map((file) => file.split('/')[0]), ...made])
  const copied = last.instructions
    .filter(({ name }) => name === 'COPY')
    .flatMap(({ rest }) => rest.split(' ').filter((word) => word.startsWith('/build/')))
  expect(copied.length).toBeGreaterThan(4)
  expect(copied.filter((path) => !first.has(path.split('/')[2]))).toEqual([])
  expect(text).not.toMatch(/ARG|ENV|password|token/i)
})

test('its Node is one that the package asks for, and its tag is the version of the package', () => {
  const { engines, version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const major = /\d+/.exec(engines.node)![0]
  expect(stages.map(({ base }) => base)).toEqual([`node:${major}-bookworm-slim`, `node:${major}-bookworm-slim`])
  expect(text.match(/overdamped:\d[\d.]*/g)).toEqual([`overdamped:${version}`, `overdamped:${version}`])
})
