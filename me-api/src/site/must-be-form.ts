import type { RequestHandler } from 'express'
import { Refusal } from '../errors.ts'
import { isForm } from './read-form.ts'

const MEDIA_TYPE = 'Send a form in UTF-8, with Content-Type: application/x-www-form-urlencoded.'

/** Refuses what is no form, before it is read. */
export const mustBeForm: RequestHandler = (req, _res, next) => {
  if (!isForm(req.get('content-type'))) throw new Refusal('INVALID', MEDIA_TYPE, { status: 415 })
  next()
}
