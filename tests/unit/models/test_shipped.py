"""The models that come with the package."""

from __future__ import annotations

from pathlib import Path

from tui_textgen.models.library import list_models
from tui_textgen.paths import Home, shipped


def test_a_fresh_home_has_a_model_that_has_read_anna_karenina(tmp_path: Path) -> None:
    home = Home(data=tmp_path / "data", cache=tmp_path / "cache", config=tmp_path / "config")
    model = next(model for model in list_models(home) if model.name == "anna-karenina")
    assert (model.source, model.model, model.n_hidden, model.n_layers) == ("shipped", "lstm", 512, 2)
    assert model.path.stat().st_size <= 8_000_000


def test_every_shipped_model_has_its_card() -> None:
    told = (shipped("models") / "README.md").read_text("utf-8")
    for path in shipped("models").glob("*.safetensors"):
        assert f"## {path.stem}\n" in told
