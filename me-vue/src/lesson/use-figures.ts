import { useI18n } from '../i18n.ts'
import { regional } from '../ui/dates.ts'

/** Figures as the reader's language writes them. */
export function useFigures() {
  const { t, locale } = useI18n()

  /** A number with so many decimals at most. */
  const number = (value: number, decimals = 0): string =>
    value.toLocaleString(regional(locale.value), { maximumFractionDigits: decimals })

  return {
    number,
    milliseconds: (value: number, decimals = 0): string => t('lesson.ms', { n: number(value, decimals) }),
    /** "21 November 2026": a day of UTC wherever it is read, as the document has it. */
    day: (iso: string): string =>
      new Intl.DateTimeFormat(regional(locale.value), { dateStyle: 'long', timeZone: 'UTC' }).format(
        new Date(iso),
      ),
  }
}
