// Placeholder until the rule set stands: see labels.ts.
export const withLabels = <T extends object>(resource: T, _standing?: object): T => resource
