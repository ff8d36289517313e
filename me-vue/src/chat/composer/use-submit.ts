import { ref } from 'vue'
import { useI18n } from '../../i18n.ts'
import type { useChat } from '../chat.store.ts'
import { readCommand } from './slash-commands.ts'
import type { Context } from '../outbox/write-actions.ts'
import type { Composer } from './use-composer.ts'

type Parts = {
  chat: ReturnType<typeof useChat>
  composing: Composer
  showStatus: (text: string) => void
  /** Opens the nick form with this nick. */
  askNick: (nick: string) => void
}

/** Submits the composer's text: as a message, an edit or a slash command. */
export function useSubmit({ chat, composing, showStatus, askNick }: Parts) {
  const { t } = useI18n()
  const helping = ref(false)

  function submit(): void {
    const text = composing.text.trim()
    helping.value = false
    chat.stoppedTyping()
    if (composing.editing) save(composing.editing, text)
    else obey(text)
  }

  function save(was: { id: string; text: string }, text: string): void {
    composing.done()
    if (text !== was.text) void chat.edit(was.id, text)
  }

  function obey(text: string): void {
    const command = readCommand(text)
    if (command.is === 'unknown') return showStatus(t('controls.command.unknown', { name: command.name }))
    if (command.is === 'send') chat.write(command.text, contextOf(composing))
    else if (command.is === 'help') helping.value = true
    else void rename(command.nick)
    if (command.is === 'send') composing.done()
    else composing.text = ''
  }

  async function rename(nick: string): Promise<void> {
    if (!nick || !(await chat.chooseNick(nick))) askNick(nick)
  }

  return { helping, submit }
}

const contextOf = ({ replyTo, about }: Composer): Context => (replyTo ? { replyTo } : { about: about?.() })
