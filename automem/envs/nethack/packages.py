"""The packages that NetHack and MiniHack come in, and what to do where they are missing."""

from __future__ import annotations

import importlib
import warnings

_REMEDY = (
    "on Linux: pip install 'automem[nethack]'; for macOS there is no ready-made nle: build it from source, which "
    "needs cmake, bison and flex, or work in a Linux container"
)


def require(package: str) -> None:
    """Import `nle` or `minihack`, before any part of it is.

    minihack uses setuptools' pkg_resources, which announces its end at every import; the extra `nethack` asks
    for a setuptools that has it, so nobody need be told.

    Raises:
        ImportError: it cannot be imported; the message says what to install, and where that is possible.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "pkg_resources is deprecated")
        try:
            importlib.import_module(package)
        except ImportError as error:
            raise ImportError(f"{error}; the package {package} is needed: {_REMEDY}") from error
