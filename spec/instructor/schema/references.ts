/** What a JSON Schema refers to, each resolved within it; throws where there is nothing. */
export function resolvedReferences(root: unknown): unknown[] {
  return referencesIn(root).map((reference) => {
    if (!reference.startsWith("#")) throw new Error(`${reference} is not within the schema`);
    let at = root;
    for (const segment of reference.split("/").slice(1)) {
      const key = segment.replaceAll("~1", "/").replaceAll("~0", "~");
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, key))
        throw new Error(`${reference} leads nowhere`);
      at = (at as Record<string, unknown>)[key];
    }
    return at;
  });
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) =>
    key === "$ref" && typeof member === "string" ? [member] : referencesIn(member),
  );
}
