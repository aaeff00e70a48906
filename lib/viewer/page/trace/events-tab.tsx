import type { JSX } from "preact";
import type { ApiSpan } from "../../api.js";
import { clockText, durationText } from "../model/format.js";
import { routeHash } from "../model/route.js";
import { Entries } from "./attributes-tab.js";

export function EventsTab({ span }: { span: ApiSpan }): JSX.Element {
  return (
    <>
      {span.events.map(({ name, time, attributes }, index) => (
        <section class="card" key={index}>
          <h3>
            {name === "" ? "(no name)" : name}
            <span class="quiet" title={clockText(time)}>
              {" "}
              +{durationText(time - span.startTime)}
            </span>
          </h3>
          <Entries entries={Object.entries(attributes)} />
        </section>
      ))}
      {span.links.map(({ traceId, spanId, attributes }, index) => (
        <section class="card" key={`link ${index}`}>
          <h3>
            Link to <a href={routeHash({ page: "trace", traceId, spanId })}>{spanId}</a>
          </h3>
          <Entries entries={Object.entries(attributes)} />
        </section>
      ))}
    </>
  );
}
