"""Reads llvm-cov's summary (JSON) and prints, for each folder, how many of its branches and lines were reached."""
import collections
import json
import os
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
folders = collections.defaultdict(lambda: [0, 0, 0, 0])
for file in json.load(sys.stdin)["data"][0]["files"]:
    path = os.path.realpath(file["filename"])
    if not path.startswith(root):
        continue
    folder = os.path.dirname(os.path.relpath(path, root))
    if folder.split("/")[0] not in ("protocols", "sim"):
        continue
    counted = folders[folder]
    for at, kind in ((0, "branches"), (2, "lines")):
        counted[at] += file["summary"][kind]["covered"]
        counted[at + 1] += file["summary"][kind]["count"]
print(f"{'folder':28} {'branches':>16} {'lines':>16}")
for folder, (branches, of_branches, lines, of_lines) in sorted(folders.items()):
    print(f"{folder:28} {branches:7} of {of_branches:5} {lines:7} of {of_lines:5}")
