// The JSON Schema of a configuration, made of the definition in core. Run, it writes packages/core/config.schema.json;
// a test holds that it is the one. Build first.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { builtIns, configSchema, strict } from '../packages/core/dist/config/schema.js';

const file = new URL('../packages/core/config.schema.json', import.meta.url);

/** Built-in types with their keys and no others, other types with any. */
function slot(types, fallback) {
  const names = Object.keys(types);
  const typeOf = (name) => (name === fallback ? v.optional(v.literal(name)) : v.literal(name));
  return v.union([
    ...names.map((name) => strict({ type: typeOf(name), ...types[name] })),
    v.looseObject({ type: v.pipe(v.string(), v.nonEmpty(), v.notValues(names)) }),
  ]);
}

const reference = { type: 'string', pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$' };

/** Whatever is no text may also be given by a reference, and no key is allowed that is not named. */
function adapt(schema) {
  if (Array.isArray(schema)) return schema.map(adapt);
  if (typeof schema !== 'object' || schema === null) return schema;
  const adapted = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, adapt(value)]));
  if (JSON.stringify(adapted.additionalProperties) === '{"not":{}}') adapted.additionalProperties = false;
  const { description, ...rest } = adapted;
  const isTyped = ['number', 'integer', 'boolean'].includes(rest.type) || Array.isArray(rest.enum);
  // A list of values that a type must not have is no place for a reference.
  if (!isTyped || rest.type === undefined) return adapted;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, reference] };
}

export function configJsonSchema() {
  const schema = toJsonSchema(
    configSchema({
      storage: slot(builtIns.stores),
      engine: slot(builtIns.engines, 'duckdb'),
      observer: slot(builtIns.observers),
      logging: strict(builtIns.observers.logging),
    }),
  );
  const { $schema, ...rest } = adapt(schema);
  return {
    $schema,
    title: 'Cairn configuration',
    description: 'cairn.config.yaml, .json or .ts. In every text ${NAME} stands for an environment variable.',
    ...rest,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(file, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`);
