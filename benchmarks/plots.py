"""The plots of docs/performance.md: run by `make bench` with the Python that has matplotlib.

python plots.py FIGURES.json FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt

_SIZE = (7.0, 3.2)


def cold_starts(figures: dict[str, Any], path: Path) -> None:
    """Draw each function's cold start beside the bare handler's."""
    rows = figures["cold_start"]
    names = [row["function"] for row in rows]
    figure, axes = plt.subplots(figsize=_SIZE)
    axes.bar(names, [row["ratio"] for row in rows], color=["#999999", *["#2c7fb8"] * len(rows)])
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_ylim(0, 1.15 * max(row["ratio"] for row in rows))
    axes.set_ylabel("processor time, bare = 1")
    axes.set_title("From the start of init to the first answer")
    for at, row in enumerate(rows):
        axes.text(at, row["ratio"] + 0.02, f"{row['ratio']:.2f}", ha="center")
    _save(figure, path)


def growth(figures: dict[str, Any], path: Path) -> None:
    """Draw what an answer costs while the table grows."""
    rows = figures["growth"]
    sizes = [row["records"] for row in rows]
    figure, axes = plt.subplots(figsize=_SIZE)
    names = {
        "holder_at_an_instant": "who had an address then",
        "history_of_five": "its history, five holders",
    }
    for name, label in names.items():
        axes.plot(sizes, [row[name] for row in rows], marker="o", label=label)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.5 * max(row["history_of_five"] for row in rows))
    axes.set_xlabel("records of that address")
    axes.set_ylabel("read units")
    axes.set_title("The past of an address may grow")
    axes.legend()
    _save(figure, path)


def backlog(figures: dict[str, Any], path: Path) -> None:
    """Draw what waits in the queue, second by second."""
    figure, axes = plt.subplots(figsize=_SIZE)
    for row in figures["backlog"]:
        waiting = row["waiting"]
        minutes = [second / 60 for second in range(len(waiting))]
        axes.plot(minutes, [count / 1e6 for count in waiting], label=row["name"])
    axes.set_xlabel("minutes")
    axes.set_ylabel("million events waiting")
    axes.set_title("10,000 events a second for five minutes (simulated)")
    axes.legend()
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    # No date and no version in it: the same figures make the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(sys.argv[2])
    cold_starts(told, folder / "performance-cold-starts.png")
    growth(told, folder / "performance-growth.png")
    backlog(told, folder / "performance-backlog.png")
