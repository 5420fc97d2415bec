#pragma once
// What use-6e defines: a generator, behind an interface that knows no coroutine.

#include <memory>

#include "name.hpp"

/// Numbers, one after the other.
class Sequence {
 public:
  virtual ~Sequence() = default;
  /// Makes the next number. Returns false when there is none; throws what the body has thrown.
  virtual bool next() = 0;
  /// The number that the last next() has made. REQUIRES: it returned true.
  virtual int value() const = 0;
};

/// 1, 2, … `last`, made by a coroutine of your own type.
///  - Nothing of the coroutine's body has run when this returns; each next() runs it to its next
///    co_yield. It calls `made(n)` just before it yields n.
///  - `name` lives in the coroutine's frame: from the call until the Sequence is destroyed,
///    however far it has come.
///  - When `made` throws, that next() throws the same exception, and the next one returns false.
using Made = void (*)(int number);
std::unique_ptr<Sequence> numbers(int last, Name name, Made made);
