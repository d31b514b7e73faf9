/** Makes a button copy the text of the element it names; where the browser refuses, it selects it for the keyboard. */
export function copyButton(button: HTMLButtonElement): void {
  const source = document.getElementById(button.dataset.copy ?? '')
  if (!source) return
  button.hidden = false
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? '')
      button.textContent = 'Copied'
    } catch {
      getSelection()?.selectAllChildren(source)
      button.textContent = 'Selected'
    }
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2000)
  })
}
