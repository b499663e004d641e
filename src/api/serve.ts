/** The API as a process serves it: from the configuration to the socket. */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { InstanceTasks } from '../client/client.ts';
import type { SecretKeys } from '../secrets/secret-keys.ts';
import { anyOf, type Authenticator } from '../authentication/authenticator.ts';
import { Identities } from '../authentication/identities.ts';
import { ProviderTokens, type ProviderSettings } from '../authentication/provider-tokens.ts';
import { SessionTokens } from '../authentication/session-tokens.ts';
import { ReadModel } from '../read-model/read-model.ts';
import { buildApi } from './api.ts';
import type { ServedRoute } from './application.ts';
import type { QuotaSettings } from '../model/quota.ts';

export interface ServeSettings {
  readonly ip: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** File of projects and users. */
  readonly identities: string | null;
  readonly provider: ProviderSettings | null;
  readonly tokenHours: number;
  readonly requestsPerMinute: number;
  readonly bodyLimitBytes: number;
  readonly quotas: QuotaSettings;
  /** URL of the database that lists are answered from. */
  readonly readModel: string;
  /** Files in PEM. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
}

/** The API cannot be served so; the message says why, and what would be right. */
export class UnservableApi extends Error {
  override readonly name = 'UnservableApi';
}

export interface ServedApi {
  readonly url: string;
  readonly routes: readonly ServedRoute[];
  /** Answers what was asked, and closes. */
  close(): Promise<void>;
}

const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.');

/** Listens. Throws {@link UnservableApi}, and what reading a file throws. */
export async function serveApi(
  client: InstanceTasks,
  settings: ServeSettings,
  { logger, secretKeys }: { readonly logger: Logger; readonly secretKeys: SecretKeys },
): Promise<ServedApi> {
  const { ip, port, tls, requestsPerMinute, bodyLimitBytes } = settings;
  if (tls === null && !isLoopback(ip)) {
    throw new UnservableApi(`without TLS the API is served on loopback only, not on ${ip}: say tls, or 127.0.0.1`);
  }
  const identities = settings.identities === null ? null : await Identities.read(settings.identities);
  const tokens = identities && sessionTokens(identities, secretKeys, settings.tokenHours);
  const authenticators: Authenticator[] = [];
  if (tokens !== null) authenticators.push(tokens);
  if (settings.provider !== null) authenticators.push(new ProviderTokens(settings.provider));
  const readModel = await ReadModel.open(client.changes, settings.readModel);
  const { api, routes } = await buildApi({
    client,
    readModel,
    quotas: settings.quotas,
    secretKeys,
    authenticator: anyOf(authenticators),
    identity: identities && tokens && { identities, tokens },
    logger,
    requestsPerMinute,
    bodyLimitBytes,
    https: tls && { cert: await readFile(tls.certificate, 'utf8'), key: await readFile(tls.key, 'utf8') },
  });
  api.addHook('onClose', () => readModel.close());
  await api.listen({ host: ip, port });
  return { url: urlOf(api.server.address(), tls === null ? 'http' : 'https'), routes, close: () => api.close() };
}

/** What signs and reads the tokens of these users. Throws {@link UnservableApi} without a secret key. */
export function sessionTokens(identities: Identities, secretKeys: SecretKeys, hours: number): SessionTokens {
  const key = secretKeys.current?.tokens;
  if (key === undefined)
    throw new UnservableApi('tokens are signed with the secret keys, and there are none: set ITASK_SECRET_KEYS');
  return new SessionTokens(key, identities, hours * 3_600);
}

function urlOf(address: AddressInfo | string | null, protocol: string): string {
  if (address === null || typeof address === 'string') throw new UnservableApi('the API listens at no port');
  return `${protocol}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
