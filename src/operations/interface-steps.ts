/** Steps by which an instance gets network interfaces beside its first, and loses them. */
import type { Attachments, NetworkInterface } from '../model/attachments.ts';
import { plugInterfaces, plugNetwork } from './units/index.ts';
import { hostOf, type OfInstance } from './where.ts';

interface Shown {
  readonly taskState: null;
  readonly event: string;
}
type Interfaces = readonly NetworkInterface[];

/** The interfaces that the instance has beside its first. */
export const interfacesOf = ({ instance }: OfInstance): Interfaces => instance.interfaces ?? [];

/** The ports to bind where the instance is: its first, and those of its other interfaces. */
export const portsOf = (context: OfInstance): Pick<Attachments, 'interfaces'> => asPorts(interfacesOf(context));

const asPorts = (interfaces: Interfaces): Pick<Attachments, 'interfaces'> =>
  interfaces.length === 0 ? {} : { interfaces };

/** Binds the ports of these interfaces to the host of the instance, beside the first one, and no others. */
export const bindPorts = <Context extends OfInstance>(shown: Shown, to: (context: Context) => Interfaces) =>
  ({
    ...shown,
    deadline: '2m',
    unit: plugNetwork,
    on: hostOf,
    with: (context: Context) => asPorts(to(context)),
    undo: { unit: plugNetwork, on: hostOf, with: portsOf },
  }) as const;

/** Plugs these interfaces into the guest, beside the first one, and no others. */
export const plugIn = <Context extends OfInstance>(shown: Shown, to: (context: Context) => Interfaces) =>
  ({
    ...shown,
    deadline: '5m',
    unit: plugInterfaces,
    on: hostOf,
    with: (context: Context) => ({ interfaces: to(context) }),
    undo: {
      unit: plugInterfaces,
      on: hostOf,
      with: (context: Context) => ({ interfaces: interfacesOf(context) }),
    },
  }) as const;
