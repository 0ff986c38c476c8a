/** What a clock in another time zone shows, there and back; on the nights when clocks are changed, too. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { clockIn, momentIn } from "../../service/static/inbox/view/settings/zone.js";

const MOMENTS = [
  ["Asia/Seoul", "2026-11-27T00:30", "2026-11-26T15:30:00.000Z"],
  ["Europe/Berlin", "2026-07-01T09:00", "2026-07-01T07:00:00.000Z"],
  ["Europe/Berlin", "2026-10-25T03:30", "2026-10-25T02:30:00.000Z"],
  ["America/New_York", "2026-03-08T03:00", "2026-03-08T07:00:00.000Z"],
  ["Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15:00.000Z"],
  ["Pacific/Kiritimati", "2026-01-01T00:00", "2025-12-31T10:00:00.000Z"],
];

for (const [zone, clock, moment] of MOMENTS)
  test(`${clock} in ${zone}`, () => {
    assert.equal(momentIn(zone, clock).toISOString(), moment);
    assert.equal(clockIn(zone, new Date(moment)), clock);
  });

test("a time that no clock shows is one beside it", () => {
  // From two to three the hour is missing.
  const at = momentIn("Europe/Berlin", "2026-03-29T02:30").getTime();
  assert.ok(Math.abs(at - Date.parse("2026-03-29T01:00:00Z")) <= 3_600_000);
});

test("every minute around a change of clocks comes back as itself", () => {
  for (const [zone, day] of [
    ["Europe/Berlin", "2026-03-29"],
    ["Australia/Lord_Howe", "2026-04-05"],
  ])
    for (let minute = -720; minute < 2160; minute += 7) {
      const clock = clockIn(zone, Date.parse(`${day}T00:00Z`) + minute * 60_000);
      assert.equal(clockIn(zone, momentIn(zone, clock)), clock);
    }
});
