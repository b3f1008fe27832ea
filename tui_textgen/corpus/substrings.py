"""All substrings of a passage in one automaton, to read a text of any length against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Substrings:
    """The suffix automaton of ``passage`` (Blumer and others, 1985): at most two states a character.

    A state is a set of substrings that end at the same places; its ``link`` has the next shorter ones. Reading a text
    character by character tells the longest substring that ends there, in constant time on average, whatever the text.
    """

    def __init__(self, passage: str) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._link = [-1]
        self._length = [0]
        """Of the longest substring of each state."""
        self._prefixes: list[int] = []
        """The state of the passage up to each of its characters."""
        for character in passage:
            self._extend(character)
        self._found = [0] * len(self._next)
        """The longest substring of each state that was read."""
        self._place = [0] * len(self._next)
        """Where in the text it ended."""

    def read(self, text: str, place: int, state: tuple[int, int] = (0, 0)) -> tuple[int, int]:
        """Read ``text``, which stands at ``place`` of a longer one, going on from ``state``; the state it ends in."""
        node, length = state
        following, link, lengths, found = self._next, self._link, self._length, self._found
        for index, character in enumerate(text, place + 1):
            if character not in following[node]:
                while node and character not in following[node]:
                    node = link[node]
                length = lengths[node]
            if character in following[node]:
                node, length = following[node][character], length + 1
                if length > found[node]:
                    found[node], self._place[node] = length, index
        return node, length

    def longest(self) -> Iterator[tuple[int, int]]:
        """For each character of the passage the longest substring that ends with it and was read.

        Its length, and where in the text it ended; (0, 0) where even the character was not there.
        """
        shortest_first = sorted(range(1, len(self._next)), key=self._length.__getitem__)
        found, place = list(self._found), list(self._place)
        for node in reversed(shortest_first):  # where a substring was read, so were its ends
            shorter = self._link[node]
            if found[node] and found[shorter] < self._length[shorter]:
                found[shorter], place[shorter] = self._length[shorter], place[node]
        for node in shortest_first:
            if not found[node]:
                found[node], place[node] = found[self._link[node]], place[self._link[node]]
        return ((found[node], place[node]) for node in self._prefixes)

    def _extend(self, character: str) -> None:
        last = self._prefixes[-1] if self._prefixes else 0
        new = self._add(self._length[last] + 1, {}, 0)
        self._prefixes.append(new)
        while last >= 0 and character not in self._next[last]:
            self._next[last][character] = new
            last = self._link[last]
        if last >= 0:
            self._link[new] = self._split(last, character)

    def _split(self, node: int, character: str) -> int:
        """The state that ``character`` leads to from ``node``, with nothing in it that is longer than by this way."""
        after = self._next[node][character]
        if self._length[after] == self._length[node] + 1:
            return after
        clone = self._add(self._length[node] + 1, self._next[after], self._link[after])
        while node >= 0 and self._next[node].get(character) == after:
            self._next[node][character] = clone
            node = self._link[node]
        self._link[after] = clone
        return clone

    def _add(self, length: int, following: Mapping[str, int], link: int) -> int:
        self._next.append(dict(following))
        self._length.append(length)
        self._link.append(link)
        return len(self._next) - 1
