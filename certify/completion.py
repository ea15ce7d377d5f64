"""Scripts that complete command lines, made from the parsers: commands, options, values that are names, and files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from certify.cli import COMMANDS, parser_of
from certify.problem import CONSTRUCTIONS
from proofs.formulas import ROWS
from proofs.lemmas import LEMMAS
from proofs.losses import EVERY_LOSS

VALUES = {
    "--activation": tuple(ROWS),
    "--construction": CONSTRUCTIONS,
    "--loss": tuple(EVERY_LOSS),
}
"""What may follow an option; after others there are choices, files, or a value that nobody can guess."""

ARGUMENTS = {"lemmas": tuple(LEMMAS), "activations": tuple(ROWS)}
"""What may follow a command; after others there are choices or files."""


def script(shell: str) -> str:
    """The script for bash, zsh or fish."""
    lines = _fish() if shell == "fish" else _bash(shell)
    return "\n".join(lines) + "\n"


def options(command: str) -> dict[str, tuple[str, ...] | None]:
    """The options of a command, and the values of each: () if it takes none, None if they are files or unknown."""
    found: dict[str, tuple[str, ...] | None] = {}
    for action in parser_of(command).actions:
        values = tuple(map(str, action.choices)) if action.choices else None
        for option in action.option_strings:
            found[option] = () if action.nargs == 0 else VALUES.get(option, values)
    return found


def arguments(command: str) -> tuple[str, ...]:
    """The words that may follow a command besides its options; empty for files."""
    positional = [action for action in parser_of(command).actions if not action.option_strings]
    choices = [str(choice) for action in positional for choice in action.choices or ()]
    return ARGUMENTS.get(command, tuple(choices))


def _bash(shell: str) -> Iterator[str]:
    """One function; zsh runs it by its bashcompinit. Where it has no words, the shell completes files."""
    if shell == "zsh":
        yield "autoload -U +X compinit && compinit"
        yield "autoload -U +X bashcompinit && bashcompinit"
    yield "_certify() {"
    yield '    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""'
    yield "    COMPREPLY=()"
    yield '    case "$COMP_CWORD ${COMP_WORDS[1]} $before" in'
    yield f'        "1 "*) words="{" ".join([*COMMANDS, "help", "--help", "--version"])}" ;;'
    for command in COMMANDS:
        for option, values in options(command).items():
            if values:
                yield f'        *" {command} {option}") words="{" ".join(values)}" ;;'
            elif values is None:
                yield f'        *" {command} {option}") return ;;'
    yield "        *)"
    yield '            case "${COMP_WORDS[1]} $word" in'
    for command in COMMANDS:
        yield f'                "{command} -"*) words="{" ".join(options(command))}" ;;'
        if names := arguments(command):
            yield f'                "{command} "*) words="{" ".join(names)}" ;;'
    yield f'                "help "*) words="{" ".join(COMMANDS)}" ;;'
    yield "            esac ;;"
    yield "    esac"
    yield '    COMPREPLY=($(compgen -W "$words" -- "$word"))'
    yield "}"
    yield "complete -o default -F _certify certify"


def _fish() -> Iterator[str]:
    first = "complete -c certify -n __fish_use_subcommand"
    yield f"{first} -f"
    for command, purpose in {**COMMANDS, "help": "list the commands, or explain one"}.items():
        yield f"{first} -a {command} -d {shlex.quote(purpose)}"
    for command in COMMANDS:
        here = f"complete -c certify -n '__fish_seen_subcommand_from {command}'"
        if names := arguments(command):
            yield f"{here} -f -a {shlex.quote(' '.join(names))}"
        for option, values in options(command).items():
            name = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            if values == ():
                yield f"{here} {name}"
            elif values is None:
                yield f"{here} {name} -r"
            else:
                yield f"{here} {name} -x -a {shlex.quote(' '.join(values))}"
