import { setHandler } from '@temporalio/workflow';
import { disagrees, isPowerState } from '../../src/model/states.ts';
import { reportPowerState, type PowerStateReport } from '../messages.ts';
import type { InstanceEntity } from './entity.ts';
import type { TaskStarter } from './start-task.ts';

/**
 * Hears from the host what the guest does. What the record does not say becomes a visible task, which looks itself. While
 * a task runs or waits, or has left something, the guest may be anything: the host tells it again later.
 */
export function listenForPowerStates(entity: InstanceEntity, starter: TaskStarter): void {
  const handler = (report: PowerStateReport): void => {
    if (entity.isAtRest && isNews(entity, report)) starter.syncPowerState(report);
  };
  setHandler(reportPowerState, handler, {
    description: 'What the hypervisor says of the guest. Argument: {"host": "...", "powerState": "SHUTDOWN"}',
  });
}

/** Hand-written signals may carry anything, and a host that the instance has left may know less than it thinks. */
const isNews = ({ instance }: InstanceEntity, { host, powerState }: PowerStateReport): boolean =>
  isPowerState(powerState) && host === instance.residence?.host && disagrees(instance, powerState);
