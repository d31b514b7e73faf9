import type { Options } from 'minisearch'

/** Something that the search finds: a part of a page under one heading. */
export interface Hit {
  /** of the page */
  title: string
  /** of the part, or what kind of name it is */
  heading: string
  /** its words */
  text: string
  /** the beginning of its words, as it is listed */
  excerpt: string
  /** where it stands, from the root of the site */
  target: string
}

/** How the index is made and read: by its writer and by the page alike. Names count more than words. */
export const searchOptions: Options<Hit & { id: number }> = {
  fields: ['title', 'heading', 'text'],
  storeFields: ['title', 'heading', 'excerpt', 'target'],
  searchOptions: {
    boost: { title: 4, heading: 3 },
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
  },
}
