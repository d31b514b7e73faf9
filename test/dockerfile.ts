import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** An instruction of a Dockerfile, with what stands behind it. */
export interface Instruction {
  readonly name: string
  readonly rest: string
}

/** A stage: an image that it begins with, a name under which later ones copy from it, and what is done. */
export interface Stage {
  readonly base: string
  readonly name: string | undefined
  readonly instructions: readonly Instruction[]
}

/** The stages of a Dockerfile, lines put together and comments left out. */
export function stagesOf(text: string): readonly Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const stages: (Stage & { instructions: Instruction[] })[] = []
  for (const line of lines) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (name === undefined || rest === undefined) throw new Error(`no instruction: ${line}`)
    const [, base, as] = name === 'FROM' ? (/^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? []) : []
    if (base !== undefined) stages.push({ base, name: as, instructions: [] })
    else stages.at(-1)!.instructions.push({ name, rest })
  }
  return stages
}

/** Files of the repository that .dockerignore lets into the build: it names what it takes, by the first part of the path. */
export function buildContext(): readonly string[] {
  const lines = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (lines[0] !== '*' || lines.slice(1).some((line) => !/^![\w.-]+$/.test(line)))
    throw new Error('.dockerignore leaves all out, then names what it takes: "*" and lines of "!name"')
  const taken = new Set(lines.slice(1).map((line) => line.slice(1)))
  const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
  return files.filter((file) => taken.has(file.split('/')[0]!))
}
