import { useI18n } from '../i18n.ts'
import type { ApiError } from '../api/http.ts'
import { duration } from './dates.ts'

/** Translates an error by its code; the error of a field is shown beside the field. */
export function useErrorText() {
  const { t, locale } = useI18n()
  return (error: ApiError): string => {
    const { code, fields, retryAfter } = error
    if (Object.keys(fields).length > 0) return t('errors.marked')
    if (code === 'RATE_LIMITED' && retryAfter)
      return t('errors.wait', { time: duration(retryAfter, locale.value) })
    return t(`errors.${code}`, t('errors.unknown'))
  }
}
