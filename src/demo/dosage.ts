// How a drug of the formulary is taken, https://hl7.org/fhir/R4/dosage.html. Pure.
import { type Drug, ROUTES } from './catalogue-drugs.ts'
import { type Concept, concept, given, quantity, RXNORM, SNOMED } from './resource.ts'

export const medication = (drug: Drug): Concept => concept(RXNORM, drug.rxnorm, drug.display)

/** Counted things have no UCUM unit but an annotation, `{tablet}`; insulin has its own, `[iU]`. */
export const counted = (count: number, { form }: Drug) => quantity(count, form, form === 'unit' ? '[iU]' : `{${form}}`)

/** As needed is reckoned as twice a day. */
export const perDay = (drug: Drug): number => drug.dose * (drug.times || 2)

const OFTEN = ['as needed', 'once a day', 'twice a day', 'three times a day', 'four times a day']

export const route = (drug: Drug): Concept => concept(SNOMED, ...ROUTES[drug.route])

export function dosage(drug: Drug): object {
  const plural = drug.dose === 1 ? drug.form : `${drug.form}s`
  return given({
    sequence: 1,
    text: `${drug.dose} ${plural} ${OFTEN[drug.times]}`,
    timing: drug.times === 0 ? undefined : { repeat: { frequency: drug.times, period: 1, periodUnit: 'd' } },
    asNeededBoolean: drug.times === 0 ? true : undefined,
    route: route(drug),
    doseAndRate: [{ doseQuantity: counted(drug.dose, drug) }],
  })
}
