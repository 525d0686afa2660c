// The two ways to be turned away here: the token is at fault, or what it says does not suffice. Pure.
// Messages name the rule and what to do, never the token or anything in it.
import { HealthChainError } from '../kernel/errors.ts'

export const unauthenticated = (code: string, message: string): HealthChainError =>
  new HealthChainError('unauthenticated', code, message)

export const invalidToken = (message: string): HealthChainError => unauthenticated('invalid-token', message)

export const forbidden = (code: string, message: string): HealthChainError =>
  new HealthChainError('forbidden', code, message)
