#pragma once
// Exercise fix-14b: a server that asks a library which blocks.

#include <functional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/threads.hpp>

/// The price of a thing, from a library of the usual kind: it returns when it has the answer, or
/// throws. It may be called by any thread, but never by two at a time.
using Lookup = std::function<std::string(const std::string& thing)>;

/// It must outlive its clients.
class PriceServer {
 public:
  explicit PriceServer(Lookup lookup) : lookup_(std::move(lookup)) {}

  /// Answers each line of a client with a line: what the library says of it, or "error: " and what
  /// it throws (a std::exception). In the order of the questions. Whatever else is on the loop goes
  /// on while the library works. Ends when the client has asked everything.
  aio::Coro<> serve(aio::Stream client);

 private:
  static aio::ExecutorOptions one_thread() {
    aio::ExecutorOptions options;
    options.threads = 1;
    options.name = "prices";
    return options;
  }

  const Lookup lookup_;
  const aio::Executor library_{one_thread()};
};
