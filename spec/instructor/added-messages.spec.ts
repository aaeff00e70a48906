import { addedMessages } from "../../lib/instructor/call/attempt.js";

const [system, user, failed, correction] = ["system", "user", "assistant", "user"].map((role) => ({ role }));

describe("the messages that Instructor adds to the caller's", () => {
  it.each<[what: string, sent: unknown, callers: unknown[], added: unknown[]]>([
    ["none", [user], [user], []],
    ["none, where the caller has several", [system, user], [system, user], []],
    ["one before them", [system, user], [user], [system]],
    ["those of a retry", [user, failed, correction], [user], [failed, correction]],
    ["some on both sides", [system, user, failed, correction], [user], [system, failed, correction]],
    ["some between them", [user, system, failed], [user, failed], [system]],
    ["all, where the caller has none", [system, user], [], [system, user]],
    ["none, where fewer are sent", [user], [system, user], []],
    ["none, where they change places", [user, system], [system, user], []],
    ["one in place of the caller's", [{ role: "user" }], [user], [{ role: "user" }]],
    ["none, where no list is sent", "messages", [user], []],
    ["none, where nothing is sent", undefined, [user], []],
  ])("are told apart: %s", (_, sent, callers, added) => {
    const found = addedMessages(sent, callers);
    expect(found).toHaveLength(added.length);
    expect(found).toEqual(added);
    for (const message of found) expect(callers).not.toContain(message);
  });
});
