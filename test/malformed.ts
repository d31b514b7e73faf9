import { Buffer } from 'node:buffer'
import type { LoadOptions } from '../src/experiment/scenario/load.js'

/** A scenario that must be refused: what a file holds, or which file it is, and what is set on the command line. */
export interface Malformed {
  readonly name: string
  /** the file's contents; absent where `path` says which file */
  readonly content?: string | Uint8Array
  /** in place of a file that is written: relative to the folder of the test, which holds `folder/` and `ok.yaml` */
  readonly path?: string
  readonly options?: LoadOptions
  /** the place in the file that the message must begin with, line:column */
  readonly at?: string
  /** what the message must hold */
  readonly says?: string | RegExp
}

const trap = `name: trap
network: { visible: { lattice: [2, 3] } }
potential: { onsite: [stiffness] }
protocol: { duration: 1, parameters: { stiffness: 1 } }
initial: { kind: point, x: 0 }
`
const mixture = `name: mixture
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3, samples: 100 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], pair: [bilinear] }
learning: { iterations: 2 }
`
const lines = (count: number, line: (n: number) => string, joint = '\n') =>
  Array.from({ length: count }, (_, n) => line(n)).join(joint)
const set = (...settings: string[]): LoadOptions => ({ set: settings })

/** Each level names the one above nine times: 9⁹ values from nine lines. */
const bomb = `${trap}a0: &a0 [x, x, x, x, x, x, x, x, x]\n${lines(8, (n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`)}\n`

const text: Malformed[] = [
  { name: 'an empty file', path: 'empty.yaml', says: 'is empty' },
  { name: 'white space alone', content: ' \n\n', at: '1:1', says: 'expected a mapping' },
  { name: 'a comment alone', content: '# nothing\n', at: '1:1', says: 'expected a mapping' },
  { name: 'a number', content: '42', at: '1:1', says: 'expected a mapping' },
  { name: 'a sentence', content: 'run something nice', at: '1:1', says: 'expected a mapping' },
  { name: 'a list', content: '- name: a\n', at: '1:1', says: 'expected a mapping' },
  { name: 'null', content: 'null', at: '1:1', says: 'expected a mapping' },
  { name: 'an open bracket', content: 'name: [a\n', at: '2:1' },
  { name: 'an open quote', content: 'name: "a\n', at: '2:1' },
  { name: 'JSON cut short', content: '{"name": "trap", "network": {', says: '[E_SYNTAX]' },
  { name: 'a tab as indentation', content: `${trap}bath:\n\tkT: 1\n`, at: '7:1', says: /[Tt]ab/ },
  { name: 'wrong indentation', content: 'name: a\n  about: b\n', says: '[E_SYNTAX]' },
  { name: 'two documents', content: `${trap}---\n${trap}`, says: 'multiple documents' },
  { name: 'a key twice', content: `${trap}seed: 1\nseed: 2\n`, at: '7:1', says: '"seed" stands twice' },
  { name: 'a key twice in a list', content: '{"name": "a", "name": "b"}', at: '1:15', says: '"name" stands twice' },
  { name: 'a merge key', content: `${trap}<<: { seed: 3 }\n`, at: '6:1', says: 'unknown key' },
  {
    name: 'a merge key of YAML 1.1',
    content: `%YAML 1.1\n---\n${trap}<<: { seed: 3 }\n`,
    at: '8:1',
    says: 'unknown key',
  },
  { name: 'a date as a seed', content: `${trap}seed: 2020-01-01\n`, at: '6:7', says: 'got "2020-01-01"' },
  { name: 'a date of YAML 1.1', content: `%YAML 1.1\n---\n${trap}seed: 2020-01-01\n`, at: '8:7' },
  { name: 'a function tag', content: `${trap}about: !!js/function "function () {}"\n`, at: '6:8', says: 'tag' },
  { name: 'a Python tag', content: `${trap}about: !!python/object/apply:os.system [ls]\n`, at: '6:8', says: 'tag' },
  { name: 'a tag of its own', content: `${trap}seed: !mine 3\n`, at: '6:7', says: 'tag' },
  { name: 'a binary tag', content: `${trap}about: !!binary aGVsbG8=\n`, at: '6:8', says: 'tag' },
  { name: 'a set tag', content: `${trap}observe: !!set { work }\n`, at: '6:10', says: 'tag' },
  { name: 'a key that is a list', content: `${trap}? [a, b]\n: 1\n`, at: '6:3' },
  { name: 'a key that is null', content: `${trap}? \n: 1\n`, at: '6:3' },
  { name: 'an unknown alias', content: `${trap}seed: *nothing\n`, at: '6:7' },
  { name: 'a list that contains itself', content: `${trap}seed: &a [*a]\n`, says: 'inside its own anchor' },
  { name: 'a mapping that contains itself', content: `${trap}bath: &a\n  kT: *a\n`, says: 'inside its own anchor' },
  { name: 'a bomb of anchors', content: bomb, says: '[E_SYNTAX]' },
  { name: 'a bomb of anchors where it fits', content: bomb.replace('a8:', 'observe:'), says: '[E_SYNTAX]' },
  { name: 'ten thousand brackets', content: `name: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, says: 'deep' },
  { name: 'ten thousand open brackets', content: `name: ${'['.repeat(10_000)}`, at: '1:206', says: 'deep' },
  { name: 'ten thousand braces', content: `name: ${'{a: '.repeat(10_000)}`, says: 'deep' },
  { name: 'ten thousand dashes', content: '- '.repeat(10_000), says: 'deep' },
  { name: 'a staircase', content: lines(1000, (n) => `${' '.repeat(n)}a:`), says: 'deep' },
  { name: 'JSON a thousand deep', content: `{"name": ${'['.repeat(1000)}1${']'.repeat(1000)}}`, says: 'deep' },
  {
    name: 'sixty thousand keys',
    content: `${trap}${lines(60_000, (n) => `k${n}: 1`)}`,
    says: 'too much for a scenario',
  },
  { name: 'twenty thousand keys', content: `${trap}${lines(20_000, (n) => `k${n}: 1`)}`, says: /and 199\d\d more/ },
  { name: 'twenty thousand errors', content: 'a: @\n'.repeat(20_000), at: '1:4' },
  { name: 'three hundred thousand wrong escapes', content: `name: "${'\\x'.repeat(300_000)}"\n`, at: '1:7' },
  { name: 'thirty thousand wrong values', content: `${trap}observe: [${'x, '.repeat(30_000)}]`, at: '6:11' },
  { name: 'thirty thousand anchors', content: `${trap}${lines(30_000, (n) => `k${n}: &a${n} 1`)}`, says: 'anchors' },
  {
    name: 'a hundred uses of a long list',
    content: `name: &n [${'1, '.repeat(30_000)}]\nobserve: [${lines(99, () => '*n', ', ')}]\n`,
    says: '[E_',
  },
  { name: 'a thousand profiles', content: `${trap}profiles: {${lines(1000, (n) => `p${n}: {}`, ', ')}}`, says: '32' },
  { name: 'a key of 1,000 letters', content: `${trap}${'k'.repeat(1000)}: 1\n`, at: '6:1', says: 'unknown key' },
  { name: 'a value of 500,000 letters', content: `${trap}seed: ${'k'.repeat(500_000)}\n`, at: '6:7' },
  { name: 'a name of 500 letters', content: trap.replace('trap', 'k'.repeat(500)), at: '1:7' },
  { name: 'ten megabytes', content: `${trap}# ${'x'.repeat(10_000_000)}\n`, says: 'bytes' },
  { name: 'UTF-16', content: Buffer.from(`\ufeff${trap}`, 'utf16le'), at: '1:1', says: 'UTF-16' },
  { name: 'UTF-16 without a mark', content: Buffer.from(trap, 'utf16le'), at: '1:2', says: 'control character' },
  { name: 'Latin-1', content: Buffer.from(`${trap}about: caf\u00e9\n`, 'latin1'), at: '6:11', says: 'UTF-8' },
  { name: 'a picture', content: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), at: '1:1', says: 'UTF-8' },
  { name: 'zeros', content: new Uint8Array(1000), at: '1:1', says: 'control character' },
  { name: 'a zero within', content: `${trap}about: a\0b\n`, at: '6:9', says: 'U+0000' },
  { name: 'a gzip file', content: Buffer.from('1f8b08000000000000034bcc4b0400', 'hex'), says: '[E_SYNTAX]' },
  { name: 'a folder', path: 'folder', says: 'is a folder' },
  { name: 'a key with a control character', content: `${trap}"\\e[2J": 1\n`, at: '6:1', says: 'unknown key' },
  { name: 'a value with a control character', content: `${trap}seed: "\\e[2J\\x9b"\n`, at: '6:7' },
  { name: 'a device', path: '/dev/zero', says: 'device' },
  { name: 'a file that is not there', path: 'okay.yaml', says: 'Did you mean "ok.yaml"' },
  { name: 'a folder that is not there', path: 'nowhere/ok.yaml', says: 'no such scenario file' },
  { name: 'a file as a folder', path: 'ok.yaml/ok.yaml', says: 'no such scenario file' },
  { name: 'a path of 10,000 letters', path: 'k'.repeat(1000), says: 'ENAMETOOLONG' },
  { name: 'a path with a zero', path: 'a\0b', says: '[E_FILE]' },
]

const keys: Malformed[] = [
  { name: 'an unknown key', content: `${trap}sede: 1\n`, at: '6:1 sede', says: 'Did you mean "seed"?' },
  { name: 'a key __proto__', content: `${trap}__proto__: { polluted: 1 }\n`, at: '6:1', says: 'unknown key' },
  { name: 'a list of 10⁸ entries', content: trap, options: set('observe.99999999=heat'), says: '[E_' },
  { name: 'a setting below a value', content: `${trap}seed: 3\n`, options: set('seed.b=3'), says: 'not a mapping' },
  { name: 'a setting of a parameter __proto__', content: trap, options: set('protocol.parameters.__proto__=1') },
  { name: 'a key constructor', content: `${trap}constructor: { prototype: { polluted: 1 } }\n`, at: '6:1' },
  { name: 'a key __proto__ in JSON', content: '{"__proto__": {"name": "a"}}', says: 'unknown key' },
  { name: 'a key __proto__ below', content: `${trap}bath: { __proto__: { kT: 2 } }\n`, at: '6:9', says: 'unknown key' },
  {
    name: 'a parameter __proto__',
    content: trap.replace('stiffness: 1', 'stiffness: 1, __proto__: 2'),
    says: '[E_UNKNOWN_KEY]',
  },
  {
    name: 'a parameter constructor',
    content: trap.replace('stiffness: 1', 'stiffness: 1, constructor: 2'),
    says: '[E_UNKNOWN_KEY]',
  },
  { name: 'a parameter toString alone', content: trap.replace('stiffness: 1', 'toString: 1'), says: '[E_UNKNOWN_KEY]' },
  { name: 'a profile __proto__', content: trap, options: { profile: '__proto__' }, says: 'unknown profile' },
  { name: 'a profile constructor', content: trap, options: { profile: 'constructor' }, says: 'unknown profile' },
  {
    name: 'a profile that sets __proto__',
    content: `${trap}profiles: { a: { __proto__.b: 1 } }\n`,
    says: 'unknown key',
  },
  { name: 'a profile of a number', content: `${trap}profiles: { a: 3 }\n`, at: '6:16', says: 'expected a mapping' },
  {
    name: 'a profile with a wrong path',
    content: `${trap}profiles: { a: { seed.b: 3 } }\n`,
    says: 'profiles.a seed: expected',
  },
  { name: 'a setting of __proto__', content: trap, options: set('__proto__.polluted=1'), says: 'unknown key' },
  { name: 'a setting of constructor', content: trap, options: set('constructor.prototype.x=1'), says: 'unknown key' },
  { name: 'a setting without a path', content: trap, options: set('=1'), says: 'expected path=value' },
  { name: 'a setting with an empty key', content: trap, options: set('bath..kT=1'), says: '[E_' },
  { name: 'a setting without a value', content: trap, options: set('seed='), says: '[E_' },
  { name: 'a setting of broken YAML', content: trap, options: set('seed=[1'), says: 'not valid YAML' },
  { name: 'a setting of brackets', content: trap, options: set(`seed=${'['.repeat(10_000)}`), says: 'deep' },
  { name: 'a setting ten thousand deep', content: trap, options: set(`${'a.'.repeat(10_000)}a=1`), says: 'at most' },
  { name: 'a setting with a tag', content: trap, options: set('seed=!!js/function 1'), says: 'tag' },
  { name: 'a setting of a list entry', content: trap, options: set('potential.onsite.7=quartic'), says: '[E_' },
  {
    name: 'a setting of an endless list',
    content: trap,
    options: set('potential.onsite.4294967294=bias'),
    says: 'from 0 to 1',
  },
  {
    name: 'a setting of a length',
    content: trap,
    options: set('potential.onsite.length=100000000'),
    says: 'is a list',
  },
  { name: 'a seed that is no number', content: trap, options: { seed: Number.NaN }, says: '--seed' },
  { name: 'a seed that is infinite', content: trap, options: { seed: Number.POSITIVE_INFINITY }, says: '--seed' },
]

const values: Malformed[] = [
  { name: 'text for a number', content: `${trap}seed: many\n`, at: '6:7 seed', says: 'expected a finite number' },
  { name: 'a list for a number', content: `${trap}seed: [1]\n`, at: '6:7' },
  { name: 'a mapping for text', content: trap.replace('trap', '{ a: 1 }'), at: '1:7', says: 'expected text' },
  { name: 'a number for a mapping', content: trap.replace(/network.*/, 'network: 3'), at: '2:10', says: 'a mapping' },
  { name: 'null for a mapping', content: trap.replace(/network.*/, 'network:'), says: 'network' },
  { name: 'text for a list', content: trap.replace('[stiffness]', 'stiffness'), at: '3:22', says: 'a list' },
  { name: 'an empty list', content: trap.replace('[stiffness]', '[]'), says: 'unknown term; the potential has none' },
  { name: 'true for a number', content: `${trap}bath: { kT: true }\n`, at: '6:13', says: 'a finite number' },
  { name: 'a number in quotes', content: `${trap}bath: { kT: "1" }\n`, at: '6:13', says: 'got "1"' },
  { name: 'a number with a unit', content: `${trap}bath: { kT: 1 K }\n`, at: '6:13', says: 'got "1 K"' },
  { name: 'NaN', content: `${trap}bath: { kT: .nan }\n`, at: '6:13', says: 'expected a finite number' },
  { name: 'infinity', content: `${trap}bath: { kT: .inf }\n`, at: '6:13', says: 'expected a finite number' },
  { name: 'a number too large for a double', content: `${trap}bath: { kT: 1e400 }\n`, at: '6:13' },
  { name: 'zero temperature', content: `${trap}bath: { kT: 0 }\n`, at: '6:13', says: 'more than 0' },
  { name: 'a negative seed', content: `${trap}seed: -1\n`, at: '6:7', says: 'at least 0' },
  { name: 'a seed of 1e300', content: `${trap}seed: 1e300\n`, at: '6:7' },
  { name: 'half a unit', content: trap.replace('[2, 3]', '[2, 1.5]'), at: '2:36' },
  { name: 'a lattice of three sides', content: trap.replace('[2, 3]', '[2, 3, 4]'), at: '2:32' },
  { name: 'a name with a slash', content: trap.replace('trap', '../trap'), at: '1:7', says: 'letters' },
  { name: 'an unknown term', content: trap.replace('[stiffness]', '[toString]'), at: '3:23' },
  { name: 'an unknown check', content: `${trap}checks: [everything]\n`, at: '6:10' },
  { name: 'an infinite parameter', content: trap.replace('stiffness: 1', 'stiffness: .inf'), at: '4:51' },
  { name: 'no duration', content: trap.replace('duration: 1, ', ''), says: 'protocol.duration: missing' },
  {
    name: 'means of other lengths',
    content: mixture.replace('[1, 1]', '[1, 1, 1]'),
    at: '2:43',
    says: '2 coordinates',
  },
  { name: 'a mean of infinity', content: mixture.replace('[1, 1]', '[1, .inf]'), at: '2:47' },
  { name: 'weights of another number', content: mixture.replace('width', 'weights: [1], width'), says: '2 weights' },
  { name: 'data without learning', content: mixture.replace(/learning.*/, ''), says: 'go together' },
  { name: 'a source that is unknown', content: mixture.replace('gaussian-mixture', 'gausian-mixture'), at: '2:17' },
  { name: 'data that is not there', content: array('nothing.npy'), says: 'nothing.npy: no such file' },
  { name: 'data that is a folder', content: array('folder'), says: 'is a folder' },
  { name: 'data that is a device', content: array('/dev/zero'), says: 'device' },
  { name: 'data without a path', content: array(''), at: '2:30', says: 'at least 1' },
  { name: 'data that is the scenario', content: array('ok.yaml'), says: '[E_DATA]' },
]

function array(path: string): string {
  return mixture.replace(/data:.*/, `data: { source: array, path: ${JSON.stringify(path)} }`)
}

const sizes: Malformed[] = [
  {
    name: 'a billion units',
    content: trap.replace('lattice: [2, 3]', 'units: 1e9'),
    at: '2:30',
    says: 'at most 1,000,000',
  },
  { name: 'a lattice of 10¹²', content: trap.replace('[2, 3]', '[1e6, 1e6]'), at: '2:32', says: 'at most 1,000,000' },
  {
    name: 'ten thousand units, all coupled',
    content: trap.replace('lattice: [2, 3]', 'units: 10000'),
    says: 'couplings',
  },
  {
    name: 'a radius of a thousand',
    content: trap.replace('[2, 3] }', '[900, 900] }, couplings: { visible: { range: 1000 } }'),
    says: 'couplings',
  },
  { name: '10¹² trajectories', content: trap, options: set('sampling.trajectories=1e12'), says: 'GiB' },
  {
    name: 'a batch of 10⁹',
    content: trap,
    options: set('sampling.trajectories=8e6', 'sampling.batch=1e9'),
    says: 'sampling.batch',
  },
  {
    name: '10⁸ trajectories recorded',
    content: trap,
    options: set('sampling.trajectories=8e6', 'record.trajectories=8e6'),
    says: 'record.trajectories',
  },
  { name: '10¹² slices', content: mixture, options: set('noising.slices=1e12'), says: 'GiB' },
  { name: '10¹² slices of a simulation', content: trap, options: set('noising.slices=1e12'), says: 'GiB' },
  {
    name: '10³⁰⁰ iterations',
    content: mixture,
    options: set('learning.iterations=1e300'),
    says: 'learning.iterations',
  },
  { name: 'a minibatch of 10¹²', content: mixture, options: set('learning.batch=1e12'), says: 'GiB' },
  { name: '10¹² data', content: mixture, options: set('data.samples=1e12'), says: 'GiB' },
  { name: '10¹² steps', content: trap, options: set('protocol.duration=1e9', 'protocol.dt=1e-3'), says: 'steps' },
  { name: '10³⁰⁰ steps', content: trap, options: set('protocol.duration=1e300', 'protocol.dt=1e-300'), says: 'steps' },
  { name: '10¹² steps of generation', content: mixture, options: set('sampling.dt=1e-12'), says: 'steps' },
  { name: 'a slower reverse drive', content: mixture, options: set('sampling.slowdown=4'), says: 'in its own time' },
  {
    name: 'a slowdown of 10¹²',
    content: mixture,
    options: set('sampling.drive=quasi-static', 'sampling.slowdown=1e12'),
    says: 'steps',
  },
]

/** Scenarios that must be refused, one line each; the tests run all of them. */
export const malformed: readonly Malformed[] = [...text, ...keys, ...values, ...sizes]

/** A scenario that is valid: the mutations begin with it and with the built-in ones. */
export const valid = { trap, mixture }
