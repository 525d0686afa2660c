// Rewrites the links between the entries of a Bundle to Type/id. http://hl7.org/fhir/R4/http.html#trules
import type { Targets } from './targets.ts'
import { eachString } from './walk.ts'

/** Elements of type uri, url, oid and uuid by which an instance points at another. Elements of type canonical stay. */
const URI_ELEMENTS = new Set([
  'url',
  'uri',
  'source',
  'policy',
  'protocol',
  'instantiatesUri',
  'definitionUri',
  'derivedFromUri',
  'valueUri',
  'valueUrl',
  'valueOid',
  'valueUuid',
])

const LINK = /\b(href|src)=(["'])([^"']*)\2/g

/**
 * Changes the resource in place.
 *
 * Outside Reference.reference and the narrative only urn: names are replaced: an http fullUrl may also be the canonical
 * url of the entry (ValueSet.url, Extension.url), which is an identity and no link.
 */
export function rewriteReferences(resource: object, targets: Pick<Targets, 'get'>): void {
  eachString(resource, (holder, key, value, name) => {
    if (name === 'reference') holder[key] = targets.get(value) ?? value
    else if (name === 'div') {
      holder[key] = value.replace(LINK, (link, attribute: string, quote: string, url: string) => {
        const target = targets.get(url)
        return target === undefined ? link : `${attribute}=${quote}${target}${quote}`
      })
    } else if (URI_ELEMENTS.has(name) && value.startsWith('urn:')) holder[key] = targets.get(value) ?? value
  })
}
