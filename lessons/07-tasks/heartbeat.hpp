#pragma once
// Exercise use-7d: a sign of life while something takes long.

#include <chrono>
#include <functional>
#include <string>

#include <aio/coro.hpp>

/// Does `work` within the task that awaits this, and gives its result or its exception. Meanwhile a
/// task in the background calls `beat` every `period`, for the first time when one period has
/// passed. However the work ends, by a result, an exception or CancelledError: the beat ends too.
aio::Coro<std::string> with_heartbeat(aio::Coro<std::string> work, std::chrono::nanoseconds period,
                                      std::function<void()> beat);
