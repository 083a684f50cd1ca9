/** Roles as headers of their own, as ChatML and Llama 3 have them. */
function turns(open: string, between: string, close: string): string {
  return (
    `{% for message in messages %}{{ '${open}' + message['role'] + '${between}' + message['content'] + '${close}' }}{% endfor %}` +
    `{% if add_generation_prompt %}{{ '${open}assistant${between}' }}{% endif %}`
  );
}

/** Every role in words of its own: what stands before and after what it says, and what the answer begins with. */
function roles(begin: string, marks: Readonly<Record<"system" | "user" | "assistant", readonly [before: string, after: string]>>): string {
  const { system, user, assistant } = marks;
  const say = ([before, after]: readonly [string, string]) => `{{ '${before}' + message['content'] + ${after} }}`;
  return (
    `${begin}{% for message in messages %}{% if message['role'] == 'system' %}${say(system)}` +
    `{% elif message['role'] == 'assistant' %}${say(assistant)}{% else %}${say(user)}{% endif %}{% endfor %}` +
    `{% if add_generation_prompt %}{{ '${assistant[0].trimEnd()}' }}{% endif %}`
  );
}

const BOS = "{{ bos_token }}";
const LINE = "'\\n'";
const PARAGRAPH = "'\\n\\n'";
const TURN_END = "'<end_of_turn>\\n'";

/** Templates of well-known formats, for model files without one, or with a broken one. Roles a format lacks are folded or left out. */
export const BUILTIN_TEMPLATES = {
  chatml: turns("<|im_start|>", "\\n", "<|im_end|>\\n"),
  llama3: BOS + turns("<|start_header_id|>", "<|end_header_id|>\\n\\n", "<|eot_id|>"),
  llama2:
    "{% for message in messages %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'] + ' [/INST]' }}" +
    "{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + ' ' + eos_token }}{% endif %}{% endfor %}",
  mistral:
    BOS +
    "{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + '[/INST]' }}" +
    "{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}",
  gemma:
    BOS +
    "{% for message in messages if message['role'] != 'system' %}{% set role = 'model' if message['role'] == 'assistant' else 'user' %}" +
    `{{ '<start_of_turn>' + role + '\\n' + message['content'] + ${TURN_END} }}{% endfor %}` +
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}",
  phi3: turns("<|", "|>\\n", "<|end|>\\n"),
  zephyr: turns("<|", "|>\\n", "</s>\\n"),
  vicuna: roles("", { system: ["", PARAGRAPH], user: ["USER: ", LINE], assistant: ["ASSISTANT: ", "eos_token + '\\n'"] }),
  alpaca: roles("", {
    system: ["", PARAGRAPH],
    user: ["### Instruction:\\n", PARAGRAPH],
    assistant: ["### Response:\\n", PARAGRAPH],
  }),
} as const;

export type BuiltinName = keyof typeof BUILTIN_TEMPLATES;

export const BUILTIN_NAMES = Object.keys(BUILTIN_TEMPLATES) as BuiltinName[];
