import { useEventListener } from '@vueuse/core'
import type { Author, Moderation, Person } from 'me-api/contract'
import { onScopeDispose, ref } from 'vue'
import { useI18n } from 'petite-vue-i18n'
import { useAccount } from '../../accounts/account.store.ts'
import { ApiError, request } from '../../api/http.ts'
import { visitorHeaders } from '../../api/visitor-token.ts'
import * as orders from './moderation.api.ts'
import { type Limiting, undoSanction } from './undo-sanction.ts'
import { useErrorText } from '../../ui/use-error-text.ts'
import { browserClock } from '../../platform/clock.ts'
import { createUndoStack } from './undo-stack.ts'
import { useIgnored } from '../preferences/ignored.store.ts'

/**
 * What one does about people and what they say: the owner for everybody, others for what they see themselves.
 * `changed` is called after each that the server has taken.
 */
export function useModerationActions(changed: () => unknown = () => {}) {
  const { t } = useI18n()
  const account = useAccount()
  const errorText = useErrorText()
  const hidden = useIgnored()
  /** About what could not be undone, or not be done. */
  const word = ref('')
  const { deeds, add, forget, flush } = createUndoStack({ clock: browserClock, onFault: fail })
  useEventListener(window, 'pagehide', flush)
  onScopeDispose(flush)

  function fail(error: unknown): void {
    if (!(error instanceof ApiError)) throw error
    word.value = t(`moderation.failed.${error.code}`, errorText(error))
  }

  async function attempt<T>(act: () => Promise<T>, done: (result: T) => void): Promise<void> {
    word.value = ''
    await act().then(done).then(changed).catch(fail)
  }

  const nickOf = ({ nick }: Person) => ({ nick: nick ?? '…' })

  function limit(person: Person, order: Omit<Limiting, 'id'>): Promise<void> {
    return attempt(
      () => impose({ id: person.id, ...order }),
      (undo) => add({ about: person.id, words: t(`moderation.did.${order.action}`, nickOf(person)), undo }),
    )
  }

  /** Mutes or bans, and gives the way back: to what was in force before, where that can be asked. */
  async function impose(order: Limiting): Promise<() => Promise<void>> {
    const overview = await orders.readOverview().catch(() => undefined)
    const before = overview?.people.find(({ id }) => id === order.id)
    await orders.order(order)
    return async () => {
      for (const back of undoSanction(order, before, Date.now())) await orders.order(back)
      await changed()
    }
  }

  /** Banned at once; the words go when it can no longer be undone, as nothing brings them back. */
  function banAndErase(person: Person, why: Pick<Moderation, 'reason'>): Promise<void> {
    const erasing: Moderation = { id: person.id, action: 'erase' }
    const erased = () => void (word.value = t('moderation.did.erased', nickOf(person)))
    return attempt(
      () => impose({ id: person.id, action: 'ban', ...why }),
      (undo) =>
        add({
          about: person.id,
          words: t('moderation.did.erase', nickOf(person)),
          undo,
          then: () => orders.order(erasing).then(erased).then(changed),
          atOnce: () => orders.orderAtOnce(erasing),
        }),
    )
  }

  function pardon(person: Person): Promise<void> {
    return attempt(
      () => orders.forgive(person.id),
      () => {
        forget(person.id)
        word.value = t('moderation.did.forgive', nickOf(person))
      },
    )
  }

  /** Everybody sees that it is gone; for as long as it can be undone, the server keeps the words. */
  function takeAway({ id, author }: { id: string; author: Author }): Promise<void> {
    const undo = async () => {
      await orders.restore(id)
      await changed()
    }
    return attempt(
      () => orders.remove(id),
      () => add({ about: id, words: t('moderation.did.delete', nickOf(author)), undo }),
    )
  }

  /** What was reported may stay. */
  function dismiss({ id }: { id: string }): Promise<void> {
    return attempt(
      () => orders.dismiss(id),
      () => void (word.value = t('moderation.did.dismiss')),
    )
  }

  function hide(person: Person): void {
    word.value = ''
    hidden.set(person.id, nickOf(person).nick)
    const undo = async () => hidden.set(person.id)
    add({ about: person.id, words: t('moderation.did.hide', nickOf(person)), undo })
  }

  function report(messageId: string): Promise<void> {
    const headers = account.user ? {} : visitorHeaders()
    return attempt(
      () => request('POST', `/api/chat/messages/${messageId}/report`, { headers }),
      () => void (word.value = t('moderation.did.report')),
    )
  }

  return { deeds, word, limit, banAndErase, pardon, takeAway, dismiss, hide, report }
}

export type ModerationActions = ReturnType<typeof useModerationActions>
