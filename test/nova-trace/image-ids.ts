/** The id of an image in the catalogue that the trace expects: one digit, all over. */
export const imageId = (digit: string): string =>
  `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;
