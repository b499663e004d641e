import { operation, type TaskContext } from '../model/operation.ts';
import type { DetachInterfaceInput } from './detach-interface.schema.ts';
import { bindPorts, interfacesOf, plugIn } from './interface-steps.ts';
import { needsHost } from './where.ts';

const shown = { taskState: null, event: 'compute_detach_interface' } as const;

const withoutIt = (context: TaskContext<DetachInterfaceInput>) =>
  interfacesOf(context).filter(({ port }) => port !== context.input.port);

/** The first interface stays: it goes with the instance. A guest that does not let go of one keeps it. */
export const detachInterface = operation<DetachInterfaceInput>()({
  name: 'detachInterface',
  purpose: 'Takes a network interface from the instance that it was given beside its first.',
  allowedFrom: ['active', 'paused', 'stopped'],
  refusal: ({ input, instance }) =>
    interfacesOf({ instance }).some(({ port }) => port === input.port)
      ? needsHost({ instance })
      : `it was given no port ${input.port}`,
  describe: ({ port }) => port,
})
  .step('unplug', plugIn(shown, withoutIt))
  .step('unbind', bindPorts(shown, withoutIt))
  .keepsState((context) => ({ interfaces: withoutIt(context) }));
