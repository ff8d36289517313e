import { useIntervalFn } from '@vueuse/core'
import { computed, ref, watch, type ComputedRef } from 'vue'

/** Whole seconds from now until then, at least one; null if there is nothing to wait for. */
export function useCountdown(until: () => number | null): ComputedRef<number | null> {
  const now = ref(Date.now())
  const look = () => void (now.value = Date.now())
  const { pause, resume } = useIntervalFn(look, 250, { immediate: false })
  watch(
    until,
    (then) => {
      look()
      if (then === null) pause()
      else resume()
    },
    { immediate: true },
  )
  return computed(() => {
    const then = until()
    return then === null ? null : Math.max(1, Math.ceil((then - now.value) / 1_000))
  })
}
