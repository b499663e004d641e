/** The hosts that placement could choose from for a claim. */
import type { Client } from '@temporalio/client';
import { candidatesQuery, toCandidate, type Candidate, type PlacementWish } from '../model/placement.ts';
import { call } from './gateway.ts';

/** What visibility has of them; with the host that the instance comes from. */
export async function listCandidates(client: Client, wish: PlacementWish): Promise<Candidate[]> {
  return call(client, 'hosts', async () => {
    const listed: Candidate[] = [];
    for await (const row of client.workflow.list({ query: candidatesQuery(wish) })) listed.push(toCandidate(row));
    return listed;
  });
}
