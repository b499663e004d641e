import { z } from 'zod';

export const linkSchema = z.object({ href: z.string() }).meta({ id: 'link' });
export type Link = z.infer<typeof linkSchema>;

export const link = (href: string): Link => ({ href });
export const paths = {
  server: (id: string) => `/servers/${id}`,
  serverTasks: (id: string) => `/servers/${id}/tasks`,
  task: (id: string) => `/server_tasks/${id}`,
  items: (id: string) => `/server_tasks/${id}/items`,
  events: (id: string) => `/server_tasks/${id}/events`,
  schema: (name: string) => `/schemas/${name}`,
} as const;

/** What a list was asked with, as far as it can be asked with it again. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Of the page that follows: the same query with another marker. */
export function nextLink(path: string, query: Query, marker: string): Link {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries<Query[string]>({ ...query, marker })) {
    if (value !== undefined) words.append(key, String(value));
  }
  return link(`${path}?${words.toString()}`);
}
