import { InvalidInputError } from '../../client/errors.ts';
import { BadRequest } from '../http-error.ts';

/** The page that a marker asks for. Throws {@link BadRequest} for one that no page of the list has given. */
export async function pageAt<Page>(marker: string | undefined, page: Promise<Page>): Promise<Page> {
  try {
    return await page;
  } catch (error) {
    if (marker === undefined || !(error instanceof InvalidInputError)) throw error;
    throw new BadRequest('marker: is none of a page of this list; take that of its link `next`');
  }
}
