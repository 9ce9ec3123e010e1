"""What a person does with the pages of Prefect's first web UI, and pictures of them for the documentation."""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

COLOURS = 128  # enough for a dark page, and a quarter of the bytes


def field(page: Page, title: str) -> Locator:
    """The label, description and input of one parameter."""
    return page.locator("label", has_text=title).last.locator("xpath=../..")


def write(page: Page, title: str, text: str) -> None:
    field(page, title).locator("input, textarea").fill(text)


def choose(page: Page, title: str, option: str) -> None:
    field(page, title).locator("button.p-select-button__control").press("Space")
    page.locator(".p-select-option__text", has_text=option).click()


def options(page: Page, title: str) -> list[str]:
    field(page, title).locator("button.p-select-button__control").press("Space")
    page.locator(".p-select-option__text").first.wait_for()
    found = page.locator(".p-select-option__text").all_inner_texts()
    page.keyboard.press("Escape")
    return found


def open_page(page: Page, url: str, text: str) -> str:
    """Everything visible on the page once the text is."""
    page.goto(url, wait_until="load")
    page.get_by_text(text).first.wait_for()
    return page.inner_text("body")


def stack(names: list[str], name: str) -> None:
    """Pictures below each other as one, in place of them."""
    folder = os.environ.get("YAKIN_SCREENSHOTS")
    if folder is None:
        return
    parts = [Path(folder) / f"{each}.png" for each in names]
    pictures = [Image.open(part).convert("RGB") for part in parts]
    whole = Image.new("RGB", (pictures[0].width, sum(each.height for each in pictures)))
    for number, picture in enumerate(pictures):
        whole.paste(picture, (0, sum(each.height for each in pictures[:number])))
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(Path(folder) / f"{name}.png", optimize=True)
    for part in parts:
        part.unlink()


def shoot(page: Page, name: str, *, height: int, settle_s: float = 2) -> None:
    """With YAKIN_SCREENSHOTS=folder, a small picture of the page; its canvas needs a moment to draw."""
    folder = os.environ.get("YAKIN_SCREENSHOTS")
    if folder is None:
        return
    size = page.viewport_size
    page.set_viewport_size({"width": 1440, "height": height})
    page.wait_for_timeout(settle_s * 1000)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(Path(folder) / f"{name}.png", optimize=True)
    page.set_viewport_size(size)
