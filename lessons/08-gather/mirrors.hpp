#pragma once
// Exercise use-8b: the same file lies on many servers.

#include <string>
#include <vector>

#include <aio/coro.hpp>

/// Asks all mirrors at once and gives the first answer that is no failure. When it returns, or
/// throws, all the others have ended: those that had not were cancelled and waited for. If all of
/// them fail, throws the failure that came last; for none, std::invalid_argument. Cancelling this
/// cancels all that are still asked.
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors);
