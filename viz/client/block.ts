/** The JSON that the page holds under an id, undefined when it has none. The page's own writer made it. */
export function block<T>(id: string): T | undefined {
  const text = document.getElementById(id)?.textContent
  return text ? (JSON.parse(text) as T) : undefined
}

/** Every element of the page that matches, as a list. */
export function all<E extends Element>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)]
}
