import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createProgress } from '../../src/cli/handlers/progress.js'
import { command } from '../command.js'

// What a person at a terminal meets before anything runs: help, completion, progress, and what the keys of a scenario mean.

const printed = async (...args: string[]) => (await command(...args)).stdout

describe('help', () => {
  test('-h and -v are --help and --version; help COMMAND is COMMAND --help', async () => {
    expect(await printed('-v')).toBe(await printed('--version'))
    expect(await printed('run', '-h')).toBe(await printed('run', '--help'))
    expect(await printed('help', 'sample')).toBe(await printed('sample', '--help'))
    expect(await printed('help')).toBe(await printed('--help'))
    expect(await printed('help')).toContain('overdamped sweep <scenario>')
  })

  test('examples of every command are whole lines at 80 columns', async () => {
    const names = [...(await printed('--help')).matchAll(/^ {2}overdamped ([\w-]+)/gm)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(14)
    for (const name of names.filter((name) => name !== 'help')) {
      const text = await printed(name, '--help')
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
      const [, examples = ''] = text.split('Examples:\n')
      const lines = examples.trimEnd().split('\n')
      // A line that was broken begins with neither.
      expect(lines.filter((line) => !/^ {2}(# |overdamped )/.test(line))).toEqual([])
      expect(lines.length).toBeGreaterThan(1)
    }
  })
})

describe('completion', () => {
  const words = async (line: string) =>
    (await printed('--complete', line))
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t')[0])

  test.each([
    ['overdamped me', ['merge']],
    ['overdamped help sch', ['schema']],
    ['overdamped he', ['help']],
    ['overdamped run --prof', ['--profile']],
    ['overdamped run double-well-', ['double-well-chain', 'double-well-free-energy', ':files']],
    ['overdamped run mnist-01 --profile f', ['fast']],
    ['overdamped run --quiet mnist-01 --seed 3 --profile f', ['fast']],
    ['overdamped run my.yaml --set noi', ['noising.']],
    ['overdamped sweep my.yaml --over noising.sp', ['noising.spacing=']],
    ['overdamped run my.yaml --set noising.spacing=', ['noising.spacing=geometric', 'noising.spacing=linear']],
    ['overdamped run my.yaml --set learning.optimizer.fi', ['learning.optimizer.finalRate=']],
    ['overdamped run my.yaml --set sampling.denoise=', ['sampling.denoise=true', 'sampling.denoise=false']],
    ['overdamped run my.yaml --backend re', ['reference']],
    ['overdamped run mnist-01 --profile=f', ['--profile=fast']],
    ['overdamped run my.yaml --set=noising.sp', ['--set=noising.spacing=']],
    ['overdamped run my.yaml --set=noising.spacing=l', ['--set=noising.spacing=linear']],
    ['overdamped run my.yaml --out=ru', [':files']],
    ['overdamped report ', [':files']],
    ['overdamped run my.yaml --out ', [':files']],
    ['overdamped completion z', ['zsh']],
    ['overdamped nothing ', ['']],
  ])('%s', async (line, expected) => {
    expect(await words(line)).toEqual(expected)
  })

  test.each([
    [['--set', 'noising.spacing', '=', 'l'], '--set noising.spacing=l', 'linear'],
    [['--set', 'noising.spacing', '='], '--set noising.spacing=', 'geometric linear'],
    [['--set', '=', 'noising.sp'], '--set=noising.sp', 'noising.spacing='],
    [['--set', '=', 'noising.spacing', '='], '--set=noising.spacing=', 'geometric linear'],
    [['--profile', '='], '--profile=', 'fast quick'],
  ])('the script fills in what bash asks for: %s', (cut, line, expected) => {
    const main = join(process.cwd(), 'dist', 'cli', 'main.js')
    // As bash calls it: words cut at `=`, and the one under the cursor to be replaced.
    const script = `
      eval "$(node ${main} completion bash)"
      compopt() { :; }
      over() { node ${main} "$@"; }
      COMP_WORDS=(over run mnist-01 ${cut.join(' ')}) COMP_CWORD=${cut.length + 2}
      COMP_LINE='over run mnist-01 ${line}' COMP_POINT=\${#COMP_LINE}
      _overdamped
      echo "\${COMPREPLY[@]}"`
    expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout).toBe(`${expected}\n`)
  })
})

describe('progress', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllEnvs()
  })

  /** What is written of a training of a minute and a half, told every second. */
  function written(stream: { isTTY: boolean; columns?: number }, columnsOfTime = 90): string {
    vi.useFakeTimers({ toFake: ['performance'] })
    let text = ''
    const write = (part: string) => {
      text += part
      return true
    }
    const { update, note, clear } = createProgress(false, { ...stream, write } as unknown as NodeJS.WriteStream)
    for (let second = 0; second <= columnsOfTime; second++) {
      update({ phase: 'train', done: 20 * second, total: 4000, t: 0.3, loss: -0.1234, rate: 0.05 })
      vi.advanceTimersByTime(1000)
    }
    note('a note')
    clear()
    return text
  }

  test('is words and numbers, what matters most first, in one line that a terminal rewrites', () => {
    const lines = written({ isTTY: true, columns: 200 }).split('\r\x1b[2K')
    expect(lines[31]).toBe(
      'training: 15 %, about 2 min 50 s left, loss -0.123, iteration 600 of 4,000, 20 a second, noise time 0.3, learning rate 0.05',
    )
    // The last line makes room for the note, and nothing stays behind it.
    expect(lines.at(-1)).toBe('a note\n')
    expect(written({ isTTY: true, columns: 40 }).split('\r\x1b[2K')[31]).toBe('training: 15 %, about 2 min 50 s left, ')
  })

  test.each(['not a terminal', 'a dumb terminal'])('is a few lines without control characters in %s', (where) => {
    vi.stubEnv('TERM', where === 'a dumb terminal' ? 'dumb' : 'xterm')
    const text = written({ isTTY: where === 'a dumb terminal' })
    expect(['\r', '\x1b'].filter((control) => text.includes(control))).toEqual([])
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 22)),
    ).toEqual(['training …', 'training: 5 %, about 3', 'training: 35 %, about ', 'a note'])
  })
})

describe('scenarios/schema.json', () => {
  interface Schema {
    readonly description?: string
    readonly enum?: readonly unknown[]
    readonly properties?: Readonly<Record<string, Schema>>
    readonly items?: Schema | readonly Schema[]
    readonly additionalProperties?: Schema | boolean
    readonly anyOf?: readonly Schema[]
    readonly oneOf?: readonly Schema[]
  }
  /** Everything in a schema by its path, with what is said of it, or of the key that it is a value of. */
  function* nodes(schema: Schema, path = '', about = ''): Generator<[path: string, node: Schema, about: string]> {
    const said = schema.description ?? about
    yield [path, schema, said]
    const { properties = {}, items = [], additionalProperties, anyOf = [], oneOf = [] } = schema
    for (const [key, inner] of Object.entries(properties)) yield* nodes(inner, `${path}.${key}`)
    const parts = [items, typeof additionalProperties === 'object' ? additionalProperties : [], anyOf, oneOf].flat()
    for (const [n, inner] of parts.entries()) yield* nodes(inner as Schema, `${path}[${n}]`, said)
  }
  const all = [...nodes(JSON.parse(readFileSync('scenarios/schema.json', 'utf8')) as Schema)]

  test('says what every key means', () => {
    const keys = all.filter(([path]) => /\.\w+$/.test(path))
    expect(keys.length).toBeGreaterThan(500)
    expect(keys.filter(([, { description = '' }]) => description.length < 6).map(([path]) => path)).toEqual([])
  })

  test('names every value of a key that takes names, with what it means', () => {
    const untold = all.flatMap(([path, { enum: values = [] }, about]) =>
      values.filter((value) => !about.includes(String(value))).map((value) => `${path}: ${value}`),
    )
    expect(untold).toEqual([])
  })
})
