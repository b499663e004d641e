import { interfaceOn } from '../model/attachments.ts';
import { operation, type TaskContext } from '../model/operation.ts';
import type { AttachInterfaceInput } from './attach-interface.schema.ts';
import { bindPorts, interfacesOf, plugIn } from './interface-steps.ts';
import { needsHost } from './where.ts';

const shown = { taskState: null, event: 'compute_attach_interface' } as const;
type Context = TaskContext<AttachInterfaceInput>;

/** The port that the instance gets: named after the task where the caller has none. */
const newPort = ({ input, taskId }: Pick<Context, 'input' | 'taskId'>): string => input.port ?? taskId;

const withIt = (context: Context) => [...interfacesOf(context), interfaceOn(context.input, newPort(context))];

export const attachInterface = operation<AttachInterfaceInput>()({
  name: 'attachInterface',
  purpose: 'Gives the instance one more network interface; one that runs has it at once.',
  allowedFrom: ['active', 'paused', 'stopped'],
  refusal: ({ input, instance }) =>
    interfacesOf({ instance }).some(({ port }) => port === input.port)
      ? `it has the port ${input.port ?? ''} already`
      : needsHost({ instance }),
  describe: ({ network }) => `to ${network}`,
  result: (context) => ({ port: newPort(context) }),
})
  .step('bind', bindPorts(shown, withIt))
  .step('plug', plugIn(shown, withIt))
  .keepsState((context) => ({ interfaces: withIt(context) }));
