import { problemSchema } from '../problem.ts';

/** What any route may answer where it does not go well. */
export const problemAnswers = { '4xx': problemSchema, '5xx': problemSchema } as const;
