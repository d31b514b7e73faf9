import { existsSync } from 'node:fs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Where this machine has a Chromium: the CHROMIUM environment variable when it is set, else the usual places.
 * @returns a path for playwright-core's executablePath, or undefined: tests that need a browser are then skipped
 * @throws when CHROMIUM names a file that is not there, or REQUIRE_PEERS is set (as .ci/run does) and there is none: a
 *   browser that was asked for must not be skipped in silence
 */
export function chromiumPath(): string | undefined {
  const asked = process.env.CHROMIUM
  if (asked === undefined || asked === '') {
    const found = places.find((place) => existsSync(place))
    if (found === undefined && process.env.REQUIRE_PEERS) throw new Error('no Chromium, and REQUIRE_PEERS is set')
    return found
  }
  if (!existsSync(asked)) throw new Error(`CHROMIUM is ${asked}, which does not exist`)
  return asked
}
