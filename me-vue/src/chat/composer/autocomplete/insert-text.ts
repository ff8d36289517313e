/** Writes into a field like its user would, so that it can be undone and fires an input event. */
export function insertText(field: HTMLTextAreaElement, words: string, from: number, to: number): void {
  field.focus()
  field.setSelectionRange(from, to)
  // Deprecated, but the only way of writing that the browser's undo knows.
  if (document.execCommand('insertText', false, words)) return
  field.setRangeText(words, from, to, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }))
}
