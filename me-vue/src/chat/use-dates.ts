import { createSharedComposable, useIntervalFn } from '@vueuse/core'
import { computed, ref } from 'vue'
import { useI18n } from 'petite-vue-i18n'
import { regional } from '../ui/dates.ts'

const DAY = 24 * 60 * 60_000

/** Times and days in the reader's language; "today" stays true over midnight. */
export const useDates = createSharedComposable(() => {
  const { locale } = useI18n({ useScope: 'global' })
  const today = ref(new Date().toDateString())
  useIntervalFn(() => (today.value = new Date().toDateString()), 30_000)
  const language = computed(() => regional(locale.value))

  const formats = computed(() => {
    const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language.value, options)
    return {
      time: format({ hour: '2-digit', minute: '2-digit' }),
      day: format({ weekday: 'long', day: 'numeric', month: 'long' }),
      date: format({ dateStyle: 'long' }),
      exact: format({ dateStyle: 'full', timeStyle: 'medium' }),
      relative: new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }),
    }
  })

  const time = (iso: string) => formats.value.time.format(Date.parse(iso))
  const date = (iso: string) => formats.value.date.format(Date.parse(iso))
  const exact = (iso: string) => formats.value.exact.format(Date.parse(iso))

  /** "Today", "Yesterday", "Monday 2 March", or with its year once that is not this one. */
  function day(iso: string): string {
    const then = new Date(iso)
    const midnight = new Date(today.value)
    const daysAgo = Math.round((midnight.getTime() - new Date(then.toDateString()).getTime()) / DAY)
    if (daysAgo < 2) return capitalised(formats.value.relative.format(-Math.max(0, daysAgo), 'day'))
    if (then.getFullYear() !== midnight.getFullYear()) return date(iso)
    return capitalised(formats.value.day.format(then))
  }

  const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase(language.value) + text.slice(1)

  return { time, day, date, exact }
})
