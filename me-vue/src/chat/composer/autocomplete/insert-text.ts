/** Writes into a field as its writer would, so that one can undo it and whoever listens hears of it. */
export function insertText(field: HTMLTextAreaElement, words: string, from: number, to: number): void {
  field.focus()
  field.setSelectionRange(from, to)
  // Old, but the only way in that the browser's own undo knows.
  if (document.execCommand('insertText', false, words)) return
  field.setRangeText(words, from, to, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }))
}
