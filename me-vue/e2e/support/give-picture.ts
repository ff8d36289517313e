import type { Page } from '@playwright/test'

/**
 * Pastes or drops a picture into the page's text field, or on a page without one, with a text beside it if one is given. Returns whether the page
 * has kept it from the browser, which would leave the page for a dropped one.
 */
export const givePicture = (page: Page, type: 'paste' | 'dragover' | 'drop', text?: string) =>
  page.evaluate(
    ([type, text]) => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], 'x.png', { type: 'image/png' }))
      if (text) data.setData('text/plain', text)
      const init = { bubbles: true, cancelable: true }
      const event =
        type === 'paste'
          ? new ClipboardEvent(type, { clipboardData: data, ...init })
          : new DragEvent(type, { dataTransfer: data, ...init })
      ;(document.querySelector('textarea') ?? document.body).dispatchEvent(event)
      return event.defaultPrevented
    },
    [type, text] as const,
  )
