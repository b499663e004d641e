/** What an operation would do, asked of everybody whom the operation itself would ask. Only queries: it leaves no trace. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { claimRefusal, resourcesOf } from '../model/host.ts';
import { inOrderOfChoice, noRoomDetail, noRoomRemark } from '../model/placement.ts';
import { hasEnded, hostWorkflowId, instanceWorkflowId, type TaskRequest } from '../model/task.ts';
import { admit, type Occupancy } from '../operations/admission.ts';
import { operations, type OperationName } from '../operations/index.ts';
import { courseOf, type CapacityCheck, type Plan, type PlannedClaim } from '../operations/plan.ts';
import { hostQuery, instanceStateQuery } from '../../workflows/messages.ts';
import { listCandidates } from './candidates.ts';
import { readDurations } from './durations.ts';
import { query } from './gateway.ts';
import { refresh } from './read.ts';
import { requestOf, type SubmitOptions } from './submit.ts';
import { unsupportedProblem } from './unsupported.ts';

/** Makes a plan. The input has been parsed. Throws {@link NotFoundError}. */
export async function makePlan(
  client: Client,
  operation: OperationName,
  instanceId: string,
  input: unknown,
  options: SubmitOptions,
): Promise<Plan> {
  const request = requestOf(operation, instanceId, input, options);
  const [occupancy, durations] = await Promise.all([readOccupancy(client, instanceId), readDurations(client)]);
  const { instance } = occupancy;
  const { id: taskId, actor, createdAt: requestedAt } = request;
  const purpose = { input, instance, taskId, actor, requestedAt };
  const course = courseOf(operations[operation], purpose, durations?.[operation] ?? null);
  const capacity = await Promise.all(course.claims.map((claim) => checkCapacity(client, claim)));
  const judged = judge(occupancy, request, options);
  const unsupported = await unsupportedProblem(client, operation, instance, course.claims);
  const verdict = unsupported === null ? judged.verdict : 'refuse';
  const problem = unsupported ?? judged.problem;
  return {
    ...course,
    operation,
    instanceId,
    instanceName: instance.name,
    verdict,
    problem,
    capacity,
    couldStart: problem === null && capacity.every(({ refusal }) => refusal === null),
  };
}

function judge(occupancy: Occupancy, request: TaskRequest, { queue = false }: SubmitOptions) {
  const admission = admit(occupancy, request, queue ? 'queue' : 'refuse');
  return { verdict: admission.verdict, problem: admission.verdict === 'refuse' ? admission.problem : null };
}

const firstPauseMs = 5;
const lastPauseMs = 2_000;

/** What is under way on an instance. One whose task has just ended is about to hear of it: that is waited for. */
async function readOccupancy(client: Client, instanceId: string): Promise<Occupancy> {
  for (let pause = firstPauseMs; ; pause *= 2) {
    const state = await query(client, instanceWorkflowId(instanceId), instanceStateQuery);
    const { instance, queue: queued, looseEnds } = state;
    const running = state.running && (await refresh(client, state.running));
    if (running === null || !hasEnded(running.status) || pause > lastPauseMs) {
      return { instance, running, queued, looseEnds, now: new Date().toISOString() };
    }
    await delay(pause);
  }
}

/** Asks the hosts in the order in which placement would, and claims nothing. */
async function checkCapacity(client: Client, { step, wish }: PlannedClaim): Promise<CapacityCheck> {
  const asked = inOrderOfChoice(await listCandidates(client, wish), wish);
  const wanted = resourcesOf(wish.flavor);
  for (const { name } of asked) {
    const host = await query(client, hostWorkflowId(name), hostQuery);
    if (claimRefusal(host, wanted) === null) return { step, host: name, refusal: null, detail: null };
  }
  return { step, host: null, refusal: noRoomRemark(wish), detail: noRoomDetail(wish, asked) };
}
