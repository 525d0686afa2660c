// Required bindings expanded to their codes. A value set that R4's own package cannot expand (BCP 13, ISO 4217, UCUM)
// is listed in UNEXPANDED: validation checks only the shape of such codes.
import type { Model } from '../model.ts'
import type { CodeSystem, Definitions } from '../read.ts'
import { header } from './header.ts'

type Expansion = Map<string, string[]>

function allCodes(system: CodeSystem): string[] {
  const out: string[] = []
  const walk = (concepts: CodeSystem['concept']) => {
    for (const concept of concepts ?? []) {
      out.push(concept.code)
      walk(concept.concept)
    }
  }
  walk(system.concept)
  return out
}

function expand(definitions: Definitions, url: string): Expansion | undefined {
  const set = definitions.valueSets.get(url)
  if (!set?.compose || set.compose.exclude) return undefined
  const out: Expansion = new Map()
  for (const include of set.compose.include) {
    if (include.filter || !(include.system || include.valueSet)) return undefined
    for (const other of include.valueSet ?? []) {
      const inner = expand(definitions, other.split('|')[0]!)
      if (!inner) return undefined
      for (const [system, codes] of inner) out.set(system, [...(out.get(system) ?? []), ...codes])
    }
    if (!include.system) continue
    const system = definitions.codeSystems.get(include.system)
    const codes = include.concept?.map((c) => c.code) ?? (system?.content === 'complete' ? allCodes(system) : undefined)
    if (!codes || codes.length === 0) return undefined
    out.set(include.system, [...(out.get(include.system) ?? []), ...codes])
  }
  return out
}

export function emitCodes(definitions: Definitions, { types }: Model): string {
  const urls = new Set([...types.values()].flatMap((t) => t.elements.flatMap((e) => (e.codes ? [e.codes] : []))))
  const lines = [
    header('Required value sets: name -> code system -> codes, https://hl7.org/fhir/R4/terminologies.html#required'),
    'export const CODES: Record<string, Record<string, readonly string[]>> = {',
  ]
  const unexpanded: string[] = []
  for (const url of [...urls].sort()) {
    const name = url.slice(url.lastIndexOf('/') + 1)
    const expansion = expand(definitions, url)
    if (!expansion) {
      unexpanded.push(name)
      continue
    }
    const systems = [...expansion].map(([s, codes]) => `    '${s}': ${JSON.stringify(codes)},`)
    lines.push(`  '${name}': {`, ...systems, '  },')
  }
  lines.push('}\n', `export const UNEXPANDED: readonly string[] = ${JSON.stringify(unexpanded)}\n`)
  return lines.join('\n')
}
