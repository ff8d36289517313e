import { useEventListener } from '@vueuse/core'
import { useMediaQuery } from '../../../platform/use-media-query.ts'
import type { Person } from 'me-api/contract'
import { computed, nextTick, ref, shallowRef, watch } from 'vue'
import { triggerAt, type Trigger } from './trigger.ts'
import { suggestionsFor } from './suggestions.ts'
import { insertText } from './insert-text.ts'
import { useEmojiWords } from '../../formatting/use-emoji-words.ts'

type Parts = {
  field: () => HTMLTextAreaElement | null
  text: () => string
  people: () => readonly Person[]
}

/** Suggestions for a nick or an emoji's name while it is typed, and how one is accepted. */
export function useAutocomplete({ field, text, people }: Parts) {
  const begun = shallowRef<Trigger | null>(null)
  /** The position of a trigger whose suggestions were dismissed. */
  let waved = -1
  const emojiWords = useEmojiWords()
  const offers = computed(() => (begun.value ? suggestionsFor(begun.value, people(), emojiWords.value) : []))
  const current = ref(-1)
  const thumb = useMediaQuery('(pointer: coarse)')

  function look(): void {
    const it = field()
    const here = it && document.activeElement === it && it.selectionStart === it.selectionEnd
    const now = here ? triggerAt(it.value, it.selectionStart) : null
    if (now?.from !== waved) waved = -1
    begun.value = waved < 0 ? now : null
  }
  useEventListener(document, 'selectionchange', look)
  // Not only by the text: while a word is being composed, that has not changed yet.
  useEventListener(field, ['input', 'blur'], look)
  watch(text, () => void nextTick(look), { immediate: true })

  // After a complete nick Enter sends; on a touch screen a suggestion is pressed. Tab always accepts.
  watch(offers, (all) => {
    current.value = thumb.value || all.some(({ whole }) => whole) ? -1 : 0
  })

  function take(index: number): void {
    const [it, offer] = [field(), offers.value[index]]
    if (!it || !offer || !begun.value) return
    const caret = begun.value.from + begun.value.typed.length + 1
    const spaced = /^\s/.test(it.value.slice(caret))
    insertText(it, spaced ? offer.words.trimEnd() : offer.words, begun.value.from, caret)
    begun.value = null
  }

  function wave(): void {
    waved = begun.value?.from ?? -1
    begun.value = null
  }

  function move(step: 1 | -1): void {
    const { length } = offers.value
    current.value = current.value < 0 && step < 0 ? length - 1 : (current.value + step + length) % length
  }

  /** True where the key was meant for what is offered. */
  function press({ key }: KeyboardEvent): boolean {
    if (offers.value.length === 0) return false
    if (key === 'ArrowDown') move(1)
    else if (key === 'ArrowUp') move(-1)
    else if (key === 'Escape') wave()
    else if (key === 'Tab') take(Math.max(0, current.value))
    else if (key === 'Enter' && current.value >= 0) take(current.value)
    else return false
    return true
  }

  // Before the composer's own keys.
  useEventListener(
    field,
    'keydown',
    (event: KeyboardEvent) => {
      if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || !press(event)) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    { capture: true },
  )

  return { begun, offers, current, take }
}
