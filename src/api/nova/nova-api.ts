/** Nova's API v2.1, so that its clients work unchanged: every action is a task. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../application.ts';
import { BadRequest } from '../http-error.ts';
import { addImages } from '../image/image-api.ts';
import { readJsonBodies } from '../json-bodies.ts';
import type { Quotas } from '../quotas.ts';
import { toHttpError } from '../to-http-error.ts';
import { addAbsentResources } from './absent-resources.ts';
import { addCreateServer } from './create-server.ts';
import { toFaultBody } from './fault-body.ts';
import { addFlavors } from './flavors.ts';
import { addInstanceActions } from './instance-actions.ts';
import { addInterfaces } from './interfaces.ts';
import { addKeyPairs } from './key-pairs.ts';
import { addServerLists } from './list-servers.ts';
import { addMetadata } from './metadata.ts';
import { addMigrations } from './migrations.ts';
import { olderVersionHeader, versionHeader } from './microversion.ts';
import { expectOwnProject, negotiate } from './negotiate.ts';
import type { NovaContext } from './nova-context.ts';
import { addPlatform } from './platform.ts';
import { addLimits } from './project-limits.ts';
import { addServers } from './servers.ts';
import { since } from './since.ts';
import { addTags } from './tags.ts';
import { addVersion } from './versions.ts';
import { addVolumeAttachments } from './volume-attachments.ts';

/** Adds its routes, below `/v2.1` and, as older clients write it, below `/v2.1/{project}`. */
export async function addNovaApi(api: Api, context: NovaContext, quotas: Quotas): Promise<void> {
  for (const prefix of ['/v2.1', '/v2.1/:project_id']) {
    await api.register(
      async (scope: Api) => {
        scope.setErrorHandler(answerWithFault);
        scope.setNotFoundHandler(answerNotFound);
        // Nova takes a body in plain text for JSON.
        readJsonBodies(scope, 'text/plain');
        saysJson(scope);
        negotiate(scope);
        expectOwnProject(scope);
        if (prefix === '/v2.1') addVersion(scope);
        addResources(scope, context, quotas);
        await scope.register(async (older: Api) => {
          // Nova itself passes these on up to 2.35; clients that know one address look for images there.
          older.addHook('onRequest', since(1, 35));
          addImages(older, context.reach, '');
        });
      },
      { prefix },
    );
  }
}

function addResources(api: Api, context: NovaContext, quotas: Quotas): void {
  addServerLists(api, context);
  addCreateServer(api, context, quotas);
  addServers(api, context);
  addMetadata(api, context);
  addTags(api, context);
  addInstanceActions(api, context);
  addMigrations(api, context);
  addVolumeAttachments(api, context);
  addInterfaces(api, context);
  addKeyPairs(api, context);
  addFlavors(api, context);
  addPlatform(api, context);
  addLimits(api, quotas);
  addAbsentResources(api, context);
}

/** Nova does so of empty answers, too. */
function saysJson(api: Api): void {
  api.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('content-type')) void reply.header('content-type', 'application/json');
  });
}

/** Paths that Nova does not know are answered by its router, in plain text and before any version is looked at. */
async function answerNotFound(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  for (const name of [versionHeader, olderVersionHeader, 'vary']) reply.removeHeader(name);
  return reply.code(404).type('text/plain').send('404 Not Found\n\nThe resource could not be found.\n');
}

async function answerWithFault(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = isMalformed(error) ? new BadRequest('Malformed request body') : toHttpError(error);
  if (answer.statusCode >= 500) request.log.error({ err: error, requestId: request.id }, 'a request has failed');
  return reply.code(answer.statusCode).send(toFaultBody(answer));
}

/** What fastify says of a body that is no JSON, or of none. */
const isMalformed = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  (error instanceof Error && 'code' in error && /^FST_ERR_CTP_(EMPTY|INVALID)_JSON_BODY$/.test(String(error.code)));
