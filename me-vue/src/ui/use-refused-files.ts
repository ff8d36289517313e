import { useEventListener } from '@vueuse/core'

/**
 * Calls `refused` where a picture or another file is pasted or dropped on the page. A browser would do nothing with it,
 * or leave the page to show it.
 */
export function useRefusedFiles(refused: () => void): void {
  useEventListener(window, 'paste', (event: ClipboardEvent) => {
    // What is copied from a text or a table comes with a picture of itself.
    if (!hasFiles(event.clipboardData) || event.clipboardData?.types.includes('text/plain')) return
    event.preventDefault()
    refused()
  })
  useEventListener(window, 'dragover', (event: DragEvent) => {
    if (hasFiles(event.dataTransfer)) event.preventDefault()
  })
  useEventListener(window, 'drop', (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return
    event.preventDefault()
    refused()
  })
}

const hasFiles = (data: DataTransfer | null) => data?.types.includes('Files') ?? false
