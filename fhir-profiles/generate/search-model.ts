// SearchParameter expressions -> paths over JSON and the columns that hold them. Pure.
// The expressions of R4 use a small part of FHIRPath: member access, ofType/as, where(member = 'x'), where(resolve() is T).
// https://hl7.org/fhir/R4/searchparameter-registry.html
import type { Model } from './model.ts'
import type { Definitions, LensType, SearchParameter } from './read.ts'

/** One way to reach values: properties from the resource's root, the type found there, and filters on the last step. */
export interface PathModel {
  path: string[]
  type: string
  where?: [string, string]
  target?: string
  /** `Patient.deceased.exists() and Patient.deceased != false`: the value is whether it holds. */
  truth?: true
}

/** How values rest in columns; see src/search/types for asking and src/search/index-row for filling them. */
export type Shape = 'code' | 'tokens' | 'date' | 'dates' | 'string' | 'reference' | 'references' | 'patient'

export interface ParameterModel {
  code: string
  type: 'token' | 'date' | 'string' | 'reference'
  shape: Shape
  column: string
  paths: PathModel[]
  targets?: string[]
  indexed: boolean
}

export interface SearchModel {
  type: string
  table: string
  parameters: ParameterModel[]
  lens: LensType
  /** Codes of the parameters that name the patient, most telling first. */
  compartment: string[]
}

const READABLE: Record<ParameterModel['type'], string[]> = {
  token: ['code', 'boolean', 'Coding', 'CodeableConcept', 'Identifier', 'ContactPoint', 'id', 'string', 'uri'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  string: ['string', 'markdown', 'HumanName', 'Address'],
  reference: ['Reference', 'canonical', 'uri'],
}
const COMMON = ['_tag', '_security']
// Sounds-like matching needs an algorithm of its own; answering it with starts-with would be a lie.
const LEFT_OUT = ['phonetic']

export const snake = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, (c) => `_${c}`).toLowerCase()
const RESERVED = [
  'id',
  'version',
  'last_updated',
  'deleted',
  'patient',
  'shared',
  'custodian',
  'confidentiality',
  'sensitivity',
  'facts',
  'lossless',
  'content',
]
/** A parameter named like one of the columns that every table has gets a suffix. */
const column = (code: string) => code.replaceAll('-', '_') + (RESERVED.includes(code) ? '_refs' : '')

interface Step {
  name: string
  as?: string
}

/** `(Observation.value as Quantity)` -> steps and the trailing filters; undefined for what belongs to another type. */
function readExpression(expression: string, type: string) {
  const truth = /\.exists\(\) and \S+ != false$/.test(expression) ? (true as const) : undefined
  const cleaned = expression
    .replace(/\.exists\(\) and .*$/, '')
    .replaceAll(/\.ofType\((\w+)\)/g, ' as $1')
    .replace(/\.where\(resolve\(\) is (\w+)\)/, '->$1')
    .replace(/\.where\((\w+)\s*=\s*'([^']+)'\)/, '?$1=$2')
    .replaceAll(/[()]/g, '')
    .trim()
  const match = /^(\w+)\.([\w.]+)((?: as \w+)?)((?:\.\w+)*)(?:->(\w+))?(?:\?(\w+)=(\w[\w-]*))?$/.exec(cleaned)
  if (!match) return undefined
  const [, root, members = '', as = '', rest = '', target, whereName, whereValue] = match
  if (root !== type && root !== 'Resource' && root !== 'DomainResource') return undefined
  const steps: Step[] = members.split('.').map((name) => ({ name }))
  if (as) steps[steps.length - 1]!.as = as.slice(4)
  for (const name of rest.split('.').filter(Boolean)) steps.push({ name })
  const where = whereName && whereValue ? ([whereName, whereValue] as [string, string]) : undefined
  return { steps, target, where, truth }
}

/** Walks the model; a choice fans out into one path per type. Also tells whether any step repeats. */
function walk(model: Model, type: string, steps: Step[]): { path: string[]; type: string; list: boolean }[] {
  let reached = [{ path: [] as string[], type, list: false }]
  for (const step of steps) {
    reached = reached.flatMap((at) => {
      const elements = model.types.get(at.type)?.elements ?? []
      return elements
        .filter((e) => (e.choice ? e.choice === step.name && (!step.as || e.type === step.as) : e.name === step.name))
        .map((e) => ({ path: [...at.path, e.name], type: e.type, list: at.list || e.list }))
    })
  }
  return reached
}

function shapeOf(type: ParameterModel['type'], list: boolean, paths: PathModel[]): Shape {
  switch (type) {
    case 'token':
      return !list && paths.length === 1 && ['code', 'boolean'].includes(paths[0]!.type) ? 'code' : 'tokens'
    case 'date':
      return list ? 'dates' : 'date'
    case 'reference':
      return list ? 'references' : 'reference'
    default:
      return 'string'
  }
}

function parameterOf(model: Model, lens: LensType, source: SearchParameter): ParameterModel | undefined {
  const type = source.type as ParameterModel['type']
  if (!READABLE[type] || !source.expression || LEFT_OUT.includes(source.code)) return undefined
  const paths: PathModel[] = []
  let list = false
  let roots = new Set<string>()
  for (const alternative of source.expression.split('|').map((part) => part.trim())) {
    const read = readExpression(alternative, lens.type)
    if (!read) continue
    for (const end of walk(model, lens.type, read.steps)) {
      const truth = read.truth
      if (!truth && !READABLE[type].includes(end.type)) continue
      list ||= end.list
      roots = roots.add(read.steps.map((s) => s.name).join('.'))
      const path: PathModel = { path: end.path, type: end.type }
      if (read.where) path.where = read.where
      if (read.target) path.target = read.target
      if (truth) path.truth = truth
      paths.push(path)
    }
  }
  if (paths.length === 0) return undefined
  // Two different elements may both hold a value; the variants of one choice may not.
  const shape = shapeOf(type, list || roots.size > 1, paths)
  const patient = source.code === 'patient' && shape === 'reference'
  const made: ParameterModel = {
    code: source.code,
    type,
    shape: patient ? 'patient' : shape,
    column: patient ? 'patient' : column(source.code),
    paths,
    indexed: lens.index.includes(source.code),
  }
  if (type === 'reference') {
    const only = paths.every((p) => p.target) ? paths.map((p) => p.target!) : source.target
    const targets = [...new Set(only ?? [])].sort()
    if (targets.length > 0) made.targets = targets
  }
  return made
}

export function buildSearch(definitions: Definitions, model: Model): SearchModel[] {
  return definitions.lens.map((lens) => {
    const mine = definitions.searchParameters.filter(
      (p) => p.base.includes(lens.type) || (COMMON.includes(p.code) && p.base.includes('Resource')),
    )
    const parameters = mine
      .map((source) => parameterOf(model, lens, source))
      .filter((p) => p !== undefined)
      .sort((a, b) => (a.code < b.code ? -1 : 1))
    for (const code of [...lens.index, ...(lens.date ? [lens.date] : [])])
      if (!parameters.some((p) => p.code === code)) throw new Error(`lens.json: ${lens.type} has no parameter ${code}`)
    const subjectFirst = ['patient', 'subject', 'beneficiary', 'individual']
    const compartment = [...(definitions.patientCompartment.get(lens.type) ?? [])].sort(
      (a, b) => rank(subjectFirst, a) - rank(subjectFirst, b),
    )
    return { type: lens.type, table: snake(lens.type), parameters, lens, compartment }
  })
}

const rank = (order: string[], code: string) => (order.includes(code) ? order.indexOf(code) : order.length)
