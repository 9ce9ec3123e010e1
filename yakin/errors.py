"""The error tree. A message carries ids and numbers, never document text, so that it may be logged."""


class YakinError(Exception):
    """Something went wrong that yakin can name. Takes one positional message, so that it pickles."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").split("\n")[0])


class TransientError(YakinError):
    """Trying again later may work."""


class PermanentError(YakinError):
    """Trying again will not help."""


class UsageError(PermanentError):
    """The command or its parameters are wrong; the message says the remedy. Exit code 2."""


class SettingsError(UsageError):
    """The environment or the settings are not usable; the message says which and what to do."""


class CatalogueError(UsageError):
    """A reviewed YAML file is wrong; the message names file, line, field and remedy."""


class UseCaseError(UsageError):
    """A use-case folder is wrong; the message names file, field and remedy."""


class UnknownPrice(PermanentError):
    """No price is known for this offer at this moment. An unknown price is never zero."""


class UnknownRate(PermanentError):
    """No exchange rate is known for this pair at this moment."""


class PolicyError(PermanentError):
    """The policy does not say what may be done."""


class EgressRefused(PermanentError):
    """The gate refused to send: the endpoint is outside the clearance of the text."""


class BudgetExhausted(PermanentError):
    """The money left in a budget can never cover this call."""


class PeriodLocked(PermanentError):
    """The accounting period is closed: no cap and no ledger entry in it until a person unlocks it."""


class LeaseLost(PermanentError):
    """Another worker has taken this document over; what was not sent is not sent."""


class SourceChanged(PermanentError):
    """The source is not what was classified; it has to be classified again before it is asked."""


class StoreError(YakinError):
    """Postgres refused; the message carries SQLSTATE, constraint and ids, never a row."""


class StoreUnavailable(TransientError):
    """Postgres cannot be reached."""


class StoreConflict(StoreUnavailable):
    """Two transactions were in each other's way and one was ended: the same may be tried again at once."""


class ModelMissing(PermanentError):
    """The on-premises model's weights are not on this machine; `yakin model pull` gets them."""


class ServiceFailed(YakinError):
    """A local service (Postgres, Prefect server, model server, sandbox) did not come up."""
