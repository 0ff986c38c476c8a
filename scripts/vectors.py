"""Vectors of the articles, where somebody wants them: `python -m scripts.vectors create`, then `embed`.

    create          the extension pgvector (0.7 or newer), the table and its functions; may be run again
    embed           gives every published piece that has none a vector of AI_EMBEDDING_MODEL, batch by batch; may be
                    stopped at any time and run again. The workers do so for what is written later
    status          which models have how many vectors
    drop MODEL      the vectors of a model that is no longer used

Another model: set AI_EMBEDDING_* for this command alone and run `embed`, which leaves the old vectors where they are;
then set them for the service and restart it; then `drop` the old one. At no moment is anything missing. Without vectors
everything works, by words alone. Exit codes: 0 done, 1 failed, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.embedding.filling import fill, missing
from scripts.migrations.errors import UsageError
from scripts.target import database_url
from service.knowledge.vectors.endpoint import VectorEndpoint, VectorsAway
from service.settings import SettingsError, load_settings

CREATE = Path(__file__).parent / "embedding" / "create.sql"
_OLDEST = (0, 7)
_VERSION = "select default_version from pg_available_extensions where name = 'vector'"
_MODELS = "select model, dimensions, count(*) from public.kb_embeddings group by 1, 2 order by 1, 2"
_WORDS = {
    "away": "The endpoint of vectors cannot be reached, or is too busy.",
    "timeout": "The endpoint of vectors did not answer in time.",
    "refused": "The endpoint of vectors refuses the request: are AI_EMBEDDING_MODEL and AI_EMBEDDING_API_KEY right?",
    "too_large": "The endpoint of vectors answers more than a batch can have.",
    "unreadable": "The endpoint of vectors answers something else than vectors.",
    "dimensions": "The vectors have another length than AI_EMBEDDING_DIMENSIONS says.",
}


def create(connection: Connection[Any]) -> None:
    """Make the table and its functions. Raises UsageError where pgvector is not there."""
    found = connection.execute(_VERSION).fetchone()
    if found is None:
        raise UsageError("This Postgres has no pgvector: articles are found by their words alone, which needs nothing.")
    if tuple(int(part) for part in str(found[0]).split(".")[:2]) < _OLDEST:
        raise UsageError(f"This Postgres has pgvector {found[0]}, and 0.7 or newer is needed.")
    with connection.transaction():
        connection.execute(CREATE.read_bytes())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        with psycopg.connect(database_url(chosen.database_url), autocommit=True) as connection:
            _run(connection, chosen)
    except (UsageError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 2
    except VectorsAway as away:
        print(_WORDS[away.reason], file=sys.stderr)
        return 1
    except psycopg.errors.UndefinedTable:
        print("There is no table of vectors: run `python -m scripts.vectors create` first.", file=sys.stderr)
        return 1
    except psycopg.Error as error:
        print(f"The database says: {error.diag.message_primary or error}", file=sys.stderr)
        return 1
    return 0


def _run(connection: Connection[Any], chosen: argparse.Namespace) -> None:
    if chosen.command == "create":
        create(connection)
        print("The table of vectors is there. `python -m scripts.vectors embed` fills it.")
    elif chosen.command == "embed":
        _embed(connection)
    elif chosen.command == "drop":
        gone = connection.execute("delete from public.kb_embeddings where model = %s", [chosen.model]).rowcount
        print(f"{gone} vectors of {chosen.model} are gone.")
    else:
        for model, dimensions, count in connection.execute(_MODELS):
            print(f"{model}, {dimensions} numbers: {count} vectors, {missing(connection, model, dimensions)} missing")


def _embed(connection: Connection[Any]) -> None:
    endpoint = VectorEndpoint.from_settings(load_settings())
    if endpoint is None:
        raise UsageError("No model of vectors is set up: set AI_EMBEDDING_BASE_URL and AI_EMBEDDING_MODEL.")
    whole = missing(connection, endpoint.model, endpoint.dimensions)
    for done in fill(connection, endpoint.model, endpoint.dimensions, endpoint.vectors):
        print(f"\r{done} of {whole}", end="", flush=True)
    print(f"\nEvery published piece has a vector of {endpoint.model}." if whole else "Nothing is missing.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vectors", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--database-url", metavar="URL", help="by default SUPABASE_DB_URL, or the local stack's")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("create", help="make the table and its functions")
    commands.add_parser("embed", help="give every published piece a vector of AI_EMBEDDING_MODEL")
    commands.add_parser("status", help="which models have how many vectors")
    commands.add_parser("drop", help="delete the vectors of a model").add_argument("model", metavar="MODEL")
    return parser


if __name__ == "__main__":
    sys.exit(main())
