"""Where the meaning of a rule was read, as the published catalogue shows it."""

KNOWLEDGE_BASE = "PASI knowledge base"
NUMBER_ONLY = "number: seed document CreateStudent; title and meaning inferred"
