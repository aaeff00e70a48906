type Properties = Record<PropertyKey, unknown>;

/**
 * Reads properties of an object that it may not be called through: its methods get the object itself as `this`, whose
 * private fields no Proxy has. Each method stays one function.
 */
export class BoundReader {
  readonly #bound = new WeakMap<object, object>();

  read(holder: object, key: PropertyKey): unknown {
    const value = (holder as Properties)[key];
    if (typeof value !== "function") return value;
    let onHolder = this.#bound.get(value);
    if (onHolder === undefined) {
      onHolder = new Proxy(value, { apply: (method, _this, args) => Reflect.apply(method, holder, args) as unknown });
      this.#bound.set(value, onHolder);
    }
    return onHolder;
  }
}

/**
 * An object with properties of its own, which has everything else from another.
 * @param behind gives the other object, each time that it is asked for something
 */
export function fallThrough(own: object, behind: () => object): object {
  const reader = new BoundReader();
  const rest = new Proxy(
    // Nothing of an object's own goes before what the other has, its class included.
    Object.create(null) as object,
    {
      get: (target, key) => (key in target ? (target as Properties)[key] : reader.read(behind(), key)),
      has: (target, key) => key in target || key in behind(),
    },
  );
  return Object.assign(Object.create(rest) as object, own);
}
