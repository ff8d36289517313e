import { browserStorage } from '../../platform/browser-storage.ts'
import { draftKey } from '../composer/draft-key.ts'

/** Pixels from the end of the log that count as being there. */
const NEAR = 40

/**
 * Keeps what was typed into a document's form for the chat's own, and returns what hands on the nick and the focus once
 * that is there.
 */
export function keepTyped(page: HTMLElement, room: string): () => void {
  const text = page.querySelector('textarea')?.value
  if (text) browserStorage.setItem(draftKey(room), text)
  const nick = page.querySelector<HTMLInputElement>('[name=nick]')?.value
  const isWriting = page.querySelector(':is(input, textarea):focus') !== null
  return () => {
    const field = document.querySelector<HTMLInputElement>('.place :is(input, textarea)')
    if (nick && field?.tagName === 'INPUT') {
      field.value = nick
      field.dispatchEvent(new Event('input'))
    }
    if (isWriting) field?.focus()
  }
}

/** Pixels that a message takes in a document's log, on average; undefined where there is none. */
export function averageHeight(page: HTMLElement): number | undefined {
  const messages = page.querySelector<HTMLElement>('.messages')
  const top = page.querySelector<HTMLElement>('.top')
  const count = page.querySelectorAll('article').length
  return messages && top && count > 0 ? (messages.offsetHeight - top.offsetHeight) / count : undefined
}

/** The id of the message in the middle of a document's log; undefined where the reader is at its end. */
export function messageInSight(page: HTMLElement): string | undefined {
  const log = page.querySelector('.log')
  // Its rows are laid out from the end, so that positions are negative.
  if (!log || log.scrollTop > -NEAR) return undefined
  const { top, height } = log.getBoundingClientRect()
  const messages = [...log.querySelectorAll<HTMLElement>('article')]
  return messages.find((message) => message.getBoundingClientRect().bottom > top + height / 2)?.dataset.id
}
