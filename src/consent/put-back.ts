// Who replaces a resource without having been told all that it contains replaces what they were told: the rest stays, in
// its place where that still stands. Never a refusal, for that would tell that something is hidden. Pure.
import { validate } from '../fhir/validate.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import { elementType, idOf, innerIds, without } from './withheld.ts'

type Node = Record<string, unknown>

/** Names what stays though the element that named it is gone: dom-3. Told to nobody who is not told what it names. */
export const KEPT = 'https://healthchain.example/fhir/StructureDefinition/kept-contained'

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]))
  if (!isObject(a) || !isObject(b)) return JSON.stringify(a) === JSON.stringify(b)
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
}

/** `standing` as it is stored, `told` as the writer may see it. @throws HealthChainError forbidden where nothing fits. */
export function putBack(written: Node, standing: Node, told: Node): Node {
  const shown = new Set(list(told.contained).map(idOf))
  // What the server writes again itself, it writes whole.
  const mine = list(written.contained)
  const hidden = list(standing.contained).filter(
    (inner) => !shown.has(idOf(inner)) && !mine.some((one) => isSame(one, inner)),
  )
  if (hidden.length === 0) return written
  const ids = new Set(hidden.flatMap((inner) => idOf(inner) ?? []))
  const names = freeNames(ids, mine, standing)
  const back = [...hidden, ...spokenOf(hidden, standing, mine)].map((inner) => renamed(inner, names))
  const inPlace = withLinks({ ...written, ...elementsBack(written, standing, told, ids, names) }, back)
  const type = String(standing.resourceType)
  for (const whole of [inPlace, withLinks(written, back)]) if (validate(type, whole).length === 0) return whole
  throw new HealthChainError('forbidden', 'contained', `This ${type} can be replaced by who wrote it only.`)
}

/** Ids inside are nobody's business outside: where the writer took one, what was there before gets another. */
function freeNames(ids: ReadonlySet<string>, mine: readonly unknown[], standing: Node): ReadonlyMap<string, string> {
  const taken = new Set([...mine, ...list(standing.contained)].map(idOf))
  const mineToo = new Set(mine.map(idOf))
  const names = new Map<string, string>()
  for (const id of ids) {
    if (!mineToo.has(id)) continue
    let n = 1
    while (taken.has(`kept-${n}`)) n++
    taken.add(`kept-${n}`)
    names.set(id, `kept-${n}`)
  }
  return names
}

/** What the hidden name that the writer saw and left out. */
function spokenOf(hidden: readonly unknown[], standing: Node, mine: readonly unknown[]): unknown[] {
  const have = new Set([...hidden, ...mine].map(idOf))
  const more = list(standing.contained).filter((inner) => !have.has(idOf(inner)) && innerIds(hidden).has(idOf(inner)!))
  return more.length === 0 ? [] : [...more, ...spokenOf([...hidden, ...more], standing, mine)]
}

/** With the ids inside as `names` has them. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (names.size === 0) return value
  if (typeof value === 'string') {
    const name = value.startsWith('#') ? names.get(value.slice(1)) : undefined
    return name === undefined ? value : `#${name}`
  }
  if (Array.isArray(value)) return value.map((item) => renamed(item, names))
  if (!isObject(value)) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renamed(member, names)]))
  if (typeof value.resourceType === 'string' && names.has(String(value.id))) copy.id = names.get(String(value.id))
  return copy
}

/** The elements of which the writer was not told all, as they stand if the writer left what they saw of them. */
function elementsBack(
  written: Node,
  standing: Node,
  told: Node,
  ids: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
): Node {
  const back: Node = {}
  for (const key of Object.keys(standing)) {
    if (standing[key] === told[key]) continue
    if (key === 'contained') {
      back.contained = innerBack(list(written.contained), list(standing.contained), list(told.contained), names)
      continue
    }
    const [was, mine] = [standing[key], written[key]]
    if (isSame(mine, told[key])) back[key] = renamed(was, names)
    else if (Array.isArray(was) && Array.isArray(mine)) {
      const type = elementType(String(standing.resourceType), key)
      const lost = was.filter((item) => without(item, type, ids) === undefined)
      back[key] = [...mine, ...lost.map((item) => renamed(item, names))]
    }
  }
  return back
}

/** The contained resources that were told without a part of them, where the writer left them so. */
function innerBack(mine: unknown[], was: unknown[], told: unknown[], names: ReadonlyMap<string, string>): unknown[] {
  return mine.map((inner) => {
    const seen = told.find((one) => isSame(one, inner))
    return seen === undefined ? inner : renamed(was.find((one) => idOf(one) === idOf(seen)) ?? inner, names)
  })
}

function withLinks(whole: Node, back: readonly unknown[]): Node {
  const contained = [...list(whole.contained), ...back]
  const named = innerIds({ ...whole, contained })
  const loose = back.filter((inner) => !named.has(idOf(inner)!) && !innerIds(inner).has(''))
  if (loose.length === 0) return { ...whole, contained }
  const links = loose.map((inner) => ({ url: KEPT, valueReference: { reference: `#${idOf(inner)}` } }))
  return { ...whole, contained, extension: [...list(whole.extension), ...links] }
}
