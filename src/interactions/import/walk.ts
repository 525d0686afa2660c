// Visits every string of a JSON value, in document order. Pure.

/**
 * @param holder the object or array that holds the string at `key`
 * @param name the name of the element, also for a string inside an array
 * @param path FHIRPath of the holder, made only when asked for
 */
export type Visit = (holder: Holder, key: string | number, value: string, name: string, path: () => string) => void

export type Holder = Record<string | number, unknown>

function fhirPath(root: string, trail: readonly (string | number)[]): string {
  return root + trail.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
}

export function eachString(root: object, visit: Visit): void {
  const trail: (string | number)[] = []
  const type = (root as { resourceType?: unknown }).resourceType
  const path = () => fhirPath(typeof type === 'string' ? type : '$', trail)
  const member = (holder: Holder, key: string | number, name: string) => {
    const value = holder[key]
    if (typeof value === 'string') visit(holder, key, value, name, path)
    else if (typeof value === 'object' && value !== null) {
      trail.push(key)
      walk(value as Holder, name)
      trail.pop()
    }
  }
  const walk = (holder: Holder, name: string) => {
    if (Array.isArray(holder)) for (let index = 0; index < holder.length; index++) member(holder, index, name)
    else for (const key of Object.keys(holder)) member(holder, key, key)
  }
  walk(root as Holder, '')
}
