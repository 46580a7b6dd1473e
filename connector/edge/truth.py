from __future__ import annotations

TRUE, FALSE = {"1", "true", "t", "yes", "y", "on", "ok"}, {"0", "false", "f", "no", "n", "off"}


def truth(text: str) -> bool:
    word = text.strip().lower()
    if word not in TRUE | FALSE:
        raise ValueError
    return word in TRUE
