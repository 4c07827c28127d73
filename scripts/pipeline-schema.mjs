// The JSON Schema of a pipeline in YAML, made of the definition in core. Run, it writes packages/core/pipeline.schema.json;
// a test holds that it is the one. Build first.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import {
  entryKinds,
  entrySchemas,
  openPlace,
  paramName,
  pipelineFileSchema,
  processSchema,
} from '../packages/core/dist/config/pipeline-schema.js';

const file = new URL('../packages/core/pipeline.schema.json', import.meta.url);

/** No key is allowed that is not named, where an object says so. */
function adapt(schema) {
  if (Array.isArray(schema)) return schema.map(adapt);
  if (typeof schema !== 'object' || schema === null) return schema;
  const adapted = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, adapt(value)]));
  if (JSON.stringify(adapted.additionalProperties) === '{"not":{}}') adapted.additionalProperties = false;
  return adapted;
}

/** A JSON Schema without what only a whole document has. */
function part(schema) {
  const { $schema: _, ...rest } = adapt(toJsonSchema(schema));
  return rest;
}

const reference = (name) => ({ $ref: `#/$defs/${name}` });

export function pipelineJsonSchema() {
  const place = openPlace();
  const entries = entrySchemas({
    source: place,
    sink: place,
    transform: place,
    check: place,
    errorCode: v.string(),
  });
  const { $schema, ...pipeline } = adapt(toJsonSchema(pipelineFileSchema(v.unknown())));
  const process = part(processSchema(v.unknown()));
  process.properties.steps = { ...process.properties.steps, ...reference('steps') };
  pipeline.properties.params.propertyNames = { pattern: paramName.source };
  pipeline.properties.processes = {
    ...pipeline.properties.processes,
    additionalProperties: { anyOf: [reference('steps'), reference('process')] },
  };
  return {
    $schema,
    title: 'Cairn pipeline',
    description: 'A pipeline in YAML, or a list of steps that one includes.',
    anyOf: [reference('pipeline'), reference('steps')],
    $defs: {
      pipeline,
      process,
      steps: { type: 'array', items: { anyOf: entryKinds.map(reference) } },
      ...Object.fromEntries(entryKinds.map((kind) => [kind, part(entries[kind])])),
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(file, `${JSON.stringify(pipelineJsonSchema(), undefined, 2)}\n`);
