#pragma once
// Exercise fix-16e: an answering machine.

#include <optional>
#include <string>

#include <aio/coro.hpp>

#include "finding.hpp"

class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  virtual ~Line() = default;
  /// What the caller says; none when the caller has nothing more to say.
  virtual aio::Coro<std::optional<std::string>> hear() = 0;
  virtual aio::Coro<> say(std::string words) = 0;
  virtual void hang_up() = 0;
};

/// Answers whatever the caller says, and listens while it speaks. When the caller has nothing more
/// to say, and all answers were given, it says good bye, hangs up, and returns.
aio::Coro<> take_call(Line& line);
