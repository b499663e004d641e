/** What is noted in the definition of a domain, through the XML and back; on a real daemon the conformance suite tries it. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDomain, toDomain } from '../../activities/drivers/libvirt/domain.ts';
import { libvirtOptionsSchema } from '../../activities/drivers/libvirt/options.ts';
import { data, further } from './conformance/scene.ts';
import { flavor, machine } from './deliveries.ts';

const instanceId = '65469cba-c801-4534-a95e-8ca5650c0c4f';
const options = libvirtOptionsSchema.parse({
  uri: 'qemu:///system',
  directory: '/guests & more',
  images: '/images',
  volumes: '/volumes',
});
const noted = { instanceId, taskId: 'one', fence: '1.2.3', boot: 'one/boot/run', digest: 'abc', interfaces: [] };

/** Any sequence of UTF-16, and what XML and JSON give a meaning to. */
const text = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((codes) => String.fromCharCode(...codes)),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('</metadata>', ']]>', '&lt;', '&#10;', '\\u003c', '"', `'`, '\\', '<!--', ' \n\t\r ', ''),
);
const record = fc.record({
  projectId: text,
  userId: text,
  image: text,
  createdAt: text,
  launchedAt: fc.option(text),
  pendingResize: fc.constant(null),
  description: fc.option(text),
  metadata: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    text,
    { noNullPrototype: true },
  ),
  tags: fc.array(text),
  key: fc.record({ name: text, type: fc.constant('ssh' as const), publicKey: text }),
});

test('whatever people write is noted as it is, and means nothing in the definition', () => {
  fc.assert(
    fc.property(text, record, fc.array(text, { maxLength: 3 }), (name, wanted, networks) => {
      const interfaces = networks.map((network) => ({ ...further, network }));
      const definition = { ...machine, name, record: wanted, interfaces };
      const read = readDomain(toDomain(options, definition, { ...noted, interfaces }));
      expect(read.guest).toEqual({ name, flavor, hasConfigDrive: false, record: wanted });
      expect(read.noted).toEqual({ ...noted, interfaces });
      expect(read.ownDisks).toEqual(['root']);
    }),
  );
});

test('disks and volumes are told apart, and a config drive is neither', () => {
  const configDrive = { hostname: 'web-1', projectId: 'blue', metadata: {} };
  const definition = { ...machine, disk: 'rescue', otherDisks: ['root'], volumes: [data], configDrive };
  const { ownDisks, volumes } = readDomain(toDomain(options, definition, noted));
  expect({ ownDisks, volumes }).toEqual({ ownDisks: ['rescue', 'root'], volumes: [data] });
});

test.each([
  [[], ['vda', 'vdb']],
  [['/dev/vdb'], ['vda', 'vdc', 'vdb']],
  [
    ['/dev/vdc', '/dev/vdb'],
    ['vda', 'vdd', 'vdc', 'vdb'],
  ],
])('with volumes at %j no two disks are called alike', (volumeDevices, expected) => {
  const volumes = volumeDevices.map((device, index) => ({ volume: `data-${index}`, device }));
  const definition = { ...machine, disk: 'rescue', otherDisks: ['root'], volumes };
  expect(readDomain(toDomain(options, definition, noted)).disks).toEqual(expected);
});

test('with as many volumes as there can be there is a name left for the disk beside that of the rescue', () => {
  const volumes = Array.from('bcdefghijklmnopqrstuvwxyz', (letter) => ({
    volume: `data-${letter}`,
    device: `/dev/vd${letter}`,
  }));
  const definition = { ...machine, disk: 'rescue', otherDisks: ['root'], volumes };
  const { disks } = readDomain(toDomain(options, definition, noted));
  expect(disks.slice(0, 2)).toEqual(['vda', 'vdaa']);
  expect(new Set(disks).size).toBe(27);
});

test('a definition of an earlier version, or with something else in its place, is read without', () => {
  const xml = toDomain(options, machine, noted);
  expect(readDomain(xml)).toMatchObject({ noted, guest: null });
  const broken = '<g:guest xmlns:g="urn:instance-tasks:guest:1">{"name":</g:guest>'.replaceAll('g:', 'it-guest:');
  expect(readDomain(xml.replace('</metadata>', `${broken}</metadata>`))).toMatchObject({ noted, guest: null });
});
