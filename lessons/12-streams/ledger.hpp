#pragma once
// Exercise fix-12e: numbers that come faster than they are added up.

#include <cstddef>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

/// Adds up the numbers that come, one in each line, until the stream ends. However fast they come,
/// whatever else is ready has a turn after at most `budget` lines; and it does not have one much
/// more often, since a turn for everybody is not free. Throws what reading throws, and
/// std::invalid_argument for a line that is no number.
aio::Coro<long> add_up(aio::Stream& numbers, std::size_t budget);
