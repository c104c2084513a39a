/**
 * Which addresses the gateway may call on somebody's word. Whoever registers an address must not reach through it what only the
 * gateway can reach: the machine itself, its neighbours, the cloud's metadata service (server-side request forgery).
 */
import { BlockList, isIP } from "node:net";

/** `PUBLIC`: reachable from everywhere. `ALLOWED`: the operator's list names it. `REFUSED`: all others. */
export type AddressStanding = "PUBLIC" | "ALLOWED" | "REFUSED";
export type JudgeAddress = (address: string) => AddressStanding;

/** IANA IPv4 Special-Purpose Address Registry: all that is not globally reachable, and multicast. */
const SPECIAL_IPV4: readonly string[] = [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // shared between a carrier and its customers
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local, also the metadata service of clouds
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // former relays of 6to4
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarking
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
];

/**
 * All global unicast addresses of IPv6 begin like this. Outside are loopback, link-local, site-local, unique local, multicast, and
 * the forms that hold an IPv4 address: mapped (`::ffff:0:0/96`) and translated (`64:ff9b::/96`).
 */
const GLOBAL_IPV6 = "2000::/3";
const SPECIAL_IPV6: readonly string[] = [
  "2001::/23", // protocol assignments: Teredo, benchmarking, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4, which holds an IPv4 address
  "3fff::/20", // documentation
];

interface Cidr {
  readonly network: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

const CIDR = /^([0-9a-f.:]+)\/(\d{1,3})$/i;

function readCidr(text: string): Cidr | null {
  const [, network = "", digits = ""] = CIDR.exec(text) ?? [];
  const version = isIP(network);
  const prefix = Number(digits);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return null;
  return { network, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/** Whether it names a network as `10.20.0.0/16` or `fd12:3456::/48` does. */
export const isCidr = (text: string): boolean => readCidr(text) !== null;

/** @throws RangeError for what is not a network */
function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of networks) {
    const cidr = readCidr(text);
    if (cidr === null) throw new RangeError("a network must be written as address/prefix");
    list.addSubnet(cidr.network, cidr.prefix, cidr.family);
  }
  return list;
}

const specialIpv4 = listOf(SPECIAL_IPV4);
const globalIpv6 = listOf([GLOBAL_IPV6]);
const specialIpv6 = listOf(SPECIAL_IPV6);

/** Makes the rule; `allow` holds the networks that may be called although they are not public. What is no address is refused. */
export function createAddressRule(allow: readonly string[]): JudgeAddress {
  const allowed = listOf(allow);
  return (address) => {
    const version = isIP(address);
    // An address with a zone (`fe80::1%eth0`) is link-local.
    if (version === 0 || address.includes("%")) return "REFUSED";
    const family = version === 4 ? "ipv4" : "ipv6";
    if (allowed.check(address, family)) return "ALLOWED";
    return isPublic(address, family) ? "PUBLIC" : "REFUSED";
  };
}

const isPublic = (address: string, family: Cidr["family"]): boolean =>
  family === "ipv4"
    ? !specialIpv4.check(address, family)
    : globalIpv6.check(address, family) && !specialIpv6.check(address, family);
