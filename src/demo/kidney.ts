// CKD-EPI 2021 without race, https://www.kidney.org/ckd-epi-creatinine-equation-2021, and its inverse. Pure.
import type { Sex } from './naming.ts'

const CONSTANTS = { female: { k: 0.7, a: -0.241, f: 1.012 }, male: { k: 0.9, a: -0.302, f: 1 } }

/** mL/min/1.73 m2 from creatinine in mg/dL, of grown-ups. */
export function filtration(creatinine: number, sex: Sex, age: number): number {
  const { k, a, f } = CONSTANTS[sex]
  const ratio = creatinine / k
  return 142 * Math.min(ratio, 1) ** a * Math.max(ratio, 1) ** -1.2 * 0.9938 ** age * f
}

/** The creatinine that gives that filtration. */
export function creatinineFor(rate: number, sex: Sex, age: number): number {
  const { k, a, f } = CONSTANTS[sex]
  const reached = rate / (142 * 0.9938 ** age * f)
  return k * reached ** (1 / (reached > 1 ? a : -1.2))
}
