import { headingOf, insert, vectorWays } from './downloads.js'
import { type Reel, recordVideo, videoType } from './video.js'

/** A film in forms that can be saved: the frame that is shown of vectors, and all of it. */
export interface SavedFilm {
  svg: (title: string) => string
  reel: () => Reel
}

/** Puts buttons behind a film's play button: the frame that is shown as SVG and PNG and, where the browser records, all as WebM. */
export function filmDownloads(screen: Element, play: HTMLButtonElement, { svg, reel }: SavedFilm): void {
  const heading = headingOf(screen)
  const stills = vectorWays(null, () => svg(heading))
  // Whatever happens, the button is there for another try.
  const video = { kind: 'WebM', make: () => recordVideo(reel(), told).finally(() => told(100)) } as const
  const told = (percent: number) => {
    const button = bar?.querySelector<HTMLButtonElement>('button:last-of-type')
    if (!button) return
    button.textContent = percent < 100 ? `WebM ${percent} %` : 'WebM'
    button.disabled = percent < 100
  }
  let bar: HTMLElement | undefined
  insert([...stills, ...(videoType() === undefined ? [] : [video])], 'film', heading, (element) => {
    bar = element
    play.parentElement?.append(element)
  })
}
