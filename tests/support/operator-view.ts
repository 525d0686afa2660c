// The operator's view of the store, for tests that are about something else than what may be told.
import { operatorScope } from '../../src/consent/read-scope.ts'
import type { View } from '../../src/store/view.ts'

export const operatorView = (): View => ({ scope: operatorScope(), mask: (resource) => resource, told() {} })
