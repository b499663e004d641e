import { z } from 'zod';
import { defaultQuotas } from '../model/quota.ts';
import { inMemory } from '../read-model/database-url.ts';
import { searchAttributes } from '../model/search-attributes.ts';
import { isOperationName, operations, type OperationName } from '../operations/index.ts';
import { inputFields, inputSchemaOf } from '../operations/schemas.ts';
import { checkHypervisors, hosts, libvirt, resources, simulated } from './hypervisors.schema.ts';
import { catalogue, path, port, section, text, uuid, wholeNumber } from './sections.ts';

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
  hosts,
  simulated: simulated.optional(),
  libvirt: libvirt.optional(),
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
}).superRefine(checkHypervisors);

export type ConfigurationFile = z.output<typeof configurationSchema>;
