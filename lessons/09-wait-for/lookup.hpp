#pragma once
// Exercise fix-9d: an answer in time, or none.

#include <optional>
#include <string>

#include <aio/coro.hpp>
#include <aio/support/delay.hpp>

/// The answer of `work` if it comes within `limit`, otherwise nothing: the work is cancelled then.
/// When this returns or throws, the work has ended. An exception of the work is thrown on, also a
/// TimeoutError of its own, and so is CancelledError.
aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit);
