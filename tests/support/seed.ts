// Where everything random begins. The suite asks the same each time: whoever changes the code hears of the change alone, and
// can look at a red run again. What nobody has asked yet is asked with `SEED=random npm test`, or with a number.
const given = process.env.SEED

export const SEED = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given ?? 20_261_122)
