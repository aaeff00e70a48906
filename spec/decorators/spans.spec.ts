import { Task } from "../../lib/decorators/decorators.js";
import { InProcess } from "../scope/in-process.js";
import { spans } from "./cases/spans.js";

spans();

describe("private methods", () => {
  it("are traced under their own names", () => {
    using host = new InProcess();
    class Desk {
      readonly #suffix = "!";
      @Task() #secret(text: string): string {
        return text + this.#suffix;
      }
      @Task({ name: "shared" }) static #shared(text: string): string {
        return text.toUpperCase();
      }
      run(): string {
        return Desk.#shared(this.#secret("a"));
      }
    }
    expect(new Desk().run()).toBe("A!");
    expect(host.spans.map(({ name }) => name)).toEqual(["#secret.task", "shared.task"]);
  });
});
