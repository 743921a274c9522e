/** A rate as text: one decimal below ten, none above, a dash for zero. */
export const rate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));

const GROUPED = new Intl.NumberFormat('en-GB');

/** A count with grouped thousands. */
export const count = (number: number): string => GROUPED.format(number);

/** The sum over all topics of a service. */
export const sum = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((all, one) => all + one, 0);

/** Width of a line for a rate, in pixels: visibly more than zero, on a logarithmic scale. */
export const widthOf = (perSecond: number): number =>
  perSecond <= 0 ? 1.25 : Math.min(7, 1.75 + Math.log2(1 + perSecond) * 0.55);

/** The points of a curve in a box, the latest at the right edge; a flat line at the bottom for zeros. */
export function curve(values: readonly number[], width: number, height: number, places: number): string {
  const most = Math.max(1, ...values);
  const step = width / (places - 1);
  const begin = width - (values.length - 1) * step;
  return values
    .map((value, at) => `${(begin + at * step).toFixed(1)},${(height - (value / most) * height).toFixed(1)}`)
    .join(' ');
}
