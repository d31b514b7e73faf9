/** Has the browser save a file; nothing leaves the machine. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** `mnist-01-loss-at-each-knot`: the name of the page and of a part of it, as any file system takes them. */
export function fileName(...parts: readonly string[]): string {
  const slug = (text: string) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60)
  const named = parts.map(slug).filter((part, n, all) => part !== '' && all.indexOf(part) === n)
  return named.join('-') || 'figure'
}
