import { useEventListener } from '@vueuse/core'
import type { Author, Moderation, Person } from 'me-api/contract'
import { onScopeDispose, ref } from 'vue'
import { useI18n } from '../../i18n.ts'
import { useAccount } from '../../accounts/account.store.ts'
import { request, toShow } from '../../api/http.ts'
import { visitorHeaders } from '../../api/visitor-token.ts'
import { useWriteInPrivate } from '../conversations/use-write-in-private.ts'
import { nickOf } from './nick-of.ts'
import * as orders from './moderation.api.ts'
import { type Limiting, undoSanction } from './undo-sanction.ts'
import { useErrorText } from '../../ui/use-error-text.ts'
import { browserClock } from '../../platform/clock.ts'
import { createUndoStack } from './undo-stack.ts'
import { useIgnored } from '../preferences/ignored.store.ts'

/**
 * The actions of moderation: those of the owner apply for everybody, those of others only to what they see.
 * `changed` is called after each action that the server has accepted.
 */
export function useModerationActions(changed: () => unknown = () => {}) {
  const { t } = useI18n()
  const account = useAccount()
  const errorText = useErrorText()
  const hidden = useIgnored()
  const writeInPrivate = useWriteInPrivate()
  /** The outcome of the last action, or why it failed; empty if there is nothing to show. */
  const message = ref('')
  const { entries, add, forget, flush } = createUndoStack({ clock: browserClock, onFault: fail })
  useEventListener(window, 'pagehide', flush)
  onScopeDispose(flush)

  function fail(error: unknown): void {
    const failure = toShow(error)
    if (failure) message.value = t(`moderation.failed.${failure.code}`, errorText(failure))
  }

  async function attempt<T>(act: () => Promise<T>, done: (result: T) => void): Promise<void> {
    message.value = ''
    await act().then(done).then(changed).catch(fail)
  }

  const named = (person: Person) => ({ nick: nickOf(person) })

  function limit(person: Person, order: Omit<Limiting, 'id'>): Promise<void> {
    return attempt(
      () => impose({ id: person.id, ...order }),
      (undo) => add({ about: person.id, words: t(`moderation.did.${order.action}`, named(person)), undo }),
    )
  }

  /** Mutes or bans, and returns the undo function, which restores what was in force before if that is known. */
  async function impose(order: Limiting): Promise<() => Promise<void>> {
    const overview = await orders.readOverview().catch(() => undefined)
    const before = overview?.people.find(({ id }) => id === order.id)
    await orders.order(order)
    return async () => {
      for (const back of undoSanction(order, before, Date.now())) await orders.order(back)
      await changed()
    }
  }

  /**
   * Bans at once, and erases the messages when the undo time is over, because erased messages cannot be restored. The
   * proof that erasing needs is asked for at the start rather than then.
   */
  function banAndErase(person: Person, why: Pick<Moderation, 'reason'>): Promise<void> {
    const erasing: Moderation = { id: person.id, action: 'erase' }
    const erased = () => void (message.value = t('moderation.did.erased', named(person)))
    return attempt(
      async () => {
        await orders.mayErase()
        return impose({ id: person.id, action: 'ban', ...why })
      },
      (undo) =>
        add({
          about: person.id,
          words: t('moderation.did.erase', named(person)),
          undo,
          then: () => orders.order(erasing).then(erased).then(changed),
          atOnce: () => orders.orderAtOnce(erasing),
        }),
    )
  }

  function forgive(person: Person): Promise<void> {
    return attempt(
      () => orders.forgive(person.id),
      () => {
        forget(person.id)
        message.value = t('moderation.did.forgive', named(person))
      },
    )
  }

  /** Deletes a message for everybody at once; the server keeps the text for as long as it can be restored. */
  function takeAway({ id, author }: { id: string; author: Author }): Promise<void> {
    const undo = async () => {
      await orders.restore(id)
      await changed()
    }
    return attempt(
      () => orders.remove(id),
      () => add({ about: id, words: t('moderation.did.delete', named(author)), undo }),
    )
  }

  /** Dismisses the reports of a message. */
  function dismiss({ id }: { id: string }): Promise<void> {
    return attempt(
      () => orders.dismiss(id),
      () => void (message.value = t('moderation.did.dismiss')),
    )
  }

  function hide(person: Person): void {
    message.value = ''
    hidden.set(person.id, nickOf(person))
    const undo = async () => hidden.set(person.id)
    add({ about: person.id, words: t('moderation.did.hide', named(person)), undo })
  }

  function report(messageId: string): Promise<void> {
    const headers = account.user ? {} : visitorHeaders()
    return attempt(
      () => request('POST', `/api/chat/messages/${messageId}/report`, { headers }),
      () => void (message.value = t('moderation.did.report')),
    )
  }

  /** Opens the private conversation: the owner's with a person, everybody else's with the owner. */
  function writeTo(personId?: string): Promise<void> {
    return attempt(
      () => writeInPrivate(personId),
      () => {},
    )
  }

  return { entries, message, writeTo, limit, banAndErase, forgive, takeAway, dismiss, hide, report }
}

export type ModerationActions = ReturnType<typeof useModerationActions>
