"""What the database itself refuses: changing the journal, changing or removing an issued document."""

from alembic import op

FIXED = ("number", "authority", "kind", "year", "serial", "html", "content_sha256", "issued_at")
"""Columns of ``documents`` that never change after issue; ``pdf_sha256`` is set once."""


def guard_records() -> None:
    """Install the triggers on SQLite or PostgreSQL."""
    statements = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in statements:
        op.execute(statement)


def guard_append_only(*tables: str) -> None:
    """What stands in these tables stays: no change, no removal (PostgreSQL uses ``refuse_change`` of the first guards)."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        refusal = f"{table} is append-only"
        if sqlite:
            for event in ("UPDATE", "DELETE"):
                op.execute(_sqlite(f"{table}_no_{event.lower()}", f"{event} ON {table}", "", refusal))
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION refuse_change('{refusal}')"
            )


def _changed(operator: str) -> str:
    fixed = " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in FIXED)
    return f"{fixed} OR (OLD.pdf_sha256 IS NOT NULL AND NEW.pdf_sha256 {operator} OLD.pdf_sha256)"


def _sqlite(name: str, event: str, when: str, refusal: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {event} {when} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"


SQLITE = (
    _sqlite("journal_no_update", "UPDATE ON journal", "", "journal is append-only"),
    _sqlite("journal_no_delete", "DELETE ON journal", "", "journal is append-only"),
    # INSERT OR REPLACE removes a row without firing the delete trigger
    _sqlite(
        "journal_no_replace",
        "INSERT ON journal",
        "WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)",
        "journal is append-only",
    ),
    _sqlite(
        "documents_fixed", "UPDATE ON documents", f"WHEN {_changed('IS NOT')}", "issued document is fixed"
    ),
    _sqlite("documents_no_delete", "DELETE ON documents", "", "issued document is fixed"),
    _sqlite(
        "documents_no_replace",
        "INSERT ON documents",
        "WHEN EXISTS (SELECT 1 FROM documents WHERE id = NEW.id OR number = NEW.number)",
        "issued document is fixed",
    ),
)

POSTGRESQL = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change('journal is append-only')""",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('journal is append-only')""",
    f"""CREATE TRIGGER documents_fixed BEFORE UPDATE ON documents
    FOR EACH ROW WHEN ({_changed("IS DISTINCT FROM")}) EXECUTE FUNCTION refuse_change('issued document is fixed')""",
    """CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
    FOR EACH ROW EXECUTE FUNCTION refuse_change('issued document is fixed')""",
    """CREATE TRIGGER documents_no_truncate BEFORE TRUNCATE ON documents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('issued document is fixed')""",
)
