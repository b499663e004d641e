/** Ports that are bound to the host, and the interfaces that the guest has. libvirt needs no ports: they are noted here. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { InputOf } from '../../../src/model/unit.ts';
import type { plugInterfaces, plugNetwork } from '../../../src/operations/units/index.ts';
import { deviceAlias, toInterfaceDevice } from './domain.ts';
import { plugDevices, type Devices } from './devices.ts';
import { noteDefinition } from './guests.ts';
import type { Act, Behaviour } from './unit.ts';

const portsSchema = z.array(z.string());

/** Ids of the ports beside the first; null where none is bound. */
async function boundPorts({ host, instanceId }: Act): Promise<readonly string[] | null> {
  const text = await readFile(host.file(instanceId, 'ports.json'), 'utf8').catch(() => null);
  return text === null ? null : portsSchema.parse(JSON.parse(text));
}

export const plugging: Behaviour<InputOf<typeof plugNetwork>, unknown> = {
  async change({ interfaces = [] }, act) {
    const wanted = interfaces.map(({ port }) => port);
    if ((await boundPorts(act))?.join() === wanted.join()) return;
    await act.delivery.put('port bound', act.host.file(act.instanceId, 'ports.json'), JSON.stringify(wanted));
  },
  report: async () => ({}),
};

export const unplugging: Behaviour<unknown, unknown> = {
  async change(_input, act) {
    if ((await boundPorts(act)) === null) return;
    await act.delivery.effect('port unbound', ['rm', '-f', act.host.file(act.instanceId, 'ports.json')]);
  },
  report: async () => ({}),
};

/** That of the guest itself. */
const first = deviceAlias('first');

export const interfacePlugging: Behaviour<InputOf<typeof plugInterfaces>, unknown> = {
  async change({ interfaces }, act) {
    const wanted = new Map(
      interfaces.map((each) => [deviceAlias(each.port), toInterfaceDevice(act.host.options, each)] as const),
    );
    const devices: Devices = {
      kind: 'interface',
      present: ({ aliases }) => new Map(aliases.interface.filter((each) => each !== first).map((each) => [each, each])),
      wanted: () => wanted,
    };
    await plugDevices(act, devices, 'interfaces plugged');
    const { noted } = await act.host.definition(act.instanceId, 'kept', act.context);
    if (!isDeepStrictEqual(noted?.interfaces, interfaces)) await noteDefinition(act, { digest: '', interfaces });
  },
  report: async () => ({}),
};
