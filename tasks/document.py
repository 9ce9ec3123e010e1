"""One document under way in a run: what was planned for it, and the right to work on it."""

from dataclasses import dataclass

from tasks.resources import Resources
from tasks.run_context import JobContext, Planned, RunContext
from yakin.domain.documents import DocumentId, Lease
from yakin.store.decisions import Route


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """Everything that answering one document needs. Ids and numbers only."""

    night: Resources
    run: RunContext
    job: JobContext
    document_id: DocumentId
    planned: Planned
    lease: Lease
    route: Route

    @property
    def lease_seed(self) -> str:
        """Spreads the retries of different documents apart."""
        return str(self.lease.token)
