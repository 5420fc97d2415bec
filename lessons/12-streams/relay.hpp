#pragma once
// Exercise fix-12b: between a fast stream and a slow one.

#include <cstddef>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

/// Copies `from` to `to` until `from` ends; then ends the outgoing direction of `to`. Gives how
/// many bytes that were. However slow the other side of `to` reads, little more than its high-water
/// mark waits in memory. Throws what reading or writing throws.
aio::Coro<std::size_t> forward(aio::Stream& from, aio::Stream& to);
