import { PASSWORD_MIN, WEEK_MAX } from 'me-api/contract/limits'
import { nextTick, ref } from 'vue'
import { useI18n } from '../i18n.ts'
import { type ApiError, toShow } from '../api/http.ts'
import '../load-field-messages.ts'

/** The limits that the texts in `fields` contain. */
const limits = { password: PASSWORD_MIN, week: WEEK_MAX }

/**
 * Sends a form once at a time. After a refusal the first bad field gets the focus; what is wrong with a
 * field is said in the reader's language where `fields` has words for it, else in the server's.
 */
export function useForm(send: () => Promise<unknown>) {
  const { t } = useI18n()
  const busy = ref(false)
  const failure = ref<ApiError>()

  /** True where it went through. */
  async function submit(): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    failure.value = undefined
    try {
      await send()
      return true
    } catch (error) {
      failure.value = toShow(error)
      await nextTick()
      const shown = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document
      shown.querySelector<HTMLElement>('[aria-invalid]')?.focus()
      return false
    } finally {
      busy.value = false
    }
  }

  /** What is wrong with the field at a JSON pointer such as `/links/0/href`. */
  function fieldError(pointer: string): string | undefined {
    const wrong = failure.value?.fields[pointer]
    if (!wrong) return undefined
    const key = `fields.${pointer.split('/').at(-1)}.${wrong.code}`
    return t(key, limits, { default: t(`errors.${wrong.code}`, wrong.detail) })
  }

  return { busy, failure, submit, fieldError }
}
