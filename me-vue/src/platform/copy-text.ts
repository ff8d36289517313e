/**
 * Copies a text to the clipboard. Where the page is not secure (plain http on another machine's address) or the
 * clipboard refuses, the text is copied from a selection, as in older browsers. Returns false if neither works.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyFromSelection(text)
  }
}

function copyFromSelection(text: string): boolean {
  const focused = document.activeElement as HTMLElement | null
  const field = document.createElement('textarea')
  field.className = 'aloud'
  field.readOnly = true
  field.value = text
  // Under a modal dialog nothing else can be selected.
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    field.remove()
    focused?.focus({ preventScroll: true })
  }
}
