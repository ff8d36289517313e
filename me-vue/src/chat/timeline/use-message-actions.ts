import { shallowRef, watch, type Ref } from 'vue'
import { useI18n } from '../../i18n.ts'
import { useRouter } from 'vue-router'
import type { Act } from '../client/message-actions.ts'
import type { useChat } from '../chat.store.ts'
import { copyText } from '../../platform/copy-text.ts'
import { useModerationTarget } from '../moderation/moderation-target.store.ts'
import { linkTo } from '../client/permalink.ts'
import type { TimelineItem } from './timeline-items.ts'
import type { Composer } from '../composer/use-composer.ts'

type Parts = {
  chat: ReturnType<typeof useChat>
  composing: Composer
  /** Shows a short text about an action, for instance why it failed. */
  showStatus: (text: string) => void
  list: Readonly<
    Ref<{ show: (id: string) => Promise<boolean>; focusOn: (id: string) => Promise<void> } | null>
  >
  focusComposer: () => void
}

/** Does what was asked for on an item of the log. */
export function useMessageActions({ chat, composing, showStatus, list, focusComposer }: Parts) {
  const { t } = useI18n()
  const router = useRouter()
  const asked = useModerationTarget()
  /** The item for which an emoji is being picked. */
  const picking = shallowRef<TimelineItem | null>(null)

  watch(
    () => chat.refusal,
    (refusal) => refusal && showStatus(t(`controls.refusal.${refusal.code}`, t('controls.refusal.other'))),
  )

  function perform(item: TimelineItem, act: Act): void {
    const { id } = item
    if (act.do === 'react') void chat.react(item, act.emoji, act.on)
    else if (act.do === 'pick') picking.value = item
    else if (act.do === 'delete') chat.takeAway(id)
    else if (act.do === 'undo') chat.putBack(id)
    else if (act.do === 'more') asked.about = { person: item.author, message: item }
    else if (act.do === 'jump') void jump(item.replyTo)
    else if (act.do === 'link') void copyLink(item)
    else if (act.do === 'takeBack') takeBack(item)
    else if (act.do === 'tryAgain') (item.edit ? chat.saveAgain : chat.tryAgain)(id)
    else if (act.do === 'remove') (item.edit ? chat.dropEdit : chat.remove)(id)
    else {
      if (act.do === 'reply') composing.reply(id)
      else composing.edit(item)
      focusComposer()
    }
  }

  function picked(emoji: string): void {
    if (picking.value) void chat.react(picking.value, emoji, true)
  }

  /** The words of a message that cannot be sent go back to where one writes. */
  function takeBack({ id, text }: TimelineItem): void {
    composing.takeBack(text)
    chat.remove(id)
    focusComposer()
  }

  async function jump(id: string | undefined): Promise<void> {
    if (!id) return
    if (await list.value?.show(id)) return
    const found = await chat.find(id)
    if (typeof found === 'string') showStatus(t(`chat.jump.${found}`))
    else void router.push(linkTo(found))
  }

  async function copyLink({ seq = 0 }: TimelineItem): Promise<void> {
    const to = linkTo({ room: chat.room, seq })
    if (await copyText(new URL(router.resolve(to).href, location.href).href))
      return showStatus(t('controls.actions.copied'))
    showStatus(t('controls.actions.notCopied'))
    void router.push(to)
  }

  /** The focus returns to where the emoji picker was opened. */
  function donePicking(): void {
    if (picking.value) void list.value?.focusOn(picking.value.id)
    picking.value = null
  }

  return { picking, perform, picked, donePicking }
}
