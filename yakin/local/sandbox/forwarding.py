"""Forwarded answers: the real model on this machine writes them, the sandbox vendor bills them."""

from pathlib import Path
from typing import cast

import aiohttp

from yakin.local.sandbox.replies import Generated, Json
from yakin.local.sandbox.request import ChatRequest

_TIMEOUT = aiohttp.ClientTimeout(total=900, connect=5)
_PASSED_ON = ("messages", "response_format", "temperature", "seed", "tools", "tool_choice", "logprobs")


class ForwardFailed(Exception):
    """The model behind the sandbox did not answer; the message carries its status or error class."""


class Forwarder:
    """Asks an OpenAI-compatible server on this machine."""

    def __init__(self, url: str, key_file: Path | None) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._key_file = key_file
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, request: ChatRequest) -> Generated:
        """The model's answer with the tokens that it counted."""
        body = {key: request.body[key] for key in _PASSED_ON if key in request.body}
        if request.max_tokens is not None:
            body["max_tokens"] = request.max_tokens
        session = self._session = self._session or aiohttp.ClientSession(timeout=_TIMEOUT)
        try:
            async with session.post(self._url, json=body, headers=self._headers()) as response:
                if response.status != 200:
                    raise ForwardFailed(f"the model behind the sandbox answered {response.status}")
                return _generated(await response.json())
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise ForwardFailed(f"the model behind the sandbox: {type(failure).__name__}") from None

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    def _headers(self) -> dict[str, str]:
        # Read each time: the model server may have been started anew.
        return {"Authorization": f"Bearer {self._key_file.read_text().strip()}"} if self._key_file else {}


def _generated(body: dict[str, list[dict[str, object]]]) -> Generated:
    choice, usage = body["choices"][0], cast("dict[str, object]", body["usage"])
    message = cast("dict[str, object]", choice["message"])
    calls = cast("list[dict[str, dict[str, str]]]", message.get("tool_calls") or [])
    return Generated(
        text=calls[0]["function"]["arguments"] if calls else str(message.get("content") or ""),
        input_tokens=cast("int", usage["prompt_tokens"]),
        output_tokens=cast("int", usage["completion_tokens"]),
        logprobs=cast("Json | None", choice.get("logprobs")),
        finish_reason="length" if choice.get("finish_reason") == "length" else "stop",
    )
