/** As much of a JSON Schema as the pipeline's has. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
}

/** A key that may stand somewhere. */
export interface KnownKey {
  readonly name: string;
  readonly description: string | undefined;
  readonly isRequired: boolean;
  /** Whether its value is a list or an object, which begins on the next line. */
  readonly holds: 'value' | 'list' | 'object';
}

/** What may stand where in a pipeline's file. */
export interface PipelineFormat {
  /** The keys of an object, but those that are there. */
  keys(path: readonly string[], beside: ReadonlyMap<string, string>): readonly KnownKey[];
  /** The values that there are, where those are a few. */
  values(path: readonly string[], beside: ReadonlyMap<string, string>): readonly string[];
}

/** Reads the format off its schema. */
export function pipelineFormat(root: Schema): PipelineFormat {
  const defs = root.$defs ?? {};
  const flat = (schema: Schema): readonly Schema[] => {
    const { $ref, anyOf } = schema;
    if ($ref !== undefined) return flat(defs[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {});
    return anyOf === undefined ? [schema] : anyOf.flatMap(flat);
  };
  const stepInto = (schema: Schema, key: string): readonly Schema[] => {
    if (key === '[]') return schema.items === undefined ? [] : flat(schema.items);
    const own = schema.properties?.[key];
    if (own !== undefined) return flat(own);
    return typeof schema.additionalProperties === 'object' ? flat(schema.additionalProperties) : [];
  };
  const at = (path: readonly string[]): readonly Schema[] =>
    path.reduce<readonly Schema[]>(
      (schemas, key) => schemas.flatMap((schema) => stepInto(schema, key)),
      flat(defs['pipeline'] ?? root),
    );
  const fit = (schemas: readonly Schema[], beside: ReadonlyMap<string, string>): readonly Schema[] =>
    schemas.filter(
      ({ properties }) =>
        properties !== undefined && [...beside.keys()].every((key) => Object.hasOwn(properties, key)),
    );

  return {
    keys(path, beside) {
      const found = new Map<string, KnownKey>();
      for (const { properties = {}, required = [] } of fit(at(path), beside))
        for (const [name, schema] of Object.entries(properties)) {
          if (beside.has(name) || name === '$schema') continue;
          const forms = flat(schema);
          const own: KnownKey = {
            name,
            description: schema.description,
            isRequired: required.includes(name),
            holds: forms.some(({ type }) => type !== 'object' && type !== 'array')
              ? 'value'
              : forms.some(({ type }) => type === 'array')
                ? 'list'
                : 'object',
          };
          const before = found.get(name);
          if (before === undefined || (own.isRequired && !before.isRequired)) found.set(name, own);
        }
      return [...found.values()];
    },
    values(path, beside) {
      const parent = fit(at(path.slice(0, -1)), new Map([...beside].filter(([key]) => key !== path.at(-1))));
      const last = path.at(-1) ?? '';
      const schemas = path.at(-1) === '[]' ? at(path) : parent.flatMap((schema) => stepInto(schema, last));
      const found: unknown[] = [];
      for (const { enum: choices = [], const: only, type } of schemas) {
        found.push(...choices);
        if (only !== undefined) found.push(only);
        if (type === 'boolean') found.push(true, false);
      }
      return [...new Set(found.map(String))];
    },
  };
}
