import { describe, expect, it } from "vitest";
import { createAddressRule, isCidr } from "../../../src/lib/outbound-address.ts";
import { mayCall, readOutboundUrl } from "../../../src/lib/outbound-url.ts";

const judge = createAddressRule([]);

describe("an address", () => {
  it.each([
    ["0.0.0.0", "this network"],
    ["0.1.2.3", "this network"],
    ["10.0.0.1", "private"],
    ["10.255.255.255", "private"],
    ["100.64.0.1", "carrier"],
    ["100.127.255.255", "carrier"],
    ["127.0.0.1", "loopback"],
    ["127.255.0.1", "loopback"],
    ["169.254.169.254", "metadata service"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.0.0.8", "protocol assignments"],
    ["192.0.2.1", "documentation"],
    ["192.88.99.1", "6to4 relay"],
    ["192.168.1.1", "private"],
    ["198.18.0.1", "benchmarking"],
    ["198.19.255.255", "benchmarking"],
    ["198.51.100.7", "documentation"],
    ["203.0.113.9", "documentation"],
    ["224.0.0.1", "multicast"],
    ["239.255.255.255", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "broadcast"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::127.0.0.1", "IPv4-compatible"],
    ["::ffff:127.0.0.1", "mapped loopback"],
    ["::ffff:7f00:1", "mapped loopback"],
    ["::ffff:8.8.8.8", "mapped public"],
    ["::ffff:0:10.0.0.1", "translated"],
    ["64:ff9b::10.0.0.1", "NAT64"],
    ["64:ff9b:1::a00:1", "NAT64, local"],
    ["100::1", "discard"],
    ["2001::1", "Teredo"],
    ["2001:2::1", "benchmarking"],
    ["2001:db8::1", "documentation"],
    ["2002:7f00:1::", "6to4 of loopback"],
    ["3fff::1", "documentation"],
    ["fc00::1", "unique local"],
    ["fd12:3456::1", "unique local"],
    ["fe80::1", "link-local"],
    ["fe80::1%eth0", "link-local with a zone"],
    ["fec0::1", "site-local"],
    ["ff02::1", "multicast"],
    ["localhost", "no address"],
    ["", "no address"],
  ])("%s is refused (%s)", (address) => {
    expect(judge(address)).toBe("REFUSED");
  });

  it.each([
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "223.255.255.255",
    "2a00:1450::1",
  ])("%s is public", (address) => {
    expect(judge(address)).toBe("PUBLIC");
  });

  it("is allowed where the operator's list names its network, and only there", () => {
    const allowing = createAddressRule(["10.20.0.0/16", "fd12:3456::/48"]);
    expect(["10.20.3.4", "10.21.0.1", "fd12:3456::9", "fd12:3457::9"].map(allowing)).toEqual([
      "ALLOWED",
      "REFUSED",
      "ALLOWED",
      "REFUSED",
    ]);
  });

  it("makes no list of what is no network", () => {
    expect(["10.0.0.0/8", "fd00::/8", "::1/128"].map(isCidr)).toEqual([true, true, true]);
    expect(["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "host/8", "::/129", "", "10.0.0.0/8 "].map(isCidr)).toEqual(
      new Array(7).fill(false),
    );
    expect(() => createAddressRule(["10.0.0.0/40"])).toThrow(RangeError);
  });
});

describe("a URL", () => {
  it.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.1/",
    "https://127.0.1/",
    "https://%31%32%37.0.0.1/",
    "https://127。0。0。1/",
    "https://①②⑦.0.0.1/",
    "https://１２７.0.0.1/",
    "https://127.0.0.1./",
    "https:\\\\127.0.0.1\\",
    "https:127.0.0.1",
    " https://127.0.0.1\n",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://0/",
  ])("%j leads to no address that may be called", (text) => {
    const url = readOutboundUrl(text);
    expect(url === null || !mayCall(url, [judge(url.host)])).toBe(true);
  });

  it.each([
    ["credentials", "https://user:password@example.org/"],
    ["a user", "https://user@example.org/"],
    ["a fragment", "https://example.org/#part"],
    ["an empty fragment", "https://example.org/#"],
    ["a dot at the end of its host", "https://example.org./"],
    ["another scheme", "ftp://example.org/"],
    ["a scheme without a host", "file:///etc/passwd"],
    ["data", "data:text/plain,x"],
    ["no scheme", "example.org/hook"],
    ["no host", "https://"],
    ["a space in its host", "https://exam ple.org/"],
    ["a number that is no address", "https://256.1.1.1/"],
    ["nothing", ""],
  ])("with %s is none", (_what, text) => {
    expect(readOutboundUrl(text)).toBeNull();
  });

  it("is called on the two ports of HTTPS only, and by HTTPS only, where its address is public", () => {
    const may = (text: string): boolean => {
      const url = readOutboundUrl(text);
      return url !== null && mayCall(url, ["PUBLIC"]);
    };
    expect(["https://a.org/", "https://a.org:443/", "https://a.org:8443/x?y=z"].map(may)).toEqual([true, true, true]);
    expect(["https://a.org:22/", "https://a.org:80/", "http://a.org/", "http://a.org:443/"].map(may)).toEqual(
      new Array(4).fill(false),
    );
  });

  it("is called on any port and by HTTP too where all its addresses are allowed, and not where one of them is not", () => {
    const url = readOutboundUrl("http://receiver.internal:8080/hook");
    if (url === null) throw new Error("it is a URL");
    expect(mayCall(url, ["ALLOWED", "ALLOWED"])).toBe(true);
    expect(mayCall(url, ["ALLOWED", "PUBLIC"])).toBe(false);
    expect(mayCall(url, ["ALLOWED", "REFUSED"])).toBe(false);
    expect(mayCall(url, [])).toBe(false);
  });
});
