import { createSharedComposable, useIntervalFn } from '@vueuse/core'
import { computed, ref } from 'vue'
import { useI18n } from '../i18n.ts'
import { serverNow } from '../platform/server-clock.ts'
import { dayOf, regional, timeZone } from '../ui/dates.ts'

const DAY = 24 * 60 * 60_000

/** Times and days in the reader's language; "today" stays true over midnight. */
export const useDates = createSharedComposable(() => {
  const { locale } = useI18n()
  const now = () => dayOf(new Date(serverNow()))
  const today = ref(now())
  useIntervalFn(() => (today.value = now()), 30_000)
  const language = computed(() => regional(locale.value))

  // Each is created on first use: a browser takes milliseconds for one.
  const format = (options: Intl.DateTimeFormatOptions) =>
    computed(() => new Intl.DateTimeFormat(language.value, { ...options, timeZone }))
  const times = format({ hour: '2-digit', minute: '2-digit' })
  const days = format({ weekday: 'long', day: 'numeric', month: 'long' })
  const dates = format({ dateStyle: 'long' })
  const stamps = format({ dateStyle: 'medium', timeStyle: 'short' })
  const moments = format({ dateStyle: 'full', timeStyle: 'medium' })
  const near = computed(() => new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }))

  const time = (iso: string) => times.value.format(Date.parse(iso))
  const date = (iso: string) => dates.value.format(Date.parse(iso))
  const exact = (iso: string) => moments.value.format(Date.parse(iso))

  /** "14:05", or "3 Oct 2004, 14:05" if that is not today. */
  const stamp = (iso: string) =>
    dayOf(new Date(iso)) === today.value ? time(iso) : stamps.value.format(Date.parse(iso))

  /** "Today", "Yesterday", "Monday 2 March", or with its year if that is not this year. */
  function day(iso: string): string {
    const then = new Date(iso)
    const midnight = new Date(today.value)
    const daysAgo = Math.round((midnight.getTime() - new Date(dayOf(then)).getTime()) / DAY)
    if (daysAgo < 2) return capitalised(near.value.format(-Math.max(0, daysAgo), 'day'))
    if (then.getFullYear() !== midnight.getFullYear()) return date(iso)
    return capitalised(days.value.format(then))
  }

  const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase(language.value) + text.slice(1)

  return { time, stamp, day, date, exact }
})
