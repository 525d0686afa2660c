// Height and body mass index by age, rounded medians in the manner of the WHO and CDC growth charts. Pure.
import type { Sex } from './naming.ts'

type Curve = readonly (readonly [age: number, value: number])[]

const HEIGHT: Record<Sex, Curve> = {
  female: [
    [0, 49.5],
    [0.5, 65.5],
    [1, 74],
    [2, 86],
    [3, 95],
    [5, 109],
    [7, 121],
    [9, 133],
    [11, 144.5],
    [13, 157],
    [15, 162],
    [18, 163],
    [60, 163],
    [100, 158],
  ],
  male: [
    [0, 50],
    [0.5, 67.5],
    [1, 76],
    [2, 87.5],
    [3, 96],
    [5, 110],
    [7, 122],
    [9, 133.5],
    [11, 143.5],
    [13, 156],
    [15, 170],
    [18, 176],
    [60, 176],
    [100, 171],
  ],
}

const BMI: Curve = [
  [0, 13.3],
  [0.5, 17.2],
  [1, 16.8],
  [2, 16.3],
  [5, 15.4],
  [8, 15.9],
  [10, 16.8],
  [13, 18.7],
  [16, 20.6],
  [18, 22],
  [30, 25],
  [45, 26.7],
  [60, 27.3],
  [75, 26.4],
  [100, 23.8],
]

/** The straight line between the two nearest points; flat beyond the ends. */
export function along(curve: Curve, at: number): number {
  let [before, low] = curve[0] as readonly [number, number]
  for (const [age, value] of curve) {
    if (age >= at) return age === before ? value : low + ((value - low) * (at - before)) / (age - before)
    ;[before, low] = [age, value]
  }
  return low
}

export const medianHeight = (sex: Sex, age: number): number => along(HEIGHT[sex], age)

export const medianBmi = (age: number): number => along(BMI, age)
