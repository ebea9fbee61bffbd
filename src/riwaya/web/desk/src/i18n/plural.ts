// Counted nouns of both languages.

const english = new Intl.NumberFormat('en-GB');
const arabic = new Intl.NumberFormat('ar-SY-u-nu-arab');
const rules = new Intl.PluralRules('ar');

export const counted = (one: string, many: string) => (n: number) => `${english.format(n)} ${n === 1 ? one : many}`;

/** Arabic: one and two need no number; three to ten take the plural, eleven and more the singular in the accusative. */
export const countedAr = (none: string, one: string, two: string, few: string, many: string, hundred: string) => (n: number) => {
  switch (rules.select(n)) {
    case 'zero':
      return none;
    case 'one':
      return one;
    case 'two':
      return two;
    case 'few':
      return `${arabic.format(n)} ${few}`;
    case 'many':
      return `${arabic.format(n)} ${many}`;
    default:
      return `${arabic.format(n)} ${hundred}`;
  }
};
