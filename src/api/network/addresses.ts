/** Addresses of interfaces, where they are known. */
import ipaddr from 'ipaddr.js';
import type { NetworkInterface } from '../../model/attachments.ts';
import { findByNameOrId, type CatalogueNetwork } from '../../model/catalogue.ts';

/** Of an IPv6 subnet in which hosts choose their own addresses. */
const prefixBits = 64;

/**
 * The address that the interface was given, or the one that its guest gives itself by SLAAC (RFC 4862) on a network of 64
 * bits; null where only the network knows.
 */
export function addressOf(
  { fixedIp, network, mac }: NetworkInterface,
  networks: readonly CatalogueNetwork[],
): string | null {
  if (fixedIp !== undefined) return fixedIp;
  const subnet = findByNameOrId(networks, network)?.subnet ?? null;
  if (subnet === null) return null;
  const [prefix, bits] = ipaddr.parseCIDR(subnet);
  if (prefix.kind() !== 'ipv6' || bits !== prefixBits) return null;
  return ipaddr.fromByteArray([...prefix.toByteArray().slice(0, prefixBits / 8), ...interfaceIdOf(mac)]).toString();
}

/** Whether an address may be given to somebody in a subnet; anywhere is right where the subnet is not known. */
export function isWithin(address: string, subnet: string | null): boolean {
  if (subnet === null) return true;
  const [parsed, range] = [ipaddr.parse(address), ipaddr.parseCIDR(subnet)];
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

/** Modified EUI-64 (RFC 4291, appendix A). */
function interfaceIdOf(mac: string): number[] {
  const [first = 0, ...rest] = mac.split(':').map((byte) => parseInt(byte, 16));
  return [first ^ 0x02, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
}
