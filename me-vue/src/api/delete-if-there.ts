import { ApiError, request } from './http.ts'

/** Deletes something. What was deleted elsewhere in the meantime counts as deleted. */
export async function deleteIfThere(path: string, body?: object): Promise<void> {
  try {
    await request('DELETE', path, { body })
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'NOT_FOUND')) throw error
  }
}
