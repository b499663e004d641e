import { problemMediaType, problemSchema } from '../problem.ts';

const problem = {
  description: 'what is wrong, and what would be right',
  content: { [problemMediaType]: { schema: problemSchema } },
};

/** What any route may answer where it does not go well. */
export const problemAnswers = { '4xx': problem, '5xx': problem };
