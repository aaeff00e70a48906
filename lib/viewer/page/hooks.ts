import { useEffect, useRef, useState } from "preact/hooks";
import { parseRoute, routeHash } from "./model/route.js";
import type { Route } from "./model/route.js";

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const read = (): void => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return route;
}

export function go(route: Route, { replace = false } = {}): void {
  const hash = routeHash(route);
  if (!replace) location.hash = hash;
  else if (location.hash !== hash) {
    history.replaceState(null, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
}

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Keys of the page, while nothing is written into a field and no dialog is open. Only Escape leaves a field. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      const { target } = event;
      const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
      if (isField && event.key !== "Escape") return;
      // Enter on a button or a link is the button's.
      if (event.key === "Enter" && target instanceof Element && target.closest("a, button, summary")) return;
      // In the details these keys scroll.
      if (/^(Arrow|Page|Home|End)/.test(event.key) && target instanceof Element && target.closest(".panel")) return;
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const read = (): void => setMatches(media.matches);
    media.addEventListener("change", read);
    return () => media.removeEventListener("change", read);
  }, [query]);
  return matches;
}
