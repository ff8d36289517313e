import type { Message } from 'me-api/contract'
import { boundMarks } from '../../ui/bound-marks.ts'
import { toPlainText } from '../formatting/plain-text.ts'

/** Shows a message outside the page; a press on it brings the tab back and `open`s its room. */
export async function showNotification(
  { author, text }: Message,
  where: string,
  open: () => void,
): Promise<void> {
  const title = boundMarks(`${author.nick} · ${where}`)
  // One notification at a time: the latest replaces the one before.
  const body = boundMarks(await toPlainText(text)).slice(0, 200)
  const options = { body, tag: 'me.chat', icon: '/house.png' }
  try {
    const notification = new Notification(title, options)
    notification.onclick = () => {
      focus()
      open()
      notification.close()
    }
  } catch {
    // A phone shows those of a service worker only.
    void navigator.serviceWorker?.getRegistration().then((worker) => worker?.showNotification(title, options))
  }
}
