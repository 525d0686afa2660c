// Decorated type-graphql classes: an output and an input class per FHIR type, a Reference class and a union per set of
// allowed targets. One file per resource type; datatypes share two files.
import type { ElementModel, Model, TypeModel } from '../model.ts'
import { header, kebab } from './header.ts'
import { hasSibling, tsName } from './types.ts'

const SCALARS: Record<string, string> = { boolean: 'Boolean', string: 'String', integer: 'Int', id: 'ID' }
const TS: Record<string, string> = {
  boolean: 'boolean',
  integer: 'number',
  positiveInt: 'number',
  unsignedInt: 'number',
  decimal: 'Decimal',
}
const SCALAR_FILE: Record<string, string> = Object.fromEntries(
  'base64Binary canonical code date dateTime decimal instant markdown oid positiveInt time unsignedInt uri url uuid xhtml'
    .split(' ')
    .map((name) => [name, `FHIR${name[0]!.toUpperCase()}${name.slice(1)}`]),
)

/** A file under construction: its body and the names it takes from elsewhere. */
class File {
  readonly imports = new Map<string, Set<string>>()
  readonly body: string[] = []
  use(name: string, from: string) {
    const names = this.imports.get(from) ?? new Set()
    this.imports.set(from, names.add(name))
    return name
  }
  print(what: string, own: string) {
    const lines = [...this.imports]
      .filter(([from]) => from !== own)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([from, names]) => `import { ${[...names].sort().join(', ')} } from '${from}'`)
    return `${[header(what) + lines.join('\n'), ...this.body].join('\n\n')}\n`
  }
}

export interface SchemaFiles {
  [file: string]: string
}

export function emitSchema(model: Model): SchemaFiles {
  const emitter = new Emitter(model)
  return emitter.files()
}

class Emitter {
  readonly targetSets = new Map<string, string[]>()
  readonly model: Model
  constructor(model: Model) {
    this.model = model
  }

  files(): SchemaFiles {
    const out: SchemaFiles = {}
    const homes = Map.groupBy([...this.model.types.values()], (t) => t.home)
    for (const [home, types] of homes) {
      const stem = home === 'datatypes' ? 'datatypes' : kebab(home)
      const outputs = new File()
      for (const type of types) if (type.name !== 'Reference') outputs.body.push(this.outputClass(outputs, type))
      const inputs = stem === 'datatypes' ? new File() : outputs
      const contained = this.model.containedOnly.includes(home)
      if (!contained) for (const type of types) inputs.body.push(this.inputClass(inputs, type))
      if (inputs !== outputs) {
        out['datatype-inputs.ts'] = inputs.print('Input types of the datatypes.', './datatype-inputs.ts')
      }
      const what =
        stem === 'datatypes'
          ? 'Datatypes, https://hl7.org/fhir/R4/datatypes.html'
          : `${home}, https://hl7.org/fhir/R4/${home.toLowerCase()}.html`
      out[`${stem}.ts`] = outputs.print(what, `./${stem}.ts`)
    }
    out['references.ts'] = this.references()
    out['unions.ts'] = this.unions()
    out['index.ts'] = this.index()
    return out
  }

  fileOf(type: string): string {
    const home = this.model.types.get(type)?.home
    if (!home) throw new Error(`no home for ${type}`)
    return home === 'datatypes' ? './datatypes.ts' : `./${kebab(home)}.ts`
  }

  scalar(file: File, type: string): string {
    const builtin = SCALARS[type]
    if (builtin) {
      if (builtin === 'Int' || builtin === 'ID') file.use(builtin, 'type-graphql')
      return builtin
    }
    return file.use(SCALAR_FILE[type]!, '../scalars.ts')
  }

  tsScalar(file: File, type: string): string {
    const ts = TS[type] ?? 'string'
    return ts === 'Decimal' ? file.use('type Decimal', '../scalars.ts').slice(5) : ts
  }

  field(element: ElementModel, gql: string, ts: string): string {
    const type = element.list ? `[${gql}]` : gql
    const nullable = element.list && element.primitive ? "'itemsAndList'" : 'true'
    const value = element.list ? (element.primitive ? `(${ts} | null)[]` : `${ts}[]`) : ts
    return `  @Field(() => ${type}, { nullable: ${nullable} }) ${element.name}?: ${value}`
  }

  fields(file: File, element: ElementModel, complex: (e: ElementModel) => string, sibling: string): string[] {
    if (!element.primitive) {
      const name = complex(element)
      return [this.field(element, name, name.startsWith('FHIR') || name === 'ResourceUnion' ? 'object' : name)]
    }
    const lines = [this.field(element, this.scalar(file, element.type), this.tsScalar(file, element.type))]
    if (hasSibling(element)) {
      const more = { ...element, name: `_${element.name}` }
      lines.push(this.field(more, sibling, sibling))
    }
    return lines
  }

  outputClass(file: File, type: TypeModel): string {
    file.use('Field', 'type-graphql')
    file.use('ObjectType', 'type-graphql')
    const sibling = type.elements.some(hasSibling) ? file.use('ElementBase', './datatypes.ts') : ''
    const lines = [
      `@ObjectType('${tsName(type.name)}', { simpleResolvers: true })`,
      `export class ${tsName(type.name)} {`,
    ]
    if (type.kind === 'resource') lines.push('  @Field(() => String, { nullable: true }) resourceType?: string')
    for (const element of type.elements)
      lines.push(...this.fields(file, element, (e) => this.outputType(file, e), sibling))
    return [...lines, '}'].join('\n')
  }

  outputType(file: File, element: ElementModel): string {
    if (element.type === 'Resource') return file.use('ResourceUnion', './unions.ts')
    if (element.type === 'Reference') return file.use(this.referenceName(element.targets), './references.ts')
    return file.use(tsName(element.type), this.fileOf(element.type))
  }

  inputClass(file: File, type: TypeModel): string {
    file.use('Field', 'type-graphql')
    file.use('InputType', 'type-graphql')
    const sibling = type.elements.some(hasSibling) ? file.use('ElementBaseInput', './datatype-inputs.ts') : ''
    const name = `${tsName(type.name)}Input`
    const lines = [`@InputType('${name}')`, `export class ${name} {`]
    if (type.kind === 'resource') lines.push('  @Field(() => String, { nullable: true }) resourceType?: string')
    for (const element of type.elements) {
      const complex = (e: ElementModel) => {
        if (e.type === 'Resource') return file.use('FHIRResourceJson', '../scalars.ts')
        const home = this.fileOf(e.type)
        return file.use(`${tsName(e.type)}Input`, home === './datatypes.ts' ? './datatype-inputs.ts' : home)
      }
      lines.push(...this.fields(file, element, complex, sibling))
    }
    return [...lines, '}'].join('\n')
  }

  /** `Reference` for any target, `ReferenceGroupPatient` for a set; sets without a type of the lens share one name. */
  referenceName(targets: string[] | undefined): string {
    const shown = [...this.model.resources, ...this.model.containedOnly]
    const set = targets?.filter((t) => shown.includes(t)).sort()
    const name = set ? (set.length > 0 ? `Reference${set.join('')}` : 'ReferenceElsewhere') : 'Reference'
    this.targetSets.set(name, set ?? shown)
    return name
  }

  references(): string {
    const file = new File()
    const reference = this.model.types.get('Reference')!
    this.referenceName(undefined)
    for (const [name] of [...this.targetSets].sort(([a], [b]) => (a < b ? -1 : 1)))
      file.body.push(this.outputClass(file, { ...reference, name }))
    const rows = [...this.targetSets]
      .filter(([, set]) => set.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, set]) => `  [${name}, ${this.unionOf(file, set)}],`)
    file.body.push(
      '/** Reference class -> what its `resource` field yields. */',
      `export const TARGETS: readonly (readonly [new () => object, () => object])[] = [\n${rows.join('\n')}\n]`,
    )
    return file.print(
      'Reference, one class per set of allowed target types, https://hl7.org/fhir/R4/references.html',
      './references.ts',
    )
  }

  unionOf(file: File, set: string[]): string {
    if (set.length === 1) return `() => ${file.use(set[0]!, this.fileOf(set[0]!))}`
    return `() => ${file.use(`${this.unionName(set)}Union`, './unions.ts')}`
  }

  unionName(set: string[]): string {
    return set.length === this.model.resources.length + this.model.containedOnly.length ? 'Resource' : set.join('Or')
  }

  unions(): string {
    const file = new File()
    file.use('createUnionType', 'type-graphql')
    const sets = new Map([...this.targetSets.values()].filter((s) => s.length > 1).map((s) => [this.unionName(s), s]))
    for (const [name, set] of [...sets].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const classes = set.map((t) => file.use(t, this.fileOf(t)))
      file.body.push(
        `export const ${name}Union = createUnionType({ name: '${name}', types: () => [${classes.join(', ')}] as const, resolveType: byResourceType })`,
      )
    }
    file.use('byResourceType', '../resource-type.ts')
    return file.print('What references and contained resolve to.', './unions.ts')
  }

  index(): string {
    const file = new File()
    const rows = this.model.resources.map((type) => {
      const from = this.fileOf(type)
      file.use(type, from)
      file.use(`${type}Input`, from)
      file.use(`${type}Search`, './search-arguments.ts')
      file.use(`${type}ReverseSearch`, './search-arguments.ts')
      return `  ${type}: { output: ${type}, input: ${type}Input, search: ${type}Search, reverse: ${type}ReverseSearch },`
    })
    file.body.push(`export const CLASSES = {\n${rows.join('\n')}\n} as const`)
    return file.print('The classes of every resource type in the lens.', './index.ts')
  }
}
