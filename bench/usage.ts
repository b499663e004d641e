/** What a process of the API uses, as its own metrics say. */
import { ApiClient } from '../test/api/api-client.ts';

export interface Usage {
  /** Resident. */
  readonly memoryMb: number;
  /** Since it was started. */
  readonly cpuSeconds: number;
}

export async function readUsage(url: string, token: string): Promise<Usage> {
  const { text } = await new ApiClient(url, token).get('/metrics');
  const value = (name: string): number => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the API has no metric ${name}`);
    return Number(found);
  };
  return {
    memoryMb: Math.round(value('process_resident_memory_bytes') / 1_048_576),
    cpuSeconds: value('process_cpu_seconds_total'),
  };
}
