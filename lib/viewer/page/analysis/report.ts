import { useEffect, useState } from "preact/hooks";
import { get } from "../client.js";
import type { Live } from "../live.js";
import { analysisParameters } from "../model/route.js";
import type { AnalysisQuery } from "../model/route.js";

export interface Report<Answer> {
  readonly answer?: Answer;
  readonly error?: string;
}

const RELOAD_MS = 2_000;

/** An answer of the API about many calls, read again while new ones arrive. */
export function useReport<Answer>(name: string, query: AnalysisQuery, live: Live): Report<Answer> {
  const [report, setReport] = useState<Report<Answer>>({});
  const parameters = analysisParameters(query).toString();
  useEffect(() => {
    const requests = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      timer = undefined;
      get<Answer>(`/api/${name}?${parameters}`, requests.signal).then(
        (answer) => setReport({ answer }),
        (reason: unknown) => {
          if (requests.signal.aborted) return;
          const error = reason instanceof Error ? reason.message : String(reason);
          setReport((before) => ({ ...before, error }));
        },
      );
    };
    load();
    const again = (): void => {
      timer ??= setTimeout(load, RELOAD_MS);
    };
    const stop = live.listen({ trace: again, opened: again });
    return () => {
      stop();
      clearTimeout(timer);
      requests.abort();
    };
  }, [name, parameters, live]);
  return report;
}
