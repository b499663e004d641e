import { TypedSearchAttributes, type SearchAttributeUpdatePair } from '@temporalio/common';

/**
 * The search attributes, and the whole budget of them: SQL visibility has room for 10 Keyword and 3 each of Int, Bool,
 * Datetime, Text and KeywordList per namespace. What ready-made attributes say is not repeated: the type of a task's
 * workflow is its operation. Each attribute of a task is an index to write three times, so what nobody filters by is memo.
 */
export const searchAttributes = {
  /** Instances and tasks. */
  InstanceId: 'KEYWORD',
  InstanceName: 'KEYWORD',
  ProjectId: 'KEYWORD',
  /** Instances: where they live. Hosts: their own name. */
  Host: 'KEYWORD',
  VmState: 'KEYWORD',
  /** Tasks: that of the step under way. */
  TaskState: 'KEYWORD',
  /** Tasks: what the status of the workflow does not say. None: RUNNING or COMPLETED, as the workflow is. */
  TaskStatus: 'KEYWORD',
  Actor: 'KEYWORD',
  RequestId: 'KEYWORD',
  /** Why the task was asked for; searched by words. */
  Reason: 'TEXT',
  /** Instances. */
  CreatedAt: 'DATETIME',
  UpdatedAt: 'DATETIME',
  /** Hosts: false in maintenance and before the first worker has come. */
  HostServing: 'BOOL',
  FreeVcpus: 'INT',
  FreeMemoryMb: 'INT',
  FreeDiskGb: 'INT',
  /** Instances: the last ids of tasks that have no workflow of their own: they wait, or ended without having started. */
  QueuedTasks: 'KEYWORD_LIST',
  /** Tasks: the task that this one is a part of or recovers. */
  ParentTask: 'KEYWORD_LIST',
} as const;

export type SearchAttributeName = keyof typeof searchAttributes;

type Declared = typeof searchAttributes;
interface ValueOfKind {
  KEYWORD: string;
  TEXT: string;
  INT: number;
  BOOL: boolean;
  DATETIME: Date;
  KEYWORD_LIST: readonly string[];
}

/** Values of search attributes, by name. Null takes an attribute away. */
export type SearchAttributeValues = {
  readonly [Name in SearchAttributeName]?: ValueOfKind[Declared[Name]] | null;
};

/** The values as the SDK's typed pairs, for an upsert. Attributes without a value are left alone. */
export function toSearchAttributeUpdates(values: SearchAttributeValues): SearchAttributeUpdatePair[] {
  return Object.entries(searchAttributes).flatMap(([name, type]) => {
    const value: unknown = Object.entries(values).find(([key]) => key === name)?.[1];
    return value === undefined ? [] : [toUpdate(name, type, value)];
  });
}

/** The values for the start of a workflow. */
export const toSearchAttributes = (values: SearchAttributeValues): TypedSearchAttributes =>
  new TypedSearchAttributes().updateCopy(toSearchAttributeUpdates(values));

function toUpdate(name: string, type: Declared[SearchAttributeName], value: unknown): SearchAttributeUpdatePair {
  switch (type) {
    case 'KEYWORD':
      if (value === null || typeof value === 'string') return { key: { name, type }, value };
      break;
    case 'TEXT':
      if (value === null || typeof value === 'string') return { key: { name, type }, value };
      break;
    case 'INT':
      if (value === null || typeof value === 'number') return { key: { name, type }, value };
      break;
    case 'BOOL':
      if (value === null || typeof value === 'boolean') return { key: { name, type }, value };
      break;
    case 'DATETIME':
      if (value === null || value instanceof Date) return { key: { name, type }, value };
      break;
    case 'KEYWORD_LIST':
      if (value === null) return { key: { name, type }, value };
      if (Array.isArray(value)) return { key: { name, type }, value: value.map(String) };
      break;
  }
  throw new TypeError(`search attribute ${name} takes ${type}`);
}

/** Text as queries of visibility have it. */
export const queryLiteral = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
