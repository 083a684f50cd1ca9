import { Ajv2020 } from "ajv/dist/2020.js";

type Json = Record<string, unknown>;

interface Operation {
  operationId: string;
  summary: string;
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

const METHODS = ["get", "put", "post", "delete", "patch"];
const ajv = new Ajv2020({ strict: false });

/** Where a document breaks rules of OpenAPI 3.1 that a reader of it relies on; every schema has to be one of JSON Schema 2020-12. */
export function openApiFaults(document: OpenApiDocument): string[] {
  const { openapi, info, paths, components } = document;
  const head = [
    ...(/^3\.1\.\d+$/.test(openapi) ? [] : [`version ${openapi}`]),
    ...(info.title && info.version ? [] : ["info lacks title or version"]),
  ];
  const own = Object.entries(paths).filter(([, item]) => !("$ref" in item)); // another path's, which refFaults finds
  const operations = own.flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
  const ids = operations.map(({ operation }) => operation.operationId);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two operations ${id}`);
  const inOperations = operations.flatMap(({ path, method, operation }) =>
    operationFaults(path, operation, components)
      .concat(METHODS.includes(method) ? [] : [`no method ${method}`])
      .map((fault) => `${method} ${path}: ${fault}`),
  );
  const named = Object.entries(components.schemas).flatMap(([name, schema]) => schemaFaults(schema).map((fault) => `${name}: ${fault}`));
  return [...head, ...twice, ...inOperations, ...named, ...refFaults(document)];
}

function operationFaults(path: string, operation: Operation, components: OpenApiDocument["components"]): string[] {
  const { parameters = [], requestBody, responses, security, summary } = operation;
  const templated = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
  const described = parameters.filter((one) => one.in === "path");
  const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)].flatMap((one) =>
    Object.values(one ?? {}),
  );
  const schemas = [...parameters.map(({ schema }) => schema), ...contents.map(({ schema }) => schema)];
  const unknown = security.flatMap(Object.keys).filter((name) => !(name in components.securitySchemes));
  return [
    ...(summary ? [] : ["no summary"]),
    ...(path.startsWith("/") ? [] : ["a path begins with /"]),
    ...(String(templated) === String(described.map(({ name }) => name)) ? [] : [`path parameters ${String(templated)}`]),
    ...(described.every(({ required }) => required) ? [] : ["a path parameter is required"]),
    ...unknown.map((name) => `no security scheme ${name}`),
    ...Object.entries(responses).flatMap(([status, { description }]) =>
      /^([1-5]\d\d|default)$/.test(status) && description ? [] : [status],
    ),
    ...(responses["200"] ? [] : ["no answer"]),
    ...schemas.flatMap(schemaFaults),
  ];
}

function schemaFaults(schema: object | undefined): string[] {
  if (!schema) return ["content without a schema"];
  return ajv.validateSchema(schema) === true ? [] : [ajv.errorsText(ajv.errors)];
}

/** References that lead nowhere. */
function refFaults(document: OpenApiDocument): string[] {
  const faults: string[] = [];
  JSON.stringify(document, (name, value: unknown) => {
    if (name === "$ref" && typeof value === "string" && !find(document, value)) faults.push(`${value} leads nowhere`);
    return value;
  });
  return faults;
}

function find(document: object, ref: string): unknown {
  const parts = ref.replace(/^#\//, "").split("/");
  return parts.reduce<unknown>((within, part) => (within as Json | undefined)?.[part.replaceAll("~1", "/")], document);
}
