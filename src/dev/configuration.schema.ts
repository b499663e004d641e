import { z } from 'zod';
import { defaultQuotas } from '../model/quota.ts';
import { inMemory } from '../read-model/database-url.ts';
import { milliseconds } from '../model/deadline.ts';
import { searchAttributes } from '../model/search-attributes.ts';
import { isOperationName, operations, type OperationName } from '../operations/index.ts';
import { inputFields, inputSchemaOf } from '../operations/schemas.ts';
import { hostUnits, type HostUnitName } from '../operations/units/index.ts';

/** A mapping whose keys are all known; an unknown one is answered with the list of those that are. */
function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `known here: ${keys}` : `a mapping with the keys ${keys}`),
  });
}

/** A mapping whose keys the user chooses. */
function catalogue<Value extends z.ZodType>(what: string, value: Value) {
  const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes, underscores');
  return z
    .record(name, value, { error: `a mapping from the names of ${what} to what they are` })
    .refine((entries) => Object.keys(entries).length > 0, `at least one of ${what}`);
}

const wholeNumber = (from: number, to = Number.MAX_SAFE_INTEGER) => {
  const error =
    to === Number.MAX_SAFE_INTEGER ? `a whole number, ${from} or more` : `a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
};
const text = (what: string) => z.string({ error: what }).min(1, { error: what });
const uuid = z.uuid({ error: 'a UUID' });
const port = wholeNumber(1, 65_535);
const path = text('a path, relative to this file');

const duration = z
  .templateLiteral([z.number(), z.enum(['ms', 's', 'm', 'h'])], { error: 'a duration such as 500ms, 30s, 15m or 2h' })
  .refine((value) => !value.startsWith('-'), 'a duration of 0ms or more')
  .transform(milliseconds);

const latencyKeys = ['default', ...Object.keys(hostUnits)];
const isLatencyKey = (key: unknown): key is HostUnitName | 'default' =>
  typeof key === 'string' && latencyKeys.includes(key);
const latencyKey = z.custom<HostUnitName | 'default'>(isLatencyKey, { error: `known here: ${latencyKeys.join(', ')}` });
const latency = z.partialRecord(latencyKey, duration, { error: 'a mapping from units of work to durations' });

const resources = { vcpus: wholeNumber(1), memory_mb: wholeNumber(1), disk_gb: wholeNumber(1) };

/** The words that the Temporal CLI and Web UI use for the types of search attributes. */
export const attributeTypeWords = {
  KEYWORD: 'Keyword',
  KEYWORD_LIST: 'KeywordList',
  TEXT: 'Text',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
} as const;

const attributeShape = Object.fromEntries(
  Object.entries(searchAttributes).map(([name, type]) => {
    const word = attributeTypeWords[type];
    return [name, z.literal(word, { error: `${word}, as the program writes it` })];
  }),
);

/** What a caller may leave out of an operation's input: the operator may choose what stands there then. */
function optionalInput(name: OperationName) {
  const schema = z.strictObject(inputSchemaOf(name).shape).partial();
  const fields = inputFields(name).filter(({ required }) => !required);
  return Object.fromEntries(
    fields.map(({ key, takes }) => {
      const isTaken = (value: unknown) => schema.safeParse({ [key]: value }).success;
      return [key, z.custom<unknown>(isTaken, { error: takes }).optional()];
    }),
  );
}

const defaultsShape = Object.fromEntries(
  Object.keys(operations)
    .filter(isOperationName)
    .map((name) => [name, section(optionalInput(name)).optional()]),
);

/** The file `temporal-dev.yml` as it is written. */
export const configurationSchema = section({
  server: section({
    ip: z.union([z.ipv4(), z.ipv6()], { error: 'an IP address, such as 127.0.0.1' }),
    port,
    ui_port: port,
    database: path,
    logs: path,
    log_level: z.enum(['debug', 'info', 'warn', 'error'], { error: 'one of debug, info, warn, error' }),
    sqlite_pragmas: z.record(
      z.string().regex(/^[a-z_]+$/, 'the name of a pragma of SQLite'),
      z.union([z.string(), z.number()], { error: 'a word or a number' }),
      { error: 'a mapping from pragmas of SQLite to their values' },
    ),
    dynamic_configuration: z.record(
      z.string().regex(/^[a-z]+\.[A-Za-z.]+$/, 'a key such as history.maxInFlightUpdates'),
      z.union([z.string(), z.number(), z.boolean()], { error: 'a word, a number, true or false' }),
      { error: "a mapping from keys of the server's dynamic configuration to their values" },
    ),
  }).refine(({ port, ui_port }) => port !== ui_port, {
    path: ['ui_port'],
    error: 'another port than that of the server',
  }),
  namespace: section({ name: text('the name of a namespace'), retention_days: wholeNumber(1) }),
  search_attributes: section(attributeShape),
  simulated: section({
    directory: path,
    latency,
    hosts: catalogue('hosts', section({ ...resources, latency: latency.optional() })),
  }),
  secret_keys: path.optional(),
  api: section({
    ip: z.union([z.ipv4(), z.ipv6()], { error: 'an IP address, such as 127.0.0.1' }),
    port,
    identities: path.optional(),
    token_hours: wholeNumber(1, 168).default(12),
    requests_per_minute: wholeNumber(1).default(6_000),
    body_limit_kib: wholeNumber(1, 65_536).default(1_024),
    quotas: section({
      instances: wholeNumber(-1).default(defaultQuotas.instances),
      vcpus: wholeNumber(-1).default(defaultQuotas.vcpus),
      memory_mb: wholeNumber(-1).default(defaultQuotas.memoryMb),
    }).optional(),
    read_model: z
      .string()
      .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'sqlite:FILE, sqlite::memory: or postgres://…')
      .default(inMemory),
    tls: section({ certificate: path, key: path }).optional(),
    provider: section({
      issuer: z.url({ error: 'a URL' }),
      audience: text('what tokens for this API are made out to'),
      jwks_uri: z.url({ error: 'the URL of the keys of the provider' }),
      project_claim: text('the claim that names the project'),
      roles_claim: text('the claim that lists the roles'),
    }).optional(),
  }).optional(),
  flavors: catalogue('flavors', section({ id: text('an id').optional(), ...resources, disk_gb: wholeNumber(0) })),
  images: catalogue(
    'images',
    section({
      id: uuid.optional(),
      status: z.enum(['active', 'queued'], { error: 'one of active, queued' }).default('active'),
      min_memory_mb: wholeNumber(0).default(0),
      min_disk_gb: wholeNumber(0).default(0),
    }),
  ),
  networks: catalogue(
    'networks',
    section({
      id: uuid.optional(),
      subnet: z.union([z.cidrv4(), z.cidrv6()], { error: 'a subnet such as 10.0.0.0/24' }).optional(),
    }),
  ).optional(),
  defaults: section(defaultsShape).optional(),
});

export type ConfigurationFile = z.output<typeof configurationSchema>;
