// Two things to wait for, naively: first the one, then the other.

#include "rings.hpp"

int main() {
  Rings rings;
  // [turns]
  for (int turn = 0; turn < 2; ++turn) {
    rings.answer(rings.door);
    rings.answer(rings.phone);
  }
  rings.answer(rings.phone);
  // [/turns]
}
