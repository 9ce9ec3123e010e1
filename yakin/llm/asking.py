"""Asking: one admitted text, one HTTP request, one reply. Nothing else in yakin sends a document."""

import asyncio
from collections.abc import Callable

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langsmith.run_helpers import tracing_context

from yakin.domain.asking import Outcome, Question, Reply
from yakin.domain.cleared_text import ClearedText
from yakin.domain.routing import Api, Model, Offer, OutputMode
from yakin.errors import EgressRefused
from yakin.llm.bedrock import NOT_CONNECTED
from yakin.llm.clients import Clients
from yakin.llm.gate import Gate
from yakin.llm.outcomes import from_message, from_wire
from yakin.llm.prompts import Turn, turns
from yakin.llm.tokens import bound_tokens, prompt_overhead_bound
from yakin.llm.transport import CONNECT_S, Wire, recording

_MESSAGES: dict[str, type[BaseMessage]] = {"system": SystemMessage, "human": HumanMessage, "ai": AIMessage}


class Asker:
    """Asks endpoints through the gate. `key_of` gives the API key for an `api_key_env` name, or None."""

    def __init__(self, gate: Gate, key_of: Callable[[str], str | None]) -> None:
        self._gate = gate
        self._key_of = key_of
        self._clients = Clients()

    async def ask(
        self,
        offer: Offer,
        question: Question,
        cleared: ClearedText,
        *,
        on_sent: Callable[[], None] | None = None,
    ) -> Reply:
        """Send one request and say how it ended. No retries: the only retry counter is the caller's.

        Raises EgressRefused when the gate or the transport refuses, and CancelledError when
        cancelled; `on_sent` is called just before the first byte leaves, so that the caller knows
        whether a cancelled attempt is `unknown` or was never sent. Vendor errors are replies.
        """
        self._gate.admit(cleared, offer)
        endpoint = offer.model.endpoint
        key = self._key_of(endpoint.api_key_env) if endpoint.api_key_env else None
        if endpoint.api_key_env and not key:
            return Reply(Outcome.NOT_SENT, detail=f"no API key: {endpoint.api_key_env} is not set")
        wire = Wire(on_sent)
        ended = await self._send(offer.model, key, question, cleared, wire)
        # Vendor SDKs wrap what a transport raises; the refusal itself is on the wire's record.
        if wire.refused is not None:
            raise EgressRefused(f"document {cleared.document_id} → {endpoint.name}: {wire.refused}")
        if isinstance(ended, AIMessage):
            return from_message(ended, question, offer.model, wire)
        bound = bound_tokens(cleared.text) + prompt_overhead_bound(question)
        return from_wire(endpoint.api, wire, ended, input_tokens_bound=bound)

    async def _send(
        self, model: Model, key: str | None, question: Question, cleared: ClearedText, wire: Wire
    ) -> AIMessage | str:
        """The message, or the class name of what went wrong: vendor exceptions can quote the prompt."""
        messages = _messages(question, cleared, model.output)
        # A read timeout starts anew with every byte; this bound does not.
        patience = CONNECT_S + model.endpoint.timeout_s
        try:
            with recording(wire), tracing_context(enabled=False):
                async with asyncio.timeout(patience):
                    return await self._clients.send(model, key, question, messages)
        except Exception as error:  # noqa: BLE001 - the boundary: every vendor failure becomes an outcome
            failed = _innermost(error)
        if model.endpoint.api is Api.BEDROCK_CONVERSE and failed in NOT_CONNECTED:
            wire.sent = False
        return failed

    async def aclose(self) -> None:
        """Close this loop's connections."""
        await self._clients.aclose()


def _messages(question: Question, cleared: ClearedText, output: OutputMode) -> list[BaseMessage]:
    return [_message(turn) for turn in turns(question, cleared.text, output, masked=cleared.masked)]


def _message(turn: Turn) -> BaseMessage:
    return _MESSAGES[turn.role](content=turn.text)


def _innermost(error: BaseException) -> str:
    """The class name of the first cause: `ConnectError` says more than the SDK's `APIConnectionError`."""
    while (cause := error.__cause__) is not None:
        error = cause
    return type(error).__name__
