// FHIR primitives and search values as GraphQL scalars, https://hl7.org/fhir/R4/graphql.html.
// Inputs are taken as they are: src/fhir/validate judges them, so that one answer lists every fault of a resource.
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { isRawNumber, numberFrom, type RawNumber } from '../src/kernel/json.ts'

export type Decimal = number | RawNumber

/** A literal as the JSON it stands for; decimals keep their digits. */
export function fromLiteral(node: ValueNode, variables?: Record<string, unknown> | null): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return numberFrom(node.value)
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value
    case Kind.LIST:
      return node.values.map((value) => fromLiteral(value, variables))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((f) => [f.name.value, fromLiteral(f.value, variables)]))
    case Kind.VARIABLE:
      return variables?.[node.name.value]
    default:
      return null
  }
}

const primitive = (name: string, description: string) =>
  new GraphQLScalarType({
    name,
    description,
    specifiedByURL: `https://hl7.org/fhir/R4/datatypes.html#${name}`,
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: fromLiteral,
  })

export const FHIRBase64Binary = primitive('base64Binary', 'Bytes in base64')
export const FHIRCanonical = primitive('canonical', 'URL of a definition, with an optional |version')
export const FHIRCode = primitive('code', 'A code from a fixed set')
export const FHIRDate = primitive('date', 'YYYY, YYYY-MM or YYYY-MM-DD')
export const FHIRDateTime = primitive('dateTime', 'A date, or a date with time and zone')
export const FHIRDecimal = primitive('decimal', 'A decimal number; its digits are kept as written')
export const FHIRInstant = primitive('instant', 'A moment: date, time to the second or finer, zone')
export const FHIRMarkdown = primitive('markdown', 'Text in markdown')
export const FHIROid = primitive('oid', 'urn:oid:…')
export const FHIRPositiveInt = primitive('positiveInt', '1 to 2,147,483,647')
export const FHIRTime = primitive('time', 'hh:mm:ss')
export const FHIRUnsignedInt = primitive('unsignedInt', '0 to 2,147,483,647')
export const FHIRUri = primitive('uri', 'A URI, RFC 3986')
export const FHIRUrl = primitive('url', 'A URL')
export const FHIRUuid = primitive('uuid', 'urn:uuid:…')
export const FHIRXhtml = primitive('xhtml', 'Narrative, limited XHTML')

/** A contained resource as JSON: GraphQL has no input unions. Its `resourceType` says which element table judges it. */
export const FHIRResourceJson = new GraphQLScalarType({
  name: 'ResourceJson',
  description: 'A contained resource as FHIR JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: fromLiteral,
})

function searchText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isRawNumber(value)) return value.rawJSON
  throw new GraphQLError('A search value is a string, number or boolean; use a list for OR.')
}

/** Search values come as strings, numbers, booleans or enum literals: HL7 writes `name(use: official)`. */
const search = (name: string, description: string) =>
  new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: searchText,
    parseValue: searchText,
    parseLiteral(node) {
      if ('value' in node && typeof node.value !== 'object') return String(node.value)
      throw new GraphQLError('A search value is a string, number, boolean or name; use a list for OR.')
    },
  })

export const SearchToken = search('SearchToken', 'code, system|code, |code or system|')
export const SearchDate = search('SearchDate', 'A date or dateTime with an optional prefix: eq ne gt lt ge le sa eb ap')
export const SearchString = search('SearchString', 'The beginning of a text; case and accents do not matter')
export const SearchReference = search('SearchReference', 'id, Type/id or absolute URL')
