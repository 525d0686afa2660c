// GraphiQL for development, whole in one page from the package: nothing is loaded from elsewhere.

let page: Promise<string> | undefined

const FIRST_QUERY = `# Five patients with their latest vital signs
query {
  PatientList(_count: 5) {
    id
    name { family given }
    birthDate
    ObservationList(_reference: subject, category: "vital-signs", _sort: "-date", _count: 3) {
      code { text }
      effectiveDateTime
      valueQuantity { value unit }
    }
  }
}
`

export function graphiqlPage(): Promise<string> {
  page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
    renderGraphiQL({ endpoint: '/graphql', title: 'HealthChain', defaultQuery: FIRST_QUERY }),
  )
  return page
}
