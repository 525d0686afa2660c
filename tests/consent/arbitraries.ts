// Random consents, records and askers from small pools, for laws and for holding two judges of consent equal.
export { askerArbitrary } from './arbitraries/asker.ts'
export { consentArbitrary, consentsArbitrary } from './arbitraries/consent.ts'
export { emergenciesArbitrary } from './arbitraries/emergency.ts'
export { POOLS, type Pools, TYPES, type Type } from './arbitraries/pools.ts'
export { questionArbitrary, questionOf, readActions, type World, worldArbitrary } from './arbitraries/question.ts'
export { linkedIn, recordArbitrary, resourceArbitrary } from './arbitraries/resource.ts'
