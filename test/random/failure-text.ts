import type { Outcome } from './lives.ts';

/** What somebody types to see it happen, and what happens. */
export function failureText({ seed, script, error }: NonNullable<Outcome['failure']>): string {
  const again = `npm run model -- --runs 1 --seed ${seed}`;
  return [`# ${again}`, ...script, ...error.split('\n').map((line) => `# ${line}`)].join('\n');
}
