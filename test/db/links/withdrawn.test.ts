/** Links follow what is withdrawn: they rest on rows, whoever wrote or removed them. */
import { beforeAll, describe, expect, it } from "vitest";
import { event, named, person, recordOf } from "../../support/journey-records.ts";
import { provideControlBench } from "../control/control-bench.ts";
import { city, coast } from "../submission/submission-bench.ts";
import { createLinkBench, type LinkBench } from "./link-bench.ts";

const control = provideControlBench();
let link: LinkBench;
beforeAll(() => {
  link = createLinkBench(control().bench.test);
});

const CALLED = { surname: "Aldous", forename: "Ann", postcode: "YO10 5DD" };

describe("links of what is withdrawn", () => {
  it("come back with the name and postcode that stood before", async () => {
    const { bench, withdraw } = control();
    await bench.send(city, [recordOf(1, { patient: person(1, CALLED) })]);
    await bench.send(coast, [recordOf(2, { patient: person(2, CALLED) })]);
    await link.workOff();
    const proposed = await link.links();
    expect(proposed.pairs).toHaveLength(1);
    const moved = await bench.send(city, [recordOf(1, { patient: named(1, { postcode: "LS1 4AP" }) })]);
    await link.workOff();
    expect((await link.links()).pairs).toEqual([]);
    await withdraw(city, moved.header.id);
    await link.workOff();
    expect(await link.links()).toEqual(proposed);
  });

  it("go with an event and with a patient that a withdrawal removes", async () => {
    const { bench, withdraw } = control();
    const before = await link.links();
    await bench.send(city, [recordOf(3)]);
    const south = await bench.send(coast, [recordOf(3, { initiatingEvents: [event()] })]);
    await link.workOff();
    const joined = await link.links();
    const added = await bench.send(city, [recordOf(3, { initiatingEvents: [event()] })]);
    await link.workOff();
    expect((await link.links()).episodes).toHaveLength(1);
    await withdraw(city, added.header.id);
    await link.workOff();
    expect(await link.links()).toEqual(joined);
    await withdraw(coast, south.header.id);
    await link.workOff();
    expect(await link.links()).toEqual(before);
  });
});
