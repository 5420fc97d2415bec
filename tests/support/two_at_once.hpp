#pragma once
// For tests of what a frame must own: two coroutines of one function are made, and run later.

#include <string>
#include <utility>

#include <aio/coro.hpp>

#include "support/far_below.hpp"

namespace tests {

/// What `call("bob")` gives, and then what `call("ann")` gives, which was made first.
template <class Call>
aio::Coro<std::string> second_before_first(Call call) {
  aio::Coro<std::string> first = far_below([&] { return call("ann"); });
  aio::Coro<std::string> second = far_below([&] { return call("bob"); });
  std::string text = co_await std::move(second);
  text += ", ";
  text += co_await std::move(first);
  co_return text;
}

}  // namespace tests
