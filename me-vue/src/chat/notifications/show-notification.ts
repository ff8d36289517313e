import type { Message } from 'me-api/contract'
import { cutText } from 'me-api/contract/cut-text'
import { isolated } from 'me-api/contract/direction'
import { boundMarks } from '../../ui/bound-marks.ts'
import { authorName } from '../client/author-name.ts'
import { toPlainText } from '../formatting/plain-text.ts'

/**
 * Shows a message outside the page; a press on it brings the tab back and `open`s its room. Resolves with a function
 * that takes it away again.
 */
export async function showNotification(
  { author, text }: Message,
  where: string,
  open: () => void,
): Promise<() => void> {
  const title = boundMarks(`${isolated(authorName(author.nick))} · ${isolated(where)}`)
  // One notification at a time: the latest replaces the one before.
  const body = cutText(boundMarks(await toPlainText(text)), 200)
  const options = { body, tag: 'me.chat', icon: '/house.png' }
  try {
    const notification = new Notification(title, options)
    notification.onclick = () => {
      focus()
      open()
      notification.close()
    }
    return () => notification.close()
  } catch {
    // A phone shows those of a service worker only.
    const worker = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
    await worker?.showNotification(title, options).catch(() => undefined)
    return async () => {
      const held = (await worker?.getNotifications({ tag: options.tag })) ?? []
      for (const notification of held) notification.close()
    }
  }
}
