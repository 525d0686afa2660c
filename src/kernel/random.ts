// The only place that draws at random.
import { randomBytes, randomUUID } from 'node:crypto'

/** A fresh resource id: a version 4 UUID fits FHIR's id type and tells nothing of time or order. */
export const newId = (): string => randomUUID()

export const newSecret = (bytes: number): Buffer => randomBytes(bytes)
