import type { FieldRule } from "./field-rules.js";
import type { FieldKind } from "./secret-values.js";

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** What a name may add to the name of a secret: `password_hash`, `userPasswordField`, `API_KEY_PROD`, `token_v2`. */
const NEUTRAL = list(
  "value values val text field input box hash digest confirmation confirm again repeat retype plain plaintext clear pem raw " +
    "encrypted enc prod production staging stage dev test live sandbox old new current previous backup primary secondary " +
    "default header str string data content env var main temp tmp initial base64 base b64 b v local remote admin user ref key",
);
/** What makes it the name of a property of the secret: `password_min_length`, `token_type`, `SharedAccessKeyName`. */
const PROPERTIES = list(
  "min max length size count policy rules rule strength hint reset required expired expires expiry expire expiration age ttl type " +
    "name id ids url uri endpoint path file format label placeholder help error message changed updated created date time at " +
    "status state enabled disabled allowed limit limits attempts used usage budget index version algorithm alg bits prefix suffix " +
    "provider source location note description insight ring economics manager rotation scope scopes lifetime timeout valid is " +
    "has verified forgotten lost question owner kind category level",
);
/** What makes a token or a key an ordinary one. */
const PLAIN = list(
  "page next continuation pagination sync cursor stop eos pad bos unk mask sep cls special first last per by start end begin " +
    "max min prev each output input prompt completion single total cached reasoning audio public primary foreign cache gpg pgp " +
    "idempotency partition sort object row routing dedup dedupe group map answer turn registry site translation shortcut",
);
const MOST_WORDS = 6;
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 64;
const SHORTEST_ENDING = 6;

/** Says of the names of members, headers, variables and parameters which kind of value is masked under them. */
export class FieldNames {
  readonly #kinds = new Map<string, FieldKind>();
  readonly #own: ReadonlySet<string>;
  /** What was said of names lately: the same come again and again. */
  readonly #known = new Map<string, FieldKind | undefined>();

  /** @param own Names that the user added, in any case and naming style; the whole name has to be the same. */
  constructor(
    rules: readonly FieldRule[],
    readonly own: readonly string[],
  ) {
    for (const { kind, names } of rules) for (const name of names) this.#kinds.set(name, kind);
    this.#own = new Set(own.map(runTogether));
  }

  kindOf(name: string): FieldKind | undefined {
    if (name.length > LONGEST_KNOWN) return this.#judge(name);
    let kind = this.#known.get(name);
    if (kind === undefined && !this.#known.has(name)) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      kind = this.#judge(name);
      this.#known.set(Buffer.from(name).toString(), kind);
    }
    return kind;
  }

  /** Whether the user added the name; of "her card number" the last words may be. */
  #isOwn(name: string): boolean {
    if (this.#own.size === 0) return false;
    // In a script without spaces a name of ASCII letters begins where those do.
    if (this.#own.has(runTogether(/\p{ASCII}{0,256}$/u.exec(name)?.[0] ?? ""))) return true;
    const words = name.slice(-256).split(" ");
    return words.some((_, at) => this.#own.has(runTogether(words.slice(at).join(""))));
  }

  #judge(name: string): FieldKind | undefined {
    if (this.#isOwn(name)) return "any";
    if (/^[./@]/.test(name)) return undefined;
    const words = wordsOf(name.slice(-LONGEST_KNOWN)).slice(-MOST_WORDS);
    for (let to = words.length; to > 0; to--) {
      const kind = this.#endingAt(words, to);
      if (kind === undefined) continue;
      const added = words.slice(to);
      if (added.some((word) => PROPERTIES.has(word))) return undefined;
      return added.every((word) => NEUTRAL.has(word) || /^\d{1,4}$/.test(word)) ? kind : "long";
    }
    return undefined;
  }

  /** The kind of the secret that the words before `to` name: the longest name that they end with. */
  #endingAt(words: readonly string[], to: number): FieldKind | undefined {
    let weak: FieldKind | undefined;
    for (let from = 0; from < to && weak === undefined; from++) {
      const joined = words.slice(from, to).join("");
      const kind = this.#kinds.get(joined);
      if (kind === "any") return kind;
      if (kind !== undefined) {
        if (PLAIN.has(words[from - 1] ?? "")) return undefined;
        weak = kind;
      }
      if (joined.endsWith("s") && this.#kinds.get(joined.slice(0, -1)) === "any") return "mixed";
    }
    const joined = words.slice(0, to).join("").slice(-LONGEST_KNOWN);
    for (let from = 0; from <= joined.length - SHORTEST_ENDING; from++) {
      if (this.#kinds.get(joined.slice(from)) === "any") return "any";
    }
    return weak ?? (/[a-z]pwd$/.test(joined) ? this.#kinds.get("pwd") : undefined);
  }
}

/** `userPassword`, `USER_PASSWORD`, `user-password2` as lower-case words. */
function wordsOf(name: string): string[] {
  const words = name.match(/\p{Lu}{1,64}(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]{1,64}|\p{Lu}|\d{1,64}/gu) ?? [];
  return words.map((word) => word.toLowerCase());
}

function runTogether(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9\x80-\uffff]/g, "");
}
