/** Who calls, and what they may do: Nova's personas. */

/** From the mightiest on: each may do what those behind it may. */
export const roles = ['admin', 'manager', 'member', 'reader'] as const;
export type Role = (typeof roles)[number];

export const isRole = (word: unknown): word is Role => roles.some((role) => role === word);

/** Whoever has proved to be somebody, with a token of one project. */
export interface Caller {
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly Role[];
}

/** Whether the caller has that role in their project, or one that implies it. */
export const hasRole = ({ roles: own }: Pick<Caller, 'roles'>, role: Role): boolean =>
  own.some((each) => roles.indexOf(each) <= roles.indexOf(role));

/** Admins are those of the whole cloud, as in Nova's default policy. */
export const isAdmin = (caller: Pick<Caller, 'roles'>): boolean => hasRole(caller, 'admin');
