import { InvalidArgumentError } from 'commander';

/** An option that is a whole number from 1 on. */
export const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number from 1 on');
  return value;
};
