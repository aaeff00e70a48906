// A program's own tests with `respan-instructor/testing`, as an ES module.
import assert from "node:assert";
import { after, before, test } from "node:test";
import { withTask, withWorkflow } from "respan-instructor";
import { captureSpans } from "respan-instructor/testing";

const desk = (name) => withWorkflow({ name }, async () => withTask({ name: "look_up" }, () => name.length));

let spans;
before(() => {
  spans = captureSpans();
});
after(() => spans.dispose());

for (const name of ["first", "second"]) {
  test(name, { concurrency: true }, async () => {
    const own = await spans.within(() => desk(name));
    assert.equal(own.result, name.length);
    assert.equal(own.tree(), `${name}.workflow\n  look_up.task`);
    assert.equal(own.find("look_up").output, name.length);
  });
}

test("refuses a second capture", () => {
  assert.throws(() => captureSpans(), /spans are captured already/);
});
