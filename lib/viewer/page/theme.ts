import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const KEY = "respan-instructor-theme";

export function savedTheme(): Theme {
  try {
    const saved = localStorage.getItem(KEY);
    return saved === "light" || saved === "dark" ? saved : "system";
  } catch {
    return "system";
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

const systemDark = matchMedia("(prefers-color-scheme: dark)");

/** What is shown, and a function that changes to the other. */
export function useTheme(): { isDark: boolean; toggle: () => void } {
  const [theme, setTheme] = useState(savedTheme);
  const [isSystemDark, setSystemDark] = useState(systemDark.matches);
  useEffect(() => {
    const follow = (): void => setSystemDark(systemDark.matches);
    systemDark.addEventListener("change", follow);
    return () => systemDark.removeEventListener("change", follow);
  }, []);
  const isDark = theme === "dark" || (theme === "system" && isSystemDark);
  const toggle = (): void => {
    const next = isDark ? "light" : "dark";
    applyTheme(next);
    setTheme(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Without storage the choice lasts until the page is closed.
    }
  };
  return { isDark, toggle };
}
