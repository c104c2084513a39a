import { describe, expect, it } from "vitest";
import { findLockfileFaults } from "../../../scripts/check-lockfile.ts";

const sound = { version: "1.0.0", integrity: "sha512-AAAA", license: "MIT" };
const faultsOf = (locked: object) =>
  findLockfileFaults(JSON.stringify({ lockfileVersion: 3, packages: { "": { name: "root" }, "node_modules/a": locked } }));

describe("the check of the lockfile", () => {
  it.each([
    ["with a digest and no address", sound],
    ["from the public registry", { ...sound, resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz" }],
    ["packed inside another one", { version: "1.0.0", inBundle: true, license: "MIT" }],
    ["under two permissive licences at once", { ...sound, license: "(MIT AND BSD-3-Clause)" }],
    ["under a choice of licences", { ...sound, license: "(GPL-3.0 OR MIT)" }],
    ["of any licence that is only used to develop", { ...sound, license: "MPL-2.0", dev: true }],
  ])("accepts a package %s", (_what, locked) => {
    expect(faultsOf(locked)).toEqual([]);
  });

  it.each([
    ["from another host", { ...sound, resolved: "https://mirror.example/a/-/a-1.0.0.tgz" }],
    ["over plain HTTP", { ...sound, resolved: "http://registry.npmjs.org/a/-/a-1.0.0.tgz" }],
    ["with credentials in its address", { ...sound, resolved: "https://user:password@registry.npmjs.org/a/-/a-1.0.0.tgz" }],
    ["without a digest", { version: "1.0.0", license: "MIT" }],
    ["with a digest that can be forged", { ...sound, integrity: "sha1-AAAA" }],
    ["that is a folder of one machine", { ...sound, link: true, resolved: "../a" }],
    ["under a licence nobody agreed to", { ...sound, license: "AGPL-3.0" }],
    ["under one permissive licence and one that is not", { ...sound, license: "(MIT AND GPL-3.0)" }],
    ["without a licence", { version: "1.0.0", integrity: "sha512-AAAA" }],
  ])("refuses a package %s", (_what, locked) => {
    expect(faultsOf(locked)).not.toEqual([]);
  });

  it("repeats no address, which may hold credentials", () => {
    expect(faultsOf({ ...sound, resolved: "https://user:password@mirror.example/" }).join()).not.toContain("mirror");
  });

  it("refuses a lockfile of another version", () => {
    expect(() => findLockfileFaults(JSON.stringify({ lockfileVersion: 1, packages: {} }))).toThrow();
  });
});
