// Long-term problems that people most want kept: mind, addiction, violence, HIV, hepatitis. Data only.
// The labels of https://hl7.org/fhir/R4/security-labels.html are not set here: the server derives them from the codes.
import { type Chronic, entry } from './chronic.ts'

/** Drawn after those of the body. */
export const SENSITIVE: readonly Chronic[] = [
  entry('depression', ['370143000', 'Major depressive disorder (disorder)'], undefined, 'psychiatry', [15, 60], 0.13, {
    every: 255,
  }),
  entry(
    'anxiety',
    ['21897009', 'Generalized anxiety disorder (disorder)'],
    ['F41.1', 'Generalized anxiety disorder'],
    'psychiatry',
    [15, 50],
    0.08,
    { every: 430 },
  ),
  entry(
    'schizophrenia',
    ['58214004', 'Schizophrenia (disorder)'],
    ['F20.9', 'Schizophrenia, unspecified'],
    'psychiatry',
    [18, 34],
    0.022,
    { given: { depression: 0.3 }, every: 185 },
  ),
  entry(
    'bipolar',
    ['13746004', 'Bipolar disorder (disorder)'],
    ['F31.9', 'Bipolar disorder, unspecified'],
    'psychiatry',
    [18, 38],
    0.02,
    { given: { schizophrenia: 0, depression: 0 }, every: 200 },
  ),
  entry('ptsd', ['47505003', 'Posttraumatic stress disorder (disorder)'], undefined, 'psychiatry', [16, 55], 0.022, {
    every: 370,
  }),
  entry(
    'hiv',
    ['86406008', 'Human immunodeficiency virus infection (disorder)'],
    undefined,
    'infectious-diseases',
    [19, 56],
    0.028,
    { every: 280 },
  ),
  entry('opioid', ['75544000', 'Opioid dependence (disorder)'], undefined, 'psychiatry', [19, 52], 0.034, {
    every: 160,
  }),
  entry('alcohol', ['66590003', 'Alcohol dependence (disorder)'], undefined, 'psychiatry', [22, 62], 0.035, {
    given: { opioid: 1.5 },
    every: 400,
  }),
  entry(
    'hepatitis-c',
    ['50711007', 'Viral hepatitis type C (disorder)'],
    undefined,
    'infectious-diseases',
    [22, 64],
    0.012,
    { given: { opioid: 9, hiv: 4 }, every: 500 },
  ),
  entry(
    'partner-abuse',
    ['706893006', 'Victim of intimate partner abuse (finding)'],
    undefined,
    'primary-care',
    [18, 50],
    0.022,
    { given: { ptsd: 6, depression: 2 } },
  ),
]
