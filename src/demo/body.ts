// The body behind the measurements: what a scale, a cuff or a thermometer would find on a day. Pure; all functions of
// the day, so that trends follow from the history and treatment of the person.
import { ageOn, type Day } from './calendar.ts'
import { medianBmi, medianHeight } from './growth.ts'
import type { Person } from './people.ts'

export interface Body {
  /** Centimetres. */
  height(day: Day): number
  /** Kilograms, without pregnancy and without the noise of the scale. */
  weight(day: Day): number
  /** Millimetres of mercury, free of disease. */
  pressure(day: Day): readonly [systolic: number, diastolic: number]
  /** Beats and breaths per minute at rest. */
  pulse(day: Day): number
  breaths(day: Day): number
  /** Percent of oxygen saturation. */
  saturation(day: Day): number
}

/** Values at rest fall from the newborn to the adult. */
const settling = (age: number, newborn: number, adult: number): number => adult + (newborn - adult) * Math.exp(-age / 5)

export function bodyOf(person: Person): Body {
  const random = person.random.branch('body')
  const tall = 1 + random.normal(0, 0.036)
  const stout = Math.exp(random.normal(0.01, 0.15))
  const drift = random.normal(0, 0.004)
  const tension = random.normal(0, 5)
  const beat = random.normal(0, 6)
  const lungs = random.normal(0, 0.6)
  const age = (day: Day) => Math.max(0, ageOn(person.born, day))
  const height = (day: Day) => medianHeight(person.sex, age(day)) * tall

  return {
    height,
    weight: (day) => {
      const grown = Math.min(1, age(day) / 20)
      const change = 1 + (drift * (day - person.from)) / 365
      const bmi = medianBmi(age(day)) * (1 + (stout - 1) * (0.4 + 0.6 * grown)) * change
      return bmi * (height(day) / 100) ** 2
    },
    pressure: (day) => {
      const years = age(day)
      const grown = Math.min(1, years / 18)
      const systolic = 84 + 26 * grown + 0.18 * Math.max(0, years - 25) + tension
      const diastolic = 54 + 16 * grown + 0.1 * Math.min(30, Math.max(0, years - 25)) + tension * 0.6
      return [systolic, diastolic]
    },
    pulse: (day) => settling(age(day), 132, 70) + beat,
    breaths: (day) => settling(age(day), 40, 15),
    saturation: (day) => 98 - Math.max(0, age(day) - 60) * 0.03 + lungs,
  }
}

/** Body mass index in the prime of life: what makes the diagnosis of obesity. */
export const bmiOf = (body: Body, day: Day): number => body.weight(day) / (body.height(day) / 100) ** 2
