/** Schemas as pydantic 2 writes them (model_json_schema). */
export const PYDANTIC: Readonly<Record<string, object>> = {
  optional: {
    title: "User",
    type: "object",
    properties: {
      id: { title: "Id", type: "integer" },
      name: { default: "Jane", title: "Name", type: "string" },
      nickname: { anyOf: [{ type: "string" }, { type: "null" }], default: null, title: "Nickname" },
    },
    required: ["id"],
  },
  constrained: {
    title: "Item",
    type: "object",
    properties: {
      price: { exclusiveMinimum: 0, title: "Price", type: "number" },
      stock: { maximum: 100, minimum: 1, title: "Stock", type: "integer" },
      code: { maxLength: 12, minLength: 3, pattern: "^[A-Z]{3}-\\d+$", title: "Code", type: "string" },
      tags: { items: { type: "string", maxLength: 5 }, maxItems: 10, title: "Tags", type: "array" },
    },
    required: ["price", "stock", "code"],
  },
  nested: {
    $defs: {
      Address: {
        properties: { street: { title: "Street", type: "string" }, zip: { title: "Zip", type: "string", pattern: "^\\d{5}$" } },
        required: ["street", "zip"],
        title: "Address",
        type: "object",
      },
      Color: { enum: ["red", "green", "blue"], title: "Color", type: "string" },
    },
    properties: {
      home: { $ref: "#/$defs/Address" },
      work: { anyOf: [{ $ref: "#/$defs/Address" }, { type: "null" }], default: null },
      favorite: { allOf: [{ $ref: "#/$defs/Color" }], default: "red" },
    },
    required: ["home"],
    title: "Person",
    type: "object",
  },
  tree: {
    $defs: {
      Node: {
        properties: {
          value: { title: "Value", type: "integer" },
          children: { default: [], items: { $ref: "#/$defs/Node" }, title: "Children", type: "array" },
        },
        required: ["value"],
        title: "Node",
        type: "object",
      },
    },
    $ref: "#/$defs/Node",
  },
  discriminated: {
    $defs: {
      Cat: {
        properties: { kind: { const: "cat", title: "Kind", type: "string" }, lives: { title: "Lives", type: "integer", maximum: 9 } },
        required: ["kind", "lives"],
        title: "Cat",
        type: "object",
      },
      Dog: {
        properties: { kind: { const: "dog", title: "Kind", type: "string" }, breed: { title: "Breed", type: "string" } },
        required: ["kind", "breed"],
        title: "Dog",
        type: "object",
      },
    },
    properties: {
      pet: {
        discriminator: { mapping: { cat: "#/$defs/Cat", dog: "#/$defs/Dog" }, propertyName: "kind" },
        oneOf: [{ $ref: "#/$defs/Cat" }, { $ref: "#/$defs/Dog" }],
        title: "Pet",
      },
    },
    required: ["pet"],
    title: "Owner",
    type: "object",
  },
  times: {
    properties: {
      day: { format: "date", title: "Day", type: "string" },
      at: { format: "date-time", title: "At", type: "string" },
      lasts: { format: "duration", title: "Lasts", type: "string" },
      id: { format: "uuid", title: "Id", type: "string" },
      link: { format: "uri", minLength: 1, maxLength: 2083, title: "Link", type: "string" },
      amount: { anyOf: [{ type: "number" }, { type: "string", pattern: "^-?\\d+(\\.\\d+)?$" }], title: "Amount" },
      pair: { maxItems: 2, minItems: 2, prefixItems: [{ type: "integer" }, { type: "string" }], title: "Pair", type: "array" },
      counts: { additionalProperties: { type: "integer", minimum: 0 }, title: "Counts", type: "object" },
    },
    title: "Times",
    type: "object",
  },
};

/** Schemas as TypeBox writes them. */
export const TYPEBOX: Readonly<Record<string, object>> = {
  record: { type: "object", patternProperties: { "^(.*)$": { type: "number" } } },
  composite: {
    type: "object",
    allOf: [
      { type: "object", required: ["x"], properties: { x: { type: "number", minimum: -1, maximum: 1 } } },
      { type: "object", required: ["y"], properties: { y: { type: "boolean" } } },
    ],
  },
  union: {
    anyOf: [
      { const: "a", type: "string" },
      { const: 1, type: "number" },
      { type: "array", items: { type: "null" }, maxItems: 2 },
    ],
  },
  tuple: {
    type: "array",
    items: [{ type: "string" }, { type: "integer", multipleOf: 5 }],
    additionalItems: false,
    minItems: 2,
    maxItems: 2,
  },
  template: { type: "string", pattern: "^(v1|v2)-(0|[1-9][0-9]*)$" },
  recursive: {
    $id: "Node",
    type: "object",
    required: ["id", "nodes"],
    properties: { id: { type: "string", maxLength: 3 }, nodes: { type: "array", items: { $ref: "Node" } } },
  },
};

/** Tools and objects as the Vercel AI SDK and OpenAI's guides have them. */
export const SDKS: Readonly<Record<string, object>> = {
  weather: {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: {
      location: { type: "string", description: "The city" },
      unit: { type: "string", enum: ["celsius", "fahrenheit"], default: "celsius" },
      days: { type: "integer", minimum: 1, maximum: 14 },
    },
    required: ["location"],
    additionalProperties: false,
  },
  steps: {
    type: "object",
    properties: {
      steps: {
        type: "array",
        items: {
          type: "object",
          properties: { explanation: { type: "string" }, output: { type: "string" } },
          required: ["explanation", "output"],
          additionalProperties: false,
        },
      },
      final_answer: { type: "string" },
    },
    required: ["steps", "final_answer"],
    additionalProperties: false,
  },
  interface: {
    type: "object",
    properties: {
      type: { type: "string", enum: ["div", "button", "header"] },
      label: { type: "string" },
      children: { type: "array", items: { $ref: "#" } },
      attributes: {
        type: "array",
        items: {
          type: "object",
          properties: { name: { type: "string" }, value: { type: "string" } },
          additionalProperties: false,
          required: ["name", "value"],
        },
      },
    },
    required: ["type", "label", "children", "attributes"],
    additionalProperties: false,
  },
  linked: {
    type: "object",
    properties: { linked_list: { $ref: "#/$defs/linked_list_node" } },
    $defs: {
      linked_list_node: {
        type: "object",
        properties: { value: { type: "number" }, next: { anyOf: [{ $ref: "#/$defs/linked_list_node" }, { type: "null" }] } },
        additionalProperties: false,
        required: ["next", "value"],
      },
    },
    additionalProperties: false,
    required: ["linked_list"],
  },
  openapi: {
    type: "object",
    properties: {
      id: { type: "integer", format: "int64" },
      ratio: { type: "number", minimum: 0, maximum: 1 },
      note: { type: "string", nullable: true, maxLength: 20, example: "x" },
      status: { type: "string", enum: ["open", "closed"] },
    },
    required: ["id", "status"],
  },
};
