#pragma once
// Exercise fix-16f: a lounge in which guests chat with the host.

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <aio/coro.hpp>

#include "finding.hpp"

/// The guest has gone without a word.
struct ConnectionLost : std::runtime_error {
  ConnectionLost() : std::runtime_error("the connection is lost") {}
};

class Guest {
 public:
  Guest() = default;
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  virtual ~Guest() = default;
  virtual std::string name() const = 0;
  /// What the guest says; none when he leaves. Throws ConnectionLost.
  virtual aio::Coro<std::optional<std::string>> hear() = 0;
  /// Throws ConnectionLost.
  virtual aio::Coro<> say(std::string words) = 0;
};

/// Serves a guest until he leaves, politely or not. One who is silent for a minute is asked whether
/// he is still there, each minute anew. When welcome() has ended, by whatever way, nothing of it is
/// left an iteration or two later.
aio::Coro<> welcome(std::shared_ptr<Guest> guest);
